//! The events in a queue: looked at, settled, sent again, forgotten.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use http::Method;
use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use super::call::Call;
use super::error::AdminError;
use super::query::QueryParameter;
use super::reply::Reply;
use super::route::{RequestBody, ResponseBody, Route};
use super::topics::subscription;
use crate::broker::{Event, EventState, QueuedEvent, TokenError};
use crate::service::Emulator;
use crate::target::Target;

/// How many events a page has.
pub(super) const DEFAULT_EVENTS: usize = 100;
pub(super) const MAX_EVENTS: u64 = 1000;

/// The most bytes of the events of a page, if it has more than one.
pub(super) const MAX_PAGE: usize = 8 * 1024 * 1024;

/// Bodies with a thousand lock tokens fit.
pub(super) const MAX_BODY: usize = 256 * 1024;

/// The longest delay, as the longest lock: a day.
const LONGEST_DELAY: f64 = 86_400.0;

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/topics/{topic}/eventSubscriptions/{eventSubscription}/events",
        operation: "peekEvents",
        summary: "Returns events in the queue, in the order of publication. This is not a delivery and changes nothing. A \
                  page covers at most a few thousand events, so it may be empty although later ones are not: go on with \
                  `from` set to `next` until that is missing.",
        query: &[
            QueryParameter {
                name: "from",
                description: "The sequence number to begin with; 0 by default.",
                schema: SchemaGenerator::subschema_for::<u64>,
            },
            QueryParameter {
                name: "maxEvents",
                description: "The most events of the page: 1 to 1000, 100 by default.",
                schema: SchemaGenerator::subschema_for::<u16>,
            },
            QueryParameter {
                name: "state",
                description: "`available`, `locked` or `delayed`: only events in that state.",
                schema: SchemaGenerator::subschema_for::<String>,
            },
        ],
        body: None,
        response: ResponseBody {
            status: 200,
            description: "A page of events.",
            schema: Some(SchemaGenerator::subschema_for::<Page<'_>>),
        },
        handler: peek,
    },
    Route {
        method: Method::POST,
        path: "/topics/{topic}/eventSubscriptions/{eventSubscription}/settle",
        operation: "settleEvents",
        summary: "Settles events by lock token or by sequence number. By its sequence number an event is settled whatever \
                  its state, and `release` ends its lock or delay at once.",
        query: &[],
        body: Some(RequestBody {
            schema: SchemaGenerator::subschema_for::<Settle>,
            example: r#"{"action":"acknowledge","sequenceNumbers":[0]}"#,
            max_size: MAX_BODY,
        }),
        response: ResponseBody {
            status: 200,
            description: "The outcome of each, also if it is a failure.",
            schema: Some(SchemaGenerator::subschema_for::<Results>),
        },
        handler: settle,
    },
    Route {
        method: Method::POST,
        path: "/topics/{topic}/eventSubscriptions/{eventSubscription}/resend",
        operation: "resendEvents",
        summary: "Sends events of the queue again, whatever their state: each goes to the end of the queue with another \
                  sequence number, as if it had just been published and never been delivered.",
        query: &[],
        body: Some(RequestBody {
            schema: SchemaGenerator::subschema_for::<Resend>,
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
        path: "/topics/{topic}/eventSubscriptions/{eventSubscription}/reset",
        operation: "resetEventSubscription",
        summary: "Forgets the events, dead letters and counts of an event subscription, and keeps its settings.",
        query: &[],
        body: None,
        response: ResponseBody { status: 204, description: "They are forgotten.", schema: None },
        handler: |emulator, call| {
            let (topic, name) = subscription(emulator, call)?;
            emulator.reset_subscription(topic.target(), name);
            Ok(Reply::no_content())
        },
    },
    Route {
        method: Method::POST,
        path: "/reset",
        operation: "reset",
        summary: "Forgets all events, dead letters and counts, what was accepted and what the MQTT broker retains. Topics, \
                  event subscriptions, settings and the clock stay.",
        query: &[],
        body: None,
        response: ResponseBody { status: 204, description: "They are forgotten.", schema: None },
        handler: |emulator, _| {
            emulator.reset();
            Ok(Reply::no_content())
        },
    },
];

/// A page of events.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Page<'e> {
    events: Vec<SeenEvent<'e>>,
    /// Where to go on; missing on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// An event in a queue.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SeenEvent<'e> {
    sequence_number: u64,
    /// `available`, `locked` or `delayed`.
    state: &'static str,
    delivery_count: u32,
    /// RFC 3339, as all times.
    published: String,
    /// When its lock ends, if it is locked.
    #[serde(skip_serializing_if = "Option::is_none")]
    locked_until: Option<String>,
    /// When its delay ends, if it is delayed.
    #[serde(skip_serializing_if = "Option::is_none")]
    delayed_until: Option<String>,
    /// When its time to live is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lock_token: Option<&'e str>,
    /// The event: its attributes and its data.
    #[schemars(with = "serde_json::Value")]
    event: &'e Event,
}

impl<'e> From<&'e QueuedEvent> for SeenEvent<'e> {
    fn from(event: &'e QueuedEvent) -> Self {
        let until = event.until.map(|until| until.to_string());
        Self {
            sequence_number: event.sequence_number,
            state: STATES.iter().find(|(state, _)| *state == event.state).map_or("", |(_, name)| *name),
            delivery_count: event.delivery_count,
            published: event.published.to_string(),
            locked_until: until.clone().filter(|_| event.state == EventState::Locked),
            delayed_until: until.filter(|_| event.state == EventState::Delayed),
            expires: event.expires.map(|expires| expires.to_string()),
            lock_token: event.lock_token.as_deref(),
            event: &event.event,
        }
    }
}

const STATES: [(EventState, &str); 3] =
    [(EventState::Available, "available"), (EventState::Locked, "locked"), (EventState::Delayed, "delayed")];

/// A state in a query.
struct StateParameter(EventState);

impl FromStr for StateParameter {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = STATES.iter().find(|(_, name)| *name == text);
        found.map(|(state, _)| Self(*state)).ok_or("it is available, locked or delayed")
    }
}

fn peek(emulator: &mut Emulator, call: &Call) -> Result<Reply, AdminError> {
    let (topic, name) = subscription(emulator, call)?;
    let from = call.query.integer("from", 0..=u64::MAX)?.unwrap_or(0);
    let max_events = call.query.integer("maxEvents", 1..=MAX_EVENTS)?.unwrap_or(DEFAULT_EVENTS);
    let state = call.query.named("state")?.map(|StateParameter(state)| state);
    let page = emulator.peek(topic.target(), name, from, max_events, state);
    let mut page = page.ok_or_else(|| AdminError::no_subscription(&topic, name))?;
    let mut size = 0;
    let is_too_much = |event: &QueuedEvent| {
        size += event.event.json().len();
        size > MAX_PAGE
    };
    // One is on each page, whatever its size.
    if let Some(cut) =
        page.events.iter().position(is_too_much).map(|cut| cut.max(1)).filter(|cut| *cut < page.events.len())
    {
        page.next = Some(page.events[cut].sequence_number);
        page.events.truncate(cut);
    }
    Ok(Reply::ok(&Page { events: page.events.iter().map(SeenEvent::from).collect(), next: page.next }))
}

/// Which events to settle, and how.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Settle {
    action: Action,
    #[serde(default)]
    lock_tokens: Vec<String>,
    #[serde(default)]
    sequence_numbers: Vec<u64>,
    /// For `release` by lock tokens: after how long the events are available again; 0 by default.
    #[serde(default)]
    delay_in_seconds: f64,
}

#[derive(Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
enum Action {
    Acknowledge,
    Release,
    Reject,
}

/// Which events to send again.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Resend {
    sequence_numbers: Vec<u64>,
}

/// What became of each event.
#[derive(Default, Serialize, JsonSchema)]
pub(super) struct Results {
    succeeded: Vec<EventResult>,
    failed: Vec<EventResult>,
}

/// What became of an event, by what the request named it by.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct EventResult {
    #[serde(skip_serializing_if = "Option::is_none")]
    lock_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence_number: Option<u64>,
    /// Why it failed, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

impl Results {
    fn add_token(&mut self, lock_token: String, result: Result<(), TokenError>) {
        let message = result.map_err(|error| error.to_string()).err();
        self.add(EventResult { lock_token: Some(lock_token), sequence_number: None, message });
    }

    pub(super) fn add_number<E: Display>(&mut self, sequence_number: u64, result: Result<(), E>) {
        let message = result.map_err(|error| error.to_string()).err();
        self.add(EventResult { lock_token: None, sequence_number: Some(sequence_number), message });
    }

    fn add(&mut self, result: EventResult) {
        let list = if result.message.is_none() { &mut self.succeeded } else { &mut self.failed };
        list.push(result);
    }
}

fn settle(emulator: &mut Emulator, call: &Call) -> Result<Reply, AdminError> {
    let (topic, name) = subscription(emulator, call)?;
    let Settle { action, lock_tokens, sequence_numbers, delay_in_seconds } = call.json()?;
    if lock_tokens.is_empty() && sequence_numbers.is_empty() {
        return Err(AdminError::bad_request("name events: give lockTokens, sequenceNumbers or both"));
    }
    let has_delay = delay_in_seconds != 0.0;
    if has_delay && (action != Action::Release || !sequence_numbers.is_empty()) {
        return Err(AdminError::bad_request("delayInSeconds is for release by lockTokens: leave it out"));
    }
    let delay =
        Duration::try_from_secs_f64(delay_in_seconds).ok().filter(|_| delay_in_seconds <= LONGEST_DELAY);
    let delay = delay.ok_or_else(|| AdminError::bad_request("delayInSeconds must be 0 to 86400"))?;
    let target = topic.target();
    let mut results = Results::default();
    for token in lock_tokens {
        let result = settle_locked(emulator, target, name, action, &token, delay);
        results.add_token(token, result);
    }
    for number in sequence_numbers {
        let result = match action {
            Action::Acknowledge => emulator.acknowledge_event(target, name, number),
            Action::Release => emulator.release_event(target, name, number),
            Action::Reject => emulator.reject_event(target, name, number),
        };
        results.add_number(number, result);
    }
    Ok(Reply::ok(&results))
}

fn settle_locked(
    emulator: &mut Emulator,
    target: Target<'_>,
    name: &str,
    action: Action,
    token: &str,
    delay: Duration,
) -> Result<(), TokenError> {
    match action {
        Action::Acknowledge => emulator.acknowledge(target, name, token),
        Action::Release => emulator.release(target, name, token, delay),
        Action::Reject => emulator.reject(target, name, token),
    }
}

fn resend(emulator: &mut Emulator, call: &Call) -> Result<Reply, AdminError> {
    let (topic, name) = subscription(emulator, call)?;
    let Resend { sequence_numbers } = call.json()?;
    let mut results = Results::default();
    for number in sequence_numbers {
        let result = emulator.resend_event(topic.target(), name, number);
        results.add_number(number, result);
    }
    Ok(Reply::ok(&results))
}
