//! Clauses.

use std::fmt;

use super::condition::Condition;

/// One of the advanced filters of a filter: a key, and a condition for its value.
///
/// serde reads and writes it as the object of Azure Resource Manager: `operatorType`, `key`, and
/// `value` or `values`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Clause {
    /// Where the value is: an attribute of the event, or a path within its data such as
    /// `data.customer.city`. Names are compared without case, but an exactly equal name has
    /// priority. A name cannot contain a dot.
    pub key: String,
    /// The condition for the value.
    pub condition: Condition,
}

impl Clause {
    /// A clause with this condition for the value of this key.
    pub fn new(key: impl Into<String>, condition: Condition) -> Self {
        Self { key: key.into(), condition }
    }
}

/// The key and the condition, such as `"data.total" NumberGreaterThan 100`.
impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.key, self.condition)
    }
}
