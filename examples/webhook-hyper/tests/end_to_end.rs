//! The program does what it says, over a socket.

mod suite;

#[test]
fn the_program_receives_what_is_pushed() {
    suite::run(env!("CARGO_BIN_EXE_webhook-hyper"));
}
