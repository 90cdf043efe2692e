//! An event as the broker keeps it.

use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

/// A published event: the text of one JSON object, shared by all the subscriptions it went to.
#[derive(Debug, Clone)]
pub struct Event {
    json: Arc<RawValue>,
}

impl Event {
    /// An event of the given JSON text. What the text says is of no concern to the broker.
    ///
    /// # Errors
    /// If it is not JSON.
    pub fn from_json(json: String) -> Result<Self, serde_json::Error> {
        Ok(Self { json: RawValue::from_string(json)?.into() })
    }

    /// An event of the text of that value.
    pub(crate) fn from_raw(value: &RawValue) -> Self {
        Self { json: Arc::from(value.to_owned()) }
    }

    /// The JSON text.
    pub fn json(&self) -> &str {
        self.json.get()
    }

    /// The event as a value of any type that serde reads from JSON, such as `serde_json::Value`.
    ///
    /// # Errors
    /// If it has another shape.
    pub fn deserialize<'e, T: Deserialize<'e>>(&'e self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.json.get())
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json.serialize(serializer)
    }
}
