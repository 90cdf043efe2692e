//! What an emulator remembers of its requests.

use std::collections::HashMap;

use bytes::Bytes;
use http::{Request, Response};

use super::journal::Journal;
use super::journaled_request::JournaledRequest;
use super::metrics::Metrics;
use super::subject::{Operation, Subject};
use crate::UnixTime;
use crate::service::WaiterId;

/// The journal, the counts, and the requests under way.
#[derive(Debug, Default)]
pub(crate) struct Observations {
    pub(crate) journal: Journal,
    pub(crate) metrics: Metrics,
    waiting: HashMap<WaiterId, Observed>,
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

    pub(crate) fn wait(&mut self, waiter: WaiterId, request: Observed) {
        self.waiting.insert(waiter, request);
    }

    pub(crate) fn end(&mut self, request: Observed, response: &Response<Bytes>) {
        self.metrics.count_request(request.operation, Some(response.status().as_u16()));
        self.journal.end(request.number, response);
    }

    pub(crate) fn end_wait(&mut self, waiter: WaiterId, response: &Response<Bytes>) {
        if let Some(request) = self.waiting.remove(&waiter) {
            self.end(request, response);
        }
    }

    /// Nobody waits for that response any more.
    pub(crate) fn cancel(&mut self, waiter: WaiterId) {
        if let Some(request) = self.waiting.remove(&waiter) {
            self.metrics.count_request(request.operation, None);
        }
    }
}
