//! CloudEvents 1.0, in the structured JSON format.

use http::{HeaderMap, header};
use serde_json::value::RawValue;

use super::error::BasicError;
use super::json::SchemaName;
use super::topic_member::TopicMember;
use crate::broker::Event;
use crate::limits::Limits;
use crate::service::cloud_event::{Fault, check};
use crate::service::members::text;

const ONE: &str = "application/cloudevents+json";
const BATCH: &str = "application/cloudevents-batch+json";

/// How many events a body has, as its media type says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    One,
    Many,
}

/// What a media type of CloudEvents says, if it is one.
pub(super) fn count(headers: &HeaderMap) -> Option<Count> {
    let media_type = media_type(headers)?;
    if media_type.eq_ignore_ascii_case(BATCH) {
        Some(Count::Many)
    } else {
        media_type.eq_ignore_ascii_case(ONE).then_some(Count::One)
    }
}

/// The events of a body, all of them good. `application/json` is taken for one event, as users
/// report of the service.
pub(super) fn events(
    headers: &HeaderMap,
    body: &[u8],
    topic: &TopicMember<'_>,
    limits: Limits,
) -> Result<Vec<Event>, BasicError> {
    let is_json = || media_type(headers).is_some_and(|name| name.eq_ignore_ascii_case("application/json"));
    let elements = match count(headers) {
        Some(Count::Many) => SchemaName::CloudEvents.array(body, limits)?,
        Some(Count::One) => vec![SchemaName::CloudEvents.object(body, limits)?],
        None if is_json() => vec![SchemaName::CloudEvents.object(body, limits)?],
        None => return Err(BasicError::content_type()),
    };
    elements.into_iter().map(|element| event(element, topic, limits)).collect()
}

fn event(element: &RawValue, topic: &TopicMember<'_>, limits: Limits) -> Result<Event, BasicError> {
    let attributes = SchemaName::CloudEvents.members(element)?;
    check(&attributes, limits).map_err(refusal)?;
    topic.check_source(&attributes.get("source").and_then(text).unwrap_or_default())?;
    Ok(Event::from_raw(element))
}

fn refusal(fault: Fault) -> BasicError {
    match fault {
        Fault::Missing(name) | Fault::NotText(name) => SchemaName::CloudEvents.requires(name),
        Fault::Name(name) | Fault::LongName(name) => SchemaName::CloudEvents.unexpected(&name),
        Fault::Source => BasicError::input("Property 'source' was expected to be a URI reference."),
        Fault::DataNotText(media_type) => BasicError::input(format!(
            "Property 'data' was expected to be a string, since 'datacontenttype' is '{media_type}'."
        )),
        Fault::SpecVersion => BasicError::input("Property 'specversion' was expected to be '1.0'."),
        Fault::DataTwice => {
            BasicError::input("Properties 'data' and 'data_base64' were both set, but only one is expected.")
        }
        Fault::DataBase64 => {
            BasicError::input("Property 'data_base64' was expected to be a base64 encoded string.")
        }
        Fault::Time | Fault::RareTime => BasicError::input("Property 'time' was not a valid date/time."),
        Fault::OptionalNotText(name) => {
            BasicError::input(format!("Property '{name}' was expected to be a string."))
        }
        Fault::Extension(name) => BasicError::input(format!(
            "Property '{name}' was expected to be a string, a boolean or an integer of 32 bits."
        )),
    }
}

fn media_type(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim())
}
