//! What is read back is what was stored, even if the process ended at any moment.

mod ended;
mod opened;
mod reopened;
mod retained;
mod rows;

// The model is that of the broker's own tests.
#[path = "../../../tests/broker/desk.rs"]
#[expect(dead_code, reason = "the broker's tests use more of it")]
mod desk;
#[path = "../../../tests/broker/naive.rs"]
#[expect(dead_code, reason = "the broker's tests use more of it")]
mod naive;
