//! Parts of a filter that are probably mistakes.

use std::fmt;

use super::Filter;

/// A part of a filter that the service may understand differently than its author. Clauses are
/// numbered from 1. The text says what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FilterWarning {
    /// A clause has the key `eventtype`, as the documentation of filters spells it for
    /// `CloudEvents` (event-filtering, 2023-10-11). A user reports that it matches no event at the
    /// service, and that `type` does (azure-docs issue 86764). Here both are the type of the event.
    EventTypeKey {
        /// The number of the clause.
        clause: usize,
    },
}

impl fmt::Display for FilterWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EventTypeKey { clause } => write!(
                f,
                "the key of clause {clause} is `eventtype`, which a user reports to match nothing at the service: \
                 write `type` for CloudEvents, `eventType` for the Event Grid schema"
            ),
        }
    }
}

impl Filter {
    /// What the service may understand differently than the author, in the order of the clauses.
    /// The filter can be compiled nevertheless.
    ///
    /// ```
    /// use eventgrid_filters::{Clause, Condition, Filter, FilterWarning};
    ///
    /// let ordered = || Condition::StringIn(vec!["Ordered".to_owned()]);
    /// let filter = Filter::new().clause(Clause::new("eventtype", ordered()));
    /// assert_eq!(filter.warnings(), [FilterWarning::EventTypeKey { clause: 1 }]);
    /// assert_eq!(Filter::new().clause(Clause::new("type", ordered())).warnings(), []);
    /// ```
    pub fn warnings(&self) -> Vec<FilterWarning> {
        let clauses = self.advanced.iter().zip(1..).filter(|(clause, _)| clause.key == "eventtype");
        clauses.map(|(_, clause)| FilterWarning::EventTypeKey { clause }).collect()
    }
}
