//! What arrives at OpenTelemetry, through its own SDK and the layer of `tracing` that exports spans
//! to it.

mod metrics;

pub use metrics::{Measured, measured};

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use opentelemetry::trace::{SpanContext, TracerProvider};
use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use tracing_subscriber::layer::SubscriberExt;

/// Keeps the spans that have ended.
#[derive(Debug, Clone, Default)]
pub struct Exported(Arc<Mutex<Vec<SpanData>>>);

impl SpanExporter for Exported {
    fn export(&self, batch: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        self.kept().extend(batch);
        std::future::ready(Ok(()))
    }
}

impl Exported {
    fn kept(&self) -> MutexGuard<'_, Vec<SpanData>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The spans of that name, the one that ended first before the others.
    pub fn spans(&self, name: &str) -> Vec<SpanData> {
        self.kept().iter().filter(|span| span.name == name).cloned().collect()
    }

    /// The one span of that name.
    ///
    /// # Panics
    /// If there is none, or more than one.
    pub fn span(&self, name: &str) -> SpanData {
        let [span] = &self.spans(name)[..] else { panic!("{name}: {:#?}", self.kept()) };
        span.clone()
    }
}

/// Does some work whose spans are handed to OpenTelemetry, and returns them.
pub fn exported(work: impl FnOnce()) -> Exported {
    let exported = Exported::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exported.clone()).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("tests"));
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), work);
    exported
}

/// The value of an attribute of a span.
pub fn attribute(span: &SpanData, name: &str) -> Option<Value> {
    let is_it = |attribute: &&KeyValue| attribute.key.as_str() == name;
    span.attributes.iter().find(is_it).map(|attribute| attribute.value.clone())
}

/// The `traceparent` of a span.
pub fn traceparent(span: &SpanContext) -> String {
    format!("00-{}-{}-{:02x}", span.trace_id(), span.span_id(), span.trace_flags().to_u8())
}
