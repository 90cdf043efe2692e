//! Metrics of OpenTelemetry's conventions for messaging clients: how long operations take, and how
//! many events they send and receive.
//!
//! Their attributes are those of the spans without those of single events, and contain no secret.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use eventgrid_transport::{Environment, TransportError};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, Meter};

use super::Client;
use super::exchange::Exchange;
use crate::calls::Call;
use crate::error::Error;

/// The boundaries that the conventions recommend, in seconds.
const BOUNDARIES: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// The instruments of a client.
#[derive(Clone)]
pub(super) struct Metrics(Arc<Instruments>);

struct Instruments {
    duration: Histogram<f64>,
    sent: Counter<u64>,
    consumed: Counter<u64>,
}

impl Metrics {
    pub(super) fn new(meter: &Meter) -> Self {
        let duration = meter
            .f64_histogram("messaging.client.operation.duration")
            .with_unit("s")
            .with_description("Duration of an operation, from its first attempt to its result.")
            .with_boundaries(BOUNDARIES.to_vec())
            .build();
        let sent = meter
            .u64_counter("messaging.client.sent.messages")
            .with_unit("{message}")
            .with_description("Events that a publisher attempted to send.")
            .build();
        let consumed = meter
            .u64_counter("messaging.client.consumed.messages")
            .with_unit("{message}")
            .with_description("Events that were received.")
            .build();
        Self(Arc::new(Instruments { duration, sent, consumed }))
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl<T, E: Environment, C> Client<T, E, C> {
    /// Records an operation that has ended, with the number of received events or with an error.
    pub(super) fn measure<X: TransportError>(
        &self,
        call: &impl Call,
        exchange: &Exchange<'_>,
        received: impl FnOnce() -> Option<usize>,
        error: Option<&Error<'_, X>>,
    ) {
        let Some(Metrics(instruments)) = &self.metrics else { return };
        let operation = call.operation();
        let mut attributes = attributes(call);
        attributes.extend(error_type(exchange, error).map(|kind| KeyValue::new("error.type", kind)));
        let took = self.environment.uptime().saturating_sub(exchange.began());
        instruments.duration.record(took.as_secs_f64(), &attributes);
        if let (Some("send"), Some(events), true) = (operation.kind, operation.events, was_sent(error)) {
            instruments.sent.add(events as u64, &attributes);
        }
        if let Some(events @ 1..) = received() {
            instruments.consumed.add(events as u64, &attributes);
        }
    }
}

/// The attributes of an operation that the conventions ask for.
fn attributes(call: &impl Call) -> Vec<KeyValue> {
    let operation = call.operation();
    let (address, port) = call.endpoint().server();
    let mut attributes = vec![
        KeyValue::new("messaging.system", "eventgrid"),
        KeyValue::new("messaging.operation.name", operation.name),
        KeyValue::new("server.address", address.to_owned()),
        KeyValue::new("server.port", port),
    ];
    attributes.extend(operation.kind.map(|kind| KeyValue::new("messaging.operation.type", kind)));
    let destination = [
        ("messaging.destination.name", operation.destination),
        ("messaging.destination.subscription.name", operation.subscription),
    ];
    attributes.extend(
        destination.into_iter().filter_map(|(name, value)| Some(KeyValue::new(name, value?.to_owned()))),
    );
    attributes
}

/// How the operation failed, with the same value as in its span.
fn error_type<X: TransportError>(exchange: &Exchange<'_>, error: Option<&Error<'_, X>>) -> Option<String> {
    Some(match error {
        None => return exchange.partial_failure(),
        Some(Error::Request(_)) => "Request".to_owned(),
        Some(Error::Credential { .. }) => "Credential".to_owned(),
        Some(Error::Transport { error, .. }) => format!("{:?}", error.kind()),
        Some(Error::Service(error)) => error.status().to_string(),
        Some(Error::BatchTooLarge(_) | Error::ResponseTooLarge) => "TooLarge".to_owned(),
        Some(Error::Decode(_)) => "Decode".to_owned(),
    })
}

/// Whether any byte of the request may have left: events that never did do not count.
fn was_sent<X: TransportError>(error: Option<&Error<'_, X>>) -> bool {
    match error {
        Some(Error::Request(_)) => false,
        Some(Error::Credential { replayed, .. }) => *replayed,
        Some(Error::Transport { error, replayed, .. }) => *replayed || error.may_have_been_sent(),
        _ => true,
    }
}

/// The beginning of an operation, and failures that its result does not contain.
impl Exchange<'_> {
    /// The failure of an operation that has a result all the same: a status that the caller must
    /// check, or a response that broke off.
    fn partial_failure(&self) -> Option<String> {
        let head = &self.received.head;
        match self.interrupted() {
            Some(kind) => Some(format!("{kind:?}")),
            None if head.is_success() => None,
            None => Some(head.status().to_string()),
        }
    }
}
