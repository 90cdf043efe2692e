//! The pipeline from one topic to another, with a clock that the test moves.

mod course;
#[path = "../processor/support/faulty.rs"]
mod faulty;
mod random;
mod support;
#[path = "../processor/support/task.rs"]
mod task;
