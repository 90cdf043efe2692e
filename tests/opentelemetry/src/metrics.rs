//! The metrics that arrive.

use std::collections::BTreeMap;
use std::future::{self, Future};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData, ResourceMetrics, ScopeMetrics};
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{SdkMeterProvider, Temporality};

/// What was recorded of one metric with the same attributes.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The name of the metric.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// Its attributes, as text.
    pub attributes: BTreeMap<String, String>,
    /// How often it was recorded or, of a counter, its value.
    pub count: u64,
    /// The sum of what was recorded; 0 of a counter.
    pub sum: f64,
}

impl Measured {
    /// An attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

/// Does some work that is measured, and returns what was recorded.
///
/// # Panics
/// If what was recorded cannot be exported.
pub fn measured(work: impl FnOnce(&Meter)) -> Vec<Measured> {
    let exporter = Exporter::default();
    let provider = SdkMeterProvider::builder().with_periodic_exporter(exporter.clone()).build();
    work(&provider.meter("tests"));
    provider.force_flush().expect("the exporter takes all");
    exporter.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Keeps what was exported last.
#[derive(Clone, Default)]
struct Exporter(Arc<Mutex<Vec<Measured>>>);

impl PushMetricExporter for Exporter {
    fn export(&self, metrics: &ResourceMetrics) -> impl Future<Output = OTelSdkResult> + Send {
        let all = metrics.scope_metrics().flat_map(ScopeMetrics::metrics);
        let rows = all.flat_map(|metric| {
            let row = |attributes: Vec<&KeyValue>, count, sum| Measured {
                name: metric.name().to_owned(),
                unit: metric.unit().to_owned(),
                attributes: attributes
                    .into_iter()
                    .map(|each| (each.key.to_string(), each.value.to_string()))
                    .collect(),
                count,
                sum,
            };
            match metric.data() {
                AggregatedMetrics::F64(MetricData::Histogram(histogram)) => histogram
                    .data_points()
                    .map(|point| row(point.attributes().collect(), point.count(), point.sum()))
                    .collect(),
                AggregatedMetrics::U64(MetricData::Sum(sum)) => sum
                    .data_points()
                    .map(|point| row(point.attributes().collect(), point.value(), 0.0))
                    .collect::<Vec<_>>(),
                other => panic!("{}: {other:?}", metric.name()),
            }
        });
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = rows.collect();
        future::ready(Ok(()))
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        Temporality::Cumulative
    }
}
