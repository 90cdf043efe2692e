//! Why a text is not an event.

use eventgrid::json::JsonError;

/// A text that is not an event, so filters cannot be applied to it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the event cannot be read: it must be a JSON object, in the Event Grid schema, CloudEvents or a custom schema"
)]
pub struct EventError {
    source: JsonError,
}

impl EventError {
    pub(crate) fn new(source: JsonError) -> Self {
        Self { source }
    }

    /// Where the text is wrong, in bytes from its start.
    pub fn offset(&self) -> usize {
        self.source.offset()
    }
}
