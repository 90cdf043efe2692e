//! The deliveries that a run has, and when something is due for one of them. No I/O, no clock.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use eventgrid::event::CloudEventView;
use slotmap::{SlotMap, new_key_type};

use super::event::Delivery;
use super::{LockLoss, ProcessorStats};

new_key_type! {
    /// Tells the deliveries of a run apart, also from those before it that are gone.
    pub(super) struct DeliveryId;
}

/// The deliveries of which there is a lock, or a handler that runs, or both.
#[derive(Default)]
pub(super) struct Deliveries {
    events: SlotMap<DeliveryId, ActiveDelivery>,
    /// When something is due, for each whose handler runs.
    deadlines: BTreeSet<(Duration, DeliveryId)>,
    /// Those whose handlers began since [`schedule`](Self::schedule), and are not among the
    /// deadlines yet: most handlers that do little have ended by then.
    begun: Vec<DeliveryId>,
    /// How many handlers run.
    running: usize,
    /// How many of those were told to end.
    dropped: usize,
    /// How many locks are held, and the bytes of their events.
    locks: usize,
    bytes: usize,
}

/// A delivery of which there is a lock, or a handler that runs, or both.
pub(super) struct ActiveDelivery {
    pub(super) subscription: usize,
    pub(super) delivery: Arc<Delivery>,
    first_locked: Duration,
    pub(super) locked_until: Duration,
    has_lock: bool,
    handling: Option<Handling>,
}

/// A handler that runs.
pub(super) struct Handling {
    pub(super) began: Duration,
    timeout_at: Option<Duration>,
    /// None while a renewal is under way, and after the last one.
    renew_at: Option<Duration>,
    renewable: bool,
    pub(super) dropped: Option<Dropped>,
}

/// Why a handler was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dropped {
    TimedOut,
    Stopped,
}

/// How long locks last, and for how long they are renewed.
#[derive(Debug, Clone, Copy)]
pub(super) struct LockTerms {
    pub(super) duration: Duration,
    pub(super) max_renewal: Duration,
}

/// The shortest wait before a lock is renewed once more.
const SHORTEST_WAIT: Duration = Duration::from_millis(100);

/// The most that is taken off a lock for the way of the response that brought it.
const LONGEST_WAY: Duration = Duration::from_secs(2);

impl LockTerms {
    /// When a lock ends of which the first byte of the response told then. The service began to
    /// count earlier, when it sent that byte.
    fn end(self, first_byte: Duration) -> Duration {
        let way = (self.duration / 20).min(LONGEST_WAY);
        first_byte.saturating_add(self.duration.saturating_sub(way))
    }
}

impl Deliveries {
    /// How many handlers run.
    pub(super) fn running(&self) -> usize {
        self.running
    }

    /// How many locks are held.
    pub(super) fn locks(&self) -> usize {
        self.locks
    }

    /// The bytes of the events whose locks are held.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    pub(super) fn count(&self, stats: &mut ProcessorStats) {
        stats.running = self.running as u64;
        stats.locks = self.locks as u64;
        stats.bytes = self.bytes as u64;
    }

    /// Adds a delivery whose lock began then.
    pub(super) fn add(
        &mut self,
        subscription: usize,
        delivery: Arc<Delivery>,
        locked: Duration,
        terms: LockTerms,
    ) -> DeliveryId {
        self.locks += 1;
        self.bytes += delivery.received.size();
        let locked_until = terms.end(locked);
        let active = ActiveDelivery {
            subscription,
            delivery,
            first_locked: locked,
            locked_until,
            has_lock: true,
            handling: None,
        };
        self.events.insert(active)
    }

    /// Its handler begins to run.
    pub(super) fn handle(
        &mut self,
        id: DeliveryId,
        now: Duration,
        terms: LockTerms,
        timeout: Option<Duration>,
    ) {
        let Some(active) = self.events.get_mut(id) else { return };
        self.running += 1;
        active.handling = Some(Handling {
            began: now,
            timeout_at: timeout.map(|timeout| now.saturating_add(timeout)),
            // At half of the lock, or at once if that is over.
            renew_at: Some(now.max(active.locked_until.saturating_sub(terms.duration / 2))),
            renewable: true,
            dropped: None,
        });
        self.begun.push(id);
    }

    /// Takes in when something is due for those whose handlers began and still run.
    pub(super) fn schedule(&mut self) {
        for id in self.begun.drain(..) {
            if let Some(active) = self.events.get(id).filter(|active| active.handling.is_some()) {
                self.deadlines.insert((active.deadline(), id));
            }
        }
    }

    /// Its handler has ended, and how. It stays here until it is [removed](Self::remove).
    pub(super) fn handled(&mut self, id: DeliveryId) -> Option<(&ActiveDelivery, Handling)> {
        let active = self.events.get_mut(id)?;
        self.deadlines.remove(&(active.deadline(), id));
        let handling = active.handling.take()?;
        self.running -= 1;
        self.dropped -= usize::from(handling.dropped.is_some());
        Some((active, handling))
    }

    pub(super) fn get(&self, id: DeliveryId) -> Option<&ActiveDelivery> {
        self.events.get(id)
    }

    /// Whether its handler runs.
    pub(super) fn is_handled(&self, id: DeliveryId) -> bool {
        self.get(id).is_some_and(|active| active.handling.is_some())
    }

    /// It is settled, or its lock was lost and its handler has ended.
    pub(super) fn remove(&mut self, id: DeliveryId) {
        if let Some(active) = self.events.remove(id) {
            if active.has_lock {
                self.locks -= 1;
                self.bytes -= active.delivery.received.size();
            }
        }
    }

    /// Its lock is lost: its handler, if one runs, is told. False if it was lost before.
    pub(super) fn lose(&mut self, id: DeliveryId, loss: LockLoss) -> bool {
        let mut size = 0;
        let is_new = self.change(id, |active| {
            size = active.delivery.received.size();
            active.delivery.lock.lose(loss);
            std::mem::take(&mut active.has_lock)
        });
        if is_new {
            self.locks -= 1;
            self.bytes -= size;
        }
        is_new
    }

    /// When something is next due for one of them.
    pub(super) fn deadline(&self) -> Option<Duration> {
        self.deadlines.first().map(|(deadline, _)| *deadline)
    }

    /// Ends the handlers that have run for too long. Each is [handled](Self::handled) when it
    /// really has ended; until then its lock is renewed, so that nobody else is given the event.
    pub(super) fn time_out(&mut self, now: Duration) {
        for id in self.due(now) {
            self.change(id, |active| {
                let timeout_at = active.handling.as_ref().and_then(|handling| handling.timeout_at);
                let is_too_long = timeout_at.is_some_and(|at| at <= now);
                if is_too_long {
                    active.drop_handler(Dropped::TimedOut, LockLoss::TimedOut);
                }
                is_too_long
            });
        }
    }

    /// Ends all handlers. Gives which those were, and how long they have run.
    pub(super) fn drop_handlers(&mut self, now: Duration) -> Vec<(DeliveryId, Duration)> {
        let mut dropped = Vec::new();
        let ids: Vec<_> = self.events.keys().collect();
        for id in ids {
            self.change(id, |active| {
                let Some(handling) = &active.handling else { return false };
                dropped.push((id, now.saturating_sub(handling.began)));
                active.drop_handler(Dropped::Stopped, LockLoss::Stopped);
                true
            });
        }
        dropped
    }

    /// Whether a handler of the same event still runs here, although its time was over.
    pub(super) fn still_runs(&self, subscription: usize, event: &CloudEventView<'_>) -> bool {
        if self.dropped == 0 {
            return false;
        }
        let is_same = |active: &ActiveDelivery| {
            let other = active.delivery.received.event().ok();
            active.subscription == subscription
                && other.is_some_and(|other| other.id() == event.id() && other.source() == event.source())
        };
        self.events.values().filter(|active| active.is_dropped()).any(is_same)
    }

    /// The deliveries whose lock has ended while their handler runs, and how.
    pub(super) fn expired(&self, now: Duration) -> Vec<(DeliveryId, LockLoss)> {
        let ended = |id: DeliveryId| {
            let active =
                self.events.get(id).filter(|active| active.has_lock && active.locked_until <= now)?;
            let renewable = active.handling.as_ref().is_none_or(|handling| handling.renewable);
            Some((id, if renewable { LockLoss::Expired } else { LockLoss::RenewalLimit }))
        };
        self.due(now).into_iter().filter_map(ended).collect()
    }

    /// The deliveries whose lock is to be renewed, if it is time for any of them. Those that will
    /// be due soon go along.
    pub(super) fn take_renewals(&mut self, now: Duration, terms: LockTerms) -> Vec<DeliveryId> {
        let is_due =
            |active: &ActiveDelivery, at: Duration| active.renew_at().is_some_and(|renew_at| renew_at <= at);
        if !self.due(now).iter().any(|id| self.events.get(*id).is_some_and(|active| is_due(active, now))) {
            return Vec::new();
        }
        let soon = now.saturating_add(terms.duration / 10);
        let due: Vec<_> =
            self.events.iter().filter(|(_, active)| is_due(active, soon)).map(|(id, _)| id).collect();
        let mut begin = |id: &DeliveryId| {
            self.change(*id, |active| {
                let renewable = now.saturating_sub(active.first_locked) < terms.max_renewal;
                active.handling.as_mut().is_some_and(|handling| {
                    handling.renew_at = None;
                    handling.renewable = renewable;
                    renewable
                })
            })
        };
        due.into_iter().filter(|id| begin(id)).collect()
    }

    /// Its lock was renewed by a call that was sent at that time. False if there is nothing to be
    /// renewed any more.
    pub(super) fn renewed(&mut self, id: DeliveryId, sent_at: Duration, terms: LockTerms) -> bool {
        self.change(id, |active| {
            let Some(handling) = active.handling.as_mut().filter(|_| active.has_lock) else { return false };
            handling.renew_at = Some(sent_at.saturating_add(terms.duration / 2));
            active.locked_until = active.locked_until.max(sent_at.saturating_add(terms.duration));
            true
        })
    }

    /// Its lock could not be renewed: that is tried again after that wait, but not before a quarter
    /// of what is left of the lock, and while half of that is still left.
    pub(super) fn not_renewed(&mut self, id: DeliveryId, now: Duration, wait: Duration) {
        self.change(id, |active| {
            let left = active.locked_until.saturating_sub(now);
            let wait = wait.max(left / 4).min(left / 2).max(SHORTEST_WAIT);
            active
                .handling
                .as_mut()
                .map(|handling| handling.renew_at = Some(now.saturating_add(wait)))
                .is_some()
        });
    }

    /// Those for which something is due.
    fn due(&self, now: Duration) -> Vec<DeliveryId> {
        self.deadlines.iter().take_while(|(at, _)| *at <= now).map(|(_, id)| *id).collect()
    }

    /// Changes one, and when something is due for it; tells what the change told. False if there is
    /// no such delivery.
    fn change(&mut self, id: DeliveryId, change: impl FnOnce(&mut ActiveDelivery) -> bool) -> bool {
        let Some(active) = self.events.get_mut(id) else { return false };
        let (before, was_dropped) = (active.deadline(), active.is_dropped());
        let changed = change(active);
        self.dropped += usize::from(active.is_dropped() && !was_dropped);
        if active.handling.is_some() && active.deadline() != before {
            self.deadlines.remove(&(before, id));
            self.deadlines.insert((active.deadline(), id));
        }
        changed
    }
}

impl ActiveDelivery {
    pub(super) fn has_lock(&self) -> bool {
        self.has_lock
    }

    /// Whether its handler still runs although it was told to end.
    fn is_dropped(&self) -> bool {
        self.handling.as_ref().is_some_and(|handling| handling.dropped.is_some())
    }

    /// Tells its handler to end.
    fn drop_handler(&mut self, reason: Dropped, loss: LockLoss) {
        if let Some(handling) = &mut self.handling {
            handling.dropped.get_or_insert(reason);
            handling.timeout_at = None;
        }
        self.delivery.abort.abort();
        self.delivery.lock.lose(loss);
    }

    /// When something is due: the handler's time is over, its lock is to be renewed, or has ended.
    fn deadline(&self) -> Duration {
        let timeout = self.handling.as_ref().and_then(|handling| handling.timeout_at);
        let lock_end = self.has_lock.then_some(self.locked_until);
        [timeout, self.renew_at(), lock_end].into_iter().flatten().min().unwrap_or(Duration::MAX)
    }

    fn renew_at(&self) -> Option<Duration> {
        self.handling.as_ref().filter(|_| self.has_lock).and_then(|handling| handling.renew_at)
    }
}
