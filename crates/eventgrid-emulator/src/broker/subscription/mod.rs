//! One event subscription: an independent queue with locks.
//!
//! - An event that was never delivered is at or after `next_fresh`. No list names it. At
//!   `next_fresh` is an event, or the queue ends there.
//! - An event that is available again is in `returned`.
//! - A locked or delayed event is in `deadlines`, by the moment at which its state changes by
//!   itself.
//!
//! Time to live is the same for all events of a subscription, and publication times never go back.
//! So the events whose time is over are the first ones, up to a boundary that a binary search
//! finds. A receive passes over what lies before it; `sweep` removes that in steps. Every other
//! operation looks at the time too, so what it does never depends on how much of the due work was
//! done.
//!
//! Entries that are not loaded are in none of the lists. What stands for them is `unloaded`, and
//! whoever changes an entry reaches its segment first.

mod dead_letters;
mod deadlines;
mod operate;
mod pushes;
#[cfg(feature = "data")]
mod save;
mod snapshot;
mod stored;

use std::collections::BTreeSet;
use std::time::Duration;

use rand::{Rng, rngs::StdRng};
use uuid::Uuid;

use self::deadlines::Deadlines;
pub(super) use self::pushes::Due;
use self::pushes::Push;
use self::stored::Unloaded;
use super::dead_letters::{DeadLetterList, DeadLetterReason};
use super::entry::{Entry, State};
use super::moment::Moment;
use super::segments::{Segments, Sequence};
use super::{Delivery, Event, SubscriptionSettings, SubscriptionStats, TokenError, token};

/// How long after the first lock of a delivery its lock can still be renewed ("Event Grid pull
/// delivery: renew lock", API version 2024-06-01).
const RENEWAL_WINDOW: Duration = Duration::from_secs(60 * 60);

/// How many locks and delays a receive ends at most before it looks for events.
const STEPS_OF_A_RECEIVE: usize = 1024;

/// The queue of one event subscription.
#[derive(Debug)]
pub(super) struct Subscription {
    guid: Uuid,
    settings: SubscriptionSettings,
    entries: Segments,
    /// The first event that was never delivered.
    next_fresh: Sequence,
    /// Events that were delivered before and are available again.
    returned: BTreeSet<Sequence>,
    /// Locked and delayed events.
    deadlines: Deadlines,
    locked: u64,
    unloaded: Unloaded,
    expired: Expired,
    last_published: Moment,
    /// All counts but those that the fields above know.
    counts: SubscriptionStats,
    /// `None` if there was never a destination for any.
    dead_letters: Option<Box<DeadLetterList>>,
    /// `None` if its events are received.
    push: Option<Box<Push>>,
    /// How often an endpoint was set or removed.
    endpoint_number: u64,
}

/// A range of events in which those that are available are to be removed: their time is over.
#[derive(Debug, Clone, Copy)]
struct Expired {
    from: Sequence,
    to: Sequence,
    /// When the first of them expired.
    since: Moment,
}

impl Subscription {
    pub(super) fn new(guid: Uuid, settings: SubscriptionSettings) -> Self {
        let start = Moment::from(crate::time::UnixTime::default());
        Self {
            guid,
            settings,
            entries: Segments::default(),
            next_fresh: 0,
            returned: BTreeSet::new(),
            deadlines: Deadlines::default(),
            locked: 0,
            unloaded: Unloaded::default(),
            expired: Expired { from: 0, to: 0, since: start },
            last_published: start,
            counts: SubscriptionStats::default(),
            dead_letters: None,
            push: None,
            endpoint_number: 0,
        }
    }

    pub(super) fn settings(&self) -> SubscriptionSettings {
        self.settings
    }

    /// Takes other settings. What has expired by now is gone, although it may not be removed yet:
    /// a longer time to live does not bring it back.
    pub(super) fn configure(&mut self, now: Moment, settings: SubscriptionSettings) {
        self.pass_expired(now);
        self.leave_returned_to_sweep(now);
        self.settings = settings;
    }

    /// The next moment at which an event may become available by itself, or may be pushed again.
    pub(super) fn next_return(&self) -> Option<Moment> {
        [self.next_end(), self.push_probation()].into_iter().flatten().min()
    }

    /// The next moment at which a lock or a delay ends.
    fn next_end(&self) -> Option<Moment> {
        let loaded = self.deadlines.first().map(|(moment, _)| moment);
        [loaded, self.unloaded.first_deadline().map(|(moment, _)| moment)].into_iter().flatten().min()
    }

    /// The next moment at which an available event expires.
    pub(super) fn next_expiry(&self) -> Option<Moment> {
        if self.expired.from < self.expired.to {
            return Some(self.expired.since);
        }
        if self.is_pushed() {
            return None;
        }
        let returned = self.returned.first().map(|sequence| self.entry(*sequence).published);
        let published = [returned, self.unloaded.first_returned(), self.fresh_published()];
        published.into_iter().flatten().min().map(|published| published.after(self.settings.time_to_live))
    }

    pub(super) fn publish(&mut self, now: Moment, event: Event) {
        self.last_published = self.last_published.max(now);
        self.reach(self.entries.next_sequence());
        self.entries.push(Entry::new(event, self.last_published));
        self.counts.published += 1;
    }

    /// Ends the locks and delays that are over, `max_steps` of them at most, in the order of time.
    /// Returns how many it ended.
    pub(super) fn end_due(&mut self, now: Moment, max_steps: usize) -> usize {
        self.end_probation(now);
        let mut steps = 0;
        while let Some(moment) = self.next_end().filter(|moment| *moment <= now && steps < max_steps) {
            match self.unloaded.first_deadline() {
                Some((first, segment)) if first == moment => self.reach(segment),
                _ => {
                    let (_, sequence) = self.deadlines.first().expect("it is the next one");
                    self.make_available(moment, sequence);
                    steps += 1;
                }
            }
        }
        steps
    }

    /// Removes expired events, in `max_steps` steps at most. Returns how many steps it took.
    pub(super) fn sweep(&mut self, now: Moment, max_steps: usize) -> usize {
        self.pass_expired(now);
        let mut steps = 0;
        while steps < max_steps && self.expired.from < self.expired.to {
            self.drop_expired(now, self.expired.from);
            self.expired.from += 1;
            steps += 1;
        }
        while steps < max_steps {
            let first = self.first_returned(0).filter(|first| self.is_expired(now, *first));
            let Some(sequence) = first else { break };
            self.drop_expired(now, sequence);
            steps += 1;
        }
        steps
    }

    /// Locks up to `max_events` of the available events, in the order of their publication; none of
    /// them if they are pushed.
    pub(super) fn receive(&mut self, now: Moment, max_events: usize, random: &mut StdRng) -> Vec<Delivery> {
        if self.is_pushed() {
            return Vec::new();
        }
        self.end_due(now, STEPS_OF_A_RECEIVE);
        self.pass_expired(now);
        let count = max_events.min(self.available());
        let (mut deliveries, mut sequences) = (Vec::with_capacity(count), Vec::with_capacity(count));
        while deliveries.len() < max_events {
            let Some(sequence) = self.take_available(now) else { break };
            sequences.push(sequence);
            deliveries.push(self.lock(now, sequence, random.random()));
        }
        self.note_locks(now.after(self.settings.lock_duration), sequences.into_iter());
        deliveries
    }

    /// Puts a locked event at the end of the queue once more, as if it had been published twice.
    pub(super) fn duplicate(&mut self, now: Moment, lock_token: &str) -> Result<(), TokenError> {
        let event = self.entry(self.locked(now, lock_token)?).event.clone();
        self.publish(now, event);
        Ok(())
    }

    pub(super) fn acknowledge(&mut self, now: Moment, lock_token: &str) -> Result<(), TokenError> {
        let sequence = self.locked(now, lock_token)?;
        self.remove(sequence);
        self.counts.acknowledged += 1;
        Ok(())
    }

    /// As if the event had not been delivered.
    pub(super) fn give_back(&mut self, now: Moment, lock_token: &str) -> Result<(), TokenError> {
        let sequence = self.locked(now, lock_token)?;
        let entry = self.entry_mut(sequence);
        entry.delivery_count -= 1;
        let was_again = entry.delivery_count > 0;
        self.counts.deliveries -= 1;
        // A state of before these were counted has none of them.
        self.counts.redeliveries = self.counts.redeliveries.saturating_sub(u64::from(was_again));
        self.make_available(now, sequence);
        Ok(())
    }

    pub(super) fn reject(&mut self, now: Moment, lock_token: &str) -> Result<(), TokenError> {
        let sequence = self.locked(now, lock_token)?;
        let entry = self.remove(sequence);
        self.counts.rejected += 1;
        self.bury(sequence, entry, DeadLetterReason::Rejected, now);
        Ok(())
    }

    pub(super) fn release(
        &mut self,
        now: Moment,
        lock_token: &str,
        delay: Duration,
    ) -> Result<(), TokenError> {
        let sequence = self.locked(now, lock_token)?;
        if delay.is_zero() {
            self.make_available(now, sequence);
        } else {
            let expiry = self.expiry(self.entry(sequence));
            self.change(sequence, State::Delayed, now.after(delay).min(expiry));
        }
        Ok(())
    }

    pub(super) fn renew_lock(&mut self, now: Moment, lock_token: &str) -> Result<(), TokenError> {
        let sequence = self.locked(now, lock_token)?;
        if now.since(self.entry(sequence).locked_since) > RENEWAL_WINDOW {
            return Err(TokenError::TokenLost);
        }
        self.change(sequence, State::Locked, now.after(self.settings.lock_duration));
        Ok(())
    }

    /// When the lock ends that a token names.
    pub(super) fn locked_until(&self, now: Moment, lock_token: &str) -> Result<Moment, TokenError> {
        self.locked(now, lock_token).map(|sequence| self.entry(sequence).until)
    }

    pub(super) fn stats(&self) -> SubscriptionStats {
        let held = (self.deadlines.len() + self.unloaded.held()) as u64;
        let (delayed, queued) = (held.saturating_sub(self.locked), self.entries.len() as u64 - held);
        SubscriptionStats { queued, locked: self.locked, delayed, ..self.counts }
    }

    /// The entries, to be dropped bit by bit.
    pub(super) fn into_entries(self) -> Segments {
        self.entries.untracked()
    }

    /// How many events are available, those that expired aside that were not removed yet.
    fn available(&self) -> usize {
        self.entries.len() - self.deadlines.len() - self.unloaded.held()
    }

    fn expiry(&self, entry: &Entry) -> Moment {
        entry.published.after(self.time_to_live())
    }

    fn is_expired(&self, now: Moment, sequence: Sequence) -> bool {
        self.expiry(self.entry(sequence)) <= now
    }

    /// Moves `next_fresh` past what expired. Its removal is left to [`sweep`](Self::sweep).
    fn pass_expired(&mut self, now: Moment) {
        let Some(published) = self.fresh_published() else { return };
        let first = published.after(self.time_to_live());
        if first > now {
            return;
        }
        let boundary = self.first_unexpired(now);
        if self.expired.from == self.expired.to {
            self.expired = Expired { from: self.next_fresh, to: boundary, since: first };
        }
        self.expired.to = boundary;
        self.next_fresh = boundary;
        self.pass_holes();
    }

    /// Moves `next_fresh` to the next event that is there.
    fn pass_holes(&mut self) {
        let end = self.entries.next_sequence();
        self.next_fresh = self.next_fresh.max(self.entries.first_sequence());
        while self.next_fresh < end && self.entries.get(self.next_fresh).is_none() {
            self.next_fresh += 1;
        }
    }

    /// Adds the returned events that expired to the range that [`sweep`](Self::sweep) removes.
    fn leave_returned_to_sweep(&mut self, now: Moment) {
        let first = self.first_returned(0).filter(|first| self.is_expired(now, *first));
        let Some(first) = first else { return };
        let boundary = self.first_unexpired(now);
        self.forget_returned(boundary);
        let since = self.expiry(self.entry(first));
        if self.expired.from == self.expired.to {
            self.expired = Expired { from: first, to: boundary, since };
        } else {
            self.expired.from = self.expired.from.min(first);
            self.expired.to = self.expired.to.max(boundary);
            self.expired.since = self.expired.since.min(since);
        }
    }

    /// The sequence number from which on no event has expired.
    fn first_unexpired(&self, now: Moment) -> Sequence {
        now.before(self.time_to_live()).map_or(0, |published| self.entries.first_published_after(published))
    }

    /// The first event that a receive may take: no longer in the list of those that are available.
    fn take_available(&mut self, now: Moment) -> Option<Sequence> {
        let fresh = self.entries.get(self.next_fresh).map(|_| self.next_fresh);
        let mut returned = self.first_returned(0);
        if returned.is_some_and(|first| self.is_expired(now, first)) {
            returned = self.first_returned(self.first_unexpired(now));
        }
        let sequence = [fresh, returned].into_iter().flatten().min()?;
        if Some(sequence) == fresh {
            self.reach(sequence);
            self.next_fresh += 1;
            self.pass_holes();
        } else {
            self.returned.remove(&sequence);
        }
        Some(sequence)
    }

    /// Locks an event, without noting yet until when.
    fn lock(&mut self, now: Moment, sequence: Sequence, nonce: u64) -> Delivery {
        let until = now.after(self.settings.lock_duration);
        let guid = self.guid;
        let entry = self.entry_mut(sequence);
        entry.state = State::Locked;
        entry.until = until;
        entry.locked_since = now;
        entry.nonce = nonce;
        entry.delivery_count += 1;
        let delivery = Delivery {
            lock_token: token::encode(guid, token::lock_id(sequence, nonce)),
            delivery_count: entry.delivery_count,
            event: entry.event.clone(),
        };
        self.counts.deliveries += 1;
        self.counts.redeliveries += u64::from(delivery.delivery_count > 1);
        delivery
    }

    /// Notes until when events are locked.
    fn note_locks(&mut self, until: Moment, sequences: impl ExactSizeIterator<Item = Sequence>) {
        self.locked += sequences.len() as u64;
        self.deadlines.insert_all(until, sequences);
    }

    /// The event that `lock_token` locks at that moment.
    fn locked(&self, now: Moment, lock_token: &str) -> Result<Sequence, TokenError> {
        let decoded = token::decode(lock_token).ok_or(TokenError::BadToken)?;
        let (sequence, nonce) = decoded.lock_of(self.guid).map(token::parts).ok_or(TokenError::TokenLost)?;
        let entry = self.entries.get(sequence).ok_or(TokenError::TokenLost)?;
        let is_locked = entry.state == State::Locked && entry.nonce == nonce && entry.until > now;
        if is_locked { Ok(sequence) } else { Err(TokenError::TokenLost) }
    }

    /// Makes a locked or delayed event available again, unless it was delivered often enough or its
    /// time is over.
    fn make_available(&mut self, now: Moment, sequence: Sequence) {
        if self.is_pushed() {
            return self.end_attempt(now, sequence);
        }
        let expiry = self.expiry(self.entry(sequence));
        if self.entry(sequence).delivery_count >= self.max_delivery_count() {
            let entry = self.remove(sequence);
            self.counts.exhausted += 1;
            self.bury(sequence, entry, DeadLetterReason::Exhausted, now);
        } else if now >= expiry {
            let entry = self.remove(sequence);
            self.counts.expired += 1;
            self.bury(sequence, entry, DeadLetterReason::Expired, now);
        } else {
            self.free(sequence);
        }
    }

    /// Locks or delays an event anew that is locked.
    fn change(&mut self, sequence: Sequence, state: State, until: Moment) {
        self.forget_deadline(sequence);
        let entry = self.entry_mut(sequence);
        entry.state = state;
        entry.until = until;
        self.deadlines.insert(until, sequence);
        self.locked += u64::from(state == State::Locked);
    }

    /// Removes an event that is locked or delayed.
    fn remove(&mut self, sequence: Sequence) -> Option<Entry> {
        self.forget_deadline(sequence);
        self.entries.remove(sequence)
    }

    fn forget_deadline(&mut self, sequence: Sequence) {
        self.reach(sequence);
        let (until, state) = (self.entry(sequence).until, self.entry(sequence).state);
        self.deadlines.remove(until, sequence);
        self.locked -= u64::from(state == State::Locked);
    }

    /// Removes an event whose time is over, if it is available. One that has come back since its
    /// time was over may live longer, by a time to live that was lengthened meanwhile.
    fn drop_expired(&mut self, now: Moment, sequence: Sequence) {
        self.reach(sequence);
        let lives = self.returned.contains(&sequence) && !self.is_expired(now, sequence);
        let is_available = self.entries.get(sequence).is_some_and(|entry| entry.state == State::Available);
        if is_available && !lives {
            self.returned.remove(&sequence);
            // It may have expired by a shorter time to live than the one that there is now.
            let died = self.expiry(self.entry(sequence)).min(now);
            let entry = self.entries.remove(sequence);
            self.counts.expired += 1;
            self.bury(sequence, entry, DeadLetterReason::Expired, died);
        }
    }

    fn entry(&self, sequence: Sequence) -> &Entry {
        self.entries.get(sequence).expect("the lists name entries that are there")
    }
}
