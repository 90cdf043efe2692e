//! Verdicts on their way to the service: gathered by count and delay, and retried after a failure.
//! No I/O, no clock.

use std::sync::Arc;
use std::time::Duration;

use eventgrid::{LockToken, LockTokens, SettleAction};

use super::deliveries::{ActiveDelivery, DeliveryId};
use super::event::Delivery;

/// How verdicts are gathered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gathering {
    /// How many verdicts go into one call at most.
    pub(super) count: usize,
    /// How long a verdict waits for others at most.
    pub(super) delay: Duration,
}

/// A delivery in a call.
#[derive(Clone)]
pub(super) struct SettleItem {
    pub(super) id: DeliveryId,
    pub(super) delivery: Arc<Delivery>,
    /// When its lock ends.
    pub(super) locked_until: Duration,
    /// Whether an earlier call may have settled the delivery.
    pub(super) may_be_settled: bool,
    /// How many calls did not settle the delivery although the service responded to them.
    refusals: u32,
    /// When it may be sent at the earliest.
    not_before: Duration,
}

impl SettleItem {
    pub(super) fn new(id: DeliveryId, active: &ActiveDelivery) -> Self {
        let (delivery, locked_until) = (Arc::clone(&active.delivery), active.locked_until);
        Self { id, delivery, locked_until, may_be_settled: false, refusals: 0, not_before: Duration::ZERO }
    }

    /// Marks a delivery that a call may have settled without a confirmation.
    pub(super) fn unconfirmed(self) -> Self {
        Self { may_be_settled: true, ..self }
    }
}

/// A call that settles events of one subscription, or renews their locks.
pub(super) struct SettleCall {
    pub(super) subscription: usize,
    pub(super) action: SettleAction,
    pub(super) items: Vec<SettleItem>,
    pub(super) sent_at: Duration,
    /// When the last of its locks ends.
    pub(super) until: Duration,
}

impl LockTokens for SettleCall {
    fn lock_tokens(&self) -> impl Iterator<Item = LockToken<'_>> {
        self.items.iter().map(|item| item.delivery.received.lock_token())
    }
}

/// The verdicts to be sent on events of one subscription.
#[derive(Default)]
pub(super) struct PendingVerdicts {
    /// A queue for each kind of verdict.
    queues: Vec<Queue>,
}

struct Queue {
    action: SettleAction,
    items: Vec<SettleItem>,
    /// Deliveries that the service did not settle, each until the time of its own retry.
    waiting: Vec<SettleItem>,
    /// When the oldest of `items` was added.
    since: Duration,
    /// When the queue may be sent at the earliest, after a call failed.
    not_before: Duration,
    /// How many calls have failed in a row.
    failures: u32,
}

impl PendingVerdicts {
    /// Adds a verdict.
    pub(super) fn add(&mut self, action: SettleAction, item: SettleItem, now: Duration) {
        let queue = self.queue(action, now);
        if queue.items.is_empty() {
            queue.since = now;
        }
        queue.items.push(item);
    }

    /// Adds a verdict again that was not settled by a call to which the service responded. Only
    /// this verdict waits. `delay` returns how long, for the number of such calls in a row.
    pub(super) fn retry_alone(
        &mut self,
        action: SettleAction,
        item: SettleItem,
        now: Duration,
        delay: impl FnOnce(u32) -> Duration,
    ) {
        let refusals = item.refusals.saturating_add(1);
        let not_before = now.saturating_add(delay(refusals));
        self.queue(action, now).waiting.push(SettleItem { refusals, not_before, ..item });
    }

    /// Adds the verdicts of a call again that failed as a whole. All verdicts of their kind wait.
    /// `delay` returns how long, for the number of failures in a row.
    pub(super) fn retry(
        &mut self,
        action: SettleAction,
        items: Vec<SettleItem>,
        now: Duration,
        delay: impl FnOnce(u32) -> Duration,
    ) {
        let queue = self.queue(action, now);
        queue.failures = queue.failures.saturating_add(1);
        queue.not_before = now.saturating_add(delay(queue.failures));
        queue.items.extend(items);
    }

    /// Takes the verdicts whose locks have ended.
    pub(super) fn take_expired(&mut self, now: Duration) -> Vec<SettleItem> {
        let mut expired = Vec::new();
        for queue in &mut self.queues {
            expired.extend(take_if(&mut queue.items, |item| item.locked_until <= now));
            expired.extend(take_if(&mut queue.waiting, |item| item.locked_until <= now));
        }
        expired
    }

    /// Retries now what waits after a failure.
    pub(super) fn retry_now(&mut self, now: Duration) {
        for queue in &mut self.queues {
            queue.not_before = now;
            queue.waiting.iter_mut().for_each(|item| item.not_before = now);
        }
    }

    /// Notes that the service has responded to a call.
    pub(super) fn succeeded(&mut self, action: SettleAction, now: Duration) {
        let queue = self.queue(action, now);
        queue.failures = 0;
        queue.not_before = now;
    }

    /// The next verdicts to send now; with `hurry`, without waiting for others.
    pub(super) fn take(
        &mut self,
        now: Duration,
        gathering: Gathering,
        hurry: bool,
    ) -> Option<(SettleAction, Vec<SettleItem>)> {
        self.queues.iter_mut().for_each(|queue| queue.wake(now));
        let queue =
            self.queues.iter_mut().find(|queue| queue.due(gathering, hurry).is_some_and(|at| at <= now))?;
        let rest = queue.items.split_off(queue.items.len().min(gathering.count));
        queue.since = now;
        Some((queue.action, std::mem::replace(&mut queue.items, rest)))
    }

    /// When there is a verdict to send, or a lock ends.
    pub(super) fn deadline(&self, gathering: Gathering, hurry: bool) -> Option<Duration> {
        let items = self.queues.iter().flat_map(|queue| queue.items.iter().chain(&queue.waiting));
        let waiting = self.queues.iter().flat_map(|queue| &queue.waiting).map(|item| item.not_before);
        let due = self.queues.iter().filter_map(|queue| queue.due(gathering, hurry));
        items.map(|item| item.locked_until).chain(waiting).chain(due).min()
    }

    fn queue(&mut self, action: SettleAction, now: Duration) -> &mut Queue {
        let position = self.queues.iter().position(|queue| queue.action == action).unwrap_or_else(|| {
            let (items, waiting, not_before) = (Vec::new(), Vec::new(), now);
            self.queues.push(Queue { action, items, waiting, since: now, not_before, failures: 0 });
            self.queues.len() - 1
        });
        &mut self.queues[position]
    }
}

impl Queue {
    /// Moves the deliveries whose retry is due back into their queues.
    fn wake(&mut self, now: Duration) {
        if self.items.is_empty() {
            self.since = now;
        }
        self.items.extend(take_if(&mut self.waiting, |item| item.not_before <= now));
    }

    fn due(&self, gathering: Gathering, hurry: bool) -> Option<Duration> {
        let first = match self.items.len() {
            0 => return None,
            count if hurry || count >= gathering.count => self.since,
            _ => self.since.saturating_add(gathering.delay),
        };
        Some(first.max(self.not_before))
    }
}

/// Removes and returns the items for which `is_so` returns true.
fn take_if(items: &mut Vec<SettleItem>, is_so: impl Fn(&SettleItem) -> bool) -> Vec<SettleItem> {
    if !items.iter().any(&is_so) {
        return Vec::new();
    }
    let (taken, rest) = std::mem::take(items).into_iter().partition(|item| is_so(item));
    *items = rest;
    taken
}
