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
    /// The limits; by default the documented ones.
    pub limits: FilterLimits,
    pub(crate) schema: Schema,
}

/// The limits of filters.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FilterLimits {
    /// How many clauses a filter has at most.
    pub clauses: usize,
    /// How many values all its clauses together have at most. A range counts as one.
    pub values: usize,
    /// How many characters a string value of a clause has at most.
    pub characters: usize,
}

/// Where the attributes of an event are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Schema {
    /// As `CloudEvents` or the Event Grid schema have them.
    #[default]
    Published,
    Custom {
        event_type: CustomAttribute,
        subject: CustomAttribute,
    },
}

/// Where an attribute is in events of a custom schema.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CustomAttribute {
    /// Empty if no event has it.
    pub(crate) key: String,
    /// What it is in an event that does not have the key.
    pub(crate) default: Option<String>,
}

impl CompileOptions {
    /// The documented limits, for CloudEvents and events in the Event Grid schema.
    pub fn new() -> Self {
        Self::default()
    }

    /// For events in a custom schema, whose type and subject are at these keys, such as `kind` or
    /// `header.kind`: the `sourceField` of the mapping that the topic has. No event has an empty
    /// key.
    #[must_use]
    pub fn custom_schema(mut self, event_type: impl Into<String>, subject: impl Into<String>) -> Self {
        let [event_type, subject] =
            [event_type.into(), subject.into()].map(|key| CustomAttribute { key, default: None });
        self.schema = Schema::Custom { event_type, subject };
        self
    }

    /// Sets the type and the subject of events in a custom schema that do not have the keys of
    /// [`custom_schema`](Self::custom_schema): the `defaultValue` of the mapping. Changes nothing
    /// for other schemas.
    ///
    /// ```
    /// use eventgrid_filters::{CompileOptions, Filter};
    ///
    /// let options = CompileOptions::new()
    ///     .custom_schema("kind", "")
    ///     .custom_defaults(Some("Sold".to_owned()), None);
    /// let filter = Filter::new().include_event_type("Sold").compile_with(&options)?;
    /// assert!(filter.matches(r#"{"price":3}"#)?);
    /// assert!(!filter.matches(r#"{"price":3,"kind":"Returned"}"#)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn custom_defaults(mut self, of_event_type: Option<String>, of_subject: Option<String>) -> Self {
        if let Schema::Custom { event_type, subject } = &mut self.schema {
            event_type.default = of_event_type;
            subject.default = of_subject;
        }
        self
    }

    /// Whether filters compiled with these options look for the attributes of events at the same
    /// keys as those compiled with `other`.
    pub fn has_schema_of(&self, other: &Self) -> bool {
        self.schema == other.schema
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

/// The documented limits.
impl Default for FilterLimits {
    fn default() -> Self {
        Self::documented()
    }
}
