//! What one who runs a test does with a queue, beside what receivers do: look, settle any event,
//! send it again, empty it.

use super::super::dead_letters::DeadLetterReason;
use super::super::entry::{Entry, State};
use super::super::moment::Moment;
use super::super::queued_event::{EventState, QueuedEvent, QueuedEvents, UnknownEvent};
use super::super::segments::{Segments, Sequence};
use super::super::token;
use super::stored::Unloaded;
use super::{Expired, Subscription, SubscriptionStats};

/// How many places in a queue one look passes over at most.
const STEPS_OF_A_LOOK: u64 = 16 * 1024;

impl Subscription {
    /// Up to `max_events` of its events from a sequence number on, in any state or in one.
    pub(in crate::broker) fn peek(
        &self,
        now: Moment,
        from: Sequence,
        max_events: usize,
        state: Option<EventState>,
    ) -> QueuedEvents {
        let end = self.entries.next_sequence();
        let mut sequence = from.max(self.entries.first_sequence());
        let last = sequence.saturating_add(STEPS_OF_A_LOOK).min(end);
        let mut events = Vec::new();
        while sequence < last && events.len() < max_events {
            let found = self.entries.get(sequence).and_then(|entry| self.seen(now, sequence, entry));
            events.extend(found.filter(|event| state.is_none_or(|state| event.state == state)));
            sequence += 1;
        }
        QueuedEvents { events, next: (sequence < end).then_some(sequence) }
    }

    /// The event as it is at that moment, whether or not the work is done that is due by then;
    /// `None` if it is gone.
    fn seen(&self, now: Moment, sequence: Sequence, entry: &Entry) -> Option<QueuedEvent> {
        let (expires, shown_expiry) = (self.expiry(entry), self.shown_expiry(entry));
        let has_ended = entry.until <= now;
        let state = match entry.state {
            State::Locked if !has_ended => EventState::Locked,
            State::Delayed if !has_ended => EventState::Delayed,
            _ => {
                let is_exhausted =
                    entry.state != State::Available && entry.delivery_count >= self.max_delivery_count();
                if is_exhausted || expires <= now {
                    return None;
                }
                EventState::Available
            }
        };
        let is_held = state != EventState::Available;
        let lock_token = || token::encode(self.guid, token::lock_id(sequence, entry.nonce));
        Some(QueuedEvent {
            sequence_number: sequence,
            state,
            delivery_count: entry.delivery_count,
            published: entry.published.to_unix_time().unwrap_or_default(),
            until: entry.until.to_unix_time().filter(|_| is_held),
            expires: shown_expiry.to_unix_time(),
            lock_token: (state == EventState::Locked && !self.is_pushed()).then(lock_token),
            event: entry.event.clone(),
        })
    }

    /// Removes an event as if a receiver had settled it, whatever its state.
    pub(in crate::broker) fn acknowledge_event(&mut self, sequence: Sequence) -> Result<(), UnknownEvent> {
        self.take_out(sequence)?;
        self.counts.acknowledged += 1;
        Ok(())
    }

    /// Removes an event as if a receiver had rejected it, whatever its state.
    pub(in crate::broker) fn reject_event(
        &mut self,
        now: Moment,
        sequence: Sequence,
    ) -> Result<(), UnknownEvent> {
        let entry = self.take_out(sequence)?;
        self.counts.rejected += 1;
        self.bury(sequence, Some(entry), DeadLetterReason::Rejected, now);
        Ok(())
    }

    /// Ends the lock or the delay of an event. One that is available stays so.
    pub(in crate::broker) fn release_event(
        &mut self,
        now: Moment,
        sequence: Sequence,
    ) -> Result<(), UnknownEvent> {
        let entry = self.entries.get(sequence).ok_or(UnknownEvent)?;
        match entry.state {
            State::Available => {}
            _ if self.is_pushed() => self.free(sequence),
            _ => self.make_available(now, sequence),
        }
        Ok(())
    }

    /// Puts an event at the end of the queue as if it had just been published: not delivered yet,
    /// with its whole time to live. It was published once all the same.
    pub(in crate::broker) fn resend_event(
        &mut self,
        now: Moment,
        sequence: Sequence,
    ) -> Result<(), UnknownEvent> {
        let event = self.take_out(sequence)?.event;
        self.publish(now, event);
        self.counts.published -= 1;
        Ok(())
    }

    /// Forgets all events, dead letters and counts. Lock tokens that were given lock nothing any
    /// more. Returns the entries, to be dropped bit by bit.
    pub(in crate::broker) fn reset(&mut self) -> Segments {
        let next = self.entries.next_sequence();
        self.next_fresh = next;
        self.returned.clear();
        self.deadlines.clear();
        self.locked = 0;
        self.unloaded = Unloaded::default();
        self.expired = Expired { from: next, to: next, since: self.expired.since };
        self.counts = SubscriptionStats::default();
        self.remove_dead_letters();
        std::mem::replace(&mut self.entries, Segments::starting_at(next)).untracked()
    }

    /// Takes an event out of the queue, whatever its state.
    fn take_out(&mut self, sequence: Sequence) -> Result<Entry, UnknownEvent> {
        let state = self.entries.get(sequence).ok_or(UnknownEvent)?.state;
        match state {
            State::Available => {
                self.reach(sequence);
                self.returned.remove(&sequence);
            }
            State::Locked | State::Delayed => self.forget_deadline(sequence),
        }
        let entry = self.entries.remove(sequence).ok_or(UnknownEvent)?;
        self.pass_holes();
        Ok(entry)
    }
}
