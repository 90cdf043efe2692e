//! Why an event subscription takes an event or not.

use eventgrid_filters::{Explanation, FilterPart};
use http::Method;
use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::call::Call;
use super::error::AdminError;
use super::reply::Reply;
use super::route::{RequestBody, ResponseBody, Route};
use super::topics::subscription;
use crate::service::Emulator;

/// An event of a namespace fits.
const MAX_BODY: usize = 2 * 1024 * 1024;

pub(super) const ROUTES: &[Route] = &[Route {
    method: Method::POST,
    path: "/topics/{topic}/eventSubscriptions/{eventSubscription}/explain",
    operation: "explainFilter",
    summary: "Says whether an event matches the filter of an event subscription, and if not, which part of it does not \
              and why. This publishes nothing.",
    query: &[],
    body: Some(RequestBody {
        schema: SchemaGenerator::subschema_for::<Explain>,
        example: r#"{"event":{"specversion":"1.0","id":"1","source":"/shop","type":"Ordered","data":{"total":50}}}"#,
        max_size: MAX_BODY,
    }),
    response: ResponseBody {
        status: 200,
        description: "Whether the event matches.",
        schema: Some(SchemaGenerator::subschema_for::<Explained>),
    },
    handler: explain,
}];

/// Which event to look at: `event`, or the one with `sequenceNumber` in a queue of the topic.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Explain {
    /// An event as it would be published.
    #[schemars(with = "Option<serde_json::Value>")]
    event: Option<Box<RawValue>>,
    sequence_number: Option<u64>,
    /// With `sequenceNumber`: the event subscription in whose queue the event is; by default that
    /// of the path.
    queue: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Explained {
    matches: bool,
    /// In one line, for people.
    explanation: String,
    /// The first part of the filter that does not match: `includedEventTypes`, `subjectBeginsWith`,
    /// `subjectEndsWith` or `advancedFilters`.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<String>,
    /// Which of `advancedFilters` it is, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<usize>,
}

fn explain(emulator: &mut Emulator, call: &Call) -> Result<Reply, AdminError> {
    let (topic, name) = subscription(emulator, call)?;
    let target = topic.target();
    let explanation = match call.json()? {
        Explain { event: Some(event), sequence_number: None, queue: None } => emulator
            .explain(target, name, event.get())
            .map_err(|error| AdminError::bad_request(error.to_string()))?
            .ok_or_else(|| AdminError::no_subscription(&topic, name))?,
        Explain { event: None, sequence_number: Some(number), queue } => {
            let queue = queue.as_deref().unwrap_or(name);
            emulator.explain_event(target, name, queue, number).map_err(|error| {
                AdminError::bad_request(format!("event {number} of {topic}/{queue} cannot be read: {error}"))
            })?
        }
        _ => {
            return Err(AdminError::bad_request(
                "give either event or sequenceNumber, the latter with or without queue",
            ));
        }
    };
    Ok(Reply::ok(&Explained::from(explanation)))
}

impl From<Explanation> for Explained {
    fn from(explanation: Explanation) -> Self {
        let part = explanation.mismatch.as_ref().map(|mismatch| &mismatch.part);
        let (name, clause) = match part {
            Some(FilterPart::IncludedEventTypes) => (Some("includedEventTypes"), None),
            Some(FilterPart::SubjectBeginsWith(_)) => (Some("subjectBeginsWith"), None),
            Some(FilterPart::SubjectEndsWith(_)) => (Some("subjectEndsWith"), None),
            Some(FilterPart::Clause { number, .. }) => (Some("advancedFilters"), Some(*number)),
            _ => (None, None),
        };
        Self {
            matches: explanation.matches(),
            explanation: explanation.to_string(),
            part: name.map(str::to_owned),
            clause,
        }
    }
}
