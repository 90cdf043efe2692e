//! The tests that a filter is compiled to.

use super::test::{Test, find};
use crate::event::{Content, Found, Scalar, Slot, Values};

/// A filter that is ready to be asked. Its slots are places in the list of slots that it is asked
/// with, so that filters of a set can share their keys.
#[derive(Debug)]
pub(crate) struct Program {
    /// `None` if all match.
    pub(crate) event_types: Option<TypeTest>,
    pub(crate) subject_begins_with: Option<SubjectTest>,
    pub(crate) subject_ends_with: Option<SubjectTest>,
    pub(crate) clauses: Vec<Test>,
}

/// A test of the type.
#[derive(Debug)]
pub(crate) struct TypeTest {
    pub(crate) included: Vec<String>,
    /// The key, and another one to take if it is missing.
    pub(crate) keys: [Slot; 2],
}

/// A test of the subject.
#[derive(Debug)]
pub(crate) struct SubjectTest {
    pub(crate) key: Slot,
    /// With case, or folded.
    pub(crate) text: String,
    pub(crate) is_case_sensitive: bool,
}

/// The part of a filter that does not match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failed {
    EventTypes,
    SubjectBeginsWith,
    SubjectEndsWith,
    /// By its place among the clauses.
    Clause(usize),
}

impl Program {
    /// The first part that does not match; `None` if all do.
    pub(super) fn first_failed(&self, values: &Values<'_>, slots: &[Slot]) -> Option<Failed> {
        if self.event_types.as_ref().is_some_and(|test| !test.matches(values, slots)) {
            return Some(Failed::EventTypes);
        }
        let subject = |test: &Option<SubjectTest>, matches: fn(&str, &str) -> bool| {
            test.as_ref().is_none_or(|test| test.matches(values, slots, matches))
        };
        if !subject(&self.subject_begins_with, |subject, text| subject.starts_with(text)) {
            return Some(Failed::SubjectBeginsWith);
        }
        if !subject(&self.subject_ends_with, |subject, text| subject.ends_with(text)) {
            return Some(Failed::SubjectEndsWith);
        }
        self.clauses.iter().position(|clause| !clause.matches(values, slots)).map(Failed::Clause)
    }
}

impl TypeTest {
    fn matches(&self, values: &Values<'_>, slots: &[Slot]) -> bool {
        let found = find(values, slots, self.keys);
        string(found).is_some_and(|(found, _)| self.included.iter().any(|included| included == found))
    }
}

impl SubjectTest {
    fn matches(&self, values: &Values<'_>, slots: &[Slot], matches: fn(&str, &str) -> bool) -> bool {
        let found = values.get(slots[self.key.index()]);
        string(found).is_some_and(|(subject, scalar)| {
            let subject = if self.is_case_sensitive { subject } else { values.folded(scalar) };
            matches(subject, &self.text)
        })
    }
}

fn string<'v, 'e>(found: &'v Found<'e>) -> Option<(&'v str, &'v Scalar<'e>)> {
    let Found::Scalar(scalar) = found else { return None };
    let Content::String(text) = scalar.content() else { return None };
    Some((text, scalar))
}
