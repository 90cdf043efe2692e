//! The operators of clauses.

use std::fmt;
use std::str::FromStr;

/// What a clause does with the value of its key: an operator of Azure Resource Manager's
/// `AdvancedFilterOperatorType` and `FilterOperatorType`, which are the same.
///
/// Its text is that name. Reading it ignores case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operator {
    /// The number is one of the values.
    NumberIn,
    /// The number is none of the values.
    NumberNotIn,
    /// The number is less than the value.
    NumberLessThan,
    /// The number is greater than the value.
    NumberGreaterThan,
    /// The number is the value or less.
    NumberLessThanOrEquals,
    /// The number is the value or greater.
    NumberGreaterThanOrEquals,
    /// The number is in one of the ranges, both ends included.
    NumberInRange,
    /// The number is in none of the ranges, both ends included.
    NumberNotInRange,
    /// The boolean is the value.
    BoolEquals,
    /// One of the values is within the string.
    StringContains,
    /// None of the values is within the string.
    StringNotContains,
    /// The string begins with one of the values.
    StringBeginsWith,
    /// The string begins with none of the values.
    StringNotBeginsWith,
    /// The string ends with one of the values.
    StringEndsWith,
    /// The string ends with none of the values.
    StringNotEndsWith,
    /// The string is one of the values.
    StringIn,
    /// The string is none of the values.
    StringNotIn,
    /// The key is missing, or null.
    IsNullOrUndefined,
    /// The key exists, and is not null.
    IsNotNull,
}

impl Operator {
    /// All of them: those of numbers, booleans, strings, and of any value.
    pub const ALL: [Self; 19] = [
        Self::NumberIn,
        Self::NumberNotIn,
        Self::NumberLessThan,
        Self::NumberGreaterThan,
        Self::NumberLessThanOrEquals,
        Self::NumberGreaterThanOrEquals,
        Self::NumberInRange,
        Self::NumberNotInRange,
        Self::BoolEquals,
        Self::StringContains,
        Self::StringNotContains,
        Self::StringBeginsWith,
        Self::StringNotBeginsWith,
        Self::StringEndsWith,
        Self::StringNotEndsWith,
        Self::StringIn,
        Self::StringNotIn,
        Self::IsNullOrUndefined,
        Self::IsNotNull,
    ];

    /// Its name in Azure Resource Manager.
    pub fn name(self) -> &'static str {
        match self {
            Self::NumberIn => "NumberIn",
            Self::NumberNotIn => "NumberNotIn",
            Self::NumberLessThan => "NumberLessThan",
            Self::NumberGreaterThan => "NumberGreaterThan",
            Self::NumberLessThanOrEquals => "NumberLessThanOrEquals",
            Self::NumberGreaterThanOrEquals => "NumberGreaterThanOrEquals",
            Self::NumberInRange => "NumberInRange",
            Self::NumberNotInRange => "NumberNotInRange",
            Self::BoolEquals => "BoolEquals",
            Self::StringContains => "StringContains",
            Self::StringNotContains => "StringNotContains",
            Self::StringBeginsWith => "StringBeginsWith",
            Self::StringNotBeginsWith => "StringNotBeginsWith",
            Self::StringEndsWith => "StringEndsWith",
            Self::StringNotEndsWith => "StringNotEndsWith",
            Self::StringIn => "StringIn",
            Self::StringNotIn => "StringNotIn",
            Self::IsNullOrUndefined => "IsNullOrUndefined",
            Self::IsNotNull => "IsNotNull",
        }
    }

    /// Whether it matches when the operator without `Not` does not: `NumberNotIn`, but not
    /// `IsNotNull`.
    pub(crate) fn is_negated(self) -> bool {
        matches!(
            self,
            Self::NumberNotIn
                | Self::NumberNotInRange
                | Self::StringNotContains
                | Self::StringNotBeginsWith
                | Self::StringNotEndsWith
                | Self::StringNotIn
        )
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Operator {
    type Err = UnknownOperator;

    fn from_str(name: &str) -> Result<Self, UnknownOperator> {
        let found = Self::ALL.into_iter().find(|operator| operator.name().eq_ignore_ascii_case(name));
        found.ok_or_else(|| UnknownOperator(name.chars().take(64).collect()))
    }
}

/// A name that is not the name of an operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an operator: the operators are {names}", names = Operator::ALL.map(Operator::name).join(", "))]
pub struct UnknownOperator(String);
