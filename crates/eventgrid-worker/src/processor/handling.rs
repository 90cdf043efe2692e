//! The handling of one event, in a span of its own.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::ProcessorEvent;
use super::span::HandlerSpan;

pin_project! {
    /// The future of a handler as a processor runs it. It is what a
    /// [`Spawner`](crate::spawn::Spawner) starts.
    ///
    /// With the feature `tracing`, it runs in a span of its own, `process TOPIC`, with the
    /// attributes of OpenTelemetry's conventions for messaging. With the feature `opentelemetry`,
    /// this span is linked to the span that published the event.
    #[must_use = "it does nothing until it is polled"]
    pub struct Handling<F> {
        #[pin]
        future: F,
        span: HandlerSpan,
    }
}

impl<F> Handling<F> {
    /// Begins the handling, in its span.
    pub(super) fn begin(event: ProcessorEvent, handle: impl FnOnce(ProcessorEvent) -> F) -> Self {
        let span = HandlerSpan::of(&event);
        let future = span.in_scope(|| handle(event));
        Self { future, span }
    }
}

impl<F: Future> Future for Handling<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.span.in_scope(|| this.future.poll(context))
    }
}

impl<F> fmt::Debug for Handling<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handling").finish_non_exhaustive()
    }
}
