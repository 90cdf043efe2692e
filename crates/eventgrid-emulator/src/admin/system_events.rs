//! Events as Azure services publish them.

use std::collections::BTreeMap;

use eventgrid::system_events::SystemEvent;
use eventgrid_push::SampleEvent;
use http::Method;
use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::Builder;

use super::call::Call;
use super::error::{AdminError, shortened};
use super::reply::Reply;
use super::route::{MAX_BODY, RequestBody, ResponseBody, Route};
use crate::service::{Emulator, SystemEventError, nearest_types};
use crate::topic_id::TopicId;

/// How many events a request publishes at most.
const MOST_EVENTS: u32 = 1000;

/// How many types an error names.
const NAMED_TYPES: usize = 3;

pub(super) const ROUTES: &[Route] = &[Route {
    method: Method::POST,
    path: "/systemEvents",
    operation: "publishSystemEvents",
    summary: "Publishes events as an Azure service would, such as that of a blob that was created, with sensible data, in \
              the schema of the topic. They are new events with ids of their own.",
    query: &[],
    body: Some(RequestBody {
        schema: SchemaGenerator::subschema_for::<SystemEvents>,
        example: r#"{"type":"Microsoft.Storage.BlobCreated","topic":"orders","overrides":{"subject":"/blobServices/default/containers/photos/blobs/cat.png","data.contentLength":30699},"count":1}"#,
        max_size: MAX_BODY,
    }),
    response: ResponseBody {
        status: 200,
        description: "The events were published.",
        schema: Some(SchemaGenerator::subschema_for::<Published>),
    },
    handler: publish,
}];

/// Which events are published, and to what.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SystemEvents {
    /// The type of a system event, such as `Microsoft.Storage.BlobCreated`.
    #[serde(rename = "type")]
    event_type: String,
    /// What they are published to: `orders`, `basicTopic:invoices`, `domain:shops` or
    /// `partnerChannel:contoso:news`.
    topic: String,
    /// Parts of the event that are not those of the sample, by their paths: an attribute by its
    /// name in either schema (`id`, `subject`, `topic` or `source`, `time` or `eventTime`,
    /// `dataVersion`), which is text, or a part of its data, such as `data.customer.city`, which is
    /// any JSON. Objects on the way are made; elements of arrays have their numbers, from 0.
    #[serde(default)]
    #[schemars(with = "Option<serde_json::Map<String, Value>>")]
    overrides: BTreeMap<String, Box<RawValue>>,
    /// How many events: 1 to 1000; 1 by default.
    count: Option<u32>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Published {
    /// The ids of the events, in order.
    ids: Vec<String>,
}

fn publish(emulator: &mut Emulator, call: &Call) -> Result<Reply, AdminError> {
    let SystemEvents { event_type, topic, overrides, count } = call.json()?;
    let topic = TopicId::parse(&topic).ok_or_else(|| AdminError::no_topic_id(&topic))?;
    if emulator.topic_overview(topic.target()).is_none() {
        return Err(AdminError::no_topic(&topic));
    }
    let event = SystemEvent::from_type(&event_type).ok_or_else(|| unknown(&event_type))?;
    let count = count.unwrap_or(1);
    if !(1..=MOST_EVENTS).contains(&count) {
        return Err(AdminError::bad_request(format!("count must be 1 to {MOST_EVENTS}")));
    }
    if count > 1 && overrides.contains_key("id") {
        return Err(AdminError::bad_request(
            "events with one id would be duplicates: leave out id, or count",
        ));
    }
    let mut ids = Vec::new();
    for _ in 0..count {
        let bytes: [u64; 2] = [emulator.random(), emulator.random()];
        let random = (u128::from(bytes[0]) << 64 | u128::from(bytes[1])).to_be_bytes();
        let id = Builder::from_random_bytes(random).into_uuid().hyphenated().to_string();
        let mut sample = SampleEvent::new(event, &id, emulator.clock().time.to_string());
        for (path, value) in &overrides {
            set(&mut sample, path, value)?;
        }
        let published = emulator.publish_system_event(topic.target(), &sample);
        published.map_err(|error| match error {
            SystemEventError::UnknownTopic => AdminError::no_topic(&topic),
            error => AdminError::bad_request(error.to_string()),
        })?;
        ids.push(overrides.get("id").and_then(|own| text_of(own)).unwrap_or(id));
    }
    Ok(Reply::ok(&Published { ids }))
}

/// Sets a part of an event: an attribute to text, or a part of its data to any JSON.
fn set(sample: &mut SampleEvent, path: &str, value: &RawValue) -> Result<(), AdminError> {
    let is_data = path.split('.').next() == Some("data");
    let text = if is_data { Some(value.get().to_owned()) } else { text_of(value) };
    let text = text.ok_or_else(|| {
        AdminError::bad_request(format!("overrides: {:?} must be a string", shortened(path)))
    })?;
    sample.set(path, &text).map_err(|error| AdminError::bad_request(format!("overrides: {error}")))
}

/// The text of a string.
fn text_of(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

fn unknown(event_type: &str) -> AdminError {
    let (text, nearest) = (shortened(event_type), nearest_types(event_type, NAMED_TYPES).join(", "));
    AdminError::bad_request(format!("{text:?} is not the type of a system event; the nearest are {nearest}"))
}
