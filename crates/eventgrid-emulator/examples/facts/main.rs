//! Prints `FACTS.md`: `cargo run -p eventgrid-emulator --example facts`.

mod markdown;

fn main() {
    print!("{}", markdown::facts());
}
