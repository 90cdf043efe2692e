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
}

/// A text that is not a [`Role`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a role is EventGrid Data Sender, EventGrid Data Receiver or EventGrid Data Contributor")]
pub struct UnknownRole;

impl Role {
    pub(crate) const ALL: [Self; 3] = [Self::DataSender, Self::DataReceiver, Self::DataContributor];

    /// Whether its holder may do that.
    pub(crate) fn permits(self, permission: Permission) -> bool {
        match self {
            Self::DataSender => permission == Permission::Send,
            Self::DataReceiver => permission == Permission::Receive,
            Self::DataContributor => true,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DataSender => "EventGrid Data Sender",
            Self::DataReceiver => "EventGrid Data Receiver",
            Self::DataContributor => "EventGrid Data Contributor",
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
}
