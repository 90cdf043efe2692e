#![doc = include_str!("../README.md")]

pub mod _docs;
mod compile;
mod event;
mod filter;
mod matching;
mod options;
mod text;
mod truth;

pub use compile::FilterError;
pub use event::EventError;
pub use filter::{
    Clause, Condition, Filter, FilterWarning, NamespaceFilter, NotForNamespaces, Operator, UnknownOperator,
};
pub use matching::{CompiledFilter, Explanation, FilterPart, FilterSet, Mismatch, MismatchReason};
pub use options::{CompileOptions, FilterLimits};
pub use truth::{Example, Outcome, TruthRow, TruthRule, TruthSource, ValueKind};
