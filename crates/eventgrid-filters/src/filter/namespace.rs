//! The form of filters that namespaces have.

use serde::{Deserialize, Serialize};

use super::{Clause, Filter, wire};

/// A filter in the form of an event subscription of a namespace topic:
/// `properties.filtersConfiguration`.
///
/// It has no members for subjects and arrays. For subjects, use a clause with the key `subject`.
///
/// ```
/// use eventgrid_filters::{Filter, NamespaceFilter};
///
/// let read: NamespaceFilter =
///     serde_json::from_str(r#"{"filters": [{"operatorType": "IsNotNull", "key": "data.total"}]}"#)?;
/// let filter = Filter::from(read);
/// assert_eq!(filter.advanced.len(), 1);
/// assert!(NamespaceFilter::try_from(filter.arrays(true)).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct NamespaceFilter {
    /// `includedEventTypes`: as those of a [`Filter`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub included_event_types: Option<Vec<String>>,
    /// `filters`: the clauses, all of which must match.
    #[serde(deserialize_with = "wire::clauses", skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Clause>,
}

/// A filter has something for which the form of namespaces has no member.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event subscriptions of namespaces have no {member}: {what_to_do}")]
#[non_exhaustive]
pub struct NotForNamespaces {
    /// The member that is set.
    pub member: &'static str,
    what_to_do: &'static str,
}

impl From<NamespaceFilter> for Filter {
    fn from(filter: NamespaceFilter) -> Self {
        Self {
            included_event_types: filter.included_event_types,
            advanced: filter.filters,
            ..Self::default()
        }
    }
}

impl TryFrom<Filter> for NamespaceFilter {
    type Error = NotForNamespaces;

    /// # Errors
    /// If the filter has a subject outside the clauses, or applies clauses to the elements of
    /// arrays.
    fn try_from(filter: Filter) -> Result<Self, NotForNamespaces> {
        let is_set = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        if is_set(&filter.subject_begins_with) {
            let what_to_do = "use a clause with StringBeginsWith on the key subject";
            return Err(NotForNamespaces { member: "subjectBeginsWith", what_to_do });
        }
        if is_set(&filter.subject_ends_with) {
            let what_to_do = "use a clause with StringEndsWith on the key subject";
            return Err(NotForNamespaces { member: "subjectEndsWith", what_to_do });
        }
        if filter.arrays {
            let what_to_do = "publish what is filtered by as a value of its own";
            return Err(NotForNamespaces { member: "enableAdvancedFilteringOnArrays", what_to_do });
        }
        Ok(Self { included_event_types: filter.included_event_types, filters: filter.advanced })
    }
}
