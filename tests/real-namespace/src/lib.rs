//! Compares a namespace of Azure Event Grid with the emulator.
//!
//! A scenario is a few requests, whose responses are described by lines of text. The same scenario
//! runs on both sides; the lines that differ are the result.

mod comparison;
mod event;
mod namespace;
mod response;
mod scenarios;
mod settling;

pub use comparison::{Comparison, Difference, compare};
pub use namespace::Namespace;

/// Whatever keeps the comparison from running.
pub type AnyError = Box<dyn std::error::Error + Send + Sync>;
