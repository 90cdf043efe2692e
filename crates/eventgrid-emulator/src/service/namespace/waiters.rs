//! Receives that found nothing and wait for an event: first come, first served, each to its own
//! end.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::WaiterId;
use crate::broker::SubscriptionId;
use crate::time::UnixTime;

/// All the waiting receives.
#[derive(Debug, Default)]
pub(super) struct Waiters {
    next: u64,
    waiting: HashMap<WaiterId, Waiter>,
    /// Of each subscription, in the order of their arrival.
    queues: HashMap<SubscriptionId, BTreeSet<WaiterId>>,
    ends: BTreeSet<(UnixTime, WaiterId)>,
}

/// A waiting receive.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiter {
    pub(super) subscription: SubscriptionId,
    pub(super) max_events: usize,
    /// When it gets a response without events.
    pub(super) until: UnixTime,
}

impl Waiters {
    pub(super) fn add(&mut self, waiter: Waiter) -> WaiterId {
        let id = WaiterId(self.next);
        self.next += 1;
        self.queues.entry(waiter.subscription).or_default().insert(id);
        self.ends.insert((waiter.until, id));
        self.waiting.insert(id, waiter);
        id
    }

    pub(super) fn remove(&mut self, id: WaiterId) -> Option<Waiter> {
        let waiter = self.waiting.remove(&id)?;
        self.ends.remove(&(waiter.until, id));
        if let Some(queue) = self.queues.get_mut(&waiter.subscription) {
            queue.remove(&id);
            if queue.is_empty() {
                self.queues.remove(&waiter.subscription);
            }
        }
        Some(waiter)
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// The one that waited longest for this subscription, and how many events it takes.
    pub(super) fn first(&self, subscription: SubscriptionId) -> Option<(WaiterId, usize)> {
        let id = *self.queues.get(&subscription)?.first()?;
        Some((id, self.waiting[&id].max_events))
    }

    /// When the next one has waited long enough.
    pub(super) fn next_end(&self) -> Option<UnixTime> {
        self.ends.first().map(|(end, _)| *end)
    }

    /// The next one that has waited long enough, no longer waiting.
    pub(super) fn take_ended(&mut self, now: UnixTime) -> Option<WaiterId> {
        let (_, id) = self.ends.first().copied().filter(|(end, _)| *end <= now)?;
        self.remove(id);
        Some(id)
    }

    /// All that wait for this subscription, in the order of their arrival, no longer waiting.
    pub(super) fn take_of(&mut self, subscription: SubscriptionId) -> Vec<WaiterId> {
        let all = self.queues.remove(&subscription).unwrap_or_default();
        for id in &all {
            if let Some(waiter) = self.waiting.remove(id) {
                self.ends.remove(&(waiter.until, *id));
            }
        }
        all.into_iter().collect()
    }

    /// All of them, in the order of their arrival, no longer waiting.
    pub(super) fn take_all(&mut self) -> Vec<WaiterId> {
        self.queues.clear();
        self.ends.clear();
        let all: BTreeMap<_, _> = self.waiting.drain().collect();
        all.into_keys().collect()
    }
}
