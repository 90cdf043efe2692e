//! What an emulator remembers of its requests.

use bytes::Bytes;
use http::{Request, Response};

use super::delivered_events::DeliveredEvents;
use super::delivery::LoggedDelivery;
use super::delivery_log::DeliveryLog;
use super::journal::Journal;
use super::journaled_request::JournaledRequest;
use super::metrics::Metrics;
use super::subject::{Operation, Subject};
use crate::time::UnixTime;

/// The journal, the delivery log and the counts.
#[derive(Debug, Default)]
pub(crate) struct Observations {
    pub(crate) journal: Journal,
    pub(crate) deliveries: DeliveryLog,
    pub(crate) metrics: Metrics,
}

/// A request under way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Observed {
    number: u64,
    operation: Operation,
}

impl Observations {
    /// A request came. Its body counts only if it was read.
    pub(crate) fn begin(
        &mut self,
        now: UnixTime,
        subject: &Subject,
        request: &Request<Bytes>,
        has_body: bool,
    ) -> Observed {
        let request = JournaledRequest::new(now, subject, request, has_body);
        Observed { number: self.journal.begin(request), operation: subject.operation }
    }

    pub(crate) fn end(&mut self, request: Observed, response: &Response<Bytes>) {
        self.metrics.count_request(request.operation, Some(response.status().as_u16()));
        self.journal.end(request.number, response);
    }

    /// A delivery of these events to an endpoint has ended.
    pub(crate) fn add_delivery(&mut self, delivery: LoggedDelivery, events: DeliveredEvents) {
        self.metrics.count_delivery(delivery.kind, delivery.status, delivery.duration);
        self.deliveries.add(delivery, events);
    }

    /// Nobody waits for its response any more.
    pub(crate) fn cancel(&mut self, request: Observed) {
        self.metrics.count_request(request.operation, None);
    }
}
