//! What events are published to, as a program names it.

use std::borrow::Cow;

use crate::accepted::{Accepted, TargetKind};

/// Something that events are published to. Names are compared without case.
///
/// ```
/// use eventgrid_emulator::broker::SubscriptionSettings;
/// use eventgrid_emulator::{Emulator, InputSchema, Target};
///
/// let mut emulator = Emulator::builder().domain("shops", InputSchema::EventGrid).build()?;
/// let shops = Target::Domain("Shops");
/// assert!(emulator.create_subscription(shops, "audit", SubscriptionSettings::default()));
/// assert_eq!(emulator.stats_of(shops, "audit").unwrap().queued, 0);
/// # Ok::<(), eventgrid_emulator::ConfigurationError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target<'a> {
    /// A topic of the namespace.
    NamespaceTopic(&'a str),
    /// A custom topic of Event Grid "Basic"; an empty name is the one at `/api/events`.
    BasicTopic(&'a str),
    /// A domain of Event Grid "Basic".
    Domain(&'a str),
    /// A channel of a partner namespace of Event Grid "Basic".
    PartnerChannel {
        /// The partner namespace.
        namespace: &'a str,
        /// The channel.
        channel: &'a str,
    },
}

impl<'a> Target<'a> {
    /// What the events of a publish went to.
    pub(crate) fn of(accepted: &'a Accepted) -> Self {
        let name = &*accepted.name;
        match accepted.target {
            TargetKind::NamespaceTopic => Self::NamespaceTopic(name),
            TargetKind::BasicTopic => Self::BasicTopic(name),
            TargetKind::Domain => Self::Domain(name),
            TargetKind::PartnerChannel => Self::PartnerChannel {
                namespace: name,
                channel: accepted.channel.as_deref().unwrap_or_default(),
            },
        }
    }

    /// Whether it is a topic of the namespace.
    pub(crate) fn is_in_namespace(self) -> bool {
        matches!(self, Self::NamespaceTopic(_))
    }

    /// What it is, its name, and the channel if it is one.
    pub(crate) fn parts(self) -> (TargetKind, &'a str, Option<&'a str>) {
        match self {
            Self::NamespaceTopic(name) => (TargetKind::NamespaceTopic, name, None),
            Self::BasicTopic(name) => (TargetKind::BasicTopic, name, None),
            Self::Domain(name) => (TargetKind::Domain, name, None),
            Self::PartnerChannel { namespace, channel } => {
                (TargetKind::PartnerChannel, namespace, Some(channel))
            }
        }
    }

    /// The name of its topic in the broker: that of a topic of the namespace, or else the path,
    /// which begins with a slash, so it is the name of no such topic.
    pub(crate) fn topic_name(self) -> Cow<'a, str> {
        match self {
            Self::NamespaceTopic(name) => name.into(),
            Self::BasicTopic("") => "/api/events".into(),
            Self::BasicTopic(name) | Self::Domain(name) => format!("/{name}/api/events").into(),
            Self::PartnerChannel { namespace, channel } => {
                format!("/{namespace}/api/events/{channel}").into()
            }
        }
    }
}
