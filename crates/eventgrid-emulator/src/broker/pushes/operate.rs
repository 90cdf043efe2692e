//! Which pushes are due, and what becomes of their events.

use eventgrid_push::{AttemptResult, DeliveryTier, PushSettings};
use uuid::Uuid;

use super::super::segments::Sequence;
use super::super::subscription::Subscription;
use super::super::token;
use super::super::{Broker, Event, SubscriptionId};
use super::endpoint::PushEndpoint;
use crate::time::UnixTime;

/// An event that is pushed.
#[derive(Debug, Clone)]
pub(crate) struct TakenEvent {
    pub(crate) sequence_number: Sequence,
    /// Which attempt this is, from 1.
    pub(crate) attempt: u32,
    pub(crate) published: UnixTime,
    /// Of the queue.
    pub(in crate::broker) guid: Uuid,
    pub(crate) event: Event,
}

impl TakenEvent {
    /// What names the event among those of all queues.
    pub(crate) fn id(&self) -> Uuid {
        token::event_id(self.guid, self.sequence_number)
    }
}

/// The events of a push that was taken. None of them if none is due, or if as many died as may die
/// in one call: then more may be due.
#[derive(Debug, Default)]
pub(crate) struct TakenPush {
    pub(crate) events: Vec<TakenEvent>,
    /// How many were too old.
    pub(crate) deaths: usize,
    /// Which endpoint of the event subscription they are for: each that is set has another number.
    pub(crate) endpoint: u64,
}

/// What becomes of an event whose push has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PushStep {
    /// It is delivered.
    Delivered,
    /// It is pushed again at that moment.
    Retry(UnixTime),
    /// It died, for that reason in the service's words.
    Dead(&'static str),
    /// No result was expected.
    Unchanged,
}

/// An event subscription that was removed has no endpoint, and no pushes are due.
impl Broker {
    /// Gives an event subscription an endpoint, or takes it away. `tier` is that of its topic, and
    /// of the retry policy of the endpoint. An event that is locked or delayed stays so until its
    /// moment. Returns whether there is such a subscription.
    pub(crate) fn set_push_endpoint(
        &mut self,
        of: SubscriptionId,
        tier: DeliveryTier,
        endpoint: Option<PushEndpoint>,
    ) -> bool {
        self.with(of, |queue, _| queue.set_push_endpoint(tier, endpoint)).is_some()
    }

    /// The endpoint of an event subscription; `None` if its events are received.
    pub(crate) fn push_endpoint(&self, of: SubscriptionId) -> Option<&PushEndpoint> {
        self.subscriptions.get(of.0)?.queue.push_endpoint()
    }

    /// The tier of the topic of an event subscription with an endpoint.
    pub(crate) fn push_tier(&self, of: SubscriptionId) -> Option<DeliveryTier> {
        self.subscriptions.get(of.0)?.queue.push_tier()
    }

    /// Until when the endpoint of an event subscription is on probation; in the past if
    /// [`advance`](Self::advance) did not end it yet. `None` if it is not.
    pub(crate) fn push_probation(&self, of: SubscriptionId) -> Option<UnixTime> {
        self.subscriptions.get(of.0)?.queue.push_probation()?.to_unix_time()
    }

    /// Says whether the events of an event subscription with an endpoint are kept for now. They are
    /// not as long as nobody has said so.
    pub(crate) fn hold_pushes(&mut self, of: SubscriptionId, is_held: bool) {
        self.with(of, |queue, _| queue.hold_pushes(is_held));
    }

    /// The event subscriptions with a URL as their endpoint of which events are available.
    pub(crate) fn with_due_pushes(&self) -> Vec<SubscriptionId> {
        self.due_pushes.iter().copied().collect()
    }

    /// Whether there is one.
    pub(crate) fn has_due_pushes(&self) -> bool {
        !self.due_pushes.is_empty()
    }

    /// The event subscriptions that feed a topic of the namespace, of which events are available.
    pub(crate) fn with_due_feeds(&self) -> Vec<SubscriptionId> {
        self.due_feeds.iter().copied().collect()
    }

    /// Whether there is one.
    pub(crate) fn has_due_feeds(&self) -> bool {
        !self.due_feeds.is_empty()
    }

    /// Takes the events of one push that is due, and locks them for the time that a response may
    /// take. `size_of` is asked for the size of each in turn, until there are enough for a batch.
    /// Events that are too old die instead, `max_deaths` of them at most: with these no more events
    /// are taken.
    pub(crate) fn take_push(
        &mut self,
        now: UnixTime,
        of: SubscriptionId,
        settings: &PushSettings,
        max_deaths: usize,
        size_of: impl FnMut(&TakenEvent) -> usize,
    ) -> TakenPush {
        let take =
            |queue: &mut Subscription, _: &mut _| queue.take_push(now.into(), settings, max_deaths, size_of);
        self.with(of, take).unwrap_or_default()
    }

    /// Says how an attempt to push these events to that endpoint has ended: each event is given by
    /// its sequence number and the number of the attempt. One for which no result is expected, or
    /// that of another attempt, stays as it is. Returns what becomes of each; nothing, if the event
    /// subscription was removed.
    pub(crate) fn push_ended(
        &mut self,
        now: UnixTime,
        of: SubscriptionId,
        endpoint: u64,
        events: impl IntoIterator<Item = (Sequence, u32)>,
        result: AttemptResult,
    ) -> Vec<PushStep> {
        let steps = self.with(of, |queue, _| {
            let end = |event| queue.attempt_ended(now.into(), endpoint, event, result);
            events.into_iter().map(end).collect()
        });
        steps.unwrap_or_default()
    }
}
