//! What was accepted: publishes, kept for a test to look at.

use std::fmt;
use std::str::FromStr;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Serialize, Serializer};

use crate::broker::Event;
use crate::latest::{Kept, Latest};

/// A publish that was accepted.
///
/// An emulator keeps the last thousand of them, and no more than 16 MiB of them, headers included;
/// the last one is always kept.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Accepted {
    /// What it was published to.
    pub target: TargetKind,
    /// The name of the topic, the domain or the partner namespace; empty for the topic at
    /// `/api/events`.
    pub name: String,
    /// The channel, if it was published to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The schema of its events.
    pub schema: InputSchema,
    /// The `api-version` of the request, if it had one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// Those of its headers that matter: `content-type`, `user-agent`, `x-ms-client-request-id`,
    /// `traceparent`, `tracestate`, `aeg-channel-name`, and the attributes of binary content mode.
    /// Never a credential.
    #[serde(serialize_with = "serialize_headers")]
    pub headers: HeaderMap,
    /// Its events: those of a namespace as consumers receive them, all others as they were
    /// published.
    pub events: Vec<Event>,
}

/// What events can be published to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum TargetKind {
    /// A topic of a namespace.
    NamespaceTopic,
    /// A custom topic of Event Grid "Basic".
    BasicTopic,
    /// A domain of Event Grid "Basic".
    Domain,
    /// A channel of a partner namespace of Event Grid "Basic".
    PartnerChannel,
}

/// The schema of the events that something takes.
///
/// ```
/// use eventgrid_emulator::InputSchema;
///
/// assert_eq!("cloudevents".parse(), Ok(InputSchema::CloudEvents));
/// assert_eq!(InputSchema::EventGrid.to_string(), "eventgrid");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InputSchema {
    /// `eventgrid`: the Event Grid schema.
    EventGrid,
    /// `cloudevents`: CloudEvents 1.0.
    CloudEvents,
    /// `custom`: any JSON objects.
    Custom,
}

/// A text that names no schema: it is `eventgrid`, `cloudevents` or `custom`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a schema is eventgrid, cloudevents or custom")]
pub struct UnknownSchema;

/// What a header and an event take beside their text.
const HEADER_OVERHEAD: usize = 128;
const EVENT_OVERHEAD: usize = 64;

impl Accepted {
    /// Those of a request's headers that are kept.
    pub(crate) fn headers_of(headers: &HeaderMap) -> HeaderMap {
        let kept = headers.iter().filter(|(name, _)| is_kept(name));
        kept.map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

impl Kept for Accepted {
    const MAX_SIZE: usize = 16 * 1024 * 1024;

    fn size(&self) -> usize {
        let texts = [Some(&self.name), self.channel.as_ref(), self.api_version.as_ref()];
        let texts: usize = texts.into_iter().flatten().map(String::len).sum();
        let header =
            |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + HEADER_OVERHEAD;
        let headers: usize = self.headers.iter().map(header).sum();
        let events: usize = self.events.iter().map(|event| event.json().len() + EVENT_OVERHEAD).sum();
        size_of::<Self>() + texts + headers + events
    }
}

/// A list of what to keep, not of what to leave out: so a credential in a new header is not kept
/// either.
fn is_kept(name: &HeaderName) -> bool {
    let known = [
        "content-type",
        "user-agent",
        "x-ms-client-request-id",
        "traceparent",
        "tracestate",
        "aeg-channel-name",
    ];
    known.contains(&name.as_str()) || name.as_str().starts_with("ce-")
}

/// As one object; values that are not text are shown as far as they are.
pub(crate) fn serialize_headers<S: Serializer>(
    headers: &HeaderMap,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let value = |name| {
        let values = headers.get_all(name).iter();
        values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect::<Vec<_>>().join(", ")
    };
    serializer.collect_map(headers.keys().map(|name| (name.as_str(), value(name))))
}

impl fmt::Display for InputSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EventGrid => "eventgrid",
            Self::CloudEvents => "cloudevents",
            Self::Custom => "custom",
        })
    }
}

impl FromStr for InputSchema {
    type Err = UnknownSchema;

    fn from_str(text: &str) -> Result<Self, UnknownSchema> {
        let all = [Self::EventGrid, Self::CloudEvents, Self::Custom];
        all.into_iter().find(|schema| schema.to_string() == text).ok_or(UnknownSchema)
    }
}

impl Serialize for InputSchema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The publishes that were accepted last.
pub(crate) type AcceptedLog = Latest<Accepted>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_and_events_count() {
        let value = HeaderValue::try_from("x".repeat(400_000)).unwrap();
        let accepted = Accepted {
            target: TargetKind::BasicTopic,
            name: "orders".to_owned(),
            channel: None,
            schema: InputSchema::Custom,
            api_version: None,
            headers: HeaderMap::from_iter([(HeaderName::from_static("user-agent"), value)]),
            events: vec![Event::from_json(format!("\"{}\"", "x".repeat(200_000))).unwrap()],
        };
        let mut log = AcceptedLog::default();
        (0..1000).for_each(|_| log.push(accepted.clone()));
        assert_eq!(log.iter().count(), 16 * 1024 * 1024 / accepted.size());
        assert!((600_000..601_000).contains(&accepted.size()), "{}", accepted.size());
    }
}
