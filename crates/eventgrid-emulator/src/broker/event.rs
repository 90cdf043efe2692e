//! An event as the broker keeps it.

use std::sync::Arc;

use serde::{Serialize, Serializer};
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

    /// The JSON text.
    pub fn json(&self) -> &str {
        self.json.get()
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json.serialize(serializer)
    }
}
