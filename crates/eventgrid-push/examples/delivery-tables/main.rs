//! Prints `DELIVERY.md`, the tables that this crate acts on.
//!
//! ```sh
//! cargo run -p eventgrid-push --example delivery-tables > crates/eventgrid-push/DELIVERY.md
//! ```

mod markdown;

fn main() {
    print!("{}", markdown::delivery_tables());
}
