//! A service that accepts everything, has a number of events to receive, and counts its requests.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use eventgrid_worker::eventgrid::{
    Request, Response, SendAsyncTransport, TransportError, TransportErrorKind,
};

/// What one operation may be large, in bytes.
const UNIT: usize = 64 << 10;

/// The service, as a transport to it. Clones are of the same one.
#[derive(Clone, Default)]
pub(crate) struct Metered(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// How many events are still to be received, and how much text is in the data of each.
    events: usize,
    data: usize,
    /// How many requests there were, and how many units, by what the path ends with.
    counts: BTreeMap<String, (usize, usize)>,
}

impl Metered {
    /// With events to be received, each with so many bytes of data.
    pub(crate) fn with_events(events: usize, data: usize) -> Self {
        Self(Arc::new(Mutex::new(State { events, data, counts: BTreeMap::new() })))
    }

    /// How many requests there were, and how many units of 64 KiB, to paths with that end.
    pub(crate) fn counted(&self, path: &str) -> (usize, usize) {
        self.lock().counts.get(path).copied().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn respond(&mut self, request: &Request<'_>) -> Option<String> {
        let (path, query) = request.url().split_once('?').unwrap_or((request.url(), ""));
        let operation = path.rfind(':').map_or(path, |start| &path[start..]);
        let (response, bytes) = match operation {
            ":receive" => {
                let asked = query.split('&').find_map(|option| option.strip_prefix("maxEvents="));
                let most = asked.and_then(|most| most.parse().ok()).unwrap_or(1);
                let response = self.receive(most)?;
                let bytes = response.len();
                (response, bytes)
            }
            ":acknowledge" => {
                let tokens = std::str::from_utf8(request.body()).unwrap_or_default();
                let settled = tokens.replacen("lockTokens", "succeededLockTokens", 1);
                let settled = settled.strip_suffix('}').unwrap_or(&settled).to_owned();
                (settled + r#","failedLockTokens":[]}"#, request.body().len())
            }
            _ => ("{}".to_owned(), request.body().len()),
        };
        let (requests, units) = self.counts.entry(operation.to_owned()).or_default();
        *requests += 1;
        *units += bytes.div_ceil(UNIT).max(1);
        Some(response)
    }

    /// Some events; none where all were received: the long poll goes on.
    fn receive(&mut self, most: usize) -> Option<String> {
        let first = self.events;
        self.events -= most.min(first);
        let text = "x".repeat(self.data);
        let details = |number: usize| {
            format!(
                r#"{{"brokerProperties":{{"lockToken":"CgMKATESCQoHdG9rZW4t{number:06}LTQ2ZTctOGQ5Ni1iNDZmYTA5NGRkMGI","deliveryCount":1}},"event":{{"specversion":"1.0","id":"{number}","source":"urn:shop/orders","type":"Order.Created","time":"2026-01-01T00:00:00Z","data":"{text}"}}}}"#
            )
        };
        let events: Vec<_> = (self.events..first).map(details).collect();
        (!events.is_empty()).then(|| format!(r#"{{"value":[{}]}}"#, events.join(",")))
    }
}

impl SendAsyncTransport for Metered {
    type Error = Never;

    async fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Never> {
        let body = self.lock().respond(request);
        let Some(body) = body else { return std::future::pending().await };
        response.begin(200);
        response.write(body.as_bytes());
        Ok(())
    }
}

/// It takes everything.
#[derive(Debug)]
pub(crate) struct Never(Infallible);

impl fmt::Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}

impl Error for Never {}

impl TransportError for Never {
    fn kind(&self) -> TransportErrorKind {
        match self.0 {}
    }

    fn may_have_been_sent(&self) -> bool {
        match self.0 {}
    }
}
