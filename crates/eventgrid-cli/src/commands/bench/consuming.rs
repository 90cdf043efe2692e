//! Receives events and settles them.

use std::rc::Rc;
use std::time::Duration;

use eventgrid::credential::AnyCredential;
use eventgrid::{Batch, LockToken, ReceiveOptions, ReceivedEvent, ReleaseDelay, SettleAction};
use eventgrid_hyper::Consumer;
use tokio::time::{Instant, sleep, timeout};

use super::limit::Limit;
use super::meter::Meter;
use crate::arguments::LoadArguments;
use crate::failure::{FailureKind, is_refusal};

/// How long a poll waits: the service knows no less.
const WAIT: Duration = Duration::from_secs(10);

/// How long a poll that is under way may still bring events at the end of a run.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// How long to wait after a request that failed.
const PAUSE: Duration = Duration::from_millis(500);

/// The most events that are received at once.
const MOST_EVENTS: u64 = 100;

/// Receives events and settles them, in several requests at once.
pub(super) struct Consuming {
    consumer: Consumer<AnyCredential>,
    pub(super) received: Meter,
    pub(super) acknowledged: Meter,
    pub(super) limit: Rc<Limit>,
    batch: u64,
    /// Whether a poll that brings no event ends the run.
    pub(super) ends_without_events: bool,
}

/// Which events are taken.
pub(super) trait Take {
    /// Whether an event is acknowledged; otherwise it is released.
    fn take(&self, event: &ReceivedEvent<'_>) -> bool;
}

/// Takes every event.
pub(super) struct TakeAll;

impl Take for TakeAll {
    fn take(&self, _: &ReceivedEvent<'_>) -> bool {
        true
    }
}

impl Consuming {
    pub(super) fn new(consumer: Consumer<AnyCredential>, load: &LoadArguments, limit: Rc<Limit>) -> Self {
        Self {
            consumer,
            received: Meter::new("receive"),
            acknowledged: Meter::new("acknowledge"),
            limit,
            batch: u64::from(load.batch).min(MOST_EVENTS),
            ends_without_events: true,
        }
    }

    /// Receives and settles, one request after the other, until the run is over.
    pub(super) async fn run(&self, take: &impl Take) {
        loop {
            let most = self.limit.take(self.batch);
            if most == 0 {
                return;
            }
            let since = Instant::now();
            let batch = self.receive(most).await;
            let Some(batch) = batch else {
                self.limit.give_back(most);
                continue;
            };
            let count = batch.len() as u64;
            self.limit.give_back(most - count.min(most));
            if count == 0 {
                if self.ends_without_events {
                    self.limit.end();
                }
                continue;
            }
            self.received.latency(since.elapsed());
            self.received.succeed(count);
            self.settle(&batch, take).await;
        }
    }

    /// The events of one poll; `None` if it failed, or the run is over.
    async fn receive(&self, most: u64) -> Option<Batch<'static>> {
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        let options = ReceiveOptions::new().max_events(most).max_wait_time(WAIT);
        let mut poll = std::pin::pin!(self.consumer.receive(options));
        let ended = tokio::select! {
            ended = &mut poll => Some(ended),
            // What it brings at this moment is not left behind.
            () = self.limit.over() => timeout(LAST_WAIT, poll).await.ok(),
        };
        self.received.request();
        match ended? {
            Ok(batch) => Some(batch),
            Err(error) => {
                self.received.fail(
                    0,
                    FailureKind::of_call(&error),
                    &eventgrid::with_causes(&error).to_string(),
                );
                if is_refusal(&error) {
                    // It would be so with all others.
                    self.limit.end();
                }
                sleep(PAUSE).await;
                None
            }
        }
    }

    async fn settle(&self, batch: &Batch<'_>, take: &impl Take) {
        let (mut taken, mut others) = (Vec::new(), Vec::new());
        for event in batch {
            if take.take(&event) { &mut taken } else { &mut others }.push(event.lock_token());
        }
        if !taken.is_empty() {
            let since = Instant::now();
            if self.settle_as(SettleAction::Acknowledge, &taken).await {
                self.acknowledged.latency(since.elapsed());
            }
        }
        if !others.is_empty() {
            self.settle_as(SettleAction::Release(ReleaseDelay::TenSeconds), &others).await;
        }
    }

    async fn settle_as(&self, action: SettleAction, tokens: &[LockToken<'_>]) -> bool {
        let is_acknowledged = action == SettleAction::Acknowledge;
        self.acknowledged.request();
        match self.consumer.settle(action, tokens).await {
            Ok(settlement) => {
                if is_acknowledged {
                    self.acknowledged.succeed(settlement.succeeded().count() as u64);
                }
                for failed in settlement.failed() {
                    let reason = format!("{}: {}", failed.code(), failed.message());
                    self.acknowledged.fail(1, FailureKind::Partial, &reason);
                }
                true
            }
            Err(error) => {
                let reason = eventgrid::with_causes(&error).to_string();
                self.acknowledged.fail(tokens.len() as u64, FailureKind::of_call(&error), &reason);
                false
            }
        }
    }
}
