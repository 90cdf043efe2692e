//! An operator with its operands.

use std::fmt;
use std::slice;

use super::operator::Operator;

/// The condition of a clause for the value of its key: an operator with its operands.
///
/// Numbers are doubles, as in Azure Resource Manager. Two conditions are equal if they have the
/// same operator and the same operands in the same order.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Condition {
    /// [`Operator::NumberIn`]
    NumberIn(Vec<f64>),
    /// [`Operator::NumberNotIn`]
    NumberNotIn(Vec<f64>),
    /// [`Operator::NumberLessThan`]
    NumberLessThan(f64),
    /// [`Operator::NumberGreaterThan`]
    NumberGreaterThan(f64),
    /// [`Operator::NumberLessThanOrEquals`]
    NumberLessThanOrEquals(f64),
    /// [`Operator::NumberGreaterThanOrEquals`]
    NumberGreaterThanOrEquals(f64),
    /// [`Operator::NumberInRange`], each range from its low to its high end.
    NumberInRange(Vec<[f64; 2]>),
    /// [`Operator::NumberNotInRange`], each range from its low to its high end.
    NumberNotInRange(Vec<[f64; 2]>),
    /// [`Operator::BoolEquals`]
    BoolEquals(bool),
    /// [`Operator::StringContains`]
    StringContains(Vec<String>),
    /// [`Operator::StringNotContains`]
    StringNotContains(Vec<String>),
    /// [`Operator::StringBeginsWith`]
    StringBeginsWith(Vec<String>),
    /// [`Operator::StringNotBeginsWith`]
    StringNotBeginsWith(Vec<String>),
    /// [`Operator::StringEndsWith`]
    StringEndsWith(Vec<String>),
    /// [`Operator::StringNotEndsWith`]
    StringNotEndsWith(Vec<String>),
    /// [`Operator::StringIn`]
    StringIn(Vec<String>),
    /// [`Operator::StringNotIn`]
    StringNotIn(Vec<String>),
    /// [`Operator::IsNullOrUndefined`]
    IsNullOrUndefined,
    /// [`Operator::IsNotNull`]
    IsNotNull,
}

/// The operands of a condition, by their type.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Operands<'c> {
    None,
    Boolean(bool),
    /// The member is `value`.
    Number(f64),
    /// The member is `values`, as it is for all that follow.
    Numbers(&'c [f64]),
    Ranges(&'c [[f64; 2]]),
    Strings(&'c [String]),
}

impl Condition {
    /// The operator.
    pub fn operator(&self) -> Operator {
        match self {
            Self::NumberIn(_) => Operator::NumberIn,
            Self::NumberNotIn(_) => Operator::NumberNotIn,
            Self::NumberLessThan(_) => Operator::NumberLessThan,
            Self::NumberGreaterThan(_) => Operator::NumberGreaterThan,
            Self::NumberLessThanOrEquals(_) => Operator::NumberLessThanOrEquals,
            Self::NumberGreaterThanOrEquals(_) => Operator::NumberGreaterThanOrEquals,
            Self::NumberInRange(_) => Operator::NumberInRange,
            Self::NumberNotInRange(_) => Operator::NumberNotInRange,
            Self::BoolEquals(_) => Operator::BoolEquals,
            Self::StringContains(_) => Operator::StringContains,
            Self::StringNotContains(_) => Operator::StringNotContains,
            Self::StringBeginsWith(_) => Operator::StringBeginsWith,
            Self::StringNotBeginsWith(_) => Operator::StringNotBeginsWith,
            Self::StringEndsWith(_) => Operator::StringEndsWith,
            Self::StringNotEndsWith(_) => Operator::StringNotEndsWith,
            Self::StringIn(_) => Operator::StringIn,
            Self::StringNotIn(_) => Operator::StringNotIn,
            Self::IsNullOrUndefined => Operator::IsNullOrUndefined,
            Self::IsNotNull => Operator::IsNotNull,
        }
    }

    pub(crate) fn operands(&self) -> Operands<'_> {
        match self {
            Self::NumberIn(values) | Self::NumberNotIn(values) => Operands::Numbers(values),
            Self::NumberLessThan(value)
            | Self::NumberGreaterThan(value)
            | Self::NumberLessThanOrEquals(value)
            | Self::NumberGreaterThanOrEquals(value) => Operands::Number(*value),
            Self::NumberInRange(ranges) | Self::NumberNotInRange(ranges) => Operands::Ranges(ranges),
            Self::BoolEquals(value) => Operands::Boolean(*value),
            Self::StringContains(values)
            | Self::StringNotContains(values)
            | Self::StringBeginsWith(values)
            | Self::StringNotBeginsWith(values)
            | Self::StringEndsWith(values)
            | Self::StringNotEndsWith(values)
            | Self::StringIn(values)
            | Self::StringNotIn(values) => Operands::Strings(values),
            Self::IsNullOrUndefined | Self::IsNotNull => Operands::None,
        }
    }
}

impl<'c> Operands<'c> {
    /// All numbers among them.
    pub(crate) fn numbers(self) -> &'c [f64] {
        match self {
            Self::Numbers(numbers) => numbers,
            Self::Ranges(ranges) => ranges.as_flattened(),
            _ => &[],
        }
    }

    /// How many values they are, as the limit counts them: a range is one.
    pub(crate) fn count(self) -> usize {
        match self {
            Self::None => 0,
            Self::Boolean(_) | Self::Number(_) => 1,
            Self::Numbers(values) => values.len(),
            Self::Ranges(ranges) => ranges.len(),
            Self::Strings(values) => values.len(),
        }
    }
}

impl PartialEq for Operands<'_> {
    fn eq(&self, other: &Self) -> bool {
        let same = |left: &[f64], right: &[f64]| {
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| left.total_cmp(right).is_eq())
        };
        match (*self, *other) {
            (Self::None, Self::None) => true,
            (Self::Boolean(left), Self::Boolean(right)) => left == right,
            (Self::Number(left), Self::Number(right)) => {
                same(slice::from_ref(&left), slice::from_ref(&right))
            }
            (Self::Numbers(left), Self::Numbers(right)) => same(left, right),
            (Self::Ranges(left), Self::Ranges(right)) => same(left.as_flattened(), right.as_flattened()),
            (Self::Strings(left), Self::Strings(right)) => left == right,
            _ => false,
        }
    }
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.operator() == other.operator() && self.operands() == other.operands()
    }
}

impl Eq for Condition {}

/// The operator and its operands, such as `StringIn ["a", "b"]`.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.operator())?;
        match self.operands() {
            Operands::None => Ok(()),
            Operands::Boolean(value) => write!(f, " {value}"),
            Operands::Number(value) => write!(f, " {value}"),
            Operands::Numbers(values) => list(f, values, |f, value| write!(f, "{value}")),
            Operands::Ranges(ranges) => list(f, ranges, |f, [low, high]| write!(f, "[{low}, {high}]")),
            Operands::Strings(values) => list(f, values, |f, value| write!(f, "{value:?}")),
        }
    }
}

fn list<T>(
    f: &mut fmt::Formatter<'_>,
    values: &[T],
    each: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    f.write_str(" [")?;
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        each(f, value)?;
    }
    f.write_str("]")
}
