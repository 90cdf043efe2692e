//! What happens to verdicts and locks: the calls that send them, and the results of these calls.

use std::time::Duration;

use eventgrid::{Error, FailureReason, LockToken, SettleAction, Settlement, TransportError};

use super::Run;
use crate::processor::deliveries::DeliveryId;
use crate::processor::settling::{SettleCall, SettleItem};
use crate::processor::{LockLoss, ProcessorNotice, Verdict, backoff};

impl<X: TransportError> Run<'_, X> {
    /// Takes the result of a call that settles or renews, which may have been given up because all
    /// of its locks have ended.
    pub(in crate::processor) fn settled(
        &mut self,
        call: SettleCall,
        result: Option<Result<Settlement<'static>, Error<'static, X>>>,
        now: Duration,
        random: u64,
    ) {
        let is_renewal = call.action == SettleAction::RenewLocks;
        match result {
            None => {
                let items = call.items.into_iter().map(SettleItem::unconfirmed).collect();
                self.retry(call.subscription, call.action, items, None, now, random);
            }
            Some(Ok(settlement)) => {
                let open = self.take_in(&call, &settlement);
                self.subscriptions[call.subscription].verdicts.succeeded(call.action, now);
                self.retry_alone(call.subscription, call.action, open, now, random);
            }
            Some(Err(error)) => {
                self.tally(|stats| stats.failed_settles += 1);
                self.options.notify(&ProcessorNotice::SettleFailed {
                    subscription: &self.subscriptions[call.subscription].name,
                    action: call.action,
                    events: call.items.len(),
                    error: &error,
                });
                let acted_on = error.may_have_been_acted_on() && !is_renewal;
                let items = call.items.into_iter();
                let items = items.map(|item| if acted_on { item.unconfirmed() } else { item }).collect();
                self.retry(call.subscription, call.action, items, error.retry_after(), now, random);
            }
        }
        self.count();
    }

    /// Makes the calls that renew the locks which are due.
    pub(super) fn renew(&mut self, now: Duration) {
        let ids = self.deliveries.take_renewals(now, self.options.locks);
        for subscription in 0..self.subscriptions.len() {
            let of_subscription = |id: &DeliveryId| {
                self.deliveries.get(*id).filter(|active| active.subscription == subscription)
            };
            let items = ids.iter().filter_map(|id| Some(SettleItem::new(*id, of_subscription(id)?)));
            let items: Vec<_> = items.collect();
            let mut items = items.into_iter().peekable();
            while items.peek().is_some() {
                let items = items.by_ref().take(self.options.gathering.count).collect();
                let call = Self::call(subscription, SettleAction::RenewLocks, items, now);
                self.renewals.push_back(call);
            }
        }
    }

    pub(super) fn next_settling(&mut self, now: Duration) -> Option<SettleCall> {
        let hurry = self.hurries();
        let gathering = self.options.gathering();
        let (subscription, (action, items)) =
            self.subscriptions.iter_mut().enumerate().find_map(|(subscription, state)| {
                Some((subscription, state.verdicts.take(now, gathering, hurry)?))
            })?;
        Some(Self::call(subscription, action, items, now))
    }

    fn call(subscription: usize, action: SettleAction, items: Vec<SettleItem>, now: Duration) -> SettleCall {
        let until = items.iter().map(|item| item.locked_until).max().unwrap_or(now);
        SettleCall { subscription, action, items, sent_at: now, until }
    }

    pub(super) fn settle(&mut self, id: DeliveryId, verdict: Verdict, now: Duration) {
        if let Some(active) = self.deliveries.get(id) {
            let item = SettleItem::new(id, active);
            self.subscriptions[active.subscription].verdicts.add(verdict.action(), item, now);
        }
    }

    /// Reads the response to a call. Returns the deliveries to be sent again.
    fn take_in(&mut self, call: &SettleCall, settlement: &Settlement<'_>) -> Vec<SettleItem> {
        let mut open = Open { items: call.items.iter().map(Some).collect(), next: 0 };
        for token in settlement.succeeded() {
            if let Some(item) = open.take(token) {
                self.succeeded(call, item);
            }
        }
        let mut again = Vec::new();
        for failed in settlement.failed() {
            let Some(item) = open.take(failed.lock_token()) else { continue };
            match failed.reason() {
                FailureReason::AlreadySettledOrLost => self.settled_or_lost(item),
                FailureReason::TokenLost if item.may_be_settled => self.settled_or_lost(item),
                FailureReason::TokenLost | FailureReason::BadToken => self.refused(call, item),
                _ => again.push(item.clone()),
            }
        }
        // A delivery that the response does not name may be settled.
        again.extend(open.items.into_iter().flatten().cloned().map(SettleItem::unconfirmed));
        again
    }

    /// Counts what is published when the whole response was read.
    fn succeeded(&mut self, call: &SettleCall, item: &SettleItem) {
        if call.action == SettleAction::RenewLocks {
            if self.deliveries.renewed(item.id, call.sent_at, self.options.locks) {
                self.stats.renewed += 1;
            }
            return;
        }
        self.deliveries.remove(item.id);
        match call.action {
            SettleAction::Acknowledge => self.stats.acknowledged += 1,
            SettleAction::Release(_) => self.stats.released += 1,
            SettleAction::Reject => self.stats.rejected += 1,
            // A verdict is one of the above.
            _ => {}
        }
    }

    /// Notes that the service says that the lock has ended.
    fn refused(&mut self, call: &SettleCall, item: &SettleItem) {
        if call.action != SettleAction::RenewLocks {
            self.lose(item.id, LockLoss::Refused);
            self.deliveries.remove(item.id);
        } else if self.deliveries.is_handled(item.id) {
            // If no handler runs, its verdict is being sent, and the response to that decides.
            self.lose(item.id, LockLoss::Refused);
        }
    }

    fn settled_or_lost(&mut self, item: &SettleItem) {
        self.deliveries.remove(item.id);
        self.tally(|stats| stats.settled_or_lost += 1);
        self.options.notify(&ProcessorNotice::SettledOrLost { event: &item.delivery.received });
    }

    /// Retries a call that failed as a whole, for the deliveries whose locks last. All verdicts of
    /// its kind wait.
    fn retry(
        &mut self,
        subscription: usize,
        action: SettleAction,
        items: Vec<SettleItem>,
        retry_after: Option<Duration>,
        now: Duration,
        random: u64,
    ) {
        if action == SettleAction::RenewLocks {
            return self.retry_renewal(&items, backoff::delay(1, retry_after, random), now);
        }
        let items = self.that_last(items, now);
        if !items.is_empty() {
            let longest = self.options.longest_wait();
            let delay = |failures| backoff::delay(failures, retry_after, random).min(longest);
            self.subscriptions[subscription].verdicts.retry(action, items, now, delay);
        }
    }

    /// Retries a call for the deliveries that it did not settle. Each of them waits alone.
    fn retry_alone(
        &mut self,
        subscription: usize,
        action: SettleAction,
        items: Vec<SettleItem>,
        now: Duration,
        random: u64,
    ) {
        if action == SettleAction::RenewLocks {
            return self.retry_renewal(&items, backoff::delay(1, None, random), now);
        }
        let longest = self.options.longest_wait();
        for item in self.that_last(items, now) {
            let delay = |refusals| backoff::delay(refusals, None, random).min(longest);
            self.subscriptions[subscription].verdicts.retry_alone(action, item, now, delay);
        }
    }

    fn retry_renewal(&mut self, items: &[SettleItem], wait: Duration, now: Duration) {
        for item in items {
            self.deliveries.not_renewed(item.id, now, wait);
        }
    }

    /// The deliveries whose locks last. The others are given up.
    fn that_last(&mut self, items: Vec<SettleItem>, now: Duration) -> Vec<SettleItem> {
        let (items, ended): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| item.locked_until > now);
        for item in ended {
            self.give_up(&item);
        }
        items
    }

    /// Gives up a delivery whose lock ended before a response confirmed that the event is settled.
    pub(super) fn give_up(&mut self, item: &SettleItem) {
        if item.may_be_settled {
            self.settled_or_lost(item);
        } else {
            self.lose(item.id, LockLoss::Expired);
            self.deliveries.remove(item.id);
        }
    }
}

/// The deliveries of a call that its response has not named yet.
struct Open<'i> {
    items: Vec<Option<&'i SettleItem>>,
    /// The place after the one that was named last: most responses keep the order of the request.
    next: usize,
}

impl<'i> Open<'i> {
    /// Takes the item with this token.
    fn take(&mut self, token: LockToken<'_>) -> Option<&'i SettleItem> {
        let place_from = |from: usize| {
            let is_it = |item: &SettleItem| item.delivery.received.lock_token() == token;
            let place = self.items.iter().skip(from).position(|item| item.is_some_and(is_it))?;
            Some(from + place)
        };
        let place = place_from(self.next).or_else(|| place_from(0))?;
        self.next = place + 1;
        self.items.get_mut(place)?.take()
    }
}
