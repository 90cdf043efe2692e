//! What a request is about, as rules and criteria name it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Operation {
    /// `publish`: to publish events, to a topic of a namespace or to anything else.
    Publish,
    /// `receive`: to receive events.
    Receive,
    /// `acknowledge`: to settle events that were handled.
    Acknowledge,
    /// `release`: to give events back.
    Release,
    /// `reject`: to settle events that can never be handled.
    Reject,
    /// `renewLock`: to prolong locks.
    RenewLock,
    /// `publishMessage`: to publish a message to the MQTT broker of a namespace.
    PublishMessage,
    /// `getRetainedMessage`: to read the message that the MQTT broker retains for a topic.
    GetRetainedMessage,
    /// `listRetainedMessages`: to list messages that the MQTT broker retains.
    ListRetainedMessages,
    /// `unknown`: nothing that the service knows.
    Unknown,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Publish => "publish",
            Self::Receive => "receive",
            Self::Acknowledge => "acknowledge",
            Self::Release => "release",
            Self::Reject => "reject",
            Self::RenewLock => "renewLock",
            Self::PublishMessage => "publishMessage",
            Self::GetRetainedMessage => "getRetainedMessage",
            Self::ListRetainedMessages => "listRetainedMessages",
            Self::Unknown => "unknown",
        })
    }
}

/// What a request is about, by its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) operation: Operation,
    /// The text of a topic id, or `mqtt:` and the topic or the filter of topics of a message.
    pub(crate) topic: Option<String>,
    pub(crate) subscription: Option<String>,
}

/// Whether a name that is asked for is that of a request. Names are compared without case.
pub(crate) fn is_same(asked: Option<&str>, name: Option<&str>) -> bool {
    asked.is_none_or(|asked| name.is_some_and(|name| asked.eq_ignore_ascii_case(name)))
}
