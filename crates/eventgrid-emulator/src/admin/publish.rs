//! Publishing, without a credential of the data plane.

use http::Method;
use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::call::Call;
use super::error::AdminError;
use super::reply::Reply;
use super::route::{RequestBody, ResponseBody, Route};
use super::topics::topic;
use crate::service::{Emulator, PublishError};

/// The largest batch that is accepted somewhere fits.
const MAX_BODY: usize = 2 * 1024 * 1024;

pub(super) const ROUTES: &[Route] = &[Route {
    method: Method::POST,
    path: "/topics/{topic}/publish",
    operation: "publishEvents",
    summary: "Publishes events to a topic of any kind, in its schema: all of them, or none. They reach event subscriptions \
              like any others, and are listed among the accepted publishes. This is not a request of the data plane: it \
              needs no access key, meets no fault and is not in the journal.",
    query: &[],
    body: Some(RequestBody {
        schema: SchemaGenerator::subschema_for::<Publish>,
        example: r#"{"events":[{"specversion":"1.0","id":"1","source":"/shop","type":"Ordered","data":{"total":50}}]}"#,
        max_size: MAX_BODY,
    }),
    response: ResponseBody {
        status: 200,
        description: "All of them were published.",
        schema: Some(SchemaGenerator::subschema_for::<Published>),
    },
    handler: publish,
}];

/// What to publish.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Publish {
    /// One event or more, each in the schema of the topic.
    #[schemars(with = "Vec<serde_json::Value>")]
    events: Vec<Box<RawValue>>,
}

#[derive(Serialize, JsonSchema)]
struct Published {
    /// How many events there were.
    count: usize,
}

fn publish(emulator: &mut Emulator, call: &Call) -> Result<Reply, AdminError> {
    let topic = topic(emulator, call)?;
    let Publish { events } = call.json()?;
    if events.is_empty() {
        return Err(AdminError::bad_request("there is no event to publish: give one or more in `events`"));
    }
    let texts: Vec<_> = events.iter().map(|event| event.get()).collect();
    match emulator.publish(topic.target(), &format!("[{}]", texts.join(","))) {
        Ok(()) => Ok(Reply::ok(&Published { count: events.len() })),
        Err(PublishError::UnknownTarget) => Err(AdminError::no_topic(&topic)),
        Err(PublishError::Refused(message)) => {
            Err(AdminError::bad_request(format!("{topic} refuses the events: {message}")))
        }
    }
}
