//! A run: what is decided when something happens. No I/O, no clock.
//!
//! This file decides what a run does next and how it ends. What follows from a receive is in
//! `receiving`, and what follows from a verdict in `settling`.

mod receiving;
mod settling;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use eventgrid::{Error, OwnedReceivedEvent, ReleaseDelay, Subscription, TransportError};

use super::deliveries::{Deliveries, DeliveryId, Dropped};
use super::handle::Shared;
use super::options::Options;
use super::polled_subscription::{PolledSubscription, ReceiveCall};
use super::running_handler::HandlerEnd;
use super::settling::SettleCall;
use super::{
    BoxError, EventFailure, FailureCause, LockLoss, ProcessorEvent, ProcessorNotice, ProcessorStats,
    ProcessorStop, Verdict,
};

/// How late the response to a receive may be before a run that is ending gives it up.
const POLL_GRACE: Duration = Duration::from_secs(5);

/// The most time that a stop with a limit reserves to release the events that are left.
const LONGEST_RELEASE: Duration = Duration::from_secs(2);

/// How a handler ended, with its verdict or error.
pub(super) type Handled = HandlerEnd<Result<Verdict, BoxError>>;

/// The state of a run.
pub(super) struct Run<'p, X> {
    options: &'p Options<X>,
    shared: &'p Shared,
    subscriptions: Vec<PolledSubscription>,
    deliveries: Deliveries,
    /// What happened so far. Others see it once it is published.
    stats: ProcessorStats,
    /// How many events the receives in progress may bring.
    asked: usize,
    polls: usize,
    /// When a run that is ending gives up the receives in progress.
    polls_until: Option<Duration>,
    /// When a run with a time limit releases the events that are left, and when it ends.
    release_at: Option<Duration>,
    end_at: Option<Duration>,
    /// Calls to make that renew locks.
    renewals: VecDeque<SettleCall>,
    /// The subscription with which the next receive begins to look, so that each has its turn.
    turn: usize,
    stop: Option<ProcessorStop>,
    /// The error that ended the run.
    error: Option<Error<'static, X>>,
}

impl<'p, X: TransportError> Run<'p, X> {
    pub(super) fn new(
        options: &'p Options<X>,
        shared: &'p Shared,
        subscriptions: impl Iterator<Item = Subscription<'static>>,
    ) -> Self {
        Self {
            options,
            shared,
            subscriptions: subscriptions
                .map(|name| PolledSubscription::new(name, options.locks.duration))
                .collect(),
            deliveries: Deliveries::default(),
            stats: *shared.stats(),
            asked: 0,
            polls: 0,
            polls_until: None,
            release_at: None,
            end_at: None,
            renewals: VecDeque::new(),
            turn: 0,
            stop: None,
            error: None,
        }
    }

    /// Does what a stop or the time demands.
    pub(super) fn advance(&mut self, now: Duration) {
        self.deliveries.schedule();
        self.stop_as_asked(now);
        for (id, loss) in self.deliveries.expired(now) {
            self.lose(id, loss);
        }
        for subscription in 0..self.subscriptions.len() {
            for item in self.subscriptions[subscription].verdicts.take_expired(now) {
                self.give_up(&item);
            }
        }
        self.deliveries.time_out(now);
        self.renew(now);
        self.count();
    }

    fn stop_as_asked(&mut self, now: Duration) {
        let limit = self.shared.take_limit();
        if let Some(limit) = limit {
            let end = now.saturating_add(limit);
            let release = end.saturating_sub((limit / 4).min(LONGEST_RELEASE));
            self.end_at = Some(self.end_at.map_or(end, |before| before.min(end)));
            self.release_at = Some(self.release_at.map_or(release, |before| before.min(release)));
        }
        let by_time = |at: Option<Duration>, stop| at.is_some_and(|at| at <= now).then_some(stop);
        let stop = self
            .shared
            .stop()
            .max(by_time(self.release_at, ProcessorStop::Release))
            .max(by_time(self.end_at, ProcessorStop::Abandon))
            .max(self.stop);
        let before = std::mem::replace(&mut self.stop, stop);
        // A refusal may also have set it.
        if stop.is_some() && self.polls_until.is_none() {
            self.subscriptions.iter_mut().for_each(|subscription| subscription.verdicts.retry_now(now));
            self.polls_until = Some(now.saturating_add(self.options.receive_wait).saturating_add(POLL_GRACE));
        }
        if limit.is_some() || self.shared.gives_up_polls() {
            self.polls_until = self.polls_until.map(|until| until.min(now));
        }
        if stop >= Some(ProcessorStop::Release) && before < Some(ProcessorStop::Release) {
            self.subscriptions.iter_mut().for_each(|subscription| subscription.verdicts.retry_now(now));
            for (id, took) in self.deliveries.drop_handlers(now) {
                self.handled(id, &HandlerEnd::Aborted, took, now);
            }
        }
    }

    /// The next receive that must begin now.
    pub(super) fn next_poll(&mut self, now: Duration) -> Option<ReceiveCall> {
        if self.stop.is_some() {
            return None;
        }
        let count = self.subscriptions.len();
        let ready =
            self.subscriptions.iter().filter(|subscription| subscription.ask(1, now, true).is_some()).count();
        let room = self.room().div_ceil(ready.max(1));
        for subscription in (self.turn..self.turn + count).map(|turn| turn % count) {
            if let Some(events) = self.subscriptions[subscription].ask(room, now, count == 1) {
                self.subscriptions[subscription].begin_poll(now);
                self.turn = subscription + 1;
                self.asked += events;
                self.polls += 1;
                return Some(ReceiveCall { subscription, events });
            }
        }
        None
    }

    /// The next call to make now. Renewals come first, since locks end.
    pub(super) fn next_call(&mut self, now: Duration) -> Option<SettleCall> {
        self.renewals.pop_front().or_else(|| self.next_settling(now))
    }

    /// Whether to give up the receives in progress: the run must end at once, or their responses
    /// are too late.
    pub(super) fn gives_up_polls(&mut self, now: Duration) -> bool {
        let is_time = self.polls > 0 && self.polls_until.is_some_and(|until| until <= now);
        if is_time {
            (self.polls, self.asked) = (0, 0);
            self.subscriptions.iter_mut().for_each(|subscription| subscription.is_polled = false);
        }
        is_time
    }

    /// Whether the run has no more to do.
    pub(super) fn is_over(&self) -> bool {
        match self.stop {
            None => false,
            Some(ProcessorStop::Abandon) => true,
            Some(ProcessorStop::Finish | ProcessorStop::FinishNow | ProcessorStop::Release) => {
                self.deliveries.is_empty() && self.polls == 0
            }
        }
    }

    /// When the next action is due, if nothing happens before.
    pub(super) fn deadline(&self) -> Option<Duration> {
        let gathering = self.options.gathering();
        let hurry = self.hurries();
        let settling = self
            .subscriptions
            .iter()
            .filter_map(|subscription| subscription.verdicts.deadline(gathering, hurry));
        let may_poll = self.stop.is_none() && self.room() > 0;
        let polls = self.subscriptions.iter().filter_map(PolledSubscription::deadline).filter(|_| may_poll);
        let polls_until = self.polls_until.filter(|_| self.polls > 0);
        let release_at = self.release_at.filter(|_| self.stop < Some(ProcessorStop::Release));
        let stops = polls_until.into_iter().chain(release_at).chain(self.end_at);
        self.deliveries.deadline().into_iter().chain(stops).chain(settling).chain(polls).min()
    }

    /// Whether the handler of a delivery may begin now. It may not if the lock has ended, or while
    /// an earlier handler of the same event, which has timed out, still computes.
    pub(super) fn may_begin(&mut self, id: DeliveryId, now: Duration) -> bool {
        let Some(active) = self.deliveries.get(id) else { return false };
        if active.locked_until <= now {
            self.lose(id, LockLoss::Expired);
            self.deliveries.remove(id);
            self.count();
            return false;
        }
        let received = &active.delivery.received;
        let still_runs =
            received.event().is_ok_and(|event| self.deliveries.still_runs(active.subscription, &event));
        if still_runs {
            self.settle(id, Verdict::Release(ReleaseDelay::TenSeconds), now);
        }
        !still_runs
    }

    /// Notes that a handler begins.
    pub(super) fn began(&mut self, id: DeliveryId, now: Duration) {
        self.deliveries.handle(id, now, self.options.locks, self.options.event_timeout);
        self.count();
    }

    /// Notes that a handler has ended, after it ran for `took`. The counts show it when the next
    /// handler begins, or when the run [advances](Self::advance).
    pub(super) fn handled(&mut self, id: DeliveryId, ended: &Handled, took: Duration, now: Duration) {
        let Some((active, handling)) = self.deliveries.handled(id) else { return };
        let (event, subscription, has_lock) =
            (ProcessorEvent(Arc::clone(&active.delivery)), active.subscription, active.has_lock());
        let cause = match (ended, handling.dropped) {
            (HandlerEnd::Aborted, Some(Dropped::TimedOut)) => Some(FailureCause::TimedOut),
            (HandlerEnd::Aborted | HandlerEnd::Done(Ok(Ok(_))), _) => None,
            (HandlerEnd::Done(Err(panic)), _) => Some(FailureCause::Panicked(panic)),
            (HandlerEnd::Done(Ok(Err(error))), _) => Some(FailureCause::Error(error)),
        };
        let verdict = match (cause, ended) {
            (Some(cause), _) => self.judge(&event.0.received, cause),
            (None, HandlerEnd::Done(Ok(Ok(verdict)))) => *verdict,
            (None, _) => Verdict::Release(self.stop_delay(subscription)),
        };
        #[cfg(feature = "metrics")]
        if let Some(metrics) = &self.options.metrics {
            metrics.record(&event, cause, took);
        }
        self.options.notify(&ProcessorNotice::Handled { event: &event, verdict, cause, took });
        if has_lock {
            self.settle(id, verdict, now);
        } else {
            self.deliveries.remove(id);
        }
    }

    /// The end of the run.
    pub(super) fn into_error(self) -> Option<Error<'static, X>> {
        self.error
    }

    /// How many more events may be asked for.
    fn room(&self) -> usize {
        if self.deliveries.bytes() >= self.options.max_bytes {
            return 0;
        }
        let handlers = self.options.concurrency.saturating_sub(self.deliveries.running());
        let locks = self.options.lock_limit().saturating_sub(self.deliveries.locks());
        handlers.min(locks).saturating_sub(self.asked)
    }

    /// Whether to send verdicts without waiting for others: the run is ending, or the limit of
    /// locks keeps it from receiving.
    fn hurries(&self) -> bool {
        self.stop.is_some()
            || self.deliveries.bytes() >= self.options.max_bytes
            || self.deliveries.locks() + self.asked >= self.options.lock_limit()
    }

    /// The delay with which a stop releases an event. Without one, a receive in progress would
    /// bring it right back.
    fn stop_delay(&self, subscription: usize) -> ReleaseDelay {
        if self.subscriptions[subscription].is_polled {
            ReleaseDelay::TenSeconds
        } else {
            ReleaseDelay::NoDelay
        }
    }

    /// The policy's verdict on an event without one.
    fn judge(&mut self, event: &OwnedReceivedEvent, cause: FailureCause<'_>) -> Verdict {
        self.tally(|stats| {
            *match cause {
                FailureCause::Error(_) => &mut stats.failed,
                FailureCause::Panicked(_) => &mut stats.panicked,
                FailureCause::TimedOut => &mut stats.timed_out,
                FailureCause::Poison => &mut stats.poison,
                FailureCause::Malformed(_) => &mut stats.malformed,
            } += 1;
        });
        let failure = EventFailure { event, cause };
        let policy = || (self.options.on_failure)(&failure);
        catch_unwind(AssertUnwindSafe(policy)).unwrap_or_else(|_| failure.default_verdict())
    }

    fn lose(&mut self, id: DeliveryId, loss: LockLoss) {
        if self.deliveries.lose(id, loss) {
            self.tally(|stats| stats.lost += 1);
            if let Some(active) = self.deliveries.get(id) {
                self.options.notify(&ProcessorNotice::LockLost { event: &active.delivery.received, loss });
            }
        }
    }

    /// Publishes the counts as they are now.
    fn count(&mut self) {
        self.tally(|_| {});
    }

    /// Counts what was done to the deliveries, after it was done. Whoever reads the counts, at any
    /// moment and on any thread, finds each delivery in exactly one of them.
    fn tally(&mut self, change: impl FnOnce(&mut ProcessorStats)) {
        change(&mut self.stats);
        self.deliveries.count(&mut self.stats);
        *self.shared.stats() = self.stats;
    }
}
