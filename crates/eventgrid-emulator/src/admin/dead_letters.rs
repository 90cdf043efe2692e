//! Dead letters: looked at, sent again, removed.

use eventgrid_push::DeliveryOutcome;
use http::Method;
use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use super::call::Call;
use super::error::AdminError;
use super::events::{DEFAULT_EVENTS, MAX_BODY, MAX_EVENTS, MAX_PAGE, Results};
use super::query::QueryParameter;
use super::reply::Reply;
use super::route::{RequestBody, ResponseBody, Route};
use super::topics::subscription;
use crate::broker::{DeadLetter, DeadLetterReason, Event};
use crate::service::Emulator;

const ALL: &str = "/topics/{topic}/eventSubscriptions/{eventSubscription}/deadLetters";
const ONE: &str = "/topics/{topic}/eventSubscriptions/{eventSubscription}/deadLetters/{sequenceNumber}";

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: ALL,
        operation: "listDeadLetters",
        summary: "Returns the dead letters in the list of an event subscription, in the order of publication. Those for a \
                  folder or a topic are in the list until they have been sent there. There are none unless the event \
                  subscription has a `deadLetterDestination`.",
        query: &[
            QueryParameter {
                name: "from",
                description: "The sequence number to begin with; 0 by default.",
                schema: SchemaGenerator::subschema_for::<u64>,
            },
            QueryParameter {
                name: "maxDeadLetters",
                description: "The most dead letters of the page: 1 to 1000, 100 by default.",
                schema: SchemaGenerator::subschema_for::<u16>,
            },
        ],
        body: None,
        response: ResponseBody {
            status: 200,
            description: "A page of dead letters.",
            schema: Some(SchemaGenerator::subschema_for::<DeadLetterPage<'_>>),
        },
        handler: list,
    },
    Route {
        method: Method::DELETE,
        path: ALL,
        operation: "removeDeadLetters",
        summary: "Removes all dead letters in the list. They stay counted.",
        query: &[],
        body: None,
        response: COUNT,
        handler: |emulator, call| {
            let (topic, name) = subscription(emulator, call)?;
            let count = emulator.remove_dead_letters(topic.target(), name);
            Ok(Reply::ok(&Count { count: count.unwrap_or_default() }))
        },
    },
    Route {
        method: Method::GET,
        path: ONE,
        operation: "getDeadLetter",
        summary: "Returns one dead letter.",
        query: &[],
        body: None,
        response: ResponseBody {
            status: 200,
            description: "The dead letter.",
            schema: Some(SchemaGenerator::subschema_for::<SeenDeadLetter<'_>>),
        },
        handler: |emulator, call| {
            let (topic, name) = subscription(emulator, call)?;
            let number = sequence_number(call)?;
            let letter = emulator.dead_letter(topic.target(), name, number);
            let letter = letter.ok_or_else(|| AdminError::no_dead_letter(number))?;
            Ok(Reply::ok(&SeenDeadLetter::from(&letter)))
        },
    },
    Route {
        method: Method::DELETE,
        path: ONE,
        operation: "removeDeadLetter",
        summary: "Removes one dead letter. It stays counted.",
        query: &[],
        body: None,
        response: ResponseBody { status: 204, description: "It was removed.", schema: None },
        handler: |emulator, call| {
            let (topic, name) = subscription(emulator, call)?;
            let number = sequence_number(call)?;
            let removed = emulator.remove_dead_letter(topic.target(), name, number);
            removed.map_err(|_| AdminError::no_dead_letter(number))?;
            Ok(Reply::no_content())
        },
    },
    Route {
        method: Method::POST,
        path: "/topics/{topic}/eventSubscriptions/{eventSubscription}/resendDeadLetters",
        operation: "resendDeadLetters",
        summary: "Publishes dead letters to their event subscription again, and to no other: each with its `id`, another \
                  sequence number and its whole time to live, and not delivered yet. It counts as published once more, \
                  and stays counted as a dead letter.",
        query: &[],
        body: Some(RequestBody {
            schema: SchemaGenerator::subschema_for::<ResendDeadLetters>,
            example: r#"{"sequenceNumbers":[0]}"#,
            max_size: MAX_BODY,
        }),
        response: ResponseBody {
            status: 200,
            description: "The outcome of each, also if it is a failure.",
            schema: Some(SchemaGenerator::subschema_for::<Results>),
        },
        handler: resend,
    },
    Route {
        method: Method::POST,
        path: "/topics/{topic}/eventSubscriptions/{eventSubscription}/resendAllDeadLetters",
        operation: "resendAllDeadLetters",
        summary: "Does the same with all dead letters in the list.",
        query: &[],
        body: None,
        response: COUNT,
        handler: |emulator, call| {
            let (topic, name) = subscription(emulator, call)?;
            let count = emulator.resend_dead_letters(topic.target(), name);
            Ok(Reply::ok(&Count { count: count.unwrap_or_default() }))
        },
    },
];

const COUNT: ResponseBody = ResponseBody {
    status: 200,
    description: "The number of these dead letters.",
    schema: Some(SchemaGenerator::subschema_for::<Count>),
};

#[derive(Serialize, JsonSchema)]
struct Count {
    count: usize,
}

/// A page of dead letters.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DeadLetterPage<'l> {
    dead_letters: Vec<SeenDeadLetter<'l>>,
    /// Where to go on; missing on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// An event that died.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "DeadLetter")]
struct SeenDeadLetter<'l> {
    /// The one that the event had in the queue.
    sequence_number: u64,
    /// `rejected`, `exhausted` or `expired`.
    reason: &'static str,
    delivery_count: u32,
    /// RFC 3339, as all times.
    published: String,
    /// When its last delivery began, if it was delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_delivered: Option<String>,
    /// How the last attempt to push it ended, in the service's word, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_delivery_outcome: Option<&'static str>,
    died: String,
    /// When it leaves for its folder or topic, or was to leave if that was not possible yet; it
    /// stays in the list without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    leaves: Option<String>,
    /// The event: its attributes and its data.
    #[schemars(with = "serde_json::Value")]
    event: &'l Event,
}

impl<'l> From<&'l DeadLetter> for SeenDeadLetter<'l> {
    fn from(letter: &'l DeadLetter) -> Self {
        Self {
            sequence_number: letter.sequence_number,
            reason: match letter.reason {
                DeadLetterReason::Rejected => "rejected",
                DeadLetterReason::Exhausted => "exhausted",
                DeadLetterReason::Expired => "expired",
            },
            delivery_count: letter.delivery_count,
            published: letter.published.to_string(),
            last_delivered: letter.last_delivered.map(|delivered| delivered.to_string()),
            last_delivery_outcome: letter.outcome.map(DeliveryOutcome::word),
            died: letter.died.to_string(),
            leaves: letter.leaves.map(|leaves| leaves.to_string()),
            event: &letter.event,
        }
    }
}

/// Which dead letters to send again.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ResendDeadLetters {
    sequence_numbers: Vec<u64>,
}

fn list(emulator: &mut Emulator, call: &Call) -> Result<Reply, AdminError> {
    let (topic, name) = subscription(emulator, call)?;
    let from = call.query.integer("from", 0..=u64::MAX)?.unwrap_or(0);
    let max_letters = call.query.integer("maxDeadLetters", 1..=MAX_EVENTS)?.unwrap_or(DEFAULT_EVENTS);
    let page = emulator.dead_letters(topic.target(), name, from, max_letters);
    let mut page = page.ok_or_else(|| AdminError::no_subscription(&topic, name))?;
    let mut size = 0;
    let is_too_much = |letter: &DeadLetter| {
        size += letter.event.json().len();
        size > MAX_PAGE
    };
    // One is on each page, whatever its size.
    let cut = page.letters.iter().position(is_too_much).map(|cut| cut.max(1));
    if let Some(first) = cut.and_then(|cut| page.letters.get(cut)) {
        page.next = Some(first.sequence_number);
        page.letters.truncate(cut.unwrap_or_default());
    }
    let dead_letters = page.letters.iter().map(SeenDeadLetter::from).collect();
    Ok(Reply::ok(&DeadLetterPage { dead_letters, next: page.next }))
}

fn resend(emulator: &mut Emulator, call: &Call) -> Result<Reply, AdminError> {
    let (topic, name) = subscription(emulator, call)?;
    let ResendDeadLetters { sequence_numbers } = call.json()?;
    let mut results = Results::default();
    for number in sequence_numbers {
        results.add_number(number, emulator.resend_dead_letter(topic.target(), name, number));
    }
    Ok(Reply::ok(&results))
}

fn sequence_number(call: &Call) -> Result<u64, AdminError> {
    let number = call.segment(2).parse();
    number.map_err(|_| AdminError::bad_request("the sequence number in the path is not a number"))
}
