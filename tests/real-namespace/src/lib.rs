//! Compares a namespace of Azure Event Grid with the emulator.
//!
//! A scenario is a few requests, and what is observed of their responses as lines of text. The same
//! scenario runs against both; lines that differ are the result.

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
