//! How a filter is compiled.

/// How a filter is compiled: for which events, and with which limits.
///
/// ```
/// use eventgrid_filters::{Clause, CompileOptions, Condition, Filter};
///
/// // The members of a custom schema are at the top, and keys call that `data`.
/// let cheap = Clause::new("data.price", Condition::NumberLessThan(5.0));
/// let filter = Filter::new()
///     .include_event_type("Sold")
///     .clause(cheap)
///     .compile_with(&CompileOptions::new().custom_schema("kind", "subject"))?;
/// assert!(filter.matches(r#"{"kind":"Sold","price":3}"#)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CompileOptions {
    /// The limits; by default those that are documented.
    pub limits: FilterLimits,
    pub(crate) schema: Schema,
}

/// The limits of filters.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FilterLimits {
    /// How many clauses a filter has at the most.
    pub clauses: usize,
    /// How many values all its clauses together have at the most. A range counts as one.
    pub values: usize,
    /// How many characters a string value of a clause has at the most.
    pub characters: usize,
}

/// Where the attributes of an event are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Schema {
    /// As `CloudEvents` or the Event Grid schema have them.
    #[default]
    Published,
    Custom {
        event_type: String,
        subject: String,
    },
}

impl CompileOptions {
    /// The documented limits, for CloudEvents and events in the Event Grid schema.
    pub fn new() -> Self {
        Self::default()
    }

    /// For events in a custom schema, whose type and subject are at these keys, such as `kind` or
    /// `header.kind`: the `sourceField` of the mapping that the topic has.
    #[must_use]
    pub fn custom_schema(mut self, event_type: impl Into<String>, subject: impl Into<String>) -> Self {
        self.schema = Schema::Custom { event_type: event_type.into(), subject: subject.into() };
        self
    }

    /// Whether they are for events in a custom schema.
    pub fn is_custom_schema(&self) -> bool {
        self.schema != Schema::Published
    }

    /// Sets the limits.
    #[must_use]
    pub fn limits(mut self, limits: FilterLimits) -> Self {
        self.limits = limits;
        self
    }
}

impl FilterLimits {
    /// What is documented: 25 clauses, 25 values, 512 characters
    /// (event-filtering, 2023-10-11, Limitations).
    pub const fn documented() -> Self {
        Self { clauses: 25, values: 25, characters: 512 }
    }

    /// No limits.
    pub const fn none() -> Self {
        Self { clauses: usize::MAX, values: usize::MAX, characters: usize::MAX }
    }
}

/// Those that are documented.
impl Default for FilterLimits {
    fn default() -> Self {
        Self::documented()
    }
}
