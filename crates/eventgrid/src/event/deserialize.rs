//! Events out of any format of `serde`, owned.

use serde::de::{Deserialize, Deserializer, Error};

use crate::Text;
use crate::event::view::{optional, required};
use crate::event::{CloudEvent, CloudEventView, Data, EventGridEvent, MalformedEvent};
use crate::json::{JsonStr, JsonText, Kind, RawJson};

/// From its JSON format (CloudEvents 1.0), by the rules of [`CloudEventView::parse`] and [`CloudEventView::to_event`]: members that
/// CloudEvents does not define are extension attributes, an attribute that is `null` is absent, `data` and `data_base64` exclude each
/// other, and JSON data keeps its text where [`JsonText`] can keep it.
impl<'de> Deserialize<'de> for CloudEvent<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = JsonText::deserialize(deserializer)?;
        let view = CloudEventView::parse(json.as_raw()).map_err(D::Error::custom)?;
        view.to_event().map_err(D::Error::custom)?.into_owned().map_err(D::Error::custom)
    }
}

/// From its JSON format (Event Grid schema). Data that is `null` counts as none. `metadataVersion`, which the service adds, and members
/// that the schema does not have are left out.
impl<'de> Deserialize<'de> for EventGridEvent<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = JsonText::deserialize(deserializer)?;
        event_grid_event(json.as_raw()).map_err(D::Error::custom)?.into_owned().map_err(D::Error::custom)
    }
}

const EVENT_GRID_NAMES: [&str; 7] =
    ["id", "subject", "eventType", "eventTime", "dataVersion", "topic", "data"];

fn event_grid_event(json: RawJson<'_>) -> Result<EventGridEvent<'_>, MalformedEvent> {
    let mut found = [None; EVENT_GRID_NAMES.len()];
    let mut reader = json.reader();
    if reader.kind()? != Kind::Object {
        return Err(MalformedEvent::NotAnObject);
    }
    reader.begin_object()?;
    while let Some(name) = reader.next_member()? {
        let value = reader.value()?;
        for (known, slot) in EVENT_GRID_NAMES.into_iter().zip(&mut found) {
            if name == known && slot.replace(value).is_some() {
                return Err(MalformedEvent::Doubled(known));
            }
        }
    }
    let [id, subject, event_type, event_time, data_version, topic, data] = found;
    let text = |text: JsonStr<'_>| Text::from(text.to_cow()).into_owned();
    let mut event = EventGridEvent::new(
        text(required("id", id)?),
        text(required("subject", subject)?),
        text(required("eventType", event_type)?),
        text(required("eventTime", event_time)?),
        text(required("dataVersion", data_version)?),
    );
    event.topic = optional("topic", topic)?.map(text);
    event.data = match data {
        Some(data) if data.kind() != Kind::Null => Data::Json(data.into()),
        _ => Data::None,
    };
    Ok(event)
}
