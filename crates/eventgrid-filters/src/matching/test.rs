//! The test that a clause is compiled to.

use crate::event::{Content, Found, Slot, Values};
use crate::matching::comparison::Comparison;
use crate::truth::{Outcome, ValueKind};

/// A clause that is ready to be asked.
#[derive(Debug)]
pub(crate) struct Test {
    /// The key, and another one to take if it is missing.
    pub(crate) keys: [Slot; 2],
    /// What the truth table has for the operator, by kinds of value.
    pub(crate) outcomes: [Outcome; ValueKind::ALL.len()],
    /// Whether arrays are looked into.
    pub(crate) arrays: bool,
    /// Whether the operator has a `Not`.
    pub(crate) is_negated: bool,
    pub(crate) comparison: Comparison,
}

impl Test {
    pub(super) fn matches(&self, values: &Values<'_>, slots: &[Slot]) -> bool {
        let found = find(values, slots, self.keys);
        match self.outcome(found) {
            Outcome::Matches => true,
            Outcome::DoesNotMatch => false,
            Outcome::Compared | Outcome::ComparedAsText => {
                let Found::Scalar(scalar) = found else { return self.is_negated };
                self.comparison.finds(scalar.content(), values.folded(scalar)) != self.is_negated
            }
            Outcome::ElementsCompared => {
                let Found::Array(_, range) = found else { return self.is_negated };
                let is_found = values.elements(range).iter().any(|element| {
                    self.comparison.has_type_of(element.content())
                        && self.comparison.finds(element.content(), values.folded(element))
                });
                is_found != self.is_negated
            }
        }
    }

    pub(super) fn outcome(&self, found: &Found<'_>) -> Outcome {
        self.outcomes[kind(found, self.arrays) as usize]
    }
}

/// What the event has at a key, or at the other one if it is missing.
pub(super) fn find<'v, 'e>(values: &'v Values<'e>, slots: &[Slot], keys: [Slot; 2]) -> &'v Found<'e> {
    match values.get(slots[keys[0].index()]) {
        Found::Missing => values.get(slots[keys[1].index()]),
        found => found,
    }
}

/// What kind of value it is, to a filter that looks into arrays or not.
pub(super) fn kind(found: &Found<'_>, arrays: bool) -> ValueKind {
    match found {
        Found::Missing => ValueKind::Missing,
        Found::Object => ValueKind::Object,
        Found::Array(..) if arrays => ValueKind::ArrayLookedInto,
        Found::Array(..) => ValueKind::Array,
        Found::Scalar(scalar) => match scalar.content() {
            Content::Null => ValueKind::Null,
            Content::Boolean(_) => ValueKind::Boolean,
            Content::Number(..) => ValueKind::Number,
            Content::String(_) => ValueKind::String,
        },
    }
}
