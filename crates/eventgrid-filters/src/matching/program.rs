//! The tests that a filter is compiled to.

use super::test::{Test, find};
use crate::event::{Content, Found, Scalar, Slot, Values};

/// A compiled filter. Its slots are indices into the list of slots that the caller gives, so that
/// filters of a set can share their keys.
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
    /// The key, and another one to take if it is missing; `None` if no event has a type.
    pub(crate) keys: Option<[Slot; 2]>,
    /// Whether an event matches that has no type.
    pub(crate) matches_without: bool,
}

/// How a subject and a text are compared.
pub(crate) type Comparing = fn(&str, &str) -> bool;

/// A test of the subject.
#[derive(Debug)]
pub(crate) struct SubjectTest {
    /// `None` if no event has a subject.
    pub(crate) key: Option<Slot>,
    /// With case, or folded.
    pub(crate) text: String,
    pub(crate) is_case_sensitive: bool,
    pub(crate) matches: Comparing,
    /// Whether an event matches that has no subject.
    pub(crate) matches_without: bool,
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
        let subject =
            |test: &Option<SubjectTest>| test.as_ref().is_none_or(|test| test.matches(values, slots));
        if !subject(&self.subject_begins_with) {
            return Some(Failed::SubjectBeginsWith);
        }
        if !subject(&self.subject_ends_with) {
            return Some(Failed::SubjectEndsWith);
        }
        self.clauses.iter().position(|clause| !clause.matches(values, slots)).map(Failed::Clause)
    }
}

impl TypeTest {
    /// The type of the event.
    pub(super) fn found<'v, 'e>(&self, values: &'v Values<'e>, slots: &[Slot]) -> &'v Found<'e> {
        self.keys.map_or(&Found::Missing, |keys| find(values, slots, keys))
    }

    fn matches(&self, values: &Values<'_>, slots: &[Slot]) -> bool {
        let found = self.found(values, slots);
        if matches!(found, Found::Missing) {
            return self.matches_without;
        }
        string(found).is_some_and(|(found, _)| self.included.iter().any(|included| included == found))
    }
}

impl SubjectTest {
    /// The subject of the event.
    pub(super) fn found<'v, 'e>(&self, values: &'v Values<'e>, slots: &[Slot]) -> &'v Found<'e> {
        self.key.map_or(&Found::Missing, |key| values.get(slots[key.index()]))
    }

    fn matches(&self, values: &Values<'_>, slots: &[Slot]) -> bool {
        let found = self.found(values, slots);
        if matches!(found, Found::Missing) {
            return self.matches_without;
        }
        string(found).is_some_and(|(subject, scalar)| {
            let subject = if self.is_case_sensitive { subject } else { values.folded(scalar) };
            (self.matches)(subject, &self.text)
        })
    }
}

fn string<'v, 'e>(found: &'v Found<'e>) -> Option<(&'v str, &'v Scalar<'e>)> {
    let Found::Scalar(scalar) = found else { return None };
    let Content::String(text) = scalar.content() else { return None };
    Some((text, scalar))
}
