//! Collects all records of `log`, and all spans and events of `tracing`, in this process.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tracing::Subscriber;
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// What was logged once.
#[derive(Debug)]
pub struct Logged {
    /// The crate that did.
    pub by: String,
    /// What it said, with the values of all fields.
    pub text: String,
}

/// From now on everything is collected.
///
/// # Panics
/// If it was called before.
pub fn collect() {
    log::set_logger(&Collector).expect("it is the only logger");
    log::set_max_level(log::LevelFilter::Trace);
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Collector))
        .expect("it is the only subscriber");
}

/// What was collected since the last time.
pub fn take() -> Vec<Logged> {
    std::mem::take(&mut collected())
}

static COLLECTED: Mutex<Vec<Logged>> = Mutex::new(Vec::new());

fn collected() -> MutexGuard<'static, Vec<Logged>> {
    COLLECTED.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Collector;

impl Collector {
    fn add(target: &str, text: String) {
        let by = target.split("::").next().unwrap_or_default().to_owned();
        collected().push(Logged { by, text });
    }
}

impl log::Log for Collector {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        Self::add(record.target(), record.args().to_string());
    }

    fn flush(&self) {}
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Collector {
    fn on_new_span(&self, span: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        Self::add(span.metadata().target(), format!("{span:?}"));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let span = context.metadata(id).expect("it was begun");
        Self::add(span.target(), format!("{values:?}"));
    }

    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        Self::add(event.metadata().target(), format!("{event:?}"));
    }
}
