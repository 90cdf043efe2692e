//! Moves events from the file to the batcher, and records their outcomes in the file.

use std::collections::{HashMap, VecDeque};
use std::future::pending;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use eventgrid::calls::EncodedEvent;
use eventgrid::target::{Accepts, Schema, Target};
use eventgrid::{AsyncCredential, AsyncSleep, AsyncTransport, AttemptOutcome, Error, Replay, SendLimits};
use eventgrid_worker::{Batcher, PublishError, PublishReport};
use futures_util::future::{FutureExt, join, select};
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::failure::{self, Failure};
use super::unsettled::{Unsettled, change_of};
use crate::error::OutboxError;
use crate::notice::OutboxNotice;
use crate::refused::RefusalReason;
use crate::shared::Shared;
use crate::state::State;
use crate::store::{Refusal, StoredEvent};

/// How much is read from the file at once.
const READ: SendLimits = SendLimits { max_bytes: 1 << 20, max_events: 1000 };

/// After this many published events, they are removed from the file while others are handed over.
const SETTLED_AT_ONCE: usize = 1000;

/// The longest wait that is granted to the service.
const LONGEST_ASKED: Duration = Duration::from_secs(3600);

type Key = Arc<str>;

/// The state of forwarding.
pub(super) struct Feed<'f, T: AsyncTransport, E, C, K, S> {
    shared: &'f Shared,
    batcher: &'f Batcher<T, E, C, K, S>,
    /// The batcher's handles for the keys of events that are being sent.
    keyed: HashMap<Key, KeyInUse<T, E, C, K, S>>,
    reports: FuturesUnordered<UnderWay<T::Error>>,
    unsettled: Unsettled,
    /// From this number on, outcomes are written to the file while other events are handed over.
    settle_at: usize,
    /// Whether the key must be resumed, because an event of it was not published.
    is_paused: bool,
    problem: Option<Problem<T::Error>>,
    /// How many problems there were in a row.
    problems: u32,
}

struct KeyInUse<T: AsyncTransport, E, C, K, S> {
    batcher: Batcher<T, E, C, K, S>,
    under_way: usize,
    is_paused: bool,
}

/// What a wait has ended with.
enum Woken<X> {
    Reported(Report<X>),
    /// It is time to write to the file again.
    Due,
}

/// The number and key of an event that the batcher took, and its outcome.
type Report<X> = (u64, Option<Key>, Result<(), PublishError<X>>);

/// Why events must be sent again later.
struct Problem<X> {
    error: Option<Arc<Error<'static, X>>>,
    events: usize,
}

/// An event that the batcher has.
struct UnderWay<X> {
    sequence: u64,
    key: Option<Key>,
    report: PublishReport<X>,
}

impl<X> Future for UnderWay<X> {
    type Output = Report<X>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let outcome = Pin::new(&mut self.report).poll(context);
        outcome.map(|outcome| (self.sequence, self.key.take(), outcome))
    }
}

impl<'f, T, E, C, K, S> Feed<'f, T, E, C, K, S>
where
    T: AsyncTransport<Error: 'static>,
    E: AsyncSleep,
    C: AsyncCredential,
    K: Target + Accepts<S>,
    S: Schema,
{
    pub(super) fn new(shared: &'f Shared, batcher: &'f Batcher<T, E, C, K, S>) -> Self {
        Self {
            shared,
            batcher,
            keyed: HashMap::new(),
            reports: FuturesUnordered::new(),
            unsettled: Unsettled::default(),
            settle_at: SETTLED_AT_ONCE,
            is_paused: false,
            problem: None,
            problems: 0,
        }
    }

    /// Publishes until the outbox is closed and all events that the batcher took are reported.
    pub(super) async fn run(mut self) {
        while !self.shared.state.is_closed() {
            let read = self.round().await;
            self.drain().await;
            let settled = self.settle().await;
            for (_, key) in self.keyed.drain().filter(|(_, key)| key.is_paused) {
                key.batcher.resume();
            }
            self.is_paused = false;
            if let Some(problem) = self.problem.take() {
                self.problems = self.problems.saturating_add(1);
                let delay = self.delay(problem.error.as_deref().and_then(Error::retry_after));
                self.tell_of(&problem, delay);
                self.wait(delay).await;
            } else if read.is_err() || settled.is_err() {
                self.problems = self.problems.saturating_add(1);
                self.wait(self.delay(None)).await;
            }
        }
    }

    /// Hands over events, beginning with the oldest, until something fails or the outbox is closed.
    async fn round(&mut self) -> Result<(), OutboxError> {
        let (mut events, mut from) = (VecDeque::new(), 0);
        loop {
            while let Some(Some(report)) = self.reports.next().now_or_never() {
                self.note(report);
            }
            if self.problem.is_some() || self.is_paused || self.shared.state.is_closed() {
                return Ok(());
            }
            if self.unsettled.len() >= self.settle_at {
                // If it fails, forwarding goes on.
                let _ = self.settle().await;
                continue;
            }
            if let Some(event) = events.pop_front() {
                self.hand_over(event).await;
                continue;
            }
            let known = self.shared.state.totals().next_sequence;
            let read = self.shared.read(from, READ).await;
            events = read.inspect_err(|error| self.tell_of_storage(error))?.into();
            match events.back() {
                Some(last) => from = last.sequence().saturating_add(1),
                None => self.idle(known).await,
            }
        }
    }

    /// Waits until all events that the batcher took are reported. No more come, so those that wait
    /// for others to share their request are sent now.
    async fn drain(&mut self) {
        let batcher = self.batcher;
        let reported = async {
            while let Some(report) = self.reports.next().await {
                self.note(report);
            }
        };
        join(batcher.flush(), reported).await;
    }

    /// Waits for a report, for new events (from the number `known` on), for the end, or for the
    /// time to write to the file again.
    async fn idle(&mut self, known: u64) {
        if !self.unsettled.is_late() {
            let _ = self.settle().await;
        }
        let (delay, is_late) = (self.delay(None), self.unsettled.is_late());
        let woken = {
            let more = async {
                let state = &self.shared.state;
                state.until(|state| state.is_closed() || state.totals().next_sequence != known).await;
                None
            };
            let due = async {
                if is_late {
                    self.batcher.publisher().client().environment().sleep(delay).await;
                    return Some(Woken::Due);
                }
                pending().await
            };
            let reports = &mut self.reports;
            let reported = async {
                match reports.next().await {
                    Some(report) => Some(Woken::Reported(report)),
                    None => pending().await,
                }
            };
            let (woken, _) =
                select(pin!(reported), select(pin!(more), pin!(due)).map(|woken| woken.factor_first().0))
                    .await
                    .factor_first();
            woken
        };
        match woken {
            Some(Woken::Reported(report)) => self.note(report),
            Some(Woken::Due) => {
                let is_settled = self.settle().await.is_ok();
                self.problems = if is_settled { 0 } else { self.problems.saturating_add(1) };
            }
            None => {}
        }
    }

    async fn hand_over(&mut self, event: StoredEvent) {
        let (sequence, key, json) = match event {
            StoredEvent::Whole { sequence, key, json } => (sequence, key, json),
            StoredEvent::Damaged { sequence } => return self.refuse_damaged(sequence, "its checksum"),
        };
        if self.unsettled.is_skipped(sequence) {
            return;
        }
        let endpoint_kind = self.batcher.publisher().target().endpoint_kind();
        let Ok(event) = EncodedEvent::<S>::restore(json, endpoint_kind) else {
            return self.refuse_damaged(sequence, "not JSON");
        };
        let sent = match &key {
            Some(key) => {
                let batcher = self.batcher;
                let in_use = self.keyed.entry(Arc::clone(key)).or_insert_with(|| KeyInUse {
                    batcher: batcher.keyed(Arc::clone(key)),
                    under_way: 0,
                    is_paused: false,
                });
                in_use.under_way += 1;
                in_use.batcher.send(&event).await
            }
            None => self.batcher.send(&event).await,
        };
        match sent {
            Ok(report) => self.reports.push(UnderWay { sequence, key, report }),
            Err(error) => {
                let failure = failure::of_sending(&error);
                self.note_failure(sequence, key.as_ref(), failure);
                self.end_of(key.as_ref());
            }
        }
    }

    /// Records the outcome of an event that the batcher took.
    fn note(&mut self, (sequence, key, outcome): Report<T::Error>) {
        let key = key.as_ref();
        match outcome {
            Ok(()) => {
                self.problems = 0;
                self.unsettled.publish(sequence);
            }
            Err(error) => {
                // The batcher pauses the key of an event that fails.
                if let Some(in_use) = key.and_then(|key| self.keyed.get_mut(key)) {
                    in_use.is_paused = true;
                    self.is_paused = true;
                }
                self.note_failure(sequence, key, failure::of_report(error));
            }
        }
        self.end_of(key);
    }

    fn note_failure(&mut self, sequence: u64, key: Option<&Key>, failure: Failure<T::Error>) {
        match failure {
            Failure::Refused(reason, message) => {
                self.tell(&OutboxNotice::Refused { reason, message: &message });
                self.unsettled.refuse(Refusal { sequence, reason, message });
            }
            Failure::Paused => {
                if let Some(in_use) = key.and_then(|key| self.keyed.get_mut(key)) {
                    in_use.is_paused = true;
                }
                self.is_paused = true;
            }
            Failure::Later(error) => {
                let problem = self.problem.get_or_insert(Problem { error, events: 0 });
                problem.events += 1;
            }
        }
    }

    /// Notes that an event of a key is no longer being sent.
    fn end_of(&mut self, key: Option<&Key>) {
        let Some(key) = key else { return };
        let Some(in_use) = self.keyed.get_mut(key) else { return };
        in_use.under_way -= 1;
        if in_use.under_way == 0 && !in_use.is_paused {
            self.keyed.remove(key);
        }
    }

    fn refuse_damaged(&mut self, sequence: u64, what: &str) {
        if self.unsettled.is_skipped(sequence) {
            return;
        }
        let reason = RefusalReason::Damaged;
        let message = format!("what was read is not what was put: {what}");
        self.tell(&OutboxNotice::Refused { reason, message: &message });
        self.unsettled.refuse(Refusal { sequence, reason, message });
    }

    /// Removes published events from the file, and sets aside refused ones.
    async fn settle(&mut self) -> Result<(), OutboxError> {
        let Some((published, refused)) = self.unsettled.take() else { return Ok(()) };
        match self.shared.write(change_of(&published, &refused)).await {
            Ok(()) => {
                self.unsettled.settled();
                self.settle_at = SETTLED_AT_ONCE;
                Ok(())
            }
            Err(error) => {
                self.unsettled.put_back(published, refused);
                self.settle_at = self.unsettled.len() + SETTLED_AT_ONCE;
                self.tell_of_storage(&error);
                Err(error)
            }
        }
    }

    /// How long to wait after this many problems.
    fn delay(&self, retry_after: Option<Duration>) -> Duration {
        let environment = self.batcher.publisher().client().environment();
        let retry_after = retry_after.map(|asked| asked.min(LONGEST_ASKED));
        // The policy returns a delay for certain statuses only. This is one of them, so there is
        // always a delay.
        let outcome = AttemptOutcome::Status { status: 503, retry_after };
        let backoff = self.shared.options.backoff;
        let delay = backoff.delay(self.problems.max(1), &outcome, Replay::Always, environment.random());
        delay.unwrap_or(backoff.max_delay)
    }

    /// Waits, unless the outbox is closed.
    async fn wait(&self, delay: Duration) {
        let closed = self.shared.state.until(State::is_closed);
        let environment = self.batcher.publisher().client().environment();
        select(pin!(closed), pin!(environment.sleep(delay))).await;
    }

    fn tell_of(&self, problem: &Problem<T::Error>, retry_in: Duration) {
        let Some(error) = &problem.error else { return };
        let is_retryable = error.is_retryable();
        let events = problem.events;
        self.tell(&OutboxNotice::PublishFailed { events, error: &**error, is_retryable, retry_in });
    }

    fn tell_of_storage(&self, error: &OutboxError) {
        self.tell(&OutboxNotice::StorageFailed { error });
    }

    fn tell(&self, notice: &OutboxNotice<'_>) {
        if let Some(on_notice) = &self.shared.options.on_notice {
            on_notice(notice);
        }
    }
}
