//! Filters as data, and how they are written.
//!
//! This module covers the filter, its clauses and operators, and the two forms in which Azure
//! Resource Manager has them. Whether a filter keeps to the limits, and which events match it, does
//! not belong here.

mod clause;
mod condition;
mod namespace;
mod operator;
mod warning;
mod wire;

use serde::{Deserialize, Serialize};

pub use self::clause::Clause;
pub use self::condition::Condition;
pub(crate) use self::condition::Operands;
pub use self::namespace::{NamespaceFilter, NotForNamespaces};
pub use self::operator::{Operator, UnknownOperator};
pub use self::warning::FilterWarning;

/// The filter of an event subscription: an event matches it if it matches every part.
///
/// It is read and written by serde as `properties.filter` of an event subscription of a basic
/// topic, domain or system topic, with the names of Azure Resource Manager. Namespaces have another
/// form: [`NamespaceFilter`]. Unknown members are refused.
///
/// ```
/// use eventgrid_filters::{Clause, Condition, Filter};
///
/// let filter: Filter = serde_json::from_str(
///     r#"{
///         "includedEventTypes": ["Contoso.Ordered"],
///         "subjectBeginsWith": "/orders/",
///         "advancedFilters": [{"operatorType": "NumberGreaterThan", "key": "data.total", "value": 100}]
///     }"#,
/// )?;
/// let same = Filter::new()
///     .include_event_type("Contoso.Ordered")
///     .subject_begins_with("/orders/")
///     .clause(Clause::new("data.total", Condition::NumberGreaterThan(100.0)));
/// assert_eq!(filter, same);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Filter {
    /// `includedEventTypes`: the types that match, compared with case. `None`, no type at all, or
    /// the word `All` among them: every type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub included_event_types: Option<Vec<String>>,
    /// `subjectBeginsWith`: what the subject begins with. If it is `None` or empty, every subject
    /// matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_begins_with: Option<String>,
    /// `subjectEndsWith`: what the subject ends with. If it is `None` or empty, every subject
    /// matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_ends_with: Option<String>,
    /// `isSubjectCaseSensitive`: whether the subject is compared with case; false by default.
    /// Clauses are never compared with case.
    #[serde(deserialize_with = "wire::switch", skip_serializing_if = "is_off")]
    pub is_subject_case_sensitive: bool,
    /// `enableAdvancedFilteringOnArrays`: whether clauses are applied to the elements of arrays;
    /// false by default.
    #[serde(
        rename = "enableAdvancedFilteringOnArrays",
        deserialize_with = "wire::switch",
        skip_serializing_if = "is_off"
    )]
    pub arrays: bool,
    /// `advancedFilters`: the clauses, all of which must match.
    #[serde(
        rename = "advancedFilters",
        deserialize_with = "wire::clauses",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub advanced: Vec<Clause>,
}

impl Filter {
    /// A filter that every event matches.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a type to those that match.
    #[must_use]
    pub fn include_event_type(mut self, event_type: impl Into<String>) -> Self {
        self.included_event_types.get_or_insert_default().push(event_type.into());
        self
    }

    /// Sets what the subject begins with.
    #[must_use]
    pub fn subject_begins_with(mut self, prefix: impl Into<String>) -> Self {
        self.subject_begins_with = Some(prefix.into());
        self
    }

    /// Sets what the subject ends with.
    #[must_use]
    pub fn subject_ends_with(mut self, suffix: impl Into<String>) -> Self {
        self.subject_ends_with = Some(suffix.into());
        self
    }

    /// Sets whether the subject is compared with case.
    #[must_use]
    pub fn subject_case_sensitive(mut self, is_sensitive: bool) -> Self {
        self.is_subject_case_sensitive = is_sensitive;
        self
    }

    /// Sets whether clauses are applied to the elements of arrays.
    #[must_use]
    pub fn arrays(mut self, are_looked_into: bool) -> Self {
        self.arrays = are_looked_into;
        self
    }

    /// Adds a clause.
    #[must_use]
    pub fn clause(mut self, clause: Clause) -> Self {
        self.advanced.push(clause);
        self
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_off(switch: &bool) -> bool {
    !*switch
}
