//! Bodies that are encoded in advance: what the raw transports send, and what the sink responds.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;

use crate::AnyError;
use crate::json::Written;
use crate::orders::{happenings, lock_tokens};

pub(crate) const KEY: &str = "a2V5a2V5a2V5";
pub(crate) const TOPIC: &str = "orders";
pub(crate) const SUBSCRIPTION: &str = "sub";
pub(crate) const BATCH: &str = "application/cloudevents-batch+json; charset=utf-8";

/// The deadlines that the crate's clients have by default.
pub(crate) const CONNECT: Duration = Duration::from_secs(10);
pub(crate) const RESPONSE: Duration = Duration::from_secs(30);
pub(crate) const IDLE: Duration = Duration::from_secs(30);

/// What a raw transport sends and waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Terms {
    /// The two headers that a service must have, and no deadlines.
    Bare,
    /// All headers and deadlines that the crate has.
    Ours,
}

/// A header: name and value.
type Header<V> = (&'static str, V);

impl Terms {
    /// The headers beside those two. Each request has an id of its own, as short to make as can be.
    pub(crate) fn headers(self) -> Option<([Header<&'static str>; 3], Header<String>)> {
        static REQUESTS: AtomicU64 = AtomicU64::new(0);
        let fixed = [
            ("accept", "application/json"),
            ("user-agent", "eventgrid-rust/0.1.0"),
            ("accept-encoding", "identity"),
        ];
        let id = || format!("{:032x}", REQUESTS.fetch_add(1, Ordering::Relaxed));
        (self == Self::Ours).then(|| (fixed, ("x-ms-client-request-id", id())))
    }
}

/// Where and what a raw transport sends.
pub(crate) struct Urls {
    pub(crate) publish: String,
    pub(crate) receive: String,
    pub(crate) acknowledge: String,
}

impl Urls {
    pub(crate) fn new(endpoint: &str) -> Self {
        let topic = format!("{endpoint}/topics/{TOPIC}");
        let subscription = format!("{topic}/eventsubscriptions/{SUBSCRIPTION}");
        let version = "api-version=2024-06-01";
        Self {
            publish: format!("{topic}:publish?{version}"),
            receive: format!("{subscription}:receive?{version}&maxEvents=100&maxWaitTime=10"),
            acknowledge: format!("{subscription}:acknowledge?{version}"),
        }
    }
}

/// So many events, as a body.
pub(crate) fn events(count: usize) -> Result<Vec<u8>, AnyError> {
    let happenings = happenings(count);
    Ok(serde_json::to_vec(&happenings.iter().map(Written::new).collect::<Vec<_>>())?)
}

/// The tokens of a receive, as a body that acknowledges them.
pub(crate) fn acknowledgement() -> Result<Vec<u8>, AnyError> {
    Ok(serde_json::to_vec(&json!({ "lockTokens": lock_tokens().collect::<Vec<_>>() }))?)
}

/// The response to a receive.
pub(crate) fn received() -> Result<Vec<u8>, AnyError> {
    let happenings = happenings(100);
    let deliveries: Vec<_> = happenings
        .iter()
        .zip(lock_tokens())
        .map(|(happening, token)| {
            json!({
                "brokerProperties": { "lockToken": token, "deliveryCount": 1 },
                "event": Written::new(happening),
            })
        })
        .collect();
    Ok(serde_json::to_vec(&json!({ "value": deliveries }))?)
}

/// Writes the responses of a sink to a receive and to an acknowledge.
pub(crate) fn write_responses(folder: &Path) -> Result<(), AnyError> {
    let settled = json!({ "succeededLockTokens": lock_tokens().collect::<Vec<_>>(), "failedLockTokens": [] });
    fs::write(folder.join("receive.json"), received()?)?;
    fs::write(folder.join("acknowledge.json"), settled.to_string())?;
    Ok(())
}
