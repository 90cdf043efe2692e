//! The resource that a token gives access to.

use core::fmt;

use crate::endpoint::{ApiVersion, Endpoint, EndpointKind};
use crate::target::{AnyTarget, BasicTopic, Domain, NamespaceTopic, PartnerChannel, Subscription, Target};
use crate::text::percent::{PercentEncoded, Plain};

/// The resource that a token gives access to: a target to publish to, a subscription to receive
/// from, a [whole namespace](Self::namespace), or the URL of one of these as text.
///
/// A token gives access to its resource and to everything below it: a token for a namespace to all
/// of its topics, and a token for a topic to all of its subscriptions.
///
/// ```
/// use eventgrid::sas::SasResource;
/// use eventgrid::target::BasicTopic;
/// use eventgrid::Subscription;
///
/// let topic = BasicTopic::new("https://topic.westus2-1.eventgrid.azure.net/api/events")?;
/// assert_eq!(
///     SasResource::from(&topic).to_string(),
///     "https://topic.westus2-1.eventgrid.azure.net/api/events?apiVersion=2018-01-01"
/// );
///
/// let shipping = Subscription::new("https://ns.westus2-1.eventgrid.azure.net", "orders", "shipping")?;
/// assert_eq!(
///     SasResource::from(&shipping).to_string(),
///     "https://ns.westus2-1.eventgrid.azure.net/topics/orders/eventsubscriptions/shipping"
/// );
/// # Ok::<(), eventgrid::InvalidTarget>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct SasResource<'r>(Repr<'r>);

#[derive(Debug, Clone, Copy)]
enum Repr<'r> {
    Basic(&'r Endpoint<'r>),
    Namespace(&'r Endpoint<'r>),
    Topic(&'r NamespaceTopic<'r>),
    Subscription(&'r Subscription<'r>),
    Text(&'r str),
}

impl<'r> SasResource<'r> {
    /// All topics and subscriptions of a namespace.
    pub fn namespace(endpoint: &'r Endpoint<'_>) -> Self {
        Self(Repr::Namespace(endpoint))
    }

    /// Everything that requests to this endpoint may need.
    pub(super) fn of_endpoint(endpoint_kind: EndpointKind, endpoint: &'r Endpoint<'_>) -> Self {
        match endpoint_kind {
            EndpointKind::Namespace | EndpointKind::MqttBroker => Self(Repr::Namespace(endpoint)),
            EndpointKind::BasicTopic | EndpointKind::Domain | EndpointKind::PartnerNamespace => {
                Self(Repr::Basic(endpoint))
            }
        }
    }
}

/// The URL, before it is percent-encoded.
impl fmt::Display for SasResource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Repr::Basic(endpoint) => {
                let default_path = if endpoint.base_path().is_empty() { "/api/events" } else { "" };
                // The SDKs for JavaScript and Python name the version like this, those for .NET and
                // Java as `api-version`.
                write!(f, "{endpoint}{default_path}?apiVersion={}", ApiVersion::V2018_01_01)
            }
            Repr::Namespace(endpoint) => endpoint.fmt(f),
            Repr::Topic(topic) => write_topic(f, topic.endpoint(), topic.topic()),
            Repr::Subscription(subscription) => {
                write_topic(f, subscription.endpoint(), subscription.topic())?;
                write!(f, "/eventsubscriptions/{}", segment(subscription.subscription()))
            }
            Repr::Text(text) => f.write_str(text),
        }
    }
}

fn write_topic(f: &mut fmt::Formatter<'_>, endpoint: &Endpoint<'_>, topic: &str) -> fmt::Result {
    write!(f, "{endpoint}/topics/{}", segment(topic))
}

fn segment(name: &str) -> PercentEncoded<&str> {
    PercentEncoded { value: name, plain: Plain::UNRESERVED }
}

/// Takes a URL unchanged.
impl<'r> From<&'r str> for SasResource<'r> {
    fn from(url: &'r str) -> Self {
        Self(Repr::Text(url))
    }
}

macro_rules! from_basic {
    ($($target:ident),+) => {$(
        impl<'r> From<&'r $target<'_>> for SasResource<'r> {
            fn from(target: &'r $target<'_>) -> Self {
                Self(Repr::Basic(target.endpoint()))
            }
        }
    )+};
}

from_basic!(BasicTopic, Domain, PartnerChannel);

impl<'r> From<&'r NamespaceTopic<'_>> for SasResource<'r> {
    fn from(topic: &'r NamespaceTopic<'_>) -> Self {
        Self(Repr::Topic(topic))
    }
}

impl<'r> From<&'r Subscription<'_>> for SasResource<'r> {
    fn from(subscription: &'r Subscription<'_>) -> Self {
        Self(Repr::Subscription(subscription))
    }
}

impl<'r> From<&'r AnyTarget<'_>> for SasResource<'r> {
    fn from(target: &'r AnyTarget<'_>) -> Self {
        match target {
            AnyTarget::NamespaceTopic(target) => target.into(),
            AnyTarget::BasicTopic(target) => target.into(),
            AnyTarget::Domain(target) => target.into(),
            AnyTarget::PartnerChannel(target) => target.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn a_resource_is_where_its_requests_go() {
        let topic = NamespaceTopic::new("https://ns/base", "my topic:1").unwrap();
        assert_eq!(SasResource::from(&topic).to_string(), "https://ns/base/topics/my%20topic%3A1");
        let domain = Domain::new("h").unwrap();
        assert_eq!(SasResource::from(&domain).to_string(), "https://h/api/events?apiVersion=2018-01-01");
        let endpoint = Endpoint::new("ns/").unwrap();
        assert_eq!(SasResource::namespace(&endpoint).to_string(), "https://ns");
        assert_eq!(SasResource::from("https://h/?a=b").to_string(), "https://h/?a=b");
    }
}
