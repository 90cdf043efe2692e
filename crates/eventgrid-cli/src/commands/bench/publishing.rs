//! Publishes events.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use eventgrid::credential::AnyCredential;
use eventgrid::target::AnyTarget;
use eventgrid::{CloudEvent, Data, SendFailureReason};
use eventgrid_hyper::Publisher;
use tokio::time::{Instant, sleep_until};

use super::limit::Limit;
use super::meter::Meter;
use crate::arguments::{EventLoadArguments, LoadArguments};
use crate::failure::{FailureKind, is_refusal};

/// The most bytes that are put into a request.
const MOST_BYTES: usize = 1_000_000;

/// What the attributes of an event have at most, in bytes.
const ATTRIBUTES: usize = 400;

/// Publishes events, in several requests at once.
pub(super) struct Publishing {
    publisher: Publisher<AnyCredential, AnyTarget<'static>>,
    pub(super) meter: Meter,
    pub(super) limit: Rc<Limit>,
    /// Where the events of this run are from.
    source: String,
    data: String,
    batch: u64,
    rate: Option<u32>,
    began: Instant,
    /// How many events were due so far.
    due: Cell<u64>,
    number: Cell<u64>,
}

/// A request as others see it.
pub(super) trait Watch {
    /// These events are about to be sent.
    fn sending(&self, first: u64, count: u64, since: Instant);
    /// Some of these events may not have been accepted.
    fn failed(&self, numbers: std::ops::Range<u64>);
}

/// Nobody who sees it.
pub(super) struct Unwatched;

impl Watch for Unwatched {
    fn sending(&self, _: u64, _: u64, _: Instant) {}

    fn failed(&self, _: std::ops::Range<u64>) {}
}

impl Publishing {
    pub(super) fn new(
        publisher: Publisher<AnyCredential, AnyTarget<'static>>,
        load: &LoadArguments,
        events: &EventLoadArguments,
        limit: Rc<Limit>,
        source: String,
    ) -> Self {
        let size = events.size as usize;
        let most = (MOST_BYTES / (size + ATTRIBUTES)).max(1).min(publisher.send_limits().max_events);
        let mut batch = u64::from(load.batch).min(most as u64);
        if let Some(rate) = events.rate {
            // No bursts: ten requests a second of each connection, or one where that is less.
            batch = batch.min((u64::from(rate) / 10).max(1));
        }
        Self {
            publisher,
            meter: Meter::new("publish"),
            limit,
            source,
            data: "x".repeat(size),
            batch,
            rate: events.rate,
            began: Instant::now(),
            due: Cell::new(0),
            number: Cell::new(0),
        }
    }

    /// Sends one request after the other until the run is over.
    pub(super) async fn run(&self, watch: &impl Watch) {
        loop {
            let count = self.limit.take(self.batch);
            if count == 0 {
                return;
            }
            let Some(since) = self.pace(count).await else { return };
            let first = self.number.get() + 1;
            self.number.set(self.number.get() + count);
            self.send(first, count, since, watch).await;
        }
    }

    /// Waits until so many more events are due. From when a request counts is returned; `None` if
    /// the run is over meanwhile.
    async fn pace(&self, count: u64) -> Option<Instant> {
        let Some(rate) = self.rate else { return Some(Instant::now()) };
        let at = self.began + Duration::from_secs_f64(as_seconds(self.due.get(), rate));
        self.due.set(self.due.get() + count);
        tokio::select! {
            () = sleep_until(at) => Some(at),
            () = self.limit.over() => None,
        }
    }

    async fn send(&self, first: u64, count: u64, since: Instant, watch: &impl Watch) {
        let ids: Vec<String> = (first..first + count).map(|number| number.to_string()).collect();
        let event = |id: &String| {
            CloudEvent::new(id.clone(), self.source.as_str(), "Egrid.Bench")
                .with_data(Data::text(self.data.as_str()))
        };
        let events: Vec<_> = ids.iter().map(event).collect();
        watch.sending(first, count, since);
        let report = self.publisher.send_all(&events).await;
        self.meter.request();
        self.meter.latency(since.elapsed());
        self.meter.succeed(report.accepted() as u64);
        for failure in report.into_failures() {
            let range = failure.events();
            watch.failed(first + range.start as u64..first + range.end as u64);
            let (kind, reason, is_hopeless) = match failure.into_reason() {
                SendFailureReason::Failed(error) => {
                    let is_hopeless = is_refusal(&error);
                    (FailureKind::of_call(&error), eventgrid::with_causes(&error).to_string(), is_hopeless)
                }
                reason => (FailureKind::Usage, reason.to_string(), true),
            };
            self.meter.fail(range.len() as u64, kind, &reason);
            if is_hopeless {
                // It would be so with all others.
                self.limit.end();
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "it is exact for longer than a run takes")]
fn as_seconds(events: u64, rate: u32) -> f64 {
    events as f64 / f64::from(rate)
}
