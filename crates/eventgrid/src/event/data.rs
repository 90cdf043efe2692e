//! The data of an event that is published.

use core::fmt;

use crate::json::{JsonText, WriteJson};
use crate::text::Text;

/// The data of a [`CloudEvent`](crate::CloudEvent).
///
/// In a structured event, each kind of data arrives as the same kind, whatever `datacontenttype`
/// says. In binary content mode, `datacontenttype` says what the body is:
/// [`BinaryMode`](crate::event::BinaryMode) has a table.
///
/// With the feature `alloc` it can be compared: two are equal if a structured event has the same
/// data for both, which is no data, the same JSON text, or the same bytes. So a value equals the
/// JSON that it writes, and text equals its JSON string. JSON that differs in white space, in the
/// order of members or in the form of a number is not equal. A value that cannot be written is not
/// equal to any other.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Data<'a> {
    /// No data at all.
    #[default]
    None,
    /// JSON that is already text, sent unchanged.
    Json(JsonText<'a>),
    /// A value that writes itself as JSON straight into the request: any `serde::Serialize`
    /// (feature `serde`).
    Value(&'a (dyn WriteJson + Sync)),
    /// Text, sent as a JSON string. Set `datacontenttype` to what it is, such as `text/plain`.
    Text(Text<'a>),
    /// Bytes, sent as base64 in `data_base64`. Set `datacontenttype` to what they are.
    #[cfg(feature = "base64")]
    Bytes(crate::text::Bytes<'a>),
}

impl<'a> Data<'a> {
    /// A value that writes itself as JSON straight into the request: any `serde::Serialize`
    /// (feature `serde`).
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

    /// The JSON that a value writes, for an event that outlives the value, such as one that a
    /// function returns. If the value lives longer than the event, [`json`](Self::json) needs no
    /// text in between.
    ///
    /// ```
    /// use eventgrid::{CloudEvent, Data};
    ///
    /// #[derive(serde::Serialize)]
    /// struct Order { number: u32 }
    ///
    /// # #[cfg(all(feature = "serde", feature = "alloc"))] {
    /// fn created(number: u32) -> Result<CloudEvent<'static>, eventgrid::json::WriteError> {
    ///     let data = Data::owned_json(&Order { number })?;
    ///     Ok(CloudEvent::new(number.to_string(), "urn:shop", "Order.Created").with_data(data))
    /// }
    /// # created(17).unwrap();
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`WriteError`](crate::json::WriteError) if the value cannot be written as JSON.
    #[cfg(feature = "alloc")]
    pub fn owned_json<T: WriteJson + ?Sized>(value: &T) -> Result<Data<'static>, crate::json::WriteError> {
        JsonText::written(value).map(Data::Json)
    }

    /// JSON that is already text.
    ///
    /// # Errors
    /// [`JsonError`](crate::json::JsonError) if it is not one JSON value.
    pub fn raw_json(text: impl Into<Text<'a>>) -> Result<Self, crate::json::JsonError> {
        JsonText::parse(text).map(Self::Json)
    }

    /// Text, sent as a JSON string.
    pub fn text(text: impl Into<Text<'a>>) -> Self {
        Self::Text(text.into())
    }

    /// Bytes, sent as base64.
    #[cfg(feature = "base64")]
    pub fn bytes(bytes: impl Into<crate::text::Bytes<'a>>) -> Self {
        Self::Bytes(bytes.into())
    }

    /// The kind of the data; no data counts as JSON.
    pub(crate) fn kind(&self) -> crate::event::DataKind {
        match self {
            Self::None | Self::Json(_) | Self::Value(_) => crate::event::DataKind::Json,
            Self::Text(_) => crate::event::DataKind::Text,
            #[cfg(feature = "base64")]
            Self::Bytes(_) => crate::event::DataKind::Bytes,
        }
    }

    /// Whether foreign code writes it, which may not be valid JSON.
    #[cfg(feature = "alloc")]
    pub(crate) fn is_written_by_others(&self) -> bool {
        matches!(self, Self::Value(_))
    }

    /// The same data, without borrowing. A value becomes the JSON that it writes.
    ///
    /// # Errors
    /// [`WriteError`](crate::json::WriteError) if it is a value that cannot be written as JSON.
    #[cfg(feature = "alloc")]
    pub fn into_owned(self) -> Result<Data<'static>, crate::json::WriteError> {
        Ok(match self {
            Self::None => Data::None,
            Self::Json(json) => Data::Json(json.into_owned()),
            Self::Value(value) => Data::Json(JsonText::written(value)?),
            Self::Text(text) => Data::Text(text.into_owned()),
            #[cfg(feature = "base64")]
            Self::Bytes(bytes) => Data::Bytes(bytes.into_owned()),
        })
    }
}

#[cfg(feature = "alloc")]
impl PartialEq for Data<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, Self::None) => true,
            (Self::None, _) | (_, Self::None) => false,
            #[cfg(feature = "base64")]
            (Self::Bytes(bytes), Self::Bytes(other)) => bytes == other,
            #[cfg(feature = "base64")]
            (Self::Bytes(_), _) | (_, Self::Bytes(_)) => false,
            (Self::Json(json), Self::Json(other)) => json == other,
            (Self::Text(text), Self::Text(other)) => text == other,
            _ => {
                let written = |data: &Self| JsonText::written_by(|out| data.write_value(out));
                matches!((written(self), written(other)), (Ok(json), Ok(other)) if json == other)
            }
        }
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
