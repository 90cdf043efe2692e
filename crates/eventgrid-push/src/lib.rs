#![doc = include_str!("../README.md")]

pub mod _docs;
mod facts;
mod schedule;

pub use facts::{DeliveryFact, FactSource};
pub use schedule::{
    Attempt, AttemptResult, DeadLetterReason, DeliveryOutcome, DeliveryTier, DueStep, NextStep,
    ResponseMeaning, ResponseRow, ResultPattern, RetryJitter, RetryPolicy, RetryPolicyError, RetrySchedule,
};
