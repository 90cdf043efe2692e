//! Clauses.

use std::fmt;

use super::condition::Condition;

/// One of the advanced filters of a filter: a key, and what is asked of its value.
///
/// As serde has it, it is the object of Azure Resource Manager: `operatorType`, `key`, and `value`
/// or `values`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Clause {
    /// Where the value is: an attribute of the event, or a path within its data such as
    /// `data.customer.city`. Names are compared without case, but a name that is exactly the same
    /// wins. A dot cannot be part of a name.
    pub key: String,
    /// What is asked of the value.
    pub condition: Condition,
}

impl Clause {
    /// A clause that asks this of the value of that key.
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
