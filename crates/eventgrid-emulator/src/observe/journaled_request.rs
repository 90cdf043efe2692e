//! A request as the journal keeps it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::uri::Scheme;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};
use serde::{Serialize, Serializer};

use super::refusal::{FaultInjected, Refusal};
use super::subject::{Operation, Subject};
use super::visible::path_and_query;
use crate::accepted::serialize_headers;
use crate::latest::Kept;
use crate::time::UnixTime;

/// A request that an emulator got, and its result, without secrets.
///
/// Of its headers are kept those that are known to hold no credential: `accept`,
/// `content-encoding`, `content-length`, `content-type`, `host`, `user-agent`,
/// `x-ms-client-request-id`, `traceparent`, `tracestate`, `aeg-channel-name`, `aeg-event-type`,
/// `mqtt-qos`, `mqtt-retain`, `mqtt-message-expiry`, `mqtt-payload-format-indicator` and `ce-*`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct JournaledRequest {
    /// Its number: one more than that of the request before it.
    pub number: u64,
    /// When it was received, by the clock of the emulator.
    #[serde(serialize_with = "as_text")]
    pub time: UnixTime,
    /// What it asked for.
    pub operation: Operation,
    /// The topic that it was for, as the admin API names it, such as `orders` or
    /// `basicTopic:invoices`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// The event subscription that it was for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription: Option<String>,
    /// Its method.
    #[serde(serialize_with = "as_text")]
    pub method: Method,
    /// `http`, or `https` if it came over TLS.
    pub scheme: &'static str,
    /// Its path and query. The values of query parameters that the service does not have are `***`.
    pub path: String,
    /// Those of its headers that are kept.
    #[serde(serialize_with = "serialize_headers")]
    pub headers: HeaderMap,
    /// Its body; empty if it was refused before the body was read. In JSON as text, or as
    /// `{"base64":"..."}` if it is not UTF-8.
    #[serde(serialize_with = "serialize_body")]
    pub body: Bytes,
    /// The status of its response; `None` as long as it waits, and if nobody waited for its
    /// response.
    pub status: Option<u16>,
    /// Whether a fault was injected into it.
    pub fault: bool,
    /// The error's code if it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// The error's message if it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
}

/// What a request takes beside its text, about.
const OVERHEAD: usize = size_of::<JournaledRequest>() + 256;

/// What a header takes beside its text.
const HEADER_OVERHEAD: usize = 128;

impl JournaledRequest {
    /// A request without its number. It is copied, since a part of a buffer keeps the whole of it.
    pub(super) fn new(time: UnixTime, subject: &Subject, request: &Request<Bytes>, has_body: bool) -> Self {
        let headers = request.headers().iter().filter(|(name, _)| is_kept(name));
        let copy = |value: &HeaderValue| HeaderValue::from_bytes(value.as_bytes());
        Self {
            number: 0,
            time,
            operation: subject.operation,
            topic: subject.topic.clone(),
            subscription: subject.subscription.clone(),
            method: request.method().clone(),
            scheme: if request.uri().scheme() == Some(&Scheme::HTTPS) { "https" } else { "http" },
            path: path_and_query(request.uri()),
            headers: headers.filter_map(|(name, value)| Some((name.clone(), copy(value).ok()?))).collect(),
            body: if has_body { Bytes::copy_from_slice(request.body()) } else { Bytes::new() },
            status: None,
            fault: false,
            error_code: None,
            error_message: None,
        }
    }

    pub(super) fn end(&mut self, response: &Response<Bytes>) {
        self.status = Some(response.status().as_u16());
        self.fault = response.extensions().get::<FaultInjected>().is_some();
        if let Some(refusal) = response.extensions().get::<Refusal>() {
            self.error_code = Some(refusal.code.to_owned());
            self.error_message = Some(refusal.message.clone());
        }
    }
}

impl Kept for JournaledRequest {
    const MAX_SIZE: usize = 8 * 1024 * 1024;

    fn size(&self) -> usize {
        let names = [&self.topic, &self.subscription, &self.error_code, &self.error_message];
        let names: usize = names.into_iter().flatten().map(String::len).sum();
        let header =
            |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + HEADER_OVERHEAD;
        OVERHEAD + names + self.path.len() + self.body.len() + self.headers.iter().map(header).sum::<usize>()
    }
}

/// A list of what to keep, not of what to leave out: so a credential in a new header is not kept
/// either.
pub(super) const KEPT_HEADERS: [&str; 15] = [
    "accept",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "user-agent",
    "x-ms-client-request-id",
    "traceparent",
    "tracestate",
    "aeg-channel-name",
    "aeg-event-type",
    "mqtt-qos",
    "mqtt-retain",
    "mqtt-message-expiry",
    "mqtt-payload-format-indicator",
];

pub(super) fn is_kept(name: &HeaderName) -> bool {
    KEPT_HEADERS.contains(&name.as_str()) || name.as_str().starts_with("ce-")
}

fn as_text<S: Serializer>(value: &impl ToString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&value.to_string())
}

fn serialize_body<S: Serializer>(body: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    match std::str::from_utf8(body) {
        Ok(text) => serializer.serialize_str(text),
        Err(_) => serializer.collect_map([("base64", STANDARD.encode(body))]),
    }
}
