//! One event subscription: an independent queue with locks.
//!
//! Every event has exactly one deadline, the moment at which its state changes by itself, so one ordered set of
//! deadlines serves locks, delays and time to live alike. Nothing takes more than O(log n) per event.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use rand::{Rng, rngs::StdRng};
use uuid::Uuid;

use super::{Delivery, Event, SubscriptionSettings, SubscriptionStats, TokenError, token};
use crate::UnixTime;

/// How long after the first lock of a delivery its lock can still be renewed ("Event Grid pull delivery:
/// renew lock", API version 2024-06-01).
const RENEWAL_WINDOW: Duration = Duration::from_secs(60 * 60);

/// The order of publication within the subscription.
type Sequence = u64;

/// The queue of one event subscription.
#[derive(Debug)]
pub(super) struct Subscription {
    guid: Uuid,
    settings: SubscriptionSettings,
    entries: HashMap<Sequence, Entry>,
    available: BTreeSet<Sequence>,
    locks: HashMap<token::LockId, Sequence>,
    /// One for each entry: [`Entry::deadline`].
    deadlines: BTreeSet<(UnixTime, Sequence)>,
    /// All counts but those that the collections above know.
    counts: SubscriptionStats,
}

#[derive(Debug)]
struct Entry {
    event: Event,
    expires_at: UnixTime,
    delivery_count: u32,
    state: State,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Available,
    Locked { id: token::LockId, since: UnixTime, until: UnixTime },
    Delayed { until: UnixTime },
}

impl Entry {
    /// When the state changes by itself.
    fn deadline(&self) -> UnixTime {
        match self.state {
            State::Available => self.expires_at,
            // A locked event outlives its time to live until its lock ends.
            State::Locked { until, .. } => until,
            State::Delayed { until } => until.min(self.expires_at),
        }
    }
}

impl Subscription {
    pub(super) fn new(guid: Uuid, settings: SubscriptionSettings) -> Self {
        Self {
            guid,
            settings,
            entries: HashMap::new(),
            available: BTreeSet::new(),
            locks: HashMap::new(),
            deadlines: BTreeSet::new(),
            counts: SubscriptionStats::default(),
        }
    }

    /// When something next changes by itself.
    pub(super) fn next_deadline(&self) -> Option<UnixTime> {
        self.deadlines.first().map(|(time, _)| *time)
    }

    /// Lets time pass: ends locks and delays, drops what outlived its time.
    pub(super) fn advance(&mut self, now: UnixTime) {
        while let Some((time, sequence)) = self.deadlines.first().copied().filter(|(time, _)| *time <= now) {
            self.make_available(time, sequence);
        }
    }

    pub(super) fn publish(&mut self, now: UnixTime, event: Event) {
        self.advance(now);
        let sequence = self.counts.published;
        self.counts.published += 1;
        let expires_at = now + self.settings.time_to_live;
        self.insert(sequence, Entry { event, expires_at, delivery_count: 0, state: State::Available });
    }

    /// Locks up to `max_events` of the available events, in the order of their publication.
    pub(super) fn receive(&mut self, now: UnixTime, max_events: usize, random: &mut StdRng) -> Vec<Delivery> {
        self.advance(now);
        let mut deliveries = Vec::with_capacity(max_events.min(self.available.len()));
        while deliveries.len() < max_events {
            let Some(sequence) = self.available.first().copied() else { break };
            let mut entry = self.remove(sequence);
            let id = random.random();
            entry.state = State::Locked { id, since: now, until: now + self.settings.lock_duration };
            entry.delivery_count += 1;
            self.counts.deliveries += 1;
            deliveries.push(Delivery {
                lock_token: token::encode(self.guid, id),
                delivery_count: entry.delivery_count,
                event: entry.event.clone(),
            });
            self.insert(sequence, entry);
        }
        deliveries
    }

    pub(super) fn acknowledge(&mut self, now: UnixTime, lock_token: &str) -> Result<(), TokenError> {
        let sequence = self.locked(now, lock_token)?;
        self.remove(sequence);
        self.counts.acknowledged += 1;
        Ok(())
    }

    pub(super) fn reject(&mut self, now: UnixTime, lock_token: &str) -> Result<(), TokenError> {
        let sequence = self.locked(now, lock_token)?;
        self.remove(sequence);
        self.counts.rejected += 1;
        Ok(())
    }

    pub(super) fn release(
        &mut self,
        now: UnixTime,
        lock_token: &str,
        delay: Duration,
    ) -> Result<(), TokenError> {
        let sequence = self.locked(now, lock_token)?;
        if delay.is_zero() {
            self.make_available(now, sequence);
        } else {
            let mut entry = self.remove(sequence);
            entry.state = State::Delayed { until: now + delay };
            self.insert(sequence, entry);
        }
        Ok(())
    }

    pub(super) fn renew_lock(&mut self, now: UnixTime, lock_token: &str) -> Result<(), TokenError> {
        let sequence = self.locked(now, lock_token)?;
        let mut entry = self.remove(sequence);
        let mut result = Err(TokenError::TokenLost);
        if let State::Locked { since, until, .. } = &mut entry.state {
            if now.saturating_since(*since) <= RENEWAL_WINDOW {
                *until = now + self.settings.lock_duration;
                result = Ok(());
            }
        }
        self.insert(sequence, entry);
        result
    }

    pub(super) fn stats(&self) -> SubscriptionStats {
        let [queued, locked, all] =
            [self.available.len(), self.locks.len(), self.entries.len()].map(|count| count as u64);
        SubscriptionStats { queued, locked, delayed: all - queued - locked, ..self.counts }
    }

    /// The event that `lock_token` locks.
    fn locked(&mut self, now: UnixTime, lock_token: &str) -> Result<Sequence, TokenError> {
        self.advance(now);
        let lock = token::decode(lock_token).ok_or(TokenError::BadToken)?.lock_of(self.guid);
        lock.and_then(|lock| self.locks.get(&lock).copied()).ok_or(TokenError::TokenLost)
    }

    /// Makes an event available again, unless it was delivered often enough or its time is over.
    fn make_available(&mut self, now: UnixTime, sequence: Sequence) {
        let mut entry = self.remove(sequence);
        if entry.delivery_count >= self.settings.max_delivery_count {
            self.counts.exhausted += 1;
        } else if now >= entry.expires_at {
            self.counts.expired += 1;
        } else {
            entry.state = State::Available;
            self.insert(sequence, entry);
        }
    }

    /// Puts an entry into every collection that its state asks for.
    fn insert(&mut self, sequence: Sequence, entry: Entry) {
        match entry.state {
            State::Available => drop(self.available.insert(sequence)),
            State::Locked { id, .. } => drop(self.locks.insert(id, sequence)),
            State::Delayed { .. } => {}
        }
        self.deadlines.insert((entry.deadline(), sequence));
        self.entries.insert(sequence, entry);
    }

    /// Takes an entry out of every collection.
    fn remove(&mut self, sequence: Sequence) -> Entry {
        let entry = self.entries.remove(&sequence).expect("the collections agree");
        match entry.state {
            State::Available => drop(self.available.remove(&sequence)),
            State::Locked { id, .. } => drop(self.locks.remove(&id)),
            State::Delayed { .. } => {}
        }
        self.deadlines.remove(&(entry.deadline(), sequence));
        entry
    }
}
