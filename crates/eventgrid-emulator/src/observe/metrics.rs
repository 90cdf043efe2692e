//! Counts of what an emulator did, in the text format that Prometheus reads.

use std::collections::BTreeMap;
use std::time::Duration;

use super::delivery::DeliveryKind;
use super::exposition::Exposition;
use super::histogram::Histogram;
use super::subject::Operation;
use crate::broker::{Broker, SubscriptionStats};

/// What is counted beside what the broker counts itself.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    /// By operation and status, where there was a response.
    requests: BTreeMap<(Operation, Option<u16>), u64>,
    /// Requests to endpoints, by what was sent and by the status, where there was a response.
    deliveries: BTreeMap<(DeliveryKind, Option<u16>), u64>,
    delivery_time: Duration,
    turns: Histogram,
}

/// What is read when the metrics are written.
pub(crate) struct Readings<'e> {
    pub(crate) broker: &'e Broker,
    /// The ids of what is not a topic of the namespace, by the names of their topics in the broker.
    pub(crate) ids: BTreeMap<String, String>,
    pub(crate) waiting: usize,
    /// How often each fault was injected.
    pub(crate) faults: Vec<u64>,
    /// How many endpoints there are, by the state of their handshakes.
    pub(crate) endpoints: Vec<(String, usize)>,
}

impl Metrics {
    pub(super) fn count_request(&mut self, operation: Operation, status: Option<u16>) {
        *self.requests.entry((operation, status)).or_default() += 1;
    }

    /// A request to an endpoint has taken so long.
    pub(super) fn count_delivery(&mut self, kind: DeliveryKind, status: Option<u16>, duration: Duration) {
        *self.deliveries.entry((kind, status)).or_default() += 1;
        self.delivery_time += duration;
    }

    /// A turn of the server has taken so long.
    pub(crate) fn add_turn(&mut self, duration: Duration) {
        self.turns.add(duration);
    }

    pub(crate) fn to_text(&self, readings: &Readings<'_>) -> String {
        let mut out = Exposition::default();
        self.write_requests(&mut out, readings);
        self.write_pushes(&mut out, readings);
        write_subscriptions(&mut out, readings.broker, &readings.ids);
        self.write_turns(&mut out);
        out.into_text()
    }

    fn write_requests(&self, out: &mut Exposition, readings: &Readings<'_>) {
        let name = "eventgrid_emulator_requests_total";
        out.family(
            name,
            "counter",
            "Requests by operation and status; the status is none if the client had gone.",
        );
        for ((operation, status), count) in &self.requests {
            let status = status.map_or_else(|| "none".to_owned(), |status| status.to_string());
            out.sample(name, &[("operation", &operation.to_string()), ("status", &status)], count);
        }
        let name = "eventgrid_emulator_waiting_receives";
        out.family(name, "gauge", "Receives that wait for an event.");
        out.sample(name, &[], readings.waiting);
        let name = "eventgrid_emulator_injected_faults_total";
        out.family(name, "counter", "Injected faults, by the place of the fault in the list.");
        for (index, count) in readings.faults.iter().enumerate() {
            out.sample(name, &[("fault", &index.to_string())], count);
        }
    }

    fn write_pushes(&self, out: &mut Exposition, readings: &Readings<'_>) {
        let name = "eventgrid_emulator_push_requests_total";
        out.family(
            name,
            "counter",
            "Requests to endpoints by kind and status; the status is none if no valid response came.",
        );
        for ((kind, status), count) in &self.deliveries {
            let status = status.map_or_else(|| "none".to_owned(), |status| status.to_string());
            out.sample(name, &[("kind", kind.name()), ("status", &status)], count);
        }
        let name = "eventgrid_emulator_push_request_seconds_total";
        out.family(name, "counter", "Total duration of requests to endpoints.");
        out.sample(name, &[], self.delivery_time.as_secs_f64());
        let name = "eventgrid_emulator_endpoints";
        out.family(name, "gauge", "Endpoints, by the state of their handshakes.");
        for (state, count) in &readings.endpoints {
            out.sample(name, &[("handshake", state)], count);
        }
    }

    fn write_turns(&self, out: &mut Exposition) {
        let name = "eventgrid_emulator_turn_duration_seconds";
        out.family(name, "histogram", "Duration of the turns in which the server handles requests.");
        for (bound, count) in self.turns.buckets() {
            out.sample(&format!("{name}_bucket"), &[("le", bound)], count);
        }
        out.sample(&format!("{name}_sum"), &[], self.turns.sum().as_secs_f64());
        out.sample(&format!("{name}_count"), &[], self.turns.count());
    }
}

type Reading = fn(&SubscriptionStats) -> u64;

/// A family of metrics of event subscriptions: its name, kind and help, and its samples with a
/// label each or without.
struct Family {
    name: &'static str,
    kind: &'static str,
    help: &'static str,
    label: &'static str,
    samples: &'static [(&'static str, Reading)],
}

const FAMILIES: [Family; 5] = [
    Family {
        name: "eventgrid_emulator_published_events_total",
        kind: "counter",
        help: "Events that reached the event subscription.",
        label: "",
        samples: &[("", |stats| stats.published)],
    },
    Family {
        name: "eventgrid_emulator_events",
        kind: "gauge",
        help: "Events in the queue, by state.",
        label: "state",
        samples: &[
            ("queued", |stats| stats.queued),
            ("locked", |stats| stats.locked),
            ("delayed", |stats| stats.delayed),
        ],
    },
    Family {
        name: "eventgrid_emulator_finished_events_total",
        kind: "counter",
        help: "Events that have left the queue, by outcome.",
        label: "result",
        samples: &[
            ("acknowledged", |stats| stats.acknowledged),
            ("rejected", |stats| stats.rejected),
            ("exhausted", |stats| stats.exhausted),
            ("expired", |stats| stats.expired),
        ],
    },
    Family {
        name: "eventgrid_emulator_deliveries_total",
        kind: "counter",
        help: "Deliveries; an event that is delivered three times counts three times.",
        label: "",
        samples: &[("", |stats| stats.deliveries)],
    },
    Family {
        name: "eventgrid_emulator_redeliveries_total",
        kind: "counter",
        help: "Deliveries that were not the first of their event.",
        label: "",
        samples: &[("", |stats| stats.redeliveries)],
    },
];

/// In the order of names, so that two readings can be compared line by line.
fn write_subscriptions(out: &mut Exposition, broker: &Broker, ids: &BTreeMap<String, String>) {
    let mut all: Vec<(&str, &str, SubscriptionStats)> = broker
        .topics()
        .flat_map(|topic| broker.subscriptions(topic))
        .filter_map(|id| {
            let name = broker.topic_name(broker.topic_of(*id)?)?;
            let topic = ids.get(name).map_or(name, |id| id);
            Some((topic, broker.subscription_name(*id)?, broker.stats(*id)?))
        })
        .collect();
    all.sort_unstable_by_key(|(topic, name, _)| (*topic, *name));
    for family in &FAMILIES {
        out.family(family.name, family.kind, family.help);
        for (topic, subscription, stats) in &all {
            for (value, read) in family.samples {
                let labels = [("topic", *topic), ("subscription", *subscription), (family.label, *value)];
                let count = if family.label.is_empty() { 2 } else { 3 };
                out.sample(family.name, &labels[..count], read(stats));
            }
        }
    }
}
