//! The event that a message becomes where messages are routed to a topic of the namespace
//! ("mqtt-routing-event-schema" of the service's documentation, 2023-11-15).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::message::Message;
use crate::event::is_json;

/// The type of all events that the service makes of messages.
const TYPE: &str = "MQTT.EventPublished";

/// The attributes without which nothing is a CloudEvent.
const REQUIRED: [&str; 4] = ["id", "source", "specversion", "type"];

/// The events that a message could become, as JSON, the best one first: whoever publishes takes the
/// first that is an event.
///
/// A message that has a CloudEvent in it, as its payload or as its user properties (the MQTT
/// binding of CloudEvents), stays that event. Any other is put into one: as `data` if its payload
/// is said to be text or JSON, and else as `data_base64`.
pub(crate) fn events(message: &Message, namespace: &str, id: &str, time: &str) -> Vec<String> {
    let mut all = Vec::new();
    all.extend(structured(message));
    all.extend(binary(message));
    let attributes = || {
        let mut attributes = Map::new();
        for (name, value) in [
            ("specversion", "1.0"),
            ("id", id),
            ("time", time),
            ("type", TYPE),
            ("source", namespace),
            ("subject", &message.topic),
        ] {
            attributes.insert(name.to_owned(), value.into());
        }
        attributes.extend(message.content_type.clone().map(|it| ("datacontenttype".to_owned(), it.into())));
        attributes
    };
    if message.is_text || is_json_in_utf8(message) {
        all.extend(as_json(message).map(|data| with_data(attributes(), &data)));
        // What is not JSON, or no JSON for its content type, is text.
        if let Ok(text) = std::str::from_utf8(&message.payload) {
            all.push(with_data(attributes(), &Value::from(text).to_string()));
        }
    }
    let mut others = attributes();
    if !message.payload.is_empty() {
        others.insert("data_base64".to_owned(), STANDARD.encode(&message.payload).into());
    }
    all.push(Value::Object(others).to_string());
    // What the content type of the request says may be none that an event can have.
    let mut bare = attributes();
    bare.remove("datacontenttype");
    bare.insert("data_base64".to_owned(), STANDARD.encode(&message.payload).into());
    all.push(Value::Object(bare).to_string());
    all
}

/// The documented content type, whose parameter has no case.
fn is_json_in_utf8(message: &Message) -> bool {
    let content_type = message.content_type.as_deref().unwrap_or_default();
    let (name, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    name.trim().eq_ignore_ascii_case("application/json")
        && parameters.trim().eq_ignore_ascii_case("charset=utf-8")
}

/// The payload as JSON text, if it is that.
fn as_json(message: &Message) -> Option<String> {
    let json: &RawValue = serde_json::from_slice(&message.payload).ok()?;
    Some(json.get().to_owned())
}

/// An event with JSON text as its data.
fn with_data(attributes: Map<String, Value>, data: &str) -> String {
    let attributes = Value::Object(attributes).to_string();
    let open = attributes.strip_suffix('}').unwrap_or(&attributes);
    format!("{open},\"data\":{data}}}")
}

/// The payload, if it is said to be an event as a whole: structured content mode.
fn structured(message: &Message) -> Option<String> {
    let content_type = message.content_type.as_deref()?;
    let name = content_type.split(';').next().unwrap_or_default().trim();
    let is_event = name.eq_ignore_ascii_case("application/cloudevents+json");
    String::from_utf8(message.payload.to_vec()).ok().filter(|_| is_event)
}

/// The event whose attributes are user properties, and whose data is the payload: binary content
/// mode. A name that is there twice is none of an attribute.
fn binary(message: &Message) -> Option<String> {
    let is_there =
        |name: &&str| message.user_properties.iter().filter(|(other, _)| other == name).count() == 1;
    if !REQUIRED.iter().all(is_there) {
        return None;
    }
    let mut attributes = Map::new();
    for (name, value) in &message.user_properties {
        if attributes.insert(name.clone(), value.clone().into()).is_some() {
            return None;
        }
    }
    attributes.extend(message.content_type.clone().map(|it| ("datacontenttype".to_owned(), it.into())));
    if message.payload.is_empty() {
        return Some(Value::Object(attributes).to_string());
    }
    let is_said_to_be = message.content_type.as_deref().is_none_or(is_json);
    if let Some(data) = as_json(message).filter(|_| is_said_to_be) {
        return Some(with_data(attributes, &data));
    }
    attributes.insert("data_base64".to_owned(), json!(STANDARD.encode(&message.payload)));
    Some(Value::Object(attributes).to_string())
}
