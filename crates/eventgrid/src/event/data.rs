//! The data of an event that is published.

use core::fmt;

use crate::Text;
use crate::json::{RawJson, WriteJson};

/// The data of a [`CloudEvent`](crate::CloudEvent).
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Data<'a> {
    /// No data at all.
    #[default]
    None,
    /// JSON that is already text, sent exactly as it is.
    Json(RawJson<'a>),
    /// A value that writes itself as JSON straight into the request: any `serde::Serialize` (feature `serde`).
    Value(&'a (dyn WriteJson + Sync)),
    /// Text, sent as a JSON string. Set `datacontenttype` to what it is, such as `text/plain`.
    Text(Text<'a>),
    /// Bytes, sent as base64 in `data_base64`. Set `datacontenttype` to what they are.
    #[cfg(feature = "base64")]
    Bytes(crate::Binary<'a>),
}

impl<'a> Data<'a> {
    /// A value that writes itself as JSON straight into the request: any `serde::Serialize` (feature `serde`).
    ///
    /// ```
    /// #[derive(serde::Serialize)]
    /// struct Order { number: u32 }
    ///
    /// # #[cfg(feature = "serde")] {
    /// let order = Order { number: 17 };
    /// let event = eventgrid::CloudEvent::new("1", "urn:shop", "Order.Created")
    ///     .with_data(eventgrid::Data::json(&order));
    /// # }
    /// ```
    pub fn json<T: WriteJson + Sync>(value: &'a T) -> Self {
        Self::Value(value)
    }

    /// JSON that is already text.
    ///
    /// # Errors
    /// [`JsonError`](crate::json::JsonError) if it is not one JSON value.
    pub fn raw_json(text: &'a str) -> Result<Self, crate::json::JsonError> {
        RawJson::parse(text).map(Self::Json)
    }

    /// Text, sent as a JSON string.
    pub fn text(text: impl Into<Text<'a>>) -> Self {
        Self::Text(text.into())
    }

    /// Bytes, sent as base64.
    #[cfg(feature = "base64")]
    pub fn bytes(bytes: impl Into<crate::Binary<'a>>) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl fmt::Debug for Data<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Json(json) => f.debug_tuple("Json").field(json).finish(),
            Self::Value(_) => f.write_str("Value(..)"),
            Self::Text(text) => f.debug_tuple("Text").field(text).finish(),
            #[cfg(feature = "base64")]
            Self::Bytes(bytes) => f.debug_tuple("Bytes").field(bytes).finish(),
        }
    }
}
