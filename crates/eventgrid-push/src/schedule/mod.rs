//! When an event is pushed, what a response means, and when a push is retried.
//!
//! This module covers the retry schedules, the meanings of responses, the probations and the words
//! of dead letters, each as data with its source, and the policy that decides by them. Time is an
//! argument: nothing here has a clock or a source of random values.

mod attempt;
mod outcome;
mod policy;
mod reason;
mod response;
mod retry_schedule;
mod tier;

pub use attempt::{Attempt, AttemptResult};
pub use outcome::DeliveryOutcome;
pub use policy::{DueStep, NextStep, RetryPolicy, RetryPolicyError};
pub use reason::{DeadLetterReason, DeadLetterWords};
pub use response::{ResponseMeaning, ResponseRow, ResultPattern};
pub use retry_schedule::{RetryJitter, RetrySchedule};
pub use tier::DeliveryTier;
