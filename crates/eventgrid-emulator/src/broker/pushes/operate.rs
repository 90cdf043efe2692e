//! Which pushes are due, and what becomes of their events.

use eventgrid_push::{AttemptResult, DeliveryTier, PushSettings};
use uuid::Uuid;

use super::super::segments::Sequence;
use super::super::subscription::Subscription;
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
    /// What names the event among those of all queues.
    pub(crate) id: Uuid,
    pub(crate) event: Event,
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

    /// The event subscriptions with an endpoint of which events are available.
    pub(crate) fn with_due_pushes(&self) -> Vec<SubscriptionId> {
        self.due_pushes.iter().copied().collect()
    }

    /// Takes the events of one push that is due, and locks them for the time that a response may
    /// take. `size_of` is asked for the size of each in turn, until there are enough for a batch.
    /// Events that are too old die instead. None of them if no push is due.
    pub(crate) fn take_push(
        &mut self,
        now: UnixTime,
        of: SubscriptionId,
        settings: &PushSettings,
        size_of: impl FnMut(&TakenEvent) -> usize,
    ) -> Vec<TakenEvent> {
        let take = |queue: &mut Subscription, _: &mut _| queue.take_push(now.into(), settings, size_of);
        self.with(of, take).unwrap_or_default()
    }

    /// Says how an attempt to push these events has ended: each is given by its sequence number and
    /// the number of the attempt. One for which no result is expected, or that of another attempt,
    /// stays as it is.
    pub(crate) fn push_ended(
        &mut self,
        now: UnixTime,
        of: SubscriptionId,
        events: &[(Sequence, u32)],
        result: AttemptResult,
    ) {
        self.with(of, |queue, _| {
            for (sequence, attempt) in events {
                queue.attempt_ended(now.into(), *sequence, *attempt, result);
            }
        });
    }
}
