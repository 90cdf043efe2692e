//! What every operator does with every kind of value, and how that is known about the service.
//!
//! This module has the truth table, the other rules, and the examples that follow from the table.
//! The matcher uses the table: a change to a row changes what matches.

mod example;
mod lookup;
mod rules;
mod table;

use std::fmt;

pub use self::example::Example;
pub(crate) use self::lookup::outcome;
use crate::filter::Operator;

/// One row of the truth table: what some operators do with one kind of value.
///
/// Every operator has exactly one row for every kind of value.
///
/// ```
/// use eventgrid_filters::{Operator, Outcome, TruthRow, ValueKind};
///
/// let row = TruthRow::all()
///     .iter()
///     .find(|row| row.value == ValueKind::Missing && row.operators.contains(&Operator::StringNotIn))
///     .unwrap();
/// assert_eq!(row.outcome, Outcome::Matches);
/// assert_eq!(row.source.to_string(), "documented: event-filtering (2023-10-11), note on missing keys");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TruthRow {
    /// The operators.
    pub operators: &'static [Operator],
    /// The kind of value that the key of the clause has in the event.
    pub value: ValueKind,
    /// Whether the clause matches.
    pub outcome: Outcome,
    /// How this is known about the service.
    pub source: TruthSource,
}

/// What an event has at the key of a clause.
// The types of JSON, a missing member, and the switch for arrays: there can be no others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueKind {
    /// No value.
    Missing,
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// An object.
    Object,
    /// An array, and the filter does not look into arrays.
    Array,
    /// An array, and the filter looks into arrays.
    ArrayLookedInto,
}

/// Whether a clause matches a kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// That depends on the value.
    Compared,
    /// That depends on the value, as JSON writes it: `5`, `true`.
    ComparedAsText,
    /// That depends on the elements: whether one is found that the operator without `Not` matches.
    /// Elements of another type than the operands are ignored.
    ElementsCompared,
    /// It matches, whatever the value is.
    Matches,
    /// It does not match, whatever the value is.
    DoesNotMatch,
}

/// A rule of filters that is not about an operator and a kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TruthRule {
    /// A name that stays the same, in small letters with hyphens.
    pub id: &'static str,
    /// The case.
    pub case: &'static str,
    /// What this crate does in this case.
    pub what: &'static str,
    /// How this is known about the service.
    pub source: TruthSource,
}

/// How something about the service is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TruthSource {
    /// A recorded exchange with the service, or a report of one of its users.
    Recorded(&'static str),
    /// A page of the service's documentation or its REST contract, with the date of what was read.
    Documented(&'static str),
    /// No source says what the service does. The text gives the reasons for the choice.
    NotConfirmed(&'static str),
}

impl TruthRow {
    /// The rows, by kinds of value.
    pub const fn all() -> &'static [Self] {
        table::ROWS
    }
}

impl TruthRule {
    /// The rules.
    pub const fn all() -> &'static [Self] {
        rules::RULES
    }
}

impl ValueKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Missing,
        Self::Null,
        Self::Boolean,
        Self::Number,
        Self::String,
        Self::Object,
        Self::Array,
        Self::ArrayLookedInto,
    ];
}

impl fmt::Display for ValueKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Missing => "a missing key",
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Object => "an object",
            Self::Array => "an array that is not looked into",
            Self::ArrayLookedInto => "an array that is looked into",
        })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Compared => "compared",
            Self::ComparedAsText => "compared as text",
            Self::ElementsCompared => "elements compared",
            Self::Matches => "matches",
            Self::DoesNotMatch => "does not match",
        })
    }
}

impl fmt::Display for TruthSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recorded(what) => write!(f, "recorded: {what}"),
            Self::Documented(page) => write!(f, "documented: {page}"),
            Self::NotConfirmed(why) => write!(f, "not confirmed: {why}"),
        }
    }
}
