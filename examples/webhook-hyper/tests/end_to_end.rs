//! The program does what it says, over a socket.

mod suite;

#[test]
fn the_program_receives_what_is_pushed() {
    suite::run(env!("CARGO_BIN_EXE_webhook-hyper"));
}

#[test]
fn the_program_receives_what_the_emulator_pushes() {
    suite::receives_from_the_emulator(env!("CARGO_BIN_EXE_webhook-hyper"));
}
