//! Why a request cannot be sent.

use core::fmt;
use core::time::Duration;

use eventgrid_transport::BufFull;

use crate::endpoint::ApiVersion;
use crate::event::InvalidEvent;
use crate::json::WriteError;

/// Why a request is not valid and cannot be sent. You must change it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// It does not fit into the buffer. Encode it into a [counting](crate::Buf::counting) buffer to
    /// learn how large that must be.
    TooLarge,
    /// The service would refuse an event.
    Event {
        /// Its position among the events of the call, from 0.
        index: usize,
        /// What is wrong with it.
        reason: InvalidEvent,
    },
    /// An event's data cannot be written as JSON.
    Data(WriteError),
    /// The number of events to receive is not in 1 to 100 (api-version 2024-06-01).
    MaxEvents(u32),
    /// The time to wait for events is not in 10 to 120 seconds (api-version 2024-06-01).
    MaxWaitTime(Duration),
    /// The version of the REST contract that the client asks for does not have the operation.
    Version {
        /// The operation that it does not have.
        operation: &'static str,
        /// The version that the client asks for.
        version: ApiVersion,
        /// The first version that has it.
        since: ApiVersion,
    },
    /// The method of a raw request has a character that no method has, or is empty.
    Method,
    /// The path of a raw request does not begin with a slash, or has a character that must be
    /// percent-encoded.
    Path,
    /// A header's value has a line break or another character that a header cannot carry, or the
    /// header is one that only the client sets.
    Header {
        /// The header.
        name: &'static str,
    },
    /// A header or parameter that the [options](crate::CallOptions) of the call add cannot be sent.
    Options {
        /// Its position among the headers or the query parameters, from 0.
        index: usize,
        /// What is wrong, as text.
        reason: &'static str,
    },
    /// The target that was chosen at run time does not take events of this schema, or not in this
    /// mode.
    NotAccepted,
    /// A user property of an MQTT message has a name or a value with the character U+0000, or with
    /// more than 65,535 bytes (MQTT 5.0, 1.5.4).
    UserProperty {
        /// Its position among the user properties, from 0.
        index: usize,
    },
    /// The number of retained messages on a page is not in 1 to 100 (api-version
    /// 2025-11-16-preview).
    MaxResults(u32),
    /// The link to the next page of a list leads to another scheme, host or port than the one that
    /// the page came from, where the credential must not be sent, or it is not a URL.
    NextPage,
    /// A credential would go over plain http to another machine.
    PlainHttp,
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => f.write_str("it does not fit into the buffer: lend a larger one, or send fewer events"),
            Self::Event { index, reason } => write!(f, "event {index} of the call would be refused: {reason}"),
            Self::Data(_) => f.write_str("an event's data cannot be written as JSON"),
            Self::MaxEvents(events) => write!(f, "{events} events cannot be asked for: ask for 1 to 100"),
            Self::MaxWaitTime(time) => write!(f, "{} s is not a valid wait time: choose 10 to 120 seconds", time.as_secs()),
            Self::Version { operation, version, since } => {
                write!(f, "API version {version} does not have {operation}: use {since} or newer")
            }
            Self::Method => f.write_str("the method must be a word such as GET or POST"),
            Self::Path => f.write_str(
                "the path must begin with a slash and be percent-encoded; the query goes into parameters of its own",
            ),
            Self::Header { name } => write!(
                f,
                "the header `{name}` has a character that no header can carry, or is one that only the \
                 client sets"
            ),
            Self::Options { reason, .. } => f.write_str(reason),
            Self::NotAccepted => f.write_str(
                "the target does not take such events: a namespace takes only CloudEvents, and only a \
                 namespace takes binary mode",
            ),
            Self::UserProperty { index } => write!(
                f,
                "user property {index} has the character U+0000 or more than 65,535 bytes, which MQTT cannot carry: change it"
            ),
            Self::MaxResults(messages) => {
                write!(f, "a page cannot have {messages} messages: ask for 1 to 100")
            }
            Self::NextPage => f.write_str(
                "the link to the next page does not lead to the endpoint that the page came from, and is not followed: \
                 list with a narrower filter, or use the endpoint that the service names in its links",
            ),
            Self::PlainHttp => f.write_str(
                "the credential would go over plain http to another machine: use https, or for a key or a SAS token allow it by `allow_plain_http`",
            ),
        }
    }
}

impl core::error::Error for RequestError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Data(error) => Some(error),
            _ => None,
        }
    }
}

impl From<BufFull> for RequestError {
    fn from(BufFull: BufFull) -> Self {
        Self::TooLarge
    }
}

impl From<WriteError> for RequestError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Full => Self::TooLarge,
            error => Self::Data(error),
        }
    }
}
