//! What the holder of a bearer token may do.

use std::fmt;
use std::str::FromStr;

/// A built-in role of Azure that a bearer token stands for ("Azure built-in roles for Event Grid").
///
/// ```
/// use eventgrid_emulator::Role;
///
/// assert_eq!("EventGrid Data Sender".parse(), Ok(Role::DataSender));
/// assert_eq!(Role::DataReceiver.to_string(), "EventGrid Data Receiver");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Role {
    /// `EventGrid Data Sender`: publishes to topics, domains and partner namespaces.
    DataSender,
    /// `EventGrid Data Receiver`: receives events from a namespace and settles them.
    DataReceiver,
    /// `EventGrid Data Contributor`: does both.
    DataContributor,
    /// `EventGrid TopicSpaces Publisher`: publishes messages to the MQTT broker of a namespace.
    TopicSpacesPublisher,
    /// `EventGrid TopicSpaces Subscriber`: reads the messages that the broker retains.
    TopicSpacesSubscriber,
}

/// A text that is not a [`Role`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a role is EventGrid Data Sender, EventGrid Data Receiver, EventGrid Data Contributor, EventGrid TopicSpaces \
     Publisher or EventGrid TopicSpaces Subscriber"
)]
pub struct UnknownRole;

impl Role {
    const ALL: [Self; 5] = [
        Self::DataSender,
        Self::DataReceiver,
        Self::DataContributor,
        Self::TopicSpacesPublisher,
        Self::TopicSpacesSubscriber,
    ];

    /// The roles that together permit everything.
    pub(crate) const EVERYTHING: [Self; 3] =
        [Self::DataContributor, Self::TopicSpacesPublisher, Self::TopicSpacesSubscriber];

    /// Whether its holder may do that.
    pub(crate) fn permits(self, permission: Permission) -> bool {
        match self {
            Self::DataSender => permission == Permission::Send,
            Self::DataReceiver => permission == Permission::Receive,
            Self::DataContributor => matches!(permission, Permission::Send | Permission::Receive),
            Self::TopicSpacesPublisher => permission == Permission::PublishMessages,
            Self::TopicSpacesSubscriber => permission == Permission::ReadMessages,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DataSender => "EventGrid Data Sender",
            Self::DataReceiver => "EventGrid Data Receiver",
            Self::DataContributor => "EventGrid Data Contributor",
            Self::TopicSpacesPublisher => "EventGrid TopicSpaces Publisher",
            Self::TopicSpacesSubscriber => "EventGrid TopicSpaces Subscriber",
        })
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.to_string() == text).ok_or(UnknownRole)
    }
}

/// What a request needs its sender to be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Permission {
    /// To publish events.
    Send,
    /// To receive events and to settle them.
    Receive,
    /// To publish messages to the MQTT broker.
    PublishMessages,
    /// To read the messages that the MQTT broker retains.
    ReadMessages,
}
