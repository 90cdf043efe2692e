//! Publishes events and receives them.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Range;

use eventgrid::ReceivedEvent;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::consuming::Take;
use super::meter::Meter;
use super::publishing::Watch;

/// Events that are under way.
pub(super) struct RoundTrip {
    pub(super) meter: Meter,
    source: String,
    /// When each event was sent, by its number.
    sent: RefCell<HashMap<u64, Instant>>,
    pub(super) duplicates: Cell<u64>,
    pub(super) others: Cell<u64>,
    arrived: Notify,
}

impl RoundTrip {
    /// Events from that source, of which none is under way.
    pub(super) fn new(source: String) -> Self {
        Self {
            meter: Meter::new("round-trip"),
            source,
            sent: RefCell::default(),
            duplicates: Cell::new(0),
            others: Cell::new(0),
            arrived: Notify::new(),
        }
    }

    /// How many events are under way.
    pub(super) fn under_way(&self) -> u64 {
        self.sent.borrow().len() as u64
    }

    /// Waits until an event has arrived.
    pub(super) async fn arrived(&self) {
        self.arrived.notified().await;
    }
}

impl Watch for RoundTrip {
    fn sending(&self, first: u64, count: u64, since: Instant) {
        self.sent.borrow_mut().extend((first..first + count).map(|number| (number, since)));
    }

    /// An event may have arrived all the same: then it is one that was received more than once.
    fn failed(&self, numbers: Range<u64>) {
        self.sent.borrow_mut().retain(|number, _| !numbers.contains(number));
    }
}

impl Take for RoundTrip {
    fn take(&self, event: &ReceivedEvent<'_>) -> bool {
        let number = event.event().ok().and_then(|event| {
            let is_ours = event.source() == *self.source;
            is_ours.then(|| event.id().to_string().parse::<u64>().ok()).flatten()
        });
        let Some(number) = number else {
            self.others.set(self.others.get() + 1);
            return false;
        };
        match self.sent.borrow_mut().remove(&number) {
            Some(since) => {
                self.meter.latency(since.elapsed());
                self.meter.succeed(1);
                self.arrived.notify_one();
            }
            None => self.duplicates.set(self.duplicates.get() + 1),
        }
        true
    }
}
