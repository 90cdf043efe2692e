//! Checks of the attributes of an event.

use core::fmt;

use eventgrid_transport::date::Rfc3339Time;

use crate::event::extension::NameRule;
use crate::event::{AttributeName, CloudEvent, DataKind, Extension};

/// The names that CloudEvents 1.0 defines itself, in its JSON format.
pub(super) const CORE_NAMES: [&str; 10] = [
    "id",
    "source",
    "specversion",
    "type",
    "subject",
    "time",
    "datacontenttype",
    "dataschema",
    "data",
    "data_base64",
];

/// The longest name of an extension attribute, by the service's documentation of namespaces.
const MAX_NAME_LEN: usize = 20;

/// Why the service would refuse an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidEvent {
    /// An attribute that every event must have is empty.
    EmptyAttribute(&'static str),
    /// An attribute is not a point in time of RFC 3339, such as `2024-06-01T12:00:00Z`.
    Time(&'static str),
    /// The name of an extension attribute is empty, or has characters other than ASCII lower-case
    /// letters and digits (CloudEvents 1.0, naming conventions).
    ExtensionName(AttributeName),
    /// The name of an extension attribute has more than 20 characters, the limit in the service's
    /// documentation.
    /// [`Extension::allow_long_name`](crate::event::Extension::allow_long_name) allows it.
    LongExtensionName(AttributeName),
    /// An extension attribute has the name of another attribute.
    ExtensionShadows(AttributeName),
    /// The event does not say which topic of the domain it is for.
    NoDomainTopic,
    /// The data is bytes, which the Event Grid schema cannot hold.
    Bytes,
    /// In binary content mode, its `datacontenttype` would make the service take its data for a
    /// whole event.
    StructuredContentType,
    /// In binary content mode, its data would arrive as another kind of data, because
    /// `datacontenttype` says as what it arrives, see the table of
    /// [`BinaryMode`](crate::event::BinaryMode).
    #[non_exhaustive]
    BinaryModeData {
        /// The kind of its data.
        data: DataKind,
        /// The kind as which a body of its `datacontenttype` arrives.
        arrives_as: DataKind,
    },
    /// In binary content mode, its data would be an empty body, which arrives as no data.
    EmptyBody,
    /// In binary content mode, its `datacontenttype` names a charset other than UTF-8, in which its
    /// text would be sent.
    Charset,
}

/// Whether it is a valid name of an extension attribute by the rules of CloudEvents, whatever its
/// length.
pub(crate) fn is_plain_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// Checks whether the service would refuse the event.
pub(super) fn check(event: &CloudEvent<'_>) -> Result<(), InvalidEvent> {
    for (name, value) in [("id", &event.id), ("source", &event.source), ("type", &event.event_type)] {
        if value.is_empty() {
            return Err(InvalidEvent::EmptyAttribute(name));
        }
    }
    if event.time.as_deref().is_some_and(|time| !Rfc3339Time::is_valid(time)) {
        return Err(InvalidEvent::Time("time"));
    }
    let repeated = repeated_name(&event.extensions);
    for extension in event.extensions.iter() {
        let name = extension.name.as_str();
        if CORE_NAMES.contains(&name) || repeated == Some(name) {
            return Err(InvalidEvent::ExtensionShadows(AttributeName::new(name)));
        }
        if extension.name_rule == NameRule::AsReceived {
            continue;
        }
        if !is_plain_name(name) {
            return Err(InvalidEvent::ExtensionName(AttributeName::new(name)));
        }
        if name.len() > MAX_NAME_LEN && extension.name_rule == NameRule::Short {
            return Err(InvalidEvent::LongExtensionName(AttributeName::new(name)));
        }
    }
    Ok(())
}

/// How many extension attributes are compared with each other. A received event of 1 MB can have a
/// hundred thousand of them, for which that takes too long.
#[cfg(feature = "alloc")]
const FEW_EXTENSIONS: usize = 32;

/// A name that several extension attributes have.
fn repeated_name<'e>(extensions: &'e [Extension<'_>]) -> Option<&'e str> {
    #[cfg(feature = "alloc")]
    if extensions.len() > FEW_EXTENSIONS {
        // Equal names leave a heap one after the other. It is less code than a set.
        let names = extensions.iter().map(|extension| extension.name.as_str());
        let mut names: alloc::collections::BinaryHeap<_> = names.collect();
        while let Some(name) = names.pop() {
            if names.peek() == Some(&name) {
                return Some(name);
            }
        }
        return None;
    }
    let names = || extensions.iter().map(|extension| extension.name.as_str());
    names()
        .enumerate()
        .find(|(position, name)| names().take(*position).any(|earlier| earlier == *name))
        .map(|(_, name)| name)
}

impl fmt::Display for InvalidEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyAttribute(name) => write!(f, "its attribute `{name}` must not be empty"),
            Self::Time(name) => {
                write!(f, "its attribute `{name}` must be a time such as `2024-06-01T12:00:00Z` (RFC 3339)")
            }
            Self::ExtensionName(name) => {
                write!(f, "its extension attribute `{name}` must have a name of lower-case letters and digits")
            }
            Self::LongExtensionName(name) => write!(
                f,
                "the name of its extension attribute `{name}` has more than {MAX_NAME_LEN} characters: \
                 shorten it, or allow it"
            ),
            Self::ExtensionShadows(name) => {
                write!(f, "its extension attribute `{name}` has the name of another attribute: rename it")
            }
            Self::NoDomainTopic => f.write_str("it names no topic of the domain: use `for_domain_topic`"),
            Self::Bytes => {
                f.write_str("its data is bytes, which this schema cannot hold: send a CloudEvent, or the \
                             bytes as text")
            }
            Self::StructuredContentType => f.write_str(
                "its `datacontenttype` says that its data is a CloudEvent itself: use another one, or do without binary mode",
            ),
            Self::BinaryModeData { data, arrives_as } => write!(
                f,
                "its data is {data} and would arrive as {arrives_as} by its `datacontenttype`: \
                 use a content type of {data}, or do without binary mode"
            ),
            Self::EmptyBody => f.write_str(
                "its data is empty, and an empty body arrives as no data: leave the data out, or do without binary mode",
            ),
            Self::Charset => f.write_str(
                "its text is sent as UTF-8 and its `datacontenttype` names another charset: name `utf-8` or none, or do without binary mode",
            ),
        }
    }
}

impl core::error::Error for InvalidEvent {}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use std::format;
    use std::string::ToString;
    use std::vec::Vec;

    use super::*;

    #[test]
    fn names_that_repeat_are_found_among_as_many_as_an_event_can_have() {
        for count in [2, FEW_EXTENSIONS, FEW_EXTENSIONS + 1, 100_000] {
            let mut extensions: Vec<_> =
                (0..count).map(|number| Extension::new(format!("x{number}"), 1)).collect();
            let event = CloudEvent::new("1", "urn:shop", "Order.Created");
            assert_eq!(event.clone().with_extensions(&extensions).check(), Ok(()));

            extensions.push(Extension::new("x0", 2));
            let error = event.with_extensions(&extensions).check().unwrap_err();
            assert_eq!(error, InvalidEvent::ExtensionShadows(AttributeName::new("x0")), "{count}");
            assert!(error.to_string().ends_with("rename it"), "{error}");
        }
    }
}
