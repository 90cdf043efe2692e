//! What one who runs a test does with event subscriptions, beside what publishers and receivers do.

use super::queued_event::{EventState, QueuedEvents, UnknownEvent};
use super::{Broker, SubscriptionId};
use crate::time::UnixTime;

/// Of a subscription that was removed there are no events.
impl Broker {
    /// Looks at up to `max_events` events from a sequence number on, in any state or in one. This
    /// changes nothing. It looks at a few thousand places of the queue at most, so a page may have
    /// fewer events than there are.
    pub fn peek(
        &self,
        now: UnixTime,
        of: SubscriptionId,
        from: u64,
        max_events: usize,
        state: Option<EventState>,
    ) -> QueuedEvents {
        let queue = self.subscriptions.get(of.0).map(|listed| &listed.queue);
        let nothing = QueuedEvents { events: Vec::new(), next: None };
        queue.map_or(nothing, |queue| queue.peek(now.into(), from, max_events, state))
    }

    /// Settles an event, whatever its state: it was handled.
    ///
    /// # Errors
    /// If it is not in the queue.
    pub fn acknowledge_event(
        &mut self,
        of: SubscriptionId,
        sequence_number: u64,
    ) -> Result<(), UnknownEvent> {
        self.with(of, |queue, _| queue.acknowledge_event(sequence_number)).unwrap_or(Err(UnknownEvent))
    }

    /// Settles an event, whatever its state: it can never be handled.
    ///
    /// # Errors
    /// If it is not in the queue.
    pub fn reject_event(
        &mut self,
        now: UnixTime,
        of: SubscriptionId,
        sequence_number: u64,
    ) -> Result<(), UnknownEvent> {
        let reject =
            |queue: &mut super::Subscription, _: &mut _| queue.reject_event(now.into(), sequence_number);
        self.with(of, reject).unwrap_or(Err(UnknownEvent))
    }

    /// Ends the lock or the delay of an event. It is dropped if it has reached the maximum delivery
    /// count. An available event stays available.
    ///
    /// # Errors
    /// If it is not in the queue.
    pub fn release_event(
        &mut self,
        now: UnixTime,
        of: SubscriptionId,
        sequence_number: u64,
    ) -> Result<(), UnknownEvent> {
        let release =
            |queue: &mut super::Subscription, _: &mut _| queue.release_event(now.into(), sequence_number);
        self.with(of, release).unwrap_or(Err(UnknownEvent))
    }

    /// Puts an event at the end of the queue as if it had just been published: not delivered yet,
    /// with its full time to live and a new sequence number. It is still counted as published once.
    ///
    /// # Errors
    /// If it is not in the queue.
    pub fn resend_event(
        &mut self,
        now: UnixTime,
        of: SubscriptionId,
        sequence_number: u64,
    ) -> Result<(), UnknownEvent> {
        let resend =
            |queue: &mut super::Subscription, _: &mut _| queue.resend_event(now.into(), sequence_number);
        self.with(of, resend).unwrap_or(Err(UnknownEvent))
    }

    /// Forgets all events, dead letters and counts of a subscription, and keeps its settings.
    /// Earlier lock tokens lock nothing any more. Returns whether there is such a subscription.
    pub fn reset_subscription(&mut self, id: SubscriptionId) -> bool {
        let entries = self.with(id, |queue, _| queue.reset());
        let is_there = entries.is_some();
        #[cfg(feature = "data")]
        if let Some(tracked) = self.tracked.as_mut().filter(|_| is_there) {
            tracked.note_emptied(id);
        }
        self.discarded.extend(entries);
        is_there
    }
}
