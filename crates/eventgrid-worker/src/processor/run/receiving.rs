//! What follows from a receive: from the events that it brought, or from its failure.

use std::sync::Arc;
use std::time::Duration;

use eventgrid::{Batch, Error, OwnedReceivedEvent, ReceivedEvent, ReleaseDelay, TransportError};

use super::Run;
use crate::processor::deliveries::DeliveryId;
use crate::processor::event::Delivery;
use crate::processor::lock::Lock;
use crate::processor::polled_subscription::ReceiveCall;
use crate::processor::running_handler::Abort;
use crate::processor::{
    FailureCause, OnRefusal, ProcessorEvent, ProcessorNotice, ProcessorStop, Verdict, backoff,
};

impl<X: TransportError> Run<'_, X> {
    /// Takes the result of a receive. Returns the events to be handled.
    pub(in crate::processor) fn polled(
        &mut self,
        poll: ReceiveCall,
        result: Result<Batch<'static>, Error<'static, X>>,
        now: Duration,
        random: u64,
    ) -> Vec<(DeliveryId, ProcessorEvent)> {
        self.asked -= poll.events;
        self.polls -= 1;
        match result {
            Ok(batch) => self.received(poll, &batch, now, random),
            Err(error) => {
                self.not_received(poll, error, now, random);
                Vec::new()
            }
        }
    }

    fn received(
        &mut self,
        poll: ReceiveCall,
        batch: &Batch<'_>,
        now: Duration,
        random: u64,
    ) -> Vec<(DeliveryId, ProcessorEvent)> {
        self.learn_from(poll, batch, now, random);
        let added = self.add_all(poll, batch, now);
        self.tell_of_received(poll, batch);
        let mut to_handle = Vec::new();
        for (id, delivery) in added {
            match self.verdict_without_handler(&delivery.received) {
                Some(verdict) => self.settle(id, verdict, now),
                None => to_handle.push((id, ProcessorEvent(delivery))),
            }
        }
        self.count();
        to_handle
    }

    /// Learns from a batch when the next receive begins, and how many events it asks for.
    fn learn_from(&mut self, poll: ReceiveCall, batch: &Batch<'_>, now: Duration, random: u64) {
        let wait = self.options.receive_wait;
        let subscription = &mut self.subscriptions[poll.subscription];
        if batch.is_empty() && batch.interruption().is_none() && subscription.is_early(now, wait) {
            // Receiving again at once would never end. At the pace of a long poll, no event is
            // late.
            subscription.failed(now, |failures| backoff::delay(failures, None, random).min(wait));
            subscription.is_proven = true;
        } else {
            subscription.succeeded(batch.len());
        }
        if batch.interruption().is_some() {
            subscription.pace.interrupted(poll.asked(), batch.len());
        } else {
            let time = batch.arrived().map(|arrived| now.saturating_sub(arrived));
            subscription.pace.received(poll.asked(), batch.len(), time);
        }
    }

    fn tell_of_received(&self, poll: ReceiveCall, batch: &Batch<'_>) {
        let (subscription, events) = (&*self.subscriptions[poll.subscription].name, batch.len());
        let without_lock_token = batch.without_lock_token();
        if let Some(by) = batch.interruption() {
            self.options.notify(&ProcessorNotice::ReceiveInterrupted {
                subscription,
                events,
                asked: poll.events,
                by,
            });
        }
        if events > 0 || without_lock_token > 0 {
            self.options.notify(&ProcessorNotice::Received { subscription, events, without_lock_token });
        }
    }

    /// Adds and counts the events of a batch.
    fn add_all(
        &mut self,
        poll: ReceiveCall,
        batch: &Batch<'_>,
        now: Duration,
    ) -> Vec<(DeliveryId, Arc<Delivery>)> {
        let locked = locked_since(batch, now);
        let added = batch.iter().map(|received| self.add(poll.subscription, received, locked)).collect();
        self.tally(|stats| {
            stats.received += batch.len() as u64;
            stats.without_lock_token += batch.without_lock_token() as u64;
            stats.interrupted_receives += u64::from(batch.interruption().is_some());
        });
        added
    }

    fn add(
        &mut self,
        subscription: usize,
        received: ReceivedEvent<'_>,
        locked: Duration,
    ) -> (DeliveryId, Arc<Delivery>) {
        let name = Arc::clone(&self.subscriptions[subscription].name);
        let delivery = Arc::new(Delivery {
            received: received.into_owned(),
            subscription: name,
            lock: Lock::default(),
            abort: Abort::default(),
        });
        (self.deliveries.add(subscription, Arc::clone(&delivery), locked, self.options.locks), delivery)
    }

    /// Releases events that did not fit, of which only the lock tokens came. If such an event was
    /// asked for alone, it will never fit.
    fn give_back(&mut self, poll: ReceiveCall, batch: &Batch<'_>, now: Duration) {
        for (id, delivery) in self.add_all(poll, batch, now) {
            let never_fits =
                if poll.events > 1 { None } else { self.verdict_without_handler(&delivery.received) };
            self.settle(id, never_fits.unwrap_or(Verdict::Release(ReleaseDelay::NoDelay)), now);
        }
        self.count();
    }

    /// The verdict on an event that no handler gets, or `None` if a handler gets it.
    fn verdict_without_handler(&mut self, event: &OwnedReceivedEvent) -> Option<Verdict> {
        if self.stop.is_some() {
            return Some(Verdict::Release(ReleaseDelay::NoDelay));
        }
        let is_poison = self.options.max_deliveries.is_some_and(|max| event.delivery_count() > max);
        let cause = match event.event() {
            Err(error) => FailureCause::Malformed(error),
            Ok(_) if is_poison => FailureCause::Poison,
            Ok(_) => return None,
        };
        let verdict = self.judge(event, cause);
        self.options.notify(&ProcessorNotice::Withheld { event, cause, verdict });
        Some(verdict)
    }

    fn not_received(&mut self, poll: ReceiveCall, error: Error<'static, X>, now: Duration, random: u64) {
        self.tally(|stats| stats.failed_receives += 1);
        if let Error::BatchTooLarge(batch) = &error {
            self.give_back(poll, batch, now);
        }
        let refused = is_refusal(&error);
        let nothing_sent = matches!(error, Error::Transport { .. }) && !error.may_have_been_acted_on();
        let subscription = &mut self.subscriptions[poll.subscription];
        match &error {
            Error::BatchTooLarge(_) => subscription.pace.did_not_fit(poll.asked()),
            // Its events are locked, and their tokens are not known.
            Error::Decode(_) => subscription.pace.interrupted(poll.asked(), 0),
            _ if error.broke_off() => subscription.pace.interrupted(poll.asked(), 0),
            _ => {}
        }
        let ends = refused
            && match self.options.on_refusal {
                OnRefusal::EndAtStart => !subscription.is_proven,
                OnRefusal::End => true,
                OnRefusal::Wait => false,
            };
        let wait = subscription.failed(now, |failures| match failures {
            _ if refused => backoff::long_delay(random),
            // No byte was sent, so there is no reason to wait before the first retry.
            1 if nothing_sent => Duration::ZERO,
            _ => backoff::delay(failures, error.retry_after(), random),
        });
        self.options.notify(&ProcessorNotice::ReceiveFailed {
            subscription: &subscription.name,
            error: &error,
            retry_in: (!ends).then_some(wait),
        });
        if ends {
            self.stop = self.stop.max(Some(ProcessorStop::Finish));
            self.error.get_or_insert(error);
        }
    }
}

/// Whether the same request is likely to be refused again: by its status, or before it was sent.
fn is_refusal<X>(error: &Error<'static, X>) -> bool {
    match error {
        Error::Request(_) => true,
        Error::Service(error) => matches!(error.status(), 400 | 401 | 403 | 404 | 405 | 410 | 413),
        _ => false,
    }
}

/// When the locks of a batch began at the latest: when its first byte came, not when all of it was
/// read.
fn locked_since(batch: &Batch<'_>, now: Duration) -> Duration {
    batch.arrived().map_or(now, |arrived| arrived.min(now))
}
