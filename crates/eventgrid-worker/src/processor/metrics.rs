//! How long handlers take, as a metric of OpenTelemetry's conventions for messaging.
//!
//! Nothing secret is in its attributes: no event, no lock token.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Histogram, Meter};

use super::{FailureCause, ProcessorEvent};

/// The boundaries that the conventions recommend, in seconds.
const BOUNDARIES: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// The instrument that records how long handling takes.
pub(super) struct ProcessMetrics {
    duration: Histogram<f64>,
}

impl ProcessMetrics {
    pub(super) fn new(meter: &Meter) -> Self {
        let duration = meter
            .f64_histogram("messaging.process.duration")
            .with_unit("s")
            .with_description("Duration of the handling of an event.")
            .with_boundaries(BOUNDARIES.to_vec())
            .build();
        Self { duration }
    }

    /// Records that the handler of an event has ended, or was ended.
    pub(super) fn record(&self, event: &ProcessorEvent, cause: Option<FailureCause<'_>>, took: Duration) {
        let subscription = event.subscription();
        let mut attributes = vec![
            KeyValue::new("messaging.system", "eventgrid"),
            KeyValue::new("messaging.operation.name", "process"),
            KeyValue::new("messaging.operation.type", "process"),
            KeyValue::new("messaging.destination.name", subscription.topic().to_owned()),
            KeyValue::new("messaging.destination.subscription.name", subscription.subscription().to_owned()),
            KeyValue::new("server.address", subscription.endpoint().host().to_owned()),
        ];
        let error_type = cause.map(|cause| match cause {
            FailureCause::Panicked(_) => "Panicked",
            FailureCause::TimedOut => "TimedOut",
            _ => "Error",
        });
        attributes.extend(error_type.map(|kind| KeyValue::new("error.type", kind)));
        self.duration.record(took.as_secs_f64(), &attributes);
    }
}
