//! Converts a received event to one that the program can keep and publish.

use alloc::string::String;
use core::fmt;

use eventgrid_transport::date::{Rfc3339Text, Rfc3339Time};

use crate::event::{
    CloudEvent, CloudEventView, Data, DataView, EventGridEvent, EventGridEventView, Extension,
    ExtensionValue, ExtensionView, media_type,
};
use crate::json::{JsonStr, Kind, RawJson};
use crate::text::Text;

impl<'b> CloudEventView<'b> {
    /// Converts it to an event that you can keep ([`into_owned`](CloudEvent::into_owned)), change,
    /// and publish again.
    ///
    /// No part of the event is lost, and it can be published again as a structured event, unless
    /// its `time` cannot be read. Extension attributes of any name are kept, and values for which
    /// CloudEvents has no type become [`ExtensionValue::Json`]. Data that is a JSON string becomes
    /// [`Data::Text`] if the event's `datacontenttype` is not JSON, and other data in `data` stays
    /// the JSON text that it is. Bytes are decoded. `specversion` becomes 1.0.
    ///
    /// A `time` that is not RFC 3339 is refused when the event is published. If it can be read all
    /// the same, it is rewritten in its own zone: `2024-06-01 14:00+0200` becomes
    /// `2024-06-01T14:00:00+02:00`. Any other text is kept.
    ///
    /// ```
    /// use eventgrid::event::CloudEventView;
    /// use eventgrid::json::RawJson;
    ///
    /// let json = r#"{"specversion":"1.0","id":"1","source":"urn:shop","type":"Order.Created","data":{"total":9}}"#;
    /// let received = CloudEventView::parse(RawJson::parse(json)?)?;
    /// let event = received.to_event()?.with_subject("orders/17").into_owned()?;
    /// assert_eq!(event.id, "1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ConversionError::Bytes`] if its `data_base64` is not base64 text, or if the feature
    /// `base64` is missing.
    pub fn to_event(&self) -> Result<CloudEvent<'b>, ConversionError> {
        let text = |text: JsonStr<'b>| Text::from(text.to_cow());
        let mut event = CloudEvent::new(text(self.id()), text(self.source()), text(self.event_type()));
        event.subject = self.subject().map(text);
        event.time = self.time().map(time);
        event.data_content_type = self.data_content_type().map(text);
        event.data_schema = self.data_schema().map(text);
        event.extensions = self
            .extensions()
            .map(|(name, value)| Extension::received(text(name), extension(value)))
            .collect();
        event.data = match self.data() {
            DataView::Absent => Data::None,
            DataView::Json(json) => {
                // Text with half of a surrogate pair cannot be decoded; as JSON it stays as it
                // came.
                let decoded = (json.kind() == Kind::String
                    && !media_type::is_json(event.data_content_type.as_deref()))
                .then(|| json.reader().string().ok())
                .flatten();
                decoded.map_or_else(|| Data::Json(json.into()), |decoded| Data::Text(text(decoded)))
            }
            #[cfg(feature = "base64")]
            DataView::Base64(_) | DataView::Bytes(_) => {
                self.data().to_bytes().map(Data::bytes).map_err(|_| ConversionError::Bytes)?
            }
            #[cfg(not(feature = "base64"))]
            DataView::Base64(_) | DataView::Bytes(_) => return Err(ConversionError::Bytes),
        };
        Ok(event)
    }
}

impl<'b> EventGridEventView<'b> {
    /// Converts it to an event that you can keep, change, and publish again.
    ///
    /// Data keeps its JSON text; `null` counts as no data, because no data is sent as `null`. A
    /// missing `dataVersion` becomes an empty one. `eventTime` is treated like the `time` of a
    /// CloudEvent: see [`CloudEventView::to_event`].
    ///
    /// ```
    /// use eventgrid::event::EventGridEventView;
    /// use eventgrid::json::RawJson;
    ///
    /// let json = r#"{"id":"1","subject":"s","eventType":"T","eventTime":"2024-06-01T12:00:00Z","data":[1]}"#;
    /// let event = EventGridEventView::parse(RawJson::parse(json)?)?.to_event();
    /// assert_eq!(event.event_type, "T");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_event(&self) -> EventGridEvent<'b> {
        let text = |text: JsonStr<'b>| Text::from(text.to_cow());
        let data_version = self.data_version().map(text).unwrap_or_default();
        let mut event = EventGridEvent::new(
            text(self.id()),
            text(self.subject()),
            text(self.event_type()),
            time(self.event_time()),
            data_version,
        );
        event.topic = self.topic().map(text);
        let data = self.data().as_json().ok().filter(|json| json.kind() != Kind::Null);
        event.data = data.map_or(Data::None, |json| Data::Json(json.into()));
        event
    }
}

/// The same value. What [`ExtensionValue`] has no type for stays as it came.
fn extension(value: ExtensionView<'_>) -> ExtensionValue<'_> {
    match value {
        ExtensionView::String(value) => ExtensionValue::String(value.to_cow().into()),
        ExtensionView::Boolean(boolean) => ExtensionValue::Boolean(boolean),
        ExtensionView::Number(number) => match number.as_i32() {
            // Minus zero is a number of another kind.
            Some(integer) if number.as_str() != "-0" => ExtensionValue::Integer(integer),
            _ => ExtensionValue::Json(RawJson::found(number.as_str()).into()),
        },
        ExtensionView::Other(json) => ExtensionValue::Json(json.into()),
    }
}

/// The same time, as RFC 3339 writes it. What cannot be read stays as it came.
fn time(received: JsonStr<'_>) -> Text<'_> {
    let text = Text::from(received.to_cow());
    if Rfc3339Time::is_valid(&text) {
        return text;
    }
    match Rfc3339Text::rewritten(&text) {
        Some(rewritten) => String::from(rewritten.as_str()).into(),
        None => text,
    }
}

/// Why an event cannot be converted without losing a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConversionError {
    /// Its bytes are not base64 text, or the feature `base64` is missing.
    Bytes,
    /// Its `time` is not a point in time that the other type can hold.
    #[cfg(feature = "cloudevents-sdk")]
    Time,
    /// Its data cannot be written as JSON, or is JSON that the other type cannot hold.
    #[cfg(feature = "cloudevents-sdk")]
    Data,
}

impl fmt::Display for ConversionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes if cfg!(feature = "base64") => f.write_str("the event's bytes are not base64 text"),
            Self::Bytes => {
                f.write_str("the event has bytes: turn on the feature `base64` of the crate `eventgrid`")
            }
            #[cfg(feature = "cloudevents-sdk")]
            Self::Time => f.write_str("the other type cannot hold the event's time"),
            #[cfg(feature = "cloudevents-sdk")]
            Self::Data => {
                f.write_str("the event's data cannot be JSON, or is JSON that the other type cannot hold")
            }
        }
    }
}

impl core::error::Error for ConversionError {}
