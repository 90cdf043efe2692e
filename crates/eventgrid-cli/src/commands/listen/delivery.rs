//! One event, from when it is received to its verdict.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use eventgrid::{Environment as _, ReleaseDelay, Std};
use eventgrid_push::DeadLetterReason;
use eventgrid_worker::{LockLoss, ProcessorEvent, ProcessorHandle, ProcessorStop, Verdict};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use super::attempts::{AttemptPolicy, Attempts, Step, has_response};
use super::courier::Courier;
use super::http_sender::Ended;
use super::record::{AttemptRecord, Outcome};
use super::view::View;

/// What all deliveries share.
pub(super) struct Deliveries {
    pub(super) courier: Courier,
    pub(super) policy: AttemptPolicy,
    /// Whether what is given up is released.
    pub(super) releases_failed: bool,
    /// How many more events are delivered.
    pub(super) left: Cell<Option<u64>>,
    /// How many were given up.
    pub(super) given_up: Cell<u64>,
    /// Told when the webhook has responded.
    pub(super) reached: Notify,
    /// Told when events that wait for a retry are to be released.
    pub(super) ending: Notify,
    pub(super) is_ending: Cell<bool>,
    pub(super) view: View,
    pub(super) handle: ProcessorHandle,
}

/// Why a wait is over.
enum Wake {
    Retry,
    LockLost(LockLoss),
    Ending,
}

impl Deliveries {
    /// Delivers an event: attempts, and waits between them, until there is a verdict.
    pub(super) async fn deliver(&self, event: ProcessorEvent) -> Verdict {
        // Without a delay, the poll that is given up would bring it back to nobody.
        let release = Verdict::Release(ReleaseDelay::TenSeconds);
        match self.left.get() {
            Some(0) => return release,
            Some(left) => {
                self.left.set(Some(left - 1));
                if left == 1 {
                    self.handle.stop(ProcessorStop::FinishNow);
                }
            }
            None => {}
        }
        if self.is_ending.get() {
            return release;
        }
        let retry_now = self.view.begin(&event);
        let attempts_before = event.delivery_count().saturating_sub(1);
        let received = Instant::now();
        let mut attempts = Attempts::new(self.policy);
        loop {
            let number = attempts.begin();
            let count = attempts_before.saturating_add(number - 1);
            let record = |outcome| AttemptRecord::new(&event, outcome, number, count);
            let json = event.view().as_json();
            let began = received.elapsed();
            let ended = tokio::select! {
                ended = self.courier.push(json.as_str(), count) => ended,
                loss = event.lock_lost() => return self.lost(&event, record(Outcome::Lost), loss),
            };
            let ended = match ended {
                Ok(ended) => ended,
                Err(reason) => {
                    self.record(&event, AttemptRecord { reason: Some(reason), ..record(Outcome::Released) });
                    return release;
                }
            };
            let is_reached = has_response(ended.result);
            if is_reached {
                self.reached.notify_waiters();
            }
            let wait = match attempts.after(ended.result, began, received.elapsed(), Std.random()) {
                Step::Delivered => {
                    self.record(&event, tell(record(Outcome::Delivered), &ended));
                    return Verdict::Acknowledge;
                }
                Step::Retry { wait } => wait,
                Step::GiveUp(reason) => return self.give_up(&event, record, &ended, reason),
                Step::Release => {
                    self.record(&event, tell(record(Outcome::Released), &ended));
                    return release;
                }
            };
            let mut retry = tell(record(Outcome::Retry), &ended);
            retry.retry_after_seconds = Some(wait.as_secs());
            self.record(&event, retry);
            match self.wait(wait, is_reached, &retry_now, &event).await {
                Wake::LockLost(loss) => return self.lost(&event, record(Outcome::Lost), loss),
                Wake::Ending => {
                    let reason = Some("the program ends".to_owned());
                    self.record(&event, AttemptRecord { reason, ..record(Outcome::Released) });
                    return release;
                }
                Wake::Retry => {}
            }
            if let Some(reason) = attempts.too_late(ended.result, received.elapsed()) {
                return self.give_up(&event, record, &ended, reason);
            }
        }
    }

    /// Tells of an attempt. Where nobody can be told, nothing more is begun.
    fn record(&self, event: &ProcessorEvent, record: AttemptRecord) {
        if !self.view.record(event, record) {
            self.handle.stop(ProcessorStop::FinishNow);
            self.end();
        }
    }

    /// Waits for the next attempt. Where the webhook was not reached, that is sooner if it is for
    /// another event.
    async fn wait(
        &self,
        wait: Duration,
        is_reached: bool,
        retry_now: &Rc<Notify>,
        event: &ProcessorEvent,
    ) -> Wake {
        let ending = self.ending.notified();
        if self.is_ending.get() {
            return Wake::Ending;
        }
        tokio::select! {
            () = sleep(wait) => Wake::Retry,
            () = retry_now.notified() => Wake::Retry,
            () = self.reached.notified(), if !is_reached => Wake::Retry,
            loss = event.lock_lost() => Wake::LockLost(loss),
            () = ending => Wake::Ending,
        }
    }

    fn give_up(
        &self,
        event: &ProcessorEvent,
        record: impl Fn(Outcome) -> AttemptRecord,
        ended: &Ended,
        reason: DeadLetterReason,
    ) -> Verdict {
        let outcome = if self.releases_failed { Outcome::Released } else { Outcome::Rejected };
        let mut record = tell(record(outcome), ended);
        let why = match reason {
            DeadLetterReason::MaxDeliveryAttemptsExceeded => "no more attempts are allowed",
            DeadLetterReason::TimeToLiveExceeded => "its time to live is over",
            _ => "Event Grid does not retry after this response",
        };
        record.reason = Some(match record.reason {
            Some(last) => format!("{why}; {last}"),
            None => why.to_owned(),
        });
        self.record(event, record);
        self.given_up.set(self.given_up.get() + 1);
        if self.releases_failed { Verdict::Release(ReleaseDelay::TenSeconds) } else { Verdict::Reject }
    }

    fn lost(&self, event: &ProcessorEvent, mut record: AttemptRecord, loss: LockLoss) -> Verdict {
        record.reason = Some(format!("the lock was lost: {loss}"));
        self.record(event, record);
        // It is not sent: there is no lock any more.
        Verdict::Release(ReleaseDelay::TenSeconds)
    }

    /// Releases what waits for a retry.
    pub(super) fn end(&self) {
        self.is_ending.set(true);
        self.left.set(Some(0));
        self.ending.notify_waiters();
    }
}

fn tell(record: AttemptRecord, ended: &Ended) -> AttemptRecord {
    record.ended(ended.result, &ended.text, ended.took)
}
