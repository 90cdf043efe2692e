//! Events of the Event Grid schema.
//!
//! The service's REST contract of 2018-01-01 requires `data` and `dataVersion` too, its
//! documentation of the schema neither; the Python SDK leaves out `data` that is `None`. So both
//! may be missing here. The order in which missing members are named is what users report.

use serde_json::value::RawValue;

use super::error::BasicError;
use super::json::SchemaName;
use super::topic_member::TopicMember;
use crate::broker::Event;
use crate::limits::Limits;
use crate::service::members::{Members, text};
use crate::time::{is_common, published};

const REQUIRED: [&str; 4] = ["subject", "id", "eventType", "eventTime"];

/// The events of a body, all of them good.
pub(super) fn events(body: &[u8], topic: &TopicMember<'_>, limits: Limits) -> Result<Vec<Event>, BasicError> {
    let elements = SchemaName::EventGrid.array(body, limits)?;
    elements.into_iter().map(|element| event(element, topic, limits)).collect()
}

/// Whether an object is meant to be an event of this schema.
pub(super) fn is_one(members: &Members<'_>) -> bool {
    members.get("eventType").is_some()
}

fn event(element: &RawValue, topic: &TopicMember<'_>, limits: Limits) -> Result<Event, BasicError> {
    let members = SchemaName::EventGrid.members(element)?;
    for (name, value) in members.iter() {
        check_member(name, value, limits)?;
    }
    for name in REQUIRED {
        if members.get(name).and_then(text).is_none_or(|text| text.is_empty()) {
            return Err(SchemaName::EventGrid.requires(name));
        }
    }
    topic.check(members.get("topic").and_then(text).as_deref())?;
    Ok(Event::from_raw(element))
}

fn check_member(name: &str, value: &RawValue, limits: Limits) -> Result<(), BasicError> {
    match name {
        "data" => return Ok(()),
        "id" | "subject" | "eventType" | "eventTime" | "dataVersion" | "topic" | "metadataVersion" => {}
        _ => return Err(SchemaName::EventGrid.unexpected(name)),
    }
    let Some(text) = text(value) else {
        return Err(BasicError::input(format!("Property '{name}' was expected to be a string.")));
    };
    match name {
        "eventTime" if !text.is_empty() && !is_time(&text, limits) => {
            Err(BasicError::input("The event time property 'eventTime' was not a valid date/time."))
        }
        "metadataVersion" if text != "1" => Err(BasicError::input(format!(
            "Property 'metadataVersion' was found to be set to '{text}', but was expected to either be null or be set \
             to 1."
        ))),
        _ => Ok(()),
    }
}

/// RFC 3339, or without a zone.
fn is_time(text: &str, limits: Limits) -> bool {
    let time = published(text).or_else(|| published(&format!("{text}Z")));
    time.is_some_and(|time| !limits.are_strict() || is_common(time))
}
