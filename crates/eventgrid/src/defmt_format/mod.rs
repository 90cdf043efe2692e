//! What a device logs with `defmt`: errors as their `Display` text with their causes, and events by
//! their ids. Credentials and the data of events are never logged:
//!
//! ```compile_fail,E0277
//! fn log<T: defmt::Format>(_: T) {}
//! log(eventgrid::AccessKey::new("c2VjcmV0"));
//! ```

use core::error::Error as StdError;

use defmt::{Debug2Format, Display2Format, Format, Formatter, write};

use crate::credential::CredentialError;
use crate::endpoint::InvalidEndpoint;
use crate::error::{Error, ServiceError};
use crate::event::{
    CloudEvent, CloudEventView, DataError, EventGridEvent, EventGridEventView, InvalidEvent, MalformedEvent,
};
use crate::http::RequestError;
use crate::json::{JsonError, JsonErrorKind, JsonStr, WriteError};
use crate::mqtt::InvalidTopic;
use crate::received::{DecodeError, FailedLockToken, FailureReason, LockToken, ReceivedEvent};
use crate::target::InvalidTarget;
use crate::text::Text;

/// An error and its causes, separated by colons.
fn write_error(error: &dyn StdError, f: Formatter<'_>) {
    write!(f, "{}", Display2Format(error));
    let mut cause = error.source();
    while let Some(error) = cause {
        write!(f, ": {}", Display2Format(error));
        cause = error.source();
    }
}

macro_rules! errors {
    ($($error:ty),+ $(,)?) => {$(
        /// Its `Display` text, then its causes.
        impl Format for $error {
            fn format(&self, f: Formatter<'_>) {
                write_error(self, f);
            }
        }
    )+};
}

errors!(
    CredentialError,
    DataError,
    DecodeError,
    InvalidEndpoint,
    InvalidEvent,
    InvalidTarget,
    InvalidTopic,
    JsonError,
    MalformedEvent,
    RequestError,
    ServiceError<'_>,
    WriteError,
);

/// Its `Display` text, then its causes.
impl<T: StdError + 'static> Format for Error<'_, T> {
    fn format(&self, f: Formatter<'_>) {
        write_error(self, f);
    }
}

macro_rules! by_name {
    ($($kind:ty),+ $(,)?) => {$(
        /// The variant's name.
        impl Format for $kind {
            fn format(&self, f: Formatter<'_>) {
                write!(f, "{}", Debug2Format(self));
            }
        }
    )+};
}

by_name!(FailureReason);

/// Its `Display` text.
impl Format for JsonErrorKind {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "{}", Display2Format(self));
    }
}

impl Format for Text<'_> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "{=str}", self.as_str());
    }
}

/// The decoded text.
impl Format for JsonStr<'_> {
    fn format(&self, f: Formatter<'_>) {
        if let Some(text) = self.as_str() {
            write!(f, "{=str}", text);
        } else {
            write!(f, "{}", Display2Format(self));
        }
    }
}

impl Format for LockToken<'_> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "{}", Display2Format(self));
    }
}

#[cfg(feature = "heapless")]
impl<const N: usize> Format for crate::received::LockTokenBuf<N> {
    fn format(&self, f: Formatter<'_>) {
        self.lock_token().format(f);
    }
}

impl Format for FailedLockToken<'_> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "{}: {} ({})", self.lock_token(), self.reason(), self.code());
    }
}

/// Its id, source and type.
impl Format for CloudEvent<'_> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "CloudEvent({}, {}, {})", self.id, self.source, self.event_type);
    }
}

/// Its id, source and type.
impl Format for CloudEventView<'_> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "CloudEvent({}, {}, {})", self.id(), self.source(), self.event_type());
    }
}

/// Its id, subject and type.
impl Format for EventGridEvent<'_> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "EventGridEvent({}, {}, {})", self.id, self.subject, self.event_type);
    }
}

/// Its id, subject and type.
impl Format for EventGridEventView<'_> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "EventGridEvent({}, {}, {})", self.id(), self.subject(), self.event_type());
    }
}

/// Its event or why it is malformed, and its delivery count.
impl Format for ReceivedEvent<'_> {
    fn format(&self, f: Formatter<'_>) {
        match self.event() {
            Ok(event) => write!(f, "{}, delivery {}", event, self.delivery_count()),
            Err(error) => write!(f, "{}, delivery {}", error, self.delivery_count()),
        }
    }
}
