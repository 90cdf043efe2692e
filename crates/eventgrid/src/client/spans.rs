//! Spans of `tracing`, with the attributes of OpenTelemetry's conventions for messaging and HTTP.
//!
//! Whole numbers are recorded as `i64`, because the layer that passes spans to OpenTelemetry
//! converts every other integer type to text.
//!
//! They contain no secret: no credential, no event, no lock token, and no query of a URL.

use core::fmt::Arguments;

use tracing::field::{Empty, display};
use tracing::instrument::Instrumented;
use tracing::{Instrument, Span, info_span};

use eventgrid_transport::{Request, ResponseHead, TransportError};

use crate::calls::Call;
use crate::endpoint::Endpoint;

/// The span of an operation, from its first attempt to its result.
pub(super) struct OperationSpan {
    span: Span,
    /// How many attempts there were.
    attempts: u32,
}

/// The span of one HTTP attempt.
pub(super) struct AttemptSpan(Span);

impl OperationSpan {
    pub(super) fn new(call: &impl Call) -> Self {
        let operation = call.operation();
        let (address, port) = call.endpoint().server();
        let destination = operation.destination.unwrap_or(address);
        let span = info_span!(
            target: "eventgrid",
            "operation",
            otel.name = %format_args!("{} {destination}", operation.name),
            otel.kind = if operation.kind == Some("send") { "producer" } else { "client" },
            otel.status_code = Empty,
            messaging.system = "eventgrid",
            messaging.operation.name = operation.name,
            messaging.operation.type = operation.kind,
            messaging.destination.name = operation.destination,
            messaging.destination.subscription.name = operation.subscription,
            messaging.batch.message_count = operation.events.map(integer),
            server.address = address,
            server.port = port,
            error.type = Empty,
        );
        Self { span, attempts: 0 }
    }

    /// The span of the next attempt.
    pub(super) fn next_try(&mut self, endpoint: &Endpoint<'_>, request: &Request<'_>) -> AttemptSpan {
        let resends = (self.attempts > 0).then_some(i64::from(self.attempts));
        self.attempts += 1;
        let (address, port) = endpoint.server();
        AttemptSpan(info_span!(
            target: "eventgrid",
            parent: &self.span,
            "http_request",
            otel.name = request.method(),
            otel.kind = "client",
            otel.status_code = Empty,
            http.request.method = request.method(),
            http.request.resend_count = resends,
            http.response.status_code = Empty,
            url.full = request.url().split('?').next(),
            server.address = address,
            server.port = port,
            error.type = Empty,
        ))
    }

    pub(super) fn around<F: Future>(&self, future: F) -> Instrumented<F> {
        future.instrument(self.span.clone())
    }

    pub(super) fn in_scope<R>(&self, work: impl FnOnce() -> R) -> R {
        self.span.in_scope(work)
    }

    /// Records how many events the operation received.
    pub(super) fn received(&self, events: usize) {
        self.span.record("messaging.batch.message_count", integer(events));
    }

    /// Records that the operation failed, and how.
    pub(super) fn failed(&self, error_type: Arguments<'_>) {
        fail(&self.span, error_type);
    }
}

impl AttemptSpan {
    pub(super) fn around<F: Future>(&self, future: F) -> Instrumented<F> {
        future.instrument(self.0.clone())
    }

    pub(super) fn in_scope<R>(&self, work: impl FnOnce() -> R) -> R {
        self.0.in_scope(work)
    }

    /// Records how the attempt ended.
    pub(super) fn end<R, X: TransportError>(self, head: &ResponseHead, sent: &Result<R, X>) {
        if head.status() != 0 {
            self.0.record("http.response.status_code", i64::from(head.status()));
        }
        match sent {
            Err(error) => fail(&self.0, format_args!("{:?}", error.kind())),
            Ok(_) if !head.is_success() => fail(&self.0, format_args!("{}", head.status())),
            Ok(_) => {}
        }
    }
}

fn fail(span: &Span, error_type: Arguments<'_>) {
    span.record("error.type", display(error_type));
    span.record("otel.status_code", "ERROR");
}

fn integer(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
