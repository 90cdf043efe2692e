//! The event of a custom schema.

use crate::event::Data;
use crate::json::{JsonError, JsonText, JsonWriter, WriteError, WriteJson};
use crate::text::Text;

/// An event of a schema of your own, to be published to a basic topic, domain or partner channel
/// that was configured for it (custom input schema, api-version 2018-01-01).
///
/// It is sent unchanged; only the topic's configuration says what it must look like. Two events are
/// equal if the same text is sent for both (feature `alloc`).
#[derive(Debug, Clone)]
#[cfg_attr(feature = "alloc", derive(PartialEq))]
pub struct CustomEvent<'a>(Data<'a>);

impl<'a> CustomEvent<'a> {
    /// A value that writes itself as JSON straight into the request: any `serde::Serialize`
    /// (feature `serde`).
    pub fn json<T: WriteJson + Sync>(value: &'a T) -> Self {
        Self(Data::Value(value))
    }

    /// JSON that is already text.
    ///
    /// # Errors
    /// [`JsonError`] if it is not one JSON value.
    pub fn raw_json(text: impl Into<Text<'a>>) -> Result<Self, JsonError> {
        JsonText::parse(text).map(|json| Self(Data::Json(json)))
    }

    /// Writes it as one JSON value.
    ///
    /// # Errors
    /// [`WriteError`] if it does not fit, or cannot be written as JSON.
    pub fn write_json(&self, out: &mut JsonWriter<'_, '_>) -> Result<(), WriteError> {
        self.0.write_value(out)
    }

    /// The same event, independent of what it was borrowed from. A value becomes the JSON that it
    /// writes.
    ///
    /// # Errors
    /// [`WriteError`] if it is a value that cannot be written as JSON.
    #[cfg(feature = "alloc")]
    pub fn into_owned(self) -> Result<CustomEvent<'static>, WriteError> {
        self.0.into_owned().map(CustomEvent)
    }
}
