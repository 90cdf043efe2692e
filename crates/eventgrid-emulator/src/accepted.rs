//! What was accepted: publishes, kept for a test to look at.

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Serialize, Serializer};

use crate::broker::Event;

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

    /// About how many bytes it takes.
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
#[derive(Debug, Default)]
pub(crate) struct AcceptedLog {
    publishes: VecDeque<Accepted>,
    /// How many bytes they take.
    size: usize,
}

impl AcceptedLog {
    const MAX_PUBLISHES: usize = 1000;
    const MAX_SIZE: usize = 16 * 1024 * 1024;

    pub(crate) fn push(&mut self, accepted: Accepted) {
        self.size += accepted.size();
        self.publishes.push_back(accepted);
        while self.publishes.len() > Self::MAX_PUBLISHES
            || self.size > Self::MAX_SIZE && self.publishes.len() > 1
        {
            let oldest = self.publishes.pop_front();
            self.size -= oldest.map_or(0, |oldest| oldest.size());
        }
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// All of them, the oldest first.
    pub(crate) fn to_vec(&self) -> Vec<Accepted> {
        self.publishes.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(name: usize, size: usize) -> Accepted {
        Accepted {
            target: TargetKind::BasicTopic,
            name: name.to_string(),
            channel: None,
            schema: InputSchema::Custom,
            api_version: None,
            headers: HeaderMap::new(),
            events: vec![Event::from_json(format!("\"{}\"", "x".repeat(size - 2))).unwrap()],
        }
    }

    fn names(log: &AcceptedLog) -> Vec<String> {
        log.to_vec().into_iter().map(|accepted| accepted.name).collect()
    }

    #[test]
    fn the_last_thousand_are_kept() {
        let mut log = AcceptedLog::default();
        (0..1_500).for_each(|number| log.push(accepted(number, 2)));
        let names = names(&log);
        assert_eq!((names.len(), names[0].as_str(), names[999].as_str()), (1000, "500", "1499"));
        log.clear();
        assert!(log.to_vec().is_empty());
    }

    #[test]
    fn no_more_bytes_are_kept_than_agreed_unless_the_last_alone_has_more() {
        let small = accepted(0, 2).size();
        let half = AcceptedLog::MAX_SIZE / 2 - small;
        let mut log = AcceptedLog::default();
        (0..3).for_each(|number| log.push(accepted(number, half)));
        assert_eq!(names(&log), ["1", "2"]);
        log.push(accepted(3, 2));
        assert_eq!(names(&log), ["2", "3"]);
        log.push(accepted(4, 3 * half));
        assert_eq!(names(&log), ["4"]);
        log.push(accepted(5, 2));
        assert_eq!(names(&log), ["5"]);
        assert_eq!(log.size, small);
    }

    #[test]
    fn headers_count_too() {
        let mut log = AcceptedLog::default();
        let mut large = accepted(0, 2);
        let value = HeaderValue::try_from("x".repeat(400_000)).unwrap();
        large.headers.insert("user-agent", value);
        (0..1000).for_each(|_| log.push(large.clone()));
        assert!(log.size <= AcceptedLog::MAX_SIZE);
        assert_eq!(log.to_vec().len(), AcceptedLog::MAX_SIZE / large.size());
    }
}
