//! The truth table. Names of pages are those of azure-docs, with the date of what was read.

use super::Outcome::{Compared, ComparedAsText, DoesNotMatch, ElementsCompared, Matches};
use super::TruthSource::{Documented, NotConfirmed};
use super::{Outcome, TruthRow, TruthSource, ValueKind};
use crate::filter::Operator::{
    self, BoolEquals, IsNotNull, IsNullOrUndefined, NumberGreaterThan, NumberGreaterThanOrEquals, NumberIn,
    NumberInRange, NumberLessThan, NumberLessThanOrEquals, NumberNotIn, NumberNotInRange, StringBeginsWith,
    StringContains, StringEndsWith, StringIn, StringNotBeginsWith, StringNotContains, StringNotEndsWith,
    StringNotIn,
};

const MISSING_NOTE: TruthSource = Documented("event-filtering (2023-10-11), note on missing keys");
const IS_NULL: TruthSource = Documented("event-filtering (2023-10-11), `IsNullOrUndefined` and `IsNotNull`");
const OPERATOR: TruthSource = Documented("event-filtering (2023-10-11), the operator");
const ELEMENTS: TruthSource = Documented("event-filtering (2023-10-11), the loop of the operator");
const EDGE_ARRAYS: TruthSource =
    Documented("edge/advanced-filtering (2021-05-10), of Event Grid on IoT Edge");
const NULL: TruthSource = NotConfirmed(
    "as a missing key, since `IsNullOrUndefined` treats them alike; in a simulator (pm7y) `StringNot*` matches, and \
     `NumberNot*` does not",
);
const NOT_COMPARABLE: TruthSource = NotConfirmed(
    "as a missing key, since elements of another type are ignored; a simulator (pm7y) reads numeric strings and \
     booleans as numbers",
);
const OBJECT: TruthSource =
    NotConfirmed("as a missing key; a key can be a number, a boolean, a string or an array");
const AS_TEXT: TruthSource =
    NotConfirmed("as `StringBeginsWith` on a number, which an example of the page shows");

/// The rows: every operator once for each kind of value.
pub(super) const ROWS: &[TruthRow] = &[
    row(
        &[
            NumberIn,
            NumberLessThan,
            NumberGreaterThan,
            NumberLessThanOrEquals,
            NumberGreaterThanOrEquals,
            BoolEquals,
            StringContains,
            StringBeginsWith,
            StringEndsWith,
            StringIn,
            StringNotContains,
            StringNotBeginsWith,
            StringNotEndsWith,
        ],
        ValueKind::Missing,
        DoesNotMatch,
        MISSING_NOTE,
    ),
    row(&[NumberNotIn, StringNotIn], ValueKind::Missing, Matches, MISSING_NOTE),
    row(
        &[NumberInRange],
        ValueKind::Missing,
        DoesNotMatch,
        NotConfirmed("as `NumberIn`; the page's note does not name it"),
    ),
    row(
        &[NumberNotInRange],
        ValueKind::Missing,
        Matches,
        NotConfirmed("as `NumberNotIn`; the page's note does not name it"),
    ),
    row(&[IsNullOrUndefined], ValueKind::Missing, Matches, IS_NULL),
    row(&[IsNotNull], ValueKind::Missing, DoesNotMatch, IS_NULL),
    row(NUMBER, ValueKind::Null, DoesNotMatch, NULL),
    row(NUMBER_NOT, ValueKind::Null, Matches, NULL),
    row(&[BoolEquals], ValueKind::Null, DoesNotMatch, NULL),
    row(STRING, ValueKind::Null, DoesNotMatch, NULL),
    row(STRING_NOT_WITHIN, ValueKind::Null, DoesNotMatch, NULL),
    row(&[StringNotIn], ValueKind::Null, Matches, NULL),
    row(&[IsNullOrUndefined], ValueKind::Null, Matches, IS_NULL),
    row(&[IsNotNull], ValueKind::Null, DoesNotMatch, IS_NULL),
    row(NUMBER, ValueKind::Boolean, DoesNotMatch, NOT_COMPARABLE),
    row(NUMBER_NOT, ValueKind::Boolean, Matches, NOT_COMPARABLE),
    row(&[BoolEquals], ValueKind::Boolean, Compared, OPERATOR),
    row(STRING, ValueKind::Boolean, ComparedAsText, AS_TEXT),
    row(STRING_NOT_WITHIN, ValueKind::Boolean, ComparedAsText, AS_TEXT),
    row(&[StringNotIn], ValueKind::Boolean, ComparedAsText, AS_TEXT),
    row(&[IsNullOrUndefined], ValueKind::Boolean, DoesNotMatch, IS_NULL),
    row(&[IsNotNull], ValueKind::Boolean, Matches, IS_NULL),
    row(NUMBER, ValueKind::Number, Compared, OPERATOR),
    row(NUMBER_NOT, ValueKind::Number, Compared, OPERATOR),
    row(&[BoolEquals], ValueKind::Number, DoesNotMatch, NOT_COMPARABLE),
    row(
        &[StringBeginsWith],
        ValueKind::Number,
        ComparedAsText,
        Documented("event-filtering (2023-10-11), the example of an extension attribute that is 5"),
    ),
    row(&[StringContains, StringEndsWith, StringIn], ValueKind::Number, ComparedAsText, AS_TEXT),
    row(STRING_NOT_WITHIN, ValueKind::Number, ComparedAsText, AS_TEXT),
    row(&[StringNotIn], ValueKind::Number, ComparedAsText, AS_TEXT),
    row(&[IsNullOrUndefined], ValueKind::Number, DoesNotMatch, IS_NULL),
    row(&[IsNotNull], ValueKind::Number, Matches, IS_NULL),
    row(NUMBER, ValueKind::String, DoesNotMatch, NOT_COMPARABLE),
    row(NUMBER_NOT, ValueKind::String, Matches, NOT_COMPARABLE),
    row(&[BoolEquals], ValueKind::String, DoesNotMatch, NOT_COMPARABLE),
    row(STRING, ValueKind::String, Compared, OPERATOR),
    row(STRING_NOT_WITHIN, ValueKind::String, Compared, OPERATOR),
    row(&[StringNotIn], ValueKind::String, Compared, OPERATOR),
    row(&[IsNullOrUndefined], ValueKind::String, DoesNotMatch, IS_NULL),
    row(&[IsNotNull], ValueKind::String, Matches, IS_NULL),
    row(NUMBER, ValueKind::Object, DoesNotMatch, OBJECT),
    row(NUMBER_NOT, ValueKind::Object, Matches, OBJECT),
    row(&[BoolEquals], ValueKind::Object, DoesNotMatch, OBJECT),
    row(STRING, ValueKind::Object, DoesNotMatch, OBJECT),
    row(STRING_NOT_WITHIN, ValueKind::Object, DoesNotMatch, OBJECT),
    row(&[StringNotIn], ValueKind::Object, Matches, OBJECT),
    row(&[IsNullOrUndefined], ValueKind::Object, DoesNotMatch, IS_NULL),
    row(&[IsNotNull], ValueKind::Object, Matches, IS_NULL),
    row(NUMBER, ValueKind::Array, DoesNotMatch, EDGE_ARRAYS),
    row(NUMBER_NOT, ValueKind::Array, DoesNotMatch, EDGE_ARRAYS),
    row(&[BoolEquals], ValueKind::Array, DoesNotMatch, EDGE_ARRAYS),
    row(STRING, ValueKind::Array, DoesNotMatch, EDGE_ARRAYS),
    row(STRING_NOT_WITHIN, ValueKind::Array, DoesNotMatch, EDGE_ARRAYS),
    row(&[StringNotIn], ValueKind::Array, DoesNotMatch, EDGE_ARRAYS),
    row(&[IsNullOrUndefined], ValueKind::Array, DoesNotMatch, IS_NULL),
    row(&[IsNotNull], ValueKind::Array, Matches, IS_NULL),
    row(NUMBER, ValueKind::ArrayLookedInto, ElementsCompared, ELEMENTS),
    row(NUMBER_NOT, ValueKind::ArrayLookedInto, ElementsCompared, ELEMENTS),
    row(&[BoolEquals], ValueKind::ArrayLookedInto, ElementsCompared, ELEMENTS),
    row(STRING, ValueKind::ArrayLookedInto, ElementsCompared, ELEMENTS),
    row(STRING_NOT_WITHIN, ValueKind::ArrayLookedInto, ElementsCompared, ELEMENTS),
    row(&[StringNotIn], ValueKind::ArrayLookedInto, ElementsCompared, ELEMENTS),
    row(&[IsNullOrUndefined], ValueKind::ArrayLookedInto, DoesNotMatch, IS_NULL),
    row(&[IsNotNull], ValueKind::ArrayLookedInto, Matches, IS_NULL),
];

const NUMBER: &[Operator] = &[
    NumberIn,
    NumberLessThan,
    NumberGreaterThan,
    NumberLessThanOrEquals,
    NumberGreaterThanOrEquals,
    NumberInRange,
];
const NUMBER_NOT: &[Operator] = &[NumberNotIn, NumberNotInRange];
const STRING: &[Operator] = &[StringContains, StringBeginsWith, StringEndsWith, StringIn];
const STRING_NOT_WITHIN: &[Operator] = &[StringNotContains, StringNotBeginsWith, StringNotEndsWith];

const fn row(
    operators: &'static [Operator],
    value: ValueKind,
    outcome: Outcome,
    source: TruthSource,
) -> TruthRow {
    TruthRow { operators, value, outcome, source }
}
