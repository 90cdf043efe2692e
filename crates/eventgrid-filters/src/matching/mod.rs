//! Whether an event matches, and which part of a filter it does not match.
//!
//! This module covers the tests that a filter is compiled to, compiled filters and sets of them,
//! and explanations. How a filter is compiled does not belong here.

mod comparison;
mod compiled;
mod explanation;
mod program;
mod set;
mod test;

pub(crate) use self::comparison::Comparison;
pub use self::compiled::CompiledFilter;
pub use self::explanation::{Explanation, FilterPart, Mismatch, MismatchReason};
pub(crate) use self::program::{Comparing, Program, SubjectTest, TypeTest};
pub use self::set::FilterSet;
pub(crate) use self::test::Test;
