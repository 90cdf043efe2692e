//! Why an event does not match.

use std::fmt;

use super::program::{Failed, Program};
use super::test::{find, kind};
use crate::event::{Content, Found, Slot, Values};
use crate::filter::{Clause, Filter};
use crate::truth::{Outcome, ValueKind};

/// Whether an event matches a filter, and if not, why. As text it is one line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// The first part of the filter that does not match; `None` if the event matches.
    pub mismatch: Option<Mismatch>,
}

/// A part of a filter that an event does not match, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mismatch {
    /// The part.
    pub part: FilterPart,
    /// Why it does not match.
    pub reason: MismatchReason,
}

/// A part of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FilterPart {
    /// [`Filter::included_event_types`]
    IncludedEventTypes,
    /// [`Filter::subject_begins_with`], with its text.
    SubjectBeginsWith(String),
    /// [`Filter::subject_ends_with`], with its text.
    SubjectEndsWith(String),
    /// One of [`Filter::advanced`].
    Clause {
        /// Its place, from 1.
        number: usize,
        /// The clause.
        clause: Clause,
    },
}

/// Why a part of a filter does not match. Values are shown as JSON has them, but cut after 100
/// characters.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MismatchReason {
    /// The event has no such key, and the operator does not match that.
    Missing,
    /// The value is null, and the operator does not match that.
    Null,
    /// The value is of a kind that the operator does not compare.
    WrongKind {
        /// The kind.
        kind: ValueKind,
        /// The value.
        value: String,
    },
    /// The value is an array, and the filter does not look into arrays.
    ArrayNotLookedInto {
        /// The array.
        value: String,
    },
    /// The value was compared.
    Value {
        /// The value.
        value: String,
    },
    /// The elements of the array were compared.
    Elements {
        /// The array.
        value: String,
    },
}

impl Explanation {
    /// Whether the event matches.
    pub fn matches(&self) -> bool {
        self.mismatch.is_none()
    }
}

/// Which part of the filter does not match these values.
pub(super) fn explain(
    filter: &Filter,
    program: &Program,
    values: &Values<'_>,
    slots: &[Slot],
) -> Explanation {
    let Some(failed) = program.first_failed(values, slots) else {
        return Explanation { mismatch: None };
    };
    let subject = |test: &Option<super::SubjectTest>| {
        test.as_ref().map_or(&Found::Missing, |test| test.found(values, slots))
    };
    let asked = |part: &Option<String>| part.clone().unwrap_or_default();
    let (part, reason) = match failed {
        Failed::EventTypes => {
            let found = program.event_types.as_ref().map(|test| test.found(values, slots));
            (FilterPart::IncludedEventTypes, of_attribute(found.unwrap_or(&Found::Missing)))
        }
        Failed::SubjectBeginsWith => {
            let reason = of_attribute(subject(&program.subject_begins_with));
            (FilterPart::SubjectBeginsWith(asked(&filter.subject_begins_with)), reason)
        }
        Failed::SubjectEndsWith => {
            let reason = of_attribute(subject(&program.subject_ends_with));
            (FilterPart::SubjectEndsWith(asked(&filter.subject_ends_with)), reason)
        }
        Failed::Clause(index) => {
            let test = &program.clauses[index];
            let found = find(values, slots, test.keys);
            let reason = match found {
                Found::Missing => MismatchReason::Missing,
                _ if is_null(found) => MismatchReason::Null,
                // It asks whether there is a value, and there is.
                _ if matches!(test.comparison, super::Comparison::None) => {
                    MismatchReason::Value { value: shown(found) }
                }
                Found::Array(..) if test.arrays => MismatchReason::Elements { value: shown(found) },
                Found::Array(..) => MismatchReason::ArrayNotLookedInto { value: shown(found) },
                _ if test.outcome(found) == Outcome::DoesNotMatch => wrong_kind(found),
                _ => MismatchReason::Value { value: shown(found) },
            };
            let clause = filter.advanced[index].clone();
            (FilterPart::Clause { number: index + 1, clause }, reason)
        }
    };
    Explanation { mismatch: Some(Mismatch { part, reason }) }
}

/// Why an attribute that must be a string does not match.
fn of_attribute(found: &Found<'_>) -> MismatchReason {
    match found {
        Found::Missing => MismatchReason::Missing,
        Found::Scalar(scalar) => match scalar.content() {
            Content::Null => MismatchReason::Null,
            Content::String(_) => MismatchReason::Value { value: shown(found) },
            _ => wrong_kind(found),
        },
        _ => wrong_kind(found),
    }
}

fn is_null(found: &Found<'_>) -> bool {
    matches!(found, Found::Scalar(scalar) if matches!(scalar.content(), Content::Null))
}

fn wrong_kind(found: &Found<'_>) -> MismatchReason {
    MismatchReason::WrongKind { kind: kind(found, false), value: shown(found) }
}

fn shown(found: &Found<'_>) -> String {
    match found {
        Found::Missing => String::new(),
        Found::Object => "{..}".to_owned(),
        // It may have line breaks, and an explanation is one line.
        Found::Array(text, _) => cut(text).replace(['\n', '\r', '\t'], " "),
        Found::Scalar(scalar) => match scalar.content() {
            Content::Null => "null".to_owned(),
            Content::Boolean(value) => value.to_string(),
            Content::Number(text, _) => cut(text),
            Content::String(text) => format!("{:?}", cut(text)),
        },
    }
}

fn cut(text: &str) -> String {
    let mut chars = text.chars();
    let mut cut: String = chars.by_ref().take(100).collect();
    if chars.next().is_some() {
        cut.push('…');
    }
    cut
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.mismatch {
            None => f.write_str("the event matches"),
            Some(mismatch) => mismatch.fmt(f),
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} does not match: ", self.part)?;
        let what = match &self.part {
            FilterPart::IncludedEventTypes => "type",
            FilterPart::SubjectBeginsWith(_) | FilterPart::SubjectEndsWith(_) => "subject",
            FilterPart::Clause { .. } => "value",
        };
        match &self.reason {
            MismatchReason::Missing => match &self.part {
                FilterPart::Clause { .. } => f.write_str("the event does not have this key"),
                _ => write!(f, "the event has no {what}"),
            },
            MismatchReason::Null => write!(f, "the {what} is null"),
            MismatchReason::WrongKind { kind, value } => {
                let who = match &self.part {
                    FilterPart::Clause { .. } => "this operator does not compare",
                    _ => "is not text",
                };
                write!(f, "the {what} is {value}, {kind}, which {who}")
            }
            MismatchReason::ArrayNotLookedInto { value } => {
                write!(
                    f,
                    "the {what} is {value}, an array, into which the filter does not look (enableAdvancedFilteringOnArrays)"
                )
            }
            MismatchReason::Value { value } => write!(f, "the {what} is {value}"),
            MismatchReason::Elements { value } => write!(f, "the elements are {value}"),
        }
    }
}

/// The name that Azure Resource Manager has for it, with what it asks for.
impl fmt::Display for FilterPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IncludedEventTypes => f.write_str("includedEventTypes"),
            Self::SubjectBeginsWith(text) => write!(f, "subjectBeginsWith {:?}", cut(text)),
            Self::SubjectEndsWith(text) => write!(f, "subjectEndsWith {:?}", cut(text)),
            Self::Clause { number, clause } => write!(f, "clause {number} ({})", cut(&clause.to_string())),
        }
    }
}
