//! The deliveries of a run, and the time when an action is due for one of them. No I/O, no clock.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use eventgrid::event::CloudEventView;
use slotmap::{SlotMap, new_key_type};

use super::event::Delivery;
use super::{LockLoss, ProcessorStats};

new_key_type! {
    /// Identifies a delivery of a run: no other one has it, not even after this one is gone.
    pub(super) struct DeliveryId;
}

/// The deliveries whose lock is held, whose handler runs, or both.
#[derive(Default)]
pub(super) struct Deliveries {
    events: SlotMap<DeliveryId, ActiveDelivery>,
    /// When an action is due, for each delivery whose handler runs.
    deadlines: BTreeSet<(Duration, DeliveryId)>,
    /// The deliveries whose handlers began since [`schedule`](Self::schedule) was called. They have
    /// no deadline yet, since a handler that waits for nothing needs none.
    begun: Vec<DeliveryId>,
    /// How many handlers run.
    running: usize,
    /// How many of those were told to end.
    dropped: usize,
    /// How many locks are held, and the bytes of their events.
    locks: usize,
    bytes: usize,
}

/// A delivery whose lock is held, whose handler runs, or both.
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
    /// `None` while a renewal is in progress, and after the last one.
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

/// The most that is subtracted from a lock for the time that the response took to arrive.
const LONGEST_WAY: Duration = Duration::from_secs(2);

impl LockTerms {
    /// When a lock ends, if the first byte of its response came at `first_byte`. The lock began
    /// earlier, when the service sent that byte.
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

    /// Adds a delivery with the time when its lock began.
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

    /// Notes that the handler of a delivery begins to run.
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
            // After half of the lock's time, or at once if that has passed.
            renew_at: Some(now.max(active.locked_until.saturating_sub(terms.duration / 2))),
            renewable: true,
            dropped: None,
        });
        self.begun.push(id);
    }

    /// Notes when an action is due for the deliveries whose handlers began and still run.
    pub(super) fn schedule(&mut self) {
        for id in self.begun.drain(..) {
            if let Some(active) = self.events.get(id).filter(|active| active.handling.is_some()) {
                self.deadlines.insert((active.deadline(), id));
            }
        }
    }

    /// Notes that the handler of a delivery has ended, and returns what is known of both. The
    /// delivery stays here until it is [removed](Self::remove).
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

    /// Removes a delivery that is settled, or whose lock was lost and whose handler has ended.
    pub(super) fn remove(&mut self, id: DeliveryId) {
        if let Some(active) = self.events.remove(id) {
            if active.has_lock {
                self.locks -= 1;
                self.bytes -= active.delivery.received.size();
            }
        }
    }

    /// Notes that the lock of a delivery is lost, and tells the handler if it runs. Returns `false`
    /// if the lock was lost before.
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

    /// When the next action is due for one of the deliveries.
    pub(super) fn deadline(&self) -> Option<Duration> {
        self.deadlines.first().map(|(deadline, _)| *deadline)
    }

    /// Aborts the handlers that have run for too long. [`handled`](Self::handled) is called when
    /// such a handler has really ended. Until then its lock is renewed, so that no other consumer
    /// gets the event.
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

    /// Aborts all handlers. Returns the deliveries that they belong to, and how long each has run.
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

    /// Whether a handler of the same event, which has run for too long, is still running here.
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

    /// The deliveries whose locks must be renewed, if any is due. Those that will be due soon are
    /// included.
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

    /// Notes that a lock was renewed by a call that was sent at `sent_at`. Returns `false` if the
    /// lock is not needed any more.
    pub(super) fn renewed(&mut self, id: DeliveryId, sent_at: Duration, terms: LockTerms) -> bool {
        self.change(id, |active| {
            let Some(handling) = active.handling.as_mut().filter(|_| active.has_lock) else { return false };
            handling.renew_at = Some(sent_at.saturating_add(terms.duration / 2));
            active.locked_until = active.locked_until.max(sent_at.saturating_add(terms.duration));
            true
        })
    }

    /// Notes that a lock could not be renewed. It is retried after `wait`, but not before a quarter
    /// of the lock's remaining time has passed, and not after half of it has.
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

    /// The deliveries for which an action is due.
    fn due(&self, now: Duration) -> Vec<DeliveryId> {
        self.deadlines.iter().take_while(|(at, _)| *at <= now).map(|(_, id)| *id).collect()
    }

    /// Changes a delivery and the time when its next action is due. Returns what `change` returns,
    /// or `false` if there is no such delivery.
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

    /// When the next action is due: the handler has run for too long, its lock must be renewed, or
    /// its lock ends.
    fn deadline(&self) -> Duration {
        let timeout = self.handling.as_ref().and_then(|handling| handling.timeout_at);
        let lock_end = self.has_lock.then_some(self.locked_until);
        [timeout, self.renew_at(), lock_end].into_iter().flatten().min().unwrap_or(Duration::MAX)
    }

    fn renew_at(&self) -> Option<Duration> {
        self.handling.as_ref().filter(|_| self.has_lock).and_then(|handling| handling.renew_at)
    }
}
