//! The pushes of a queue whose event subscription has an endpoint.
//!
//! An event that is being pushed is locked, one that waits for its retry is delayed, and its
//! attempts are its delivery count. No lock token leaves such a queue: the random number of the
//! token is the moment at which the first attempt began, from which the schedule counts.

use std::iter;
use std::time::Duration;

use eventgrid_push::{
    Attempt, AttemptResult, DeadLetterReason as PushReason, DeliveryOutcome, DeliveryTier, DueStep, NextStep,
    PushSettings, RetryPolicy, RetrySchedule,
};

use super::super::dead_letters::DeadLetterReason;
use super::super::entry::{Entry, State};
use super::super::moment::Moment;
use super::super::pushes::{PushEndpoint, PushStep, TakenEvent, TakenPush};
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
    /// Whether no push is due for now.
    is_held: bool,
    probation: Probation,
}

/// What becomes of an endpoint that fails again and again.
#[derive(Debug, Default)]
struct Probation {
    /// How many events in a row could not be delivered.
    failures: u32,
    /// Until when nothing is pushed.
    until: Option<Moment>,
}

/// What is due of an event subscription with an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::broker) enum Due {
    /// A push to its URL.
    Push,
    /// A publish to its topic of the namespace.
    Feed,
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
        self.endpoint_number += 1;
        self.push = endpoint.map(|endpoint| {
            let policy = endpoint.retry_policy_or(tier);
            Box::new(Push { endpoint, policy, is_held: false, probation: Probation::default() })
        });
    }

    /// The endpoint, and the tier of its retry policy.
    pub(in crate::broker) fn push_of_tier(&self) -> Option<(DeliveryTier, PushEndpoint)> {
        self.push.as_ref().map(|push| (push.policy.tier(), push.endpoint.clone()))
    }

    /// What is due, if events are available that are pushed.
    pub(in crate::broker) fn due(&self) -> Option<Due> {
        let push = self.push.as_ref().filter(|push| !push.is_held && push.probation.until.is_none())?;
        if self.available() == 0 {
            return None;
        }
        Some(if push.endpoint.topic().is_some() { Due::Feed } else { Due::Push })
    }

    pub(in crate::broker) fn hold_pushes(&mut self, is_held: bool) {
        if let Some(push) = &mut self.push {
            push.is_held = is_held;
        }
    }

    /// Until when nothing is pushed since the endpoint failed again and again.
    pub(in crate::broker) fn push_probation(&self) -> Option<Moment> {
        self.push.as_ref()?.probation.until
    }

    /// Ends the probation of the endpoint if it is over.
    pub(super) fn end_probation(&mut self, now: Moment) {
        if let Some(push) = &mut self.push {
            push.probation.until = push.probation.until.filter(|until| *until > now);
        }
    }

    /// Takes note of how an attempt at the endpoint with that number ended: `None` if the event was
    /// delivered. What an earlier endpoint did says nothing of the present one.
    fn note_outcome(&mut self, now: Moment, endpoint: u64, outcome: Option<DeliveryOutcome>) {
        let Some(push) = self.push.as_mut().filter(|_| endpoint == self.endpoint_number) else { return };
        let Some(most) = push.endpoint.probation_after() else { return };
        let Some(outcome) = outcome else {
            push.probation = Probation::default();
            return;
        };
        // Nothing is documented for the others.
        let Some(duration) = outcome.probation() else { return };
        let probation = &mut push.probation;
        probation.failures = probation.failures.saturating_add(1);
        if probation.failures >= most.get() {
            probation.until = probation.until.max(Some(now.after(duration)));
        }
    }

    pub(in crate::broker) fn push_tier(&self) -> Option<DeliveryTier> {
        self.push.as_ref().map(|push| push.policy.tier())
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
        max_deaths: usize,
        mut size_of: impl FnMut(&TakenEvent) -> usize,
    ) -> TakenPush {
        let mut push = TakenPush { endpoint: self.endpoint_number, ..TakenPush::default() };
        let Some(policy) = self.push.as_ref().map(|push| push.policy) else { return push };
        self.end_due(now, STEPS_OF_A_RECEIVE);
        let TakenPush { events: taken, deaths, .. } = &mut push;
        taken.reserve_exact(settings.max_events().min(self.available()));
        let count = settings.next_batch(iter::from_fn(|| {
            let event = self.take_due(now, &policy, max_deaths, deaths)?;
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
        for event in taken.iter() {
            self.lock_for_attempt(now, event.sequence_number, until);
        }
        self.note_locks(until, taken.iter().map(|event| event.sequence_number));
        push
    }

    /// The next event that is available and not too old: no longer in the list of those. Those that
    /// are too old die, as long as no more than `max_deaths` have.
    fn take_due(
        &mut self,
        now: Moment,
        policy: &RetryPolicy,
        max_deaths: usize,
        deaths: &mut usize,
    ) -> Option<TakenEvent> {
        while *deaths < max_deaths {
            let sequence = self.take_available(now)?;
            let entry = self.entry(sequence);
            if policy.due(now.since(entry.published)) == DueStep::Push {
                return Some(TakenEvent {
                    sequence_number: sequence,
                    attempt: entry.delivery_count.saturating_add(1),
                    published: entry.published.to_unix_time().unwrap_or_default(),
                    guid: self.guid,
                    event: entry.event.clone(),
                });
            }
            let entry = self.entries.remove(sequence);
            self.counts.expired += 1;
            self.bury(sequence, entry, DeadLetterReason::Expired, now);
            *deaths += 1;
        }
        None
    }

    /// Locks an event, without noting yet until when.
    fn lock_for_attempt(&mut self, now: Moment, sequence: Sequence, until: Moment) {
        let entry = self.entry_mut(sequence);
        let first = if entry.delivery_count == 0 { now } else { first_began(entry) };
        entry.nonce = first.to_nanoseconds();
        entry.state = State::Locked;
        entry.until = until;
        entry.locked_since = now;
        entry.delivery_count = entry.delivery_count.saturating_add(1);
        let is_again = entry.delivery_count > 1;
        self.counts.deliveries += 1;
        self.counts.redeliveries += u64::from(is_again);
    }

    /// What becomes of an event whose attempt has ended, if that attempt is under way.
    pub(in crate::broker) fn attempt_ended(
        &mut self,
        now: Moment,
        endpoint: u64,
        (sequence, attempt): (Sequence, u32),
        result: AttemptResult,
    ) -> PushStep {
        let Some(policy) = self.push.as_ref().map(|push| push.policy) else { return PushStep::Unchanged };
        let Some(entry) = self.entries.get(sequence) else { return PushStep::Unchanged };
        if entry.state != State::Locked || entry.delivery_count != attempt || entry.until <= now {
            return PushStep::Unchanged;
        }
        let published = entry.published;
        let ended = Attempt::new(attempt, result)
            .first_began(first_began(entry).since(published))
            .ended(now.since(published));
        match policy.after(&ended, self.jitter(sequence, attempt)) {
            NextStep::Delivered => {
                self.remove(sequence);
                self.counts.acknowledged += 1;
                self.note_outcome(now, endpoint, None);
                PushStep::Delivered
            }
            NextStep::Retry { at, outcome } => {
                self.note_outcome(now, endpoint, Some(outcome));
                self.entry_mut(sequence).outcome = Some(outcome);
                let at = published.after(at);
                self.retry_at(now, sequence, at);
                PushStep::Retry(at.max(now).to_unix_time().unwrap_or_default())
            }
            NextStep::DeadLetter { reason, outcome } => {
                self.note_outcome(now, endpoint, Some(outcome));
                self.entry_mut(sequence).outcome = Some(outcome);
                if reason == PushReason::Undeliverable {
                    let entry = self.remove(sequence);
                    self.counts.rejected += 1;
                    self.bury(sequence, entry, DeadLetterReason::Rejected, now);
                } else {
                    self.exhaust(now, sequence);
                }
                PushStep::Dead(reason.words(policy.tier(), outcome))
            }
            // Its lock ends.
            _ => PushStep::Unchanged,
        }
    }

    /// Ends the lock or the delay of an event at its moment. A lock ends if no result came: what
    /// became of the attempt is not known, so the next one is due as the schedule says.
    pub(super) fn end_attempt(&mut self, moment: Moment, sequence: Sequence) {
        let Some(policy) = self.push.as_ref().map(|push| push.policy) else { return };
        let entry = self.entry(sequence);
        if entry.state == State::Delayed {
            return self.free(sequence);
        }
        let (attempt, first) = (entry.delivery_count, first_began(entry));
        self.entry_mut(sequence).outcome = None;
        if attempt >= policy.max_attempts() {
            self.exhaust(moment, sequence);
        } else {
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
