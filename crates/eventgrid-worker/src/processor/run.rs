//! A run: what is decided when something happens. No I/O, no clock.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use eventgrid::{
    Batch, Error, FailureReason, LockToken, OwnedReceivedEvent, ReceivedEvent, ReleaseDelay, Settlement,
    Settling, Subscription, TransportError,
};
use futures_util::future::{AbortHandle, Aborted};

use super::event::Delivery;
use super::handle::Shared;
use super::held::{DeliveryId, Dropped, HeldEvents};
use super::lock::Lock;
use super::options::Options;
use super::settling::{Item, SettleCall};
use super::source::{Poll, Source};
use super::{BoxError, Cause, Event, Failure, LockLoss, Notice, OnRefusal, Stop, Verdict, backoff};
use crate::spawn::Panic;

/// How long the answer to a poll may be late before a run that is to end gives it up.
const POLL_GRACE: Duration = Duration::from_secs(5);

/// How a handler ended.
pub(super) type Ended = Result<Result<Result<Verdict, BoxError>, Panic>, Aborted>;

/// What a run knows.
pub(super) struct Run<'p, X> {
    options: &'p Options<X>,
    shared: &'p Shared,
    sources: Vec<Source>,
    held: HeldEvents,
    /// How many events the polls under way may bring.
    asked: usize,
    polls: usize,
    /// When a run that is to end gives them up.
    polls_until: Option<Duration>,
    /// Calls that renew locks, to be made.
    renewals: VecDeque<SettleCall>,
    /// Where the next poll begins, so that each subscription has its turn.
    turn: usize,
    stop: Option<Stop>,
    /// What ended the run.
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
            sources: subscriptions.map(Source::new).collect(),
            held: HeldEvents::default(),
            asked: 0,
            polls: 0,
            polls_until: None,
            renewals: VecDeque::new(),
            turn: 0,
            stop: None,
            error: None,
        }
    }

    /// What a stop or the time asks for.
    pub(super) fn act(&mut self, now: Duration) {
        let stop = self.shared.stop();
        if stop == Some(Stop::Release) && self.stop != stop {
            self.held.drop_handlers();
        }
        if stop.is_some() && self.stop.is_none() {
            self.sources.iter_mut().for_each(|source| source.outbox.try_now(now));
        }
        self.stop = self.stop.max(stop);
        if self.stop.is_some() {
            self.polls_until
                .get_or_insert(now.saturating_add(self.options.receive_wait).saturating_add(POLL_GRACE));
        }
        for (id, loss) in self.held.expired(now) {
            self.lose(id, loss);
        }
        for source in 0..self.sources.len() {
            for item in self.sources[source].outbox.take_expired(now) {
                self.give_up(&item);
            }
        }
        self.held.time_out(now);
        self.renew(now);
        self.count();
    }

    /// The next receive to begin now.
    pub(super) fn next_poll(&mut self, now: Duration) -> Option<Poll> {
        if self.stop.is_some() {
            return None;
        }
        let count = self.sources.len();
        let ready = self.sources.iter().filter(|source| source.ask(1, now, true).is_some()).count();
        let room = self.room().div_ceil(ready.max(1));
        for source in (self.turn..self.turn + count).map(|turn| turn % count) {
            if let Some(events) = self.sources[source].ask(room, now, count == 1) {
                self.sources[source].begin_poll(now);
                self.turn = source + 1;
                self.asked += events;
                self.polls += 1;
                return Some(Poll { source, events });
            }
        }
        None
    }

    /// The next call to make now: locks first, since they end.
    pub(super) fn next_call(&mut self, now: Duration) -> Option<SettleCall> {
        self.renewals.pop_front().or_else(|| self.next_settling(now))
    }

    /// Whether the polls under way are to be given up: the run is to end, and they should have been
    /// answered by now.
    pub(super) fn gives_up_polls(&mut self, now: Duration) -> bool {
        let is_time = self.polls > 0 && self.polls_until.is_some_and(|until| until <= now);
        if is_time {
            (self.polls, self.asked) = (0, 0);
        }
        is_time
    }

    /// Whether nothing is left to do.
    pub(super) fn is_over(&self) -> bool {
        match self.stop {
            None => false,
            Some(Stop::Abandon) => true,
            Some(Stop::Finish | Stop::Release) => self.held.is_empty() && self.polls == 0,
        }
    }

    /// When something is due, if nothing else happens.
    pub(super) fn deadline(&self) -> Option<Duration> {
        let gathering = self.options.gathering();
        let hurry = self.hurries();
        let settling = self.sources.iter().filter_map(|source| source.outbox.deadline(gathering, hurry));
        let may_poll = self.stop.is_none() && self.room() > 0;
        let polls = self.sources.iter().filter_map(Source::deadline).filter(|_| may_poll);
        let polls_until = self.polls_until.filter(|_| self.polls > 0);
        self.held.deadline().into_iter().chain(polls_until).chain(settling).chain(polls).min()
    }

    /// A receive is over. Gives the events that are to be handled.
    pub(super) fn polled(
        &mut self,
        poll: Poll,
        result: Result<Batch<'static>, Error<'static, X>>,
        now: Duration,
        dice: u64,
    ) -> Vec<(DeliveryId, Event)> {
        self.asked -= poll.events;
        self.polls -= 1;
        match result {
            Ok(batch) => self.received(poll.source, &batch, now, dice),
            Err(error) => {
                self.not_received(poll, error, now, dice);
                Vec::new()
            }
        }
    }

    /// A handler begins.
    pub(super) fn began(&mut self, id: DeliveryId, abort: AbortHandle, now: Duration) {
        self.held.handle(id, abort, now, self.options.locks, self.options.event_timeout);
        self.count();
    }

    /// A handler has ended.
    pub(super) fn handled(&mut self, id: DeliveryId, ended: &Ended, now: Duration) {
        let Some((held, handling)) = self.held.handled(id) else { return };
        let (event, source, has_lock) = (Event(Arc::clone(&held.delivery)), held.source, held.has_lock());
        let cause = match (ended, handling.dropped) {
            (Err(Aborted), Some(Dropped::TimedOut)) => Some(Cause::TimedOut),
            (Err(Aborted) | Ok(Ok(Ok(_))), _) => None,
            (Ok(Err(panic)), _) => Some(Cause::Panicked(panic)),
            (Ok(Ok(Err(error))), _) => Some(Cause::Error(error)),
        };
        let verdict = match (cause, ended) {
            (Some(cause), _) => self.judge(&event.0.received, cause),
            (None, Ok(Ok(Ok(verdict)))) => *verdict,
            (None, _) => Verdict::Release(self.stop_delay(source)),
        };
        let took = now.saturating_sub(handling.began);
        self.options.notify(&Notice::Handled { event: &event, verdict, cause, took });
        if has_lock {
            self.settle(id, verdict, now);
        } else {
            self.held.forget(id);
        }
        self.count();
    }

    /// A call that settles or renews is over, or was given up since all of its locks have ended.
    pub(super) fn settled(
        &mut self,
        call: SettleCall,
        result: Option<Result<Settlement<'static>, Error<'static, X>>>,
        now: Duration,
        dice: u64,
    ) {
        let retry = match result {
            None => Retry { items: call.items.into_iter().map(Item::unanswered).collect(), after: None },
            Some(Ok(settlement)) => {
                let items = self.answered(&call, &settlement);
                if items.is_empty() {
                    self.sources[call.source].outbox.succeeded(call.settling, now);
                }
                Retry { items, after: None }
            }
            Some(Err(error)) => {
                self.shared.stats().failed_settles += 1;
                self.options.notify(&Notice::SettleFailed {
                    subscription: &self.sources[call.source].subscription,
                    settling: call.settling,
                    events: call.items.len(),
                    error: &error,
                });
                let acted_on = error.may_have_been_acted_on();
                let items = call
                    .items
                    .into_iter()
                    .map(|item| Item { may_be_settled: item.may_be_settled || acted_on, ..item });
                Retry { items: items.collect(), after: error.retry_after() }
            }
        };
        if call.settling == Settling::RenewLocks {
            for item in retry.items {
                let wait = backoff::delay(1, retry.after, dice);
                self.held.not_renewed(item.id, now, wait);
            }
        } else {
            self.retry(call.source, call.settling, retry, now, dice);
        }
        self.count();
    }

    /// The end of the run.
    pub(super) fn into_error(self) -> Option<Error<'static, X>> {
        self.error
    }

    /// How many more events may be asked for.
    fn room(&self) -> usize {
        if self.held.bytes() >= self.options.max_bytes {
            return 0;
        }
        let handlers = self.options.concurrency.saturating_sub(self.held.running());
        let locks = self.options.lock_limit().saturating_sub(self.held.locks());
        handlers.min(locks).saturating_sub(self.asked)
    }

    /// Whether verdicts are sent without waiting for others: the run ends, or locks are what it
    /// lacks.
    fn hurries(&self) -> bool {
        self.stop.is_some()
            || self.held.bytes() >= self.options.max_bytes
            || self.held.locks() + self.asked >= self.options.lock_limit()
    }

    /// Puts together the calls that renew the locks which are due.
    fn renew(&mut self, now: Duration) {
        let ids = self.held.take_renewals(now, self.options.locks);
        for source in 0..self.sources.len() {
            let of_source = |id: &DeliveryId| self.held.get(*id).filter(|held| held.source == source);
            let items = ids.iter().filter_map(|id| Some(Item::new(*id, of_source(id)?)));
            let items: Vec<_> = items.collect();
            let mut items = items.into_iter().peekable();
            while items.peek().is_some() {
                let items = items.by_ref().take(self.options.gathering.count).collect();
                let call = Self::call(source, Settling::RenewLocks, items, now);
                self.renewals.push_back(call);
            }
        }
    }

    fn next_settling(&mut self, now: Duration) -> Option<SettleCall> {
        let hurry = self.hurries();
        let gathering = self.options.gathering();
        let (source, (settling, items)) = self
            .sources
            .iter_mut()
            .enumerate()
            .find_map(|(source, state)| Some((source, state.outbox.take(now, gathering, hurry)?)))?;
        Some(Self::call(source, settling, items, now))
    }

    fn call(source: usize, settling: Settling, items: Vec<Item>, now: Duration) -> SettleCall {
        let until = items.iter().map(|item| item.locked_until).max().unwrap_or(now);
        SettleCall { source, settling, items, sent_at: now, until }
    }

    fn received(
        &mut self,
        source: usize,
        batch: &Batch<'_>,
        now: Duration,
        dice: u64,
    ) -> Vec<(DeliveryId, Event)> {
        let wait = self.options.receive_wait;
        let asked = &mut self.sources[source];
        let subscription = Arc::clone(&asked.subscription);
        if batch.is_empty() && asked.is_early(now, wait) {
            // Asking again at once would never end; at the pace of a long poll nothing is lost.
            asked.failed(now, |failures| backoff::delay(failures, None, dice).min(wait));
            asked.is_proven = true;
        } else {
            asked.succeeded(batch.len());
        }
        {
            let mut stats = self.shared.stats();
            stats.received += batch.len() as u64;
            stats.without_lock_token += batch.without_lock_token() as u64;
        }
        if !batch.is_empty() || batch.without_lock_token() > 0 {
            self.options.notify(&Notice::Received {
                subscription: &subscription,
                events: batch.len(),
                without_lock_token: batch.without_lock_token(),
            });
        }
        let mut to_handle = Vec::new();
        for received in batch {
            let (id, delivery) = self.hold(source, received, locked_since(batch, now));
            match self.verdict_without_handler(&delivery.received) {
                Some(verdict) => self.settle(id, verdict, now),
                None => to_handle.push((id, Event(delivery))),
            }
        }
        self.count();
        to_handle
    }

    fn hold(
        &mut self,
        source: usize,
        received: ReceivedEvent<'_>,
        locked: Duration,
    ) -> (DeliveryId, Arc<Delivery>) {
        let subscription = Arc::clone(&self.sources[source].subscription);
        let delivery =
            Arc::new(Delivery { received: received.into_owned(), subscription, lock: Lock::default() });
        (self.held.hold(source, Arc::clone(&delivery), locked, self.options.locks), delivery)
    }

    /// Gives back events that did not fit, of which the lock tokens came alone. One that was asked
    /// for alone never will.
    fn give_back(&mut self, poll: Poll, batch: &Batch<'_>, now: Duration) {
        self.sources[poll.source].ask_for_less_than(poll.events);
        self.shared.stats().received += batch.len() as u64;
        for received in batch {
            let (id, delivery) = self.hold(poll.source, received, locked_since(batch, now));
            let never_fits =
                if poll.events > 1 { None } else { self.verdict_without_handler(&delivery.received) };
            self.settle(id, never_fits.unwrap_or(Verdict::Release(ReleaseDelay::NoDelay)), now);
        }
        self.count();
    }

    /// What becomes of an event that no handler is to be given.
    fn verdict_without_handler(&mut self, event: &OwnedReceivedEvent) -> Option<Verdict> {
        if self.stop.is_some() {
            return Some(Verdict::Release(ReleaseDelay::NoDelay));
        }
        let is_poison = self.options.max_deliveries.is_some_and(|max| event.delivery_count() > max);
        let cause = match event.event() {
            Err(error) => Cause::Malformed(error),
            Ok(_) if is_poison => Cause::Poison,
            Ok(_) => return None,
        };
        let verdict = self.judge(event, cause);
        self.options.notify(&Notice::Withheld { event, cause, verdict });
        Some(verdict)
    }

    fn not_received(&mut self, poll: Poll, error: Error<'static, X>, now: Duration, dice: u64) {
        self.shared.stats().failed_receives += 1;
        if let Error::BatchTooLarge(batch) = &error {
            self.give_back(poll, batch, now);
        }
        let refused = error.is_unauthorized() || error.is_not_found() || matches!(error, Error::Request(_));
        let source = &mut self.sources[poll.source];
        let ends = refused
            && match self.options.on_refusal {
                OnRefusal::EndAtStart => !source.is_proven,
                OnRefusal::End => true,
                OnRefusal::Wait => false,
            };
        let wait = source.failed(now, |failures| {
            if refused {
                backoff::long_delay(dice)
            } else {
                backoff::delay(failures, error.retry_after(), dice)
            }
        });
        self.options.notify(&Notice::ReceiveFailed {
            subscription: &source.subscription,
            error: &error,
            retry_in: (!ends).then_some(wait),
        });
        if ends {
            self.stop = self.stop.max(Some(Stop::Finish));
            self.error.get_or_insert(error);
        }
    }

    /// For how long a stop releases an event: without a delay, the poll under way would bring it
    /// right back.
    fn stop_delay(&self, source: usize) -> ReleaseDelay {
        if self.sources[source].is_polled { ReleaseDelay::TenSeconds } else { ReleaseDelay::NoDelay }
    }

    /// What the policy says of an event without a verdict.
    fn judge(&self, event: &OwnedReceivedEvent, cause: Cause<'_>) -> Verdict {
        {
            let mut stats = self.shared.stats();
            *match cause {
                Cause::Error(_) => &mut stats.failed,
                Cause::Panicked(_) => &mut stats.panicked,
                Cause::TimedOut => &mut stats.timed_out,
                Cause::Poison => &mut stats.poison,
                Cause::Malformed(_) => &mut stats.malformed,
            } += 1;
        }
        let failure = Failure { event, cause };
        let policy = || (self.options.on_failure)(&failure);
        catch_unwind(AssertUnwindSafe(policy)).unwrap_or_else(|_| failure.default_verdict())
    }

    fn settle(&mut self, id: DeliveryId, verdict: Verdict, now: Duration) {
        if let Some(held) = self.held.get(id) {
            let item = Item::new(id, held);
            self.sources[held.source].outbox.put(verdict.settling(), item, now);
        }
    }

    /// Reads the answer to a call. Gives what is to be tried again.
    fn answered(&mut self, call: &SettleCall, settlement: &Settlement<'_>) -> Vec<Item> {
        let mut open: Vec<Option<&Item>> = call.items.iter().map(Some).collect();
        for token in settlement.succeeded() {
            if let Some(item) = take(&mut open, token) {
                self.succeeded(call, item);
            }
        }
        let mut retry = Vec::new();
        for failed in settlement.failed() {
            let Some(item) = take(&mut open, failed.lock_token()) else { continue };
            match failed.reason() {
                FailureReason::AlreadySettledOrLost => self.settled_or_lost(item),
                FailureReason::TokenLost if item.may_be_settled => self.settled_or_lost(item),
                FailureReason::TokenLost | FailureReason::BadToken => self.refused(call, item),
                _ => retry.push(item.clone()),
            }
        }
        // What the answer does not name may be settled.
        retry.extend(open.into_iter().flatten().cloned().map(Item::unanswered));
        retry
    }

    fn succeeded(&mut self, call: &SettleCall, item: &Item) {
        let mut stats = self.shared.stats();
        match call.settling {
            Settling::RenewLocks => {
                if self.held.renewed(item.id, call.sent_at, self.options.locks) {
                    stats.renewed += 1;
                }
                return;
            }
            Settling::Acknowledge => stats.acknowledged += 1,
            Settling::Release(_) => stats.released += 1,
            Settling::Reject => stats.rejected += 1,
        }
        self.held.forget(item.id);
    }

    /// The service says that the lock is over.
    fn refused(&mut self, call: &SettleCall, item: &Item) {
        if call.settling != Settling::RenewLocks {
            self.lose(item.id, LockLoss::Refused);
            self.held.forget(item.id);
        } else if self.held.is_handled(item.id) {
            // Otherwise its verdict is on the way, and the answer to that counts.
            self.lose(item.id, LockLoss::Refused);
        }
    }

    fn settled_or_lost(&mut self, item: &Item) {
        self.shared.stats().settled_or_lost += 1;
        self.options.notify(&Notice::SettledOrLost { event: &item.delivery.received });
        self.held.forget(item.id);
    }

    fn lose(&mut self, id: DeliveryId, loss: LockLoss) {
        if self.held.lose(id, loss) {
            self.shared.stats().lost += 1;
            if let Some(held) = self.held.get(id) {
                self.options.notify(&Notice::LockLost { event: &held.delivery.received, loss });
            }
        }
    }

    /// Sends verdicts again whose locks last.
    fn retry(&mut self, source: usize, settling: Settling, retry: Retry, now: Duration, dice: u64) {
        let (items, ended): (Vec<_>, Vec<_>) =
            retry.items.into_iter().partition(|item| item.locked_until > now);
        for item in ended {
            self.give_up(&item);
        }
        if !items.is_empty() {
            let longest = self.options.longest_wait();
            let delay = |failures| backoff::delay(failures, retry.after, dice).min(longest);
            self.sources[source].outbox.put_back(settling, items, now, delay);
        }
    }

    /// The lock has ended before an answer told that the event is settled.
    fn give_up(&mut self, item: &Item) {
        if item.may_be_settled {
            self.settled_or_lost(item);
        } else {
            self.lose(item.id, LockLoss::Expired);
            self.held.forget(item.id);
        }
    }

    fn count(&self) {
        self.held.count(&mut self.shared.stats());
    }
}

/// What is to be tried again, and the wait that the service asks for.
struct Retry {
    items: Vec<Item>,
    after: Option<Duration>,
}

/// Takes the item of that token.
fn take<'i>(open: &mut [Option<&'i Item>], token: LockToken<'_>) -> Option<&'i Item> {
    let is_it =
        |item: &&mut Option<&Item>| item.is_some_and(|item| item.delivery.received.lock_token() == token);
    open.iter_mut().find(is_it)?.take()
}

/// When the locks of a batch began: not when all of it was read, but when its first byte came.
fn locked_since(batch: &Batch<'_>, now: Duration) -> Duration {
    batch.arrived().map_or(now, |arrived| arrived.min(now))
}
