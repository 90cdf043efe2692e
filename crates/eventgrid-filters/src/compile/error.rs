//! Why a filter cannot be compiled.

use crate::filter::{Clause, Filter, Operands, Operator};
use crate::options::FilterLimits;

/// Why the service would not accept a filter. Clauses are numbered from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// There are more clauses than the limit allows.
    #[error(
        "the filter has {count} clauses, and the limit is {limit}: use a second event subscription, or put the values of several clauses into one"
    )]
    TooManyClauses {
        /// How many there are.
        count: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// The clauses together have more values than the limit allows.
    #[error(
        "the clauses of the filter have {count} values together, and the limit is {limit}: use a second event subscription"
    )]
    TooManyValues {
        /// How many there are.
        count: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// A string has more characters than the limit allows.
    #[error(
        "value {value} of clause {clause} ({operator}) has {count} characters, and the limit is {limit}: shorten it"
    )]
    TooLongValue {
        /// The number of the clause.
        clause: usize,
        /// Its operator.
        operator: Operator,
        /// The number of the value, from 1.
        value: usize,
        /// How many characters it has.
        count: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// A clause has a list without values.
    #[error("clause {clause} ({operator}) has no values: give it one, or remove the clause")]
    NoValues {
        /// The number of the clause.
        clause: usize,
        /// Its operator.
        operator: Operator,
    },
    /// The key of a clause is empty, or has nothing before or after a dot.
    #[error(
        "the key of clause {clause} ({operator}) has an empty name: write an attribute such as subject, or a path such as data.total"
    )]
    EmptyName {
        /// The number of the clause.
        clause: usize,
        /// Its operator.
        operator: Operator,
    },
    /// A key leads deeper than an event can be.
    #[error(
        "the key of clause {clause} ({operator}) has {count} names, and no event is more than {MOST_NAMES} deep: \
         shorten it"
    )]
    TooManyNames {
        /// The number of the clause.
        clause: usize,
        /// Its operator.
        operator: Operator,
        /// How many names its key has.
        count: usize,
    },
    /// A number is infinite or not a number, which JSON cannot write.
    #[error("clause {clause} ({operator}) has a number that is not finite: write one that JSON can write")]
    NotFinite {
        /// The number of the clause.
        clause: usize,
        /// Its operator.
        operator: Operator,
    },
    /// The low end of a range is above its high end.
    #[error("range {range} of clause {clause} ({operator}) has no number in it: write its low end first")]
    ReversedRange {
        /// The number of the clause.
        clause: usize,
        /// Its operator.
        operator: Operator,
        /// The number of the range, from 1.
        range: usize,
    },
}

/// The most names in a key. An event that is read is no deeper than this, so no key makes an event
/// one that cannot be read.
const MOST_NAMES: usize = eventgrid::json::MAX_DEPTH - 1;

/// Checks a filter.
pub(super) fn check(filter: &Filter, limits: &FilterLimits) -> Result<(), FilterError> {
    let count = filter.advanced.len();
    if count > limits.clauses {
        return Err(FilterError::TooManyClauses { count, limit: limits.clauses });
    }
    for (index, clause) in filter.advanced.iter().enumerate() {
        check_clause(index + 1, clause, limits)?;
    }
    let count = filter.advanced.iter().map(|clause| clause.condition.operands().count()).sum();
    if count > limits.values {
        return Err(FilterError::TooManyValues { count, limit: limits.values });
    }
    Ok(())
}

fn check_clause(number: usize, clause: &Clause, limits: &FilterLimits) -> Result<(), FilterError> {
    let operator = clause.condition.operator();
    let operands = clause.condition.operands();
    if clause.key.split('.').any(str::is_empty) {
        return Err(FilterError::EmptyName { clause: number, operator });
    }
    let count = clause.key.split('.').count();
    if count > MOST_NAMES {
        return Err(FilterError::TooManyNames { clause: number, operator, count });
    }
    if operands.count() == 0 && !matches!(operands, Operands::None) {
        return Err(FilterError::NoValues { clause: number, operator });
    }
    let of_one = if let Operands::Number(value) = operands { Some(value) } else { None };
    let mut numbers = operands.numbers().iter().copied().chain(of_one);
    if numbers.any(|number| !number.is_finite()) {
        return Err(FilterError::NotFinite { clause: number, operator });
    }
    if let Operands::Ranges(ranges) = operands {
        if let Some(index) = ranges.iter().position(|[low, high]| low > high) {
            return Err(FilterError::ReversedRange { clause: number, operator, range: index + 1 });
        }
    }
    if let Operands::Strings(values) = operands {
        let counts = values.iter().map(|value| value.chars().count()).enumerate();
        if let Some((index, count)) = counts.into_iter().find(|(_, count)| *count > limits.characters) {
            let limit = limits.characters;
            return Err(FilterError::TooLongValue {
                clause: number,
                operator,
                value: index + 1,
                count,
                limit,
            });
        }
    }
    Ok(())
}
