//! One compiled filter.

use std::fmt;
use std::sync::Arc;

use super::explanation::{Explanation, explain};
use super::program::Program;
use crate::event::{EventError, Keys, Slot, read};
use crate::filter::Filter;
use crate::options::CompileOptions;

/// A filter that was checked and compiled by [`Filter::compile`]. Cloning it is cheap.
///
/// An event is JSON text: a `CloudEvent`, an event in the Event Grid schema, or one in a custom
/// schema. It is read once, however many clauses the filter has.
///
/// ```
/// use eventgrid_filters::{Clause, Condition, Filter};
///
/// let large = Clause::new("data.total", Condition::NumberGreaterThan(100.0));
/// let filter = Filter::new().clause(large).compile()?;
/// assert!(filter.matches(r#"{"id":"1","type":"Ordered","data":{"total":250}}"#)?);
///
/// let explanation = filter.explain(r#"{"id":"2","type":"Ordered","data":{"total":"250"}}"#)?;
/// assert_eq!(
///     explanation.to_string(),
///     r#"clause 1 ("data.total" NumberGreaterThan 100) does not match: the value is "250", a string, which this operator does not compare"#
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct CompiledFilter {
    inner: Arc<Inner>,
}

struct Inner {
    filter: Filter,
    options: CompileOptions,
    keys: Keys,
    /// Those of all keys, in order.
    slots: Vec<Slot>,
    program: Program,
}

impl CompiledFilter {
    pub(crate) fn new(filter: Filter, options: CompileOptions, keys: Keys, program: Program) -> Self {
        let slots = keys.slots();
        Self { inner: Arc::new(Inner { filter, options, keys, slots, program }) }
    }

    /// The filter that was compiled.
    pub fn filter(&self) -> &Filter {
        &self.inner.filter
    }

    /// How it was compiled.
    pub fn options(&self) -> &CompileOptions {
        &self.inner.options
    }

    /// Whether the event matches.
    ///
    /// # Errors
    /// If the event is not a JSON object.
    pub fn matches(&self, event: &str) -> Result<bool, EventError> {
        let values = read(&self.inner.keys, event)?;
        Ok(self.inner.program.first_failed(&values, &self.inner.slots).is_none())
    }

    /// Whether the event matches, and if not, which part of the filter does not and why. Parts are
    /// looked at in this order: event types, beginning of the subject, its end, clauses.
    ///
    /// # Errors
    /// If the event is not a JSON object.
    pub fn explain(&self, event: &str) -> Result<Explanation, EventError> {
        let Inner { filter, keys, slots, program, .. } = &*self.inner;
        let values = read(keys, event)?;
        Ok(explain(filter, program, &values, slots))
    }

    pub(super) fn keys(&self) -> &Keys {
        &self.inner.keys
    }

    pub(super) fn program(&self) -> &Program {
        &self.inner.program
    }
}

impl fmt::Debug for CompiledFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CompiledFilter").field(self.filter()).finish()
    }
}
