//! The event of the Event Grid schema that a program receives: a view over the bytes that came.

use crate::event::members::{self, required};
use crate::event::{DataView, MalformedEvent};
use crate::json::{JsonStr, RawJson};

/// What the Event Grid schema defines, but for `metadataVersion`, which is the schema's own.
const NAMES: [&str; 7] = ["id", "topic", "subject", "eventType", "eventTime", "dataVersion", "data"];

/// An event of the Event Grid schema that was received: a view over the bytes that came, its
/// members checked (api-version 2018-01-01).
///
/// ```
/// use eventgrid::event::EventGridEventView;
/// use eventgrid::json::RawJson;
///
/// let json = r#"{"id":"1","topic":"/subscriptions/s","subject":"orders/17","eventType":"Order.Created",
///     "eventTime":"2024-06-01T12:00:00Z","dataVersion":"1.0","metadataVersion":"1","data":{"total":9}}"#;
/// let event = EventGridEventView::parse(RawJson::parse(json)?)?;
/// assert_eq!(event.subject(), "orders/17");
/// assert_eq!(event.data().as_json()?.as_str(), r#"{"total":9}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct EventGridEventView<'b> {
    json: RawJson<'b>,
    id: JsonStr<'b>,
    subject: JsonStr<'b>,
    event_type: JsonStr<'b>,
    event_time: JsonStr<'b>,
    topic: Option<JsonStr<'b>>,
    data_version: Option<JsonStr<'b>>,
    data: Option<RawJson<'b>>,
}

impl<'b> EventGridEventView<'b> {
    /// Reads the members of an event. One that is `null` counts as absent, but for `data`, which
    /// may be `null`.
    ///
    /// # Errors
    /// [`MalformedEvent`] names the member that is missing, doubled or of the wrong type.
    pub fn parse(json: RawJson<'b>) -> Result<Self, MalformedEvent> {
        let text = json.as_str();
        let mut found = [None; NAMES.len()];
        members::read(text, 0, &NAMES, &mut found)?.1?;
        let [id, topic, subject, event_type, event_time, data_version, data] = found;
        Ok(Self {
            json,
            id: required("id", id)?.string(text),
            subject: required("subject", subject)?.string(text),
            event_type: required("eventType", event_type)?.string(text),
            event_time: required("eventTime", event_time)?.string(text),
            topic: topic.map(|place| place.string(text)),
            data_version: data_version.map(|place| place.string(text)),
            data: data.map(|place| place.value(text)),
        })
    }

    /// `id`: identifies the event.
    pub fn id(&self) -> JsonStr<'b> {
        self.id
    }

    /// `topic`: the resource id of the event's source, which Event Grid writes into every event
    /// that it delivers.
    pub fn topic(&self) -> Option<JsonStr<'b>> {
        self.topic
    }

    /// `subject`: what the event is about, as a path that the publisher chooses; may be empty.
    pub fn subject(&self) -> JsonStr<'b> {
        self.subject
    }

    /// `eventType`: what happened.
    pub fn event_type(&self) -> JsonStr<'b> {
        self.event_type
    }

    /// `eventTime`: when it happened, as RFC 3339 text.
    pub fn event_time(&self) -> JsonStr<'b> {
        self.event_time
    }

    /// `dataVersion`: the version of the data's schema.
    pub fn data_version(&self) -> Option<JsonStr<'b>> {
        self.data_version
    }

    /// The data.
    pub fn data(&self) -> DataView<'b> {
        self.data.map_or(DataView::Absent, DataView::Json)
    }

    /// The whole event, as the JSON it came as.
    pub fn as_json(&self) -> RawJson<'b> {
        self.json
    }
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    const EVENT: &str = r#"{"id":"1","subject":"","eventType":"T","eventTime":"2024-06-01T12:00:00Z"}"#;

    fn parse(json: &str) -> Result<EventGridEventView<'_>, MalformedEvent> {
        EventGridEventView::parse(RawJson::parse(json).unwrap())
    }

    #[test]
    fn what_is_optional_may_be_missing() {
        let event = parse(EVENT).unwrap();
        assert_eq!(event.id(), "1");
        assert_eq!(event.subject(), "");
        assert_eq!(event.event_type(), "T");
        assert_eq!(event.event_time(), "2024-06-01T12:00:00Z");
        assert_eq!((event.topic(), event.data_version()), (None, None));
        assert!(matches!(event.data(), DataView::Absent));
        assert_eq!(event.as_json().as_str(), EVENT);
    }

    #[cfg(feature = "jiff")]
    #[test]
    fn the_time_is_a_timestamp() {
        assert_eq!(parse(EVENT).unwrap().timestamp().unwrap().as_second(), 1_717_243_200);
        let json = EVENT.replace("T12", "T99");
        assert!(parse(&json).unwrap().timestamp().is_err());
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn it_becomes_an_event_with_all_that_it_had() {
        let json = EVENT.replace('}', r#","topic":"t\u0041","dataVersion":"2","data":"x"}"#);
        let event = parse(&json).unwrap().to_event();
        assert_eq!((&*event.id, &*event.subject, &*event.event_type), ("1", "", "T"));
        assert_eq!((&*event.event_time, &*event.data_version), ("2024-06-01T12:00:00Z", "2"));
        assert_eq!(event.topic.as_deref(), Some("tA"));
        assert!(matches!(&event.data, crate::event::Data::Json(json) if json.as_str() == "\"x\""));
        let event = parse(EVENT).unwrap().to_event();
        assert_eq!((event.topic.as_deref(), &*event.data_version), (None, ""));
        assert!(matches!(event.data, crate::event::Data::None));
    }

    #[test]
    fn data_may_be_null() {
        let json = EVENT.replace('}', r#","data":null}"#);
        assert_eq!(parse(&json).unwrap().data().as_json().unwrap().as_str(), "null");
    }

    #[test]
    fn what_is_wrong_is_named() {
        for name in ["id", "subject", "eventType", "eventTime"] {
            let renamed = EVENT.replace(&format!("\"{name}\""), "\"other\"");
            assert_eq!(parse(&renamed).unwrap_err(), MalformedEvent::Missing(name));
            let doubled = EVENT.replace('}', &format!(r#","{name}":"again"}}"#));
            assert_eq!(parse(&doubled).unwrap_err(), MalformedEvent::Doubled(name));
        }
        for (name, value) in [("topic", "1"), ("dataVersion", "{}"), ("topic", "[]"), ("dataVersion", "true")]
        {
            let json = EVENT.replace('}', &format!(r#","{name}":{value}}}"#));
            assert_eq!(parse(&json).unwrap_err(), MalformedEvent::WrongType(name));
        }
        assert_eq!(parse("[]").unwrap_err(), MalformedEvent::NotAnObject);
        assert_eq!(parse("null").unwrap_err(), MalformedEvent::NotAnObject);
    }
}
