//! The link in process: two connected streams on tokio's clock.
//!
//! Under a paused clock (`#[tokio::test(start_paused = true)]`, or `tokio::time::pause`) a slow
//! link takes only virtual time: tokio moves its clock to the next arrival whenever all tasks wait.

mod shared;
mod stream;

pub use self::stream::{Stream, duplex};
