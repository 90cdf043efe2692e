//! Each captured call, made through this crate.

mod basic;
mod consumer;
mod namespace;

use eventgrid::CloudEvent;

use crate::captured_requests::http::HttpRequest;

/// A captured call.
pub(crate) struct Case {
    /// Its name among the captured ones.
    pub(crate) name: &'static str,
    /// The same call.
    pub(crate) call: Call,
    /// What this crate does otherwise, if anything.
    pub(crate) difference: Option<Difference>,
}

/// A call through this crate.
pub(crate) enum Call {
    /// Publishes one event to the namespace topic `orders`. The Python SDK sends an array of one;
    /// this crate does so if it is given one, and otherwise see [`alone`].
    OneEvent(fn() -> CloudEvent<'static>),
    /// Any other call: the request that it makes.
    Request(fn() -> HttpRequest),
}

/// What this crate does otherwise.
pub(crate) struct Difference {
    /// Why. It stands in `PYTHON.md`, too.
    pub(crate) reason: &'static str,
    /// Makes of the Python SDK's request the one of this crate.
    pub(crate) correct: fn(&mut HttpRequest),
}

/// Why one event is not sent as an array of one.
pub(crate) const ALONE: &str = "A single event is sent as an event, not as an array with one event.";

/// Makes of an array of one event the event alone.
pub(crate) fn alone(mut request: HttpRequest) -> HttpRequest {
    request.set_content_type(EVENT);
    request.body = request.body.map(|mut events| events[0].take());
    request
}

const EVENT: &str = "application/cloudevents+json; charset=utf-8";
const EVENTS: &str = "application/cloudevents-batch+json; charset=utf-8";

/// The cases, in the order in which they were captured.
pub(crate) fn all() -> Vec<Case> {
    [namespace::cases(), consumer::cases(), basic::cases()].into_iter().flatten().collect()
}

fn same(name: &'static str, call: Call) -> Case {
    Case { name, call, difference: None }
}

impl Case {
    fn differs(self, reason: &'static str, correct: fn(&mut HttpRequest)) -> Self {
        Self { difference: Some(Difference { reason, correct }), ..self }
    }
}
