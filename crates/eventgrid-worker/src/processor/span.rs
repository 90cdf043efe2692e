//! The span of a handler, with the attributes of OpenTelemetry's conventions for messaging. Without
//! the feature `tracing` there is none.
//!
//! Nothing secret is in it: no event, no lock token.

use super::ProcessorEvent;

/// The span of a handler.
pub(super) struct HandlerSpan {
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

#[cfg(feature = "tracing")]
impl HandlerSpan {
    pub(super) fn of(event: &ProcessorEvent) -> Self {
        let subscription = event.subscription();
        let span = tracing::info_span!(
            target: "eventgrid",
            "process",
            otel.name = %format_args!("process {}", subscription.topic()),
            otel.kind = "consumer",
            messaging.system = "eventgrid",
            messaging.operation.name = "process",
            messaging.operation.type = "process",
            messaging.destination.name = subscription.topic(),
            messaging.destination.subscription.name = subscription.subscription(),
            server.address = subscription.endpoint().host(),
        );
        #[cfg(feature = "opentelemetry")]
        if let Some(producer) = event.view().trace_context().and_then(|trace| trace.to_span_context()) {
            tracing_opentelemetry::OpenTelemetrySpanExt::add_link(&span, producer);
        }
        Self { span }
    }

    pub(super) fn in_scope<R>(&self, work: impl FnOnce() -> R) -> R {
        self.span.in_scope(work)
    }
}

#[cfg(not(feature = "tracing"))]
impl HandlerSpan {
    pub(super) fn of(_: &ProcessorEvent) -> Self {
        Self {}
    }

    #[allow(clippy::unused_self, reason = "the same method as with a span")]
    pub(super) fn in_scope<R>(&self, work: impl FnOnce() -> R) -> R {
        work()
    }
}
