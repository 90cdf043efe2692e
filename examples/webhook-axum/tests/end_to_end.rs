//! The program does what it says, over a socket.

#[path = "../../webhook-hyper/tests/suite/mod.rs"]
mod suite;

#[test]
fn the_program_receives_what_is_pushed() {
    suite::run(env!("CARGO_BIN_EXE_webhook-axum"));
}

#[test]
fn the_program_receives_what_the_emulator_pushes() {
    suite::receives_from_the_emulator(env!("CARGO_BIN_EXE_webhook-axum"));
}
