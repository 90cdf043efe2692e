//! Barriers: requests whose responses come when an event subscription has come to a state.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use super::call::Call;
use super::error::AdminError;
use super::reply::{self, Reply};
use super::route::{MAX_BODY, RequestBody, ResponseBody, Route};
use super::view::Counts;
use crate::broker::SubscriptionStats;
use crate::service::{Condition, Emulator, WaitError};
use crate::topic_id::TopicId;

pub(super) const ROUTES: &[Route] = &[Route {
    method: Method::POST,
    path: "/barriers",
    operation: "waitForCondition",
    summary: "Waits until an event subscription has come to a state, so that a test needs no sleep: `available`, that many \
              events or more may be received; `drained`, none is available, locked or delayed; `delayed`, that many \
              events or more were released with a delay or wait to be pushed again; `dead`, that many events or more \
              were rejected, expired, or were delivered often enough. The response is 409 with the state if that is \
              not so when the time is over, which is real time whatever the emulator's clock does.",
    query: &[],
    body: Some(RequestBody {
        schema: SchemaGenerator::subschema_for::<Barrier>,
        example: r#"{"topic":"orders","eventSubscription":"billing","condition":"drained","timeoutInSeconds":10}"#,
        max_size: MAX_BODY,
    }),
    response: ResponseBody {
        status: 200,
        description: "The condition holds.",
        schema: Some(SchemaGenerator::subschema_for::<Reached>),
    },
    handler: wait,
}];

/// The longest wait: ten minutes. It is 30 seconds unless something else is asked for.
const LONGEST_WAIT: f64 = 600.0;
const DEFAULT_WAIT: f64 = 30.0;

/// What to wait for.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Barrier {
    /// As `GET /topics` has it.
    topic: String,
    event_subscription: String,
    condition: NamedCondition,
    /// From 0 to 600; 30 by default.
    timeout_in_seconds: Option<f64>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
enum NamedCondition {
    Available(u64),
    Drained,
    Dead(u64),
    /// That many events or more were released with a delay, or wait to be pushed again.
    Delayed(u64),
}

/// The state in which the condition holds.
#[derive(Serialize, JsonSchema)]
struct Reached {
    counts: Counts,
}

/// A wait, to be ended by whoever knows when it is over.
#[derive(Debug)]
pub(crate) struct Wait {
    /// Its topic and its event subscription.
    topic: TopicId,
    subscription: String,
    condition: Condition,
    pub(crate) timeout: Duration,
}

fn wait(emulator: &mut Emulator, call: &Call) -> Result<Reply, AdminError> {
    let barrier: Barrier = call.json()?;
    let topic = TopicId::parse(&barrier.topic).ok_or_else(|| AdminError::no_topic_id(&barrier.topic))?;
    if emulator.topic_overview(topic.target()).is_none() {
        return Err(AdminError::no_topic(&topic));
    }
    let seconds = barrier.timeout_in_seconds.unwrap_or(DEFAULT_WAIT);
    let timeout = Duration::try_from_secs_f64(seconds).ok().filter(|_| seconds <= LONGEST_WAIT);
    let timeout = timeout.ok_or_else(|| AdminError::bad_request("timeoutInSeconds must be 0 to 600"))?;
    let condition = match barrier.condition {
        NamedCondition::Available(count) => Condition::Available(count),
        NamedCondition::Drained => Condition::Drained,
        NamedCondition::Delayed(count) => Condition::Delayed(count),
        NamedCondition::Dead(count) => Condition::Dead(count),
    };
    let wait = Wait { topic, subscription: barrier.event_subscription, condition, timeout };
    if emulator.stats_of(wait.topic.target(), &wait.subscription).is_none() {
        return Err(AdminError::no_subscription(&wait.topic, &wait.subscription));
    }
    Ok(Reply::Wait(wait))
}

impl Wait {
    /// How it ended, if it has.
    pub(crate) fn result(&self, emulator: &Emulator) -> Option<Result<SubscriptionStats, WaitError>> {
        let Some(stats) = emulator.stats_of(self.topic.target(), &self.subscription) else {
            return Some(Err(WaitError::UnknownSubscription));
        };
        self.condition.holds(&stats).then_some(Ok(stats))
    }

    /// How it ends when its time is over.
    pub(crate) fn end(&self, emulator: &Emulator) -> Result<SubscriptionStats, WaitError> {
        let stats = emulator.stats_of(self.topic.target(), &self.subscription);
        Err(stats.map_or(WaitError::UnknownSubscription, WaitError::TimedOut))
    }

    /// The response to it.
    pub(crate) fn response(&self, result: Result<SubscriptionStats, WaitError>) -> Response<Bytes> {
        let error = match result {
            Ok(stats) => return reply::json(StatusCode::OK, &Reached { counts: stats.into() }),
            Err(WaitError::UnknownSubscription) => {
                AdminError::no_subscription(&self.topic, &self.subscription)
            }
            Err(error @ WaitError::TimedOut(stats)) => {
                AdminError::not_reached(error.to_string(), stats.into())
            }
            Err(error @ WaitError::Refused) => AdminError::too_many_waits(error.to_string()),
        };
        error.into_response()
    }
}

impl Wait {
    /// A wait of the library.
    pub(crate) fn new(
        target: crate::target::Target<'_>,
        subscription: &str,
        condition: Condition,
        timeout: Duration,
    ) -> Self {
        Self { topic: TopicId::of(target), subscription: subscription.to_owned(), condition, timeout }
    }
}
