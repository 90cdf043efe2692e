//! The pushes of a queue whose event subscription has an endpoint.
//!
//! An event that is being pushed is locked, one that waits for its retry is delayed, and its
//! attempts are its delivery count. No lock token leaves such a queue: the random number of the
//! token is the moment at which the first attempt began, from which the schedule counts.

use std::iter;
use std::time::Duration;

use eventgrid_push::{
    Attempt, AttemptResult, DeadLetterReason as PushReason, DeliveryTier, DueStep, NextStep, PushSettings,
    RetryPolicy, RetrySchedule,
};

use super::super::dead_letters::DeadLetterReason;
use super::super::entry::{Entry, State};
use super::super::moment::Moment;
use super::super::pushes::{PushEndpoint, TakenEvent};
use super::super::segments::Sequence;
use super::super::token;
use super::{STEPS_OF_A_RECEIVE, Subscription};

/// How much longer than a response may take an event that is pushed is locked. A result that did
/// not come by then was lost.
const LOCK_MARGIN: Duration = Duration::from_secs(5);

/// An endpoint, with the policy that its events are retried by.
#[derive(Debug)]
pub(super) struct Push {
    endpoint: PushEndpoint,
    policy: RetryPolicy,
}

impl Subscription {
    pub(in crate::broker) fn push_endpoint(&self) -> Option<&PushEndpoint> {
        self.push.as_ref().map(|push| &push.endpoint)
    }

    pub(in crate::broker) fn set_push_endpoint(
        &mut self,
        tier: DeliveryTier,
        endpoint: Option<PushEndpoint>,
    ) {
        self.push = endpoint.map(|endpoint| {
            let policy = endpoint.retry_policy_or(tier);
            Box::new(Push { endpoint, policy })
        });
    }

    /// The endpoint, and the tier of its retry policy.
    pub(in crate::broker) fn push_of_tier(&self) -> Option<(DeliveryTier, PushEndpoint)> {
        self.push.as_ref().map(|push| (push.policy.tier(), push.endpoint.clone()))
    }

    pub(in crate::broker) fn has_due_pushes(&self) -> bool {
        self.push.is_some() && self.available() > 0
    }

    /// Whether an event was pushed and is not being pushed now.
    pub(super) fn is_retried(&self, entry: &Entry) -> bool {
        self.is_pushed() && entry.state != State::Locked && entry.delivery_count > 0
    }

    pub(super) fn is_pushed(&self) -> bool {
        self.push.is_some()
    }

    /// How long after its publication an event dies by time alone. One that is pushed does not: its
    /// age is looked at when an attempt is due.
    pub(super) fn time_to_live(&self) -> Duration {
        if self.is_pushed() { Duration::MAX } else { self.settings.time_to_live }
    }

    /// After how many deliveries an event dies at the end of its lock. What is pushed does not.
    pub(super) fn max_delivery_count(&self) -> u32 {
        if self.is_pushed() { u32::MAX } else { self.settings.max_delivery_count }
    }

    /// From when on an event is not delivered any more, as one who looks at the queue sees it.
    pub(super) fn shown_expiry(&self, entry: &Entry) -> Moment {
        let pushed = self.push.as_ref().map(|push| push.policy.time_to_live());
        entry.published.after(pushed.unwrap_or(self.settings.time_to_live))
    }

    /// See [`Broker::take_push`](crate::broker::Broker::take_push).
    pub(in crate::broker) fn take_push(
        &mut self,
        now: Moment,
        settings: &PushSettings,
        mut size_of: impl FnMut(&TakenEvent) -> usize,
    ) -> Vec<TakenEvent> {
        let Some(policy) = self.push.as_ref().map(|push| push.policy) else { return Vec::new() };
        self.end_due(now, STEPS_OF_A_RECEIVE);
        let mut taken = Vec::new();
        let count = settings.next_batch(iter::from_fn(|| {
            let event = self.take_due(now, &policy)?;
            let size = size_of(&event);
            taken.push(event);
            Some(size)
        }));
        for event in taken.drain(count..) {
            // To be noted as changed, since it is in another list from now on.
            let _ = self.entry_mut(event.sequence_number);
            self.returned.insert(event.sequence_number);
        }
        let until = now.after(policy.tier().response_timeout() + LOCK_MARGIN);
        for event in &taken {
            self.lock_for_attempt(now, event.sequence_number, until);
        }
        taken
    }

    /// The next event that is available and not too old: no longer in the list of those. Those that
    /// are too old die.
    fn take_due(&mut self, now: Moment, policy: &RetryPolicy) -> Option<TakenEvent> {
        loop {
            let sequence = self.take_available(now)?;
            let entry = self.entry(sequence);
            if policy.due(now.since(entry.published)) == DueStep::Push {
                return Some(TakenEvent {
                    sequence_number: sequence,
                    attempt: entry.delivery_count.saturating_add(1),
                    published: entry.published.to_unix_time().unwrap_or_default(),
                    id: self.dead_letter_id(sequence),
                    event: entry.event.clone(),
                });
            }
            let entry = self.entries.remove(sequence);
            self.counts.expired += 1;
            self.bury(sequence, entry, DeadLetterReason::Expired, now);
        }
    }

    fn lock_for_attempt(&mut self, now: Moment, sequence: Sequence, until: Moment) {
        let entry = self.entry_mut(sequence);
        let first = if entry.delivery_count == 0 { now } else { first_began(entry) };
        entry.nonce = first.to_nanoseconds();
        entry.state = State::Locked;
        entry.until = until;
        entry.locked_since = now;
        entry.delivery_count = entry.delivery_count.saturating_add(1);
        self.deadlines.insert((until, sequence));
        self.locked += 1;
        self.counts.deliveries += 1;
    }

    /// What becomes of an event whose attempt has ended, if that attempt is under way.
    pub(in crate::broker) fn attempt_ended(
        &mut self,
        now: Moment,
        sequence: Sequence,
        attempt: u32,
        result: AttemptResult,
    ) {
        let Some(policy) = self.push.as_ref().map(|push| push.policy) else { return };
        let Some(entry) = self.entries.get(sequence) else { return };
        if entry.state != State::Locked || entry.delivery_count != attempt || entry.until <= now {
            return;
        }
        let published = entry.published;
        let ended = Attempt::new(attempt, result)
            .first_began(first_began(entry).since(published))
            .ended(now.since(published));
        match policy.after(&ended, self.jitter(sequence, attempt)) {
            NextStep::Delivered => {
                self.remove(sequence);
                self.counts.acknowledged += 1;
            }
            NextStep::Retry { at, .. } => self.retry_at(now, sequence, published.after(at)),
            NextStep::DeadLetter { reason: PushReason::Undeliverable, .. } => {
                let entry = self.remove(sequence);
                self.counts.rejected += 1;
                self.bury(sequence, entry, DeadLetterReason::Rejected, now);
            }
            NextStep::DeadLetter { .. } => self.exhaust(now, sequence),
            // Its lock ends.
            _ => {}
        }
    }

    /// Ends the lock or the delay of an event at its moment. A lock ends if no result came: what
    /// became of the attempt is not known, so the next one is due as the schedule says.
    pub(super) fn end_attempt(&mut self, moment: Moment, sequence: Sequence) {
        let Some(policy) = self.push.as_ref().map(|push| push.policy) else { return };
        let entry = self.entry(sequence);
        if entry.state == State::Delayed {
            self.free(sequence);
        } else if entry.delivery_count >= policy.max_attempts() {
            self.exhaust(moment, sequence);
        } else {
            let (attempt, first) = (entry.delivery_count, first_began(entry));
            let random = self.jitter(sequence, attempt);
            let offset = RetrySchedule::of(policy.tier()).offset_with_jitter(attempt + 1, random);
            self.retry_at(moment, sequence, first.after(offset));
        }
    }

    /// Makes a locked or delayed event available, whatever came of it.
    pub(super) fn free(&mut self, sequence: Sequence) {
        self.forget_deadline(sequence);
        self.entry_mut(sequence).state = State::Available;
        self.returned.insert(sequence);
    }

    fn retry_at(&mut self, now: Moment, sequence: Sequence, at: Moment) {
        if at > now {
            self.change(sequence, State::Delayed, at);
        } else {
            self.free(sequence);
        }
    }

    fn exhaust(&mut self, died: Moment, sequence: Sequence) {
        let entry = self.remove(sequence);
        self.counts.exhausted += 1;
        self.bury(sequence, entry, DeadLetterReason::Exhausted, died);
    }

    /// The random value of the jitter after an attempt. It follows from the seed, as the GUID does,
    /// and not from the order in which results come.
    fn jitter(&self, sequence: Sequence, attempt: u32) -> u64 {
        let (high, low) = self.guid.as_u64_pair();
        token::scramble(high ^ token::scramble(low ^ sequence).wrapping_add(u64::from(attempt)))
    }
}

/// When the first attempt to push an event began. Of one that was received before it had an
/// endpoint this is not known: then it counts from its latest delivery.
pub(super) fn first_began(entry: &Entry) -> Moment {
    let noted = Moment::from_nanoseconds(entry.nonce);
    if entry.published <= noted && noted <= entry.locked_since { noted } else { entry.locked_since }
}
