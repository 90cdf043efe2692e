//! Targets and subscriptions: where events are published to and received from.
//!
//! Each kind of target is a type of its own, and says by [`Accepts`] what may be published to it: a
//! program that publishes anything else does not compile.
//!
//! ```
//! # use eventgrid::{blocking::Publisher, event::EventGridEvent, target::BasicTopic};
//! # fn example<T: eventgrid::Transport, E: eventgrid::Sleep>(client: eventgrid::Client<T, E, eventgrid::AccessKey<'static>>) {
//! # let (mut tx, mut rx) = (eventgrid::Buf::counting(), eventgrid::Buf::counting());
//! let topic = BasicTopic::new("https://topic.example/api/events").unwrap();
//! let event = EventGridEvent::new("1", "orders/17", "Order.Created", "2024-06-01T12:00:00Z", "1.0");
//! Publisher::new(client, topic).send_in(&event, &mut tx, &mut rx).unwrap_or_default();
//! # }
//! ```
//!
//! A namespace takes only CloudEvents:
//!
//! ```compile_fail,E0277
//! # use eventgrid::{blocking::Publisher, event::EventGridEvent, target::NamespaceTopic};
//! # fn example<T: eventgrid::Transport, E: eventgrid::Sleep>(client: eventgrid::Client<T, E, eventgrid::AccessKey<'static>>) {
//! # let (mut tx, mut rx) = (eventgrid::Buf::counting(), eventgrid::Buf::counting());
//! let topic = NamespaceTopic::new("https://namespace.example", "orders").unwrap();
//! let event = EventGridEvent::new("1", "orders/17", "Order.Created", "2024-06-01T12:00:00Z", "1.0");
//! Publisher::new(client, topic).send_in(&event, &mut tx, &mut rx).unwrap_or_default();
//! # }
//! ```
//!
//! And a basic topic does not take binary content mode:
//!
//! ```compile_fail,E0277
//! # use eventgrid::{blocking::Publisher, event::BinaryMode, target::BasicTopic};
//! # fn example<T: eventgrid::Transport, E: eventgrid::Sleep>(client: eventgrid::Client<T, E, eventgrid::AccessKey<'static>>) {
//! # let (mut tx, mut rx) = (eventgrid::Buf::counting(), eventgrid::Buf::counting());
//! let topic = BasicTopic::new("https://topic.example/api/events").unwrap();
//! let event = eventgrid::CloudEvent::new("1", "urn:shop", "Order.Created").with_data_content_type("text/plain");
//! Publisher::new(client, topic).send_in(&BinaryMode(&event), &mut tx, &mut rx).unwrap_or_default();
//! # }
//! ```

mod any;
mod basic;
mod mqtt_broker;
mod namespace;

pub use crate::endpoint::EndpointKind;
pub use any::AnyTarget;
pub use basic::{BasicTopic, Domain, PartnerChannel};
pub use mqtt_broker::MqttBroker;
pub use namespace::{NamespaceTopic, Subscription};

use core::fmt;

use crate::endpoint::{Endpoint, InvalidEndpoint};
use crate::text::Text;

/// Where events can be published to: [`NamespaceTopic`], [`BasicTopic`], [`Domain`],
/// [`PartnerChannel`], or [`AnyTarget`] of them. It is sealed, because only the service has
/// targets.
pub trait Target: sealed::Target {
    /// The endpoint.
    fn endpoint(&self) -> &Endpoint<'_>;

    /// The kind of the endpoint.
    fn endpoint_kind(&self) -> EndpointKind;

    /// The name of the topic or of the partner channel; `None` if only the endpoint says where
    /// events go.
    fn name(&self) -> Option<&str> {
        None
    }
}

/// Marks that events of the schema `S` can be published to a target.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not take events of the schema `{S}`",
    note = "a namespace takes `CloudEvent`, also in `BinaryMode`; basic topics, domains and partner channels take every kind of event, and no `BinaryMode`"
)]
pub trait Accepts<S> {}

/// A schema of events: [`CloudEvents`], [`EventGridSchema`] or [`CustomSchema`]. It is sealed,
/// because only the service has schemas.
pub trait Schema: sealed::Schema {}

impl<S: sealed::Schema> Schema for S {}

/// The schema of [`CloudEvent`](crate::CloudEvent): CloudEvents 1.0.
#[derive(Debug, Clone, Copy)]
pub struct CloudEvents;

/// The schema of [`EventGridEvent`](crate::event::EventGridEvent).
#[derive(Debug, Clone, Copy)]
pub struct EventGridSchema;

/// The schema of [`CustomEvent`](crate::event::CustomEvent): whatever the topic was configured for.
#[derive(Debug, Clone, Copy)]
pub struct CustomSchema;

/// CloudEvents in binary content mode, see [`BinaryMode`](crate::event::BinaryMode).
#[derive(Debug, Clone, Copy)]
pub struct BinaryContentMode;

pub(crate) mod sealed {
    use crate::http::{HeaderWriter, RequestError, UrlWriter};

    pub trait Target {
        /// Writes the path, behind the endpoint's own.
        fn write_url(&self, url: &mut UrlWriter<'_, '_>) -> Result<(), RequestError>;

        /// Writes the headers that say where the events go.
        fn write_headers(&self, _headers: &mut HeaderWriter<'_, '_>) -> Result<(), RequestError> {
            Ok(())
        }
    }

    pub trait Schema {
        /// The media type of a batch, which is also how a single event is sent where it must be.
        const BATCH: &'static str;

        /// The media type of a single event to a namespace, if a namespace takes this schema.
        const SINGLE: Option<&'static str>;
    }

    impl Schema for super::CloudEvents {
        const BATCH: &'static str = "application/cloudevents-batch+json; charset=utf-8";
        const SINGLE: Option<&'static str> = Some("application/cloudevents+json; charset=utf-8");
    }

    impl Schema for super::EventGridSchema {
        const BATCH: &'static str = "application/json; charset=utf-8";
        const SINGLE: Option<&'static str> = None;
    }

    impl Schema for super::CustomSchema {
        const BATCH: &'static str = "application/json; charset=utf-8";
        const SINGLE: Option<&'static str> = None;
    }
}

/// A name that can be one segment of a path: servers and proxies take `.` and `..` for something
/// else.
fn check_name(name: Text<'_>) -> Option<Text<'_>> {
    (!matches!(name.as_str(), "" | "." | "..")).then_some(name)
}

/// The path that is completed for basic topics, domains and partner namespaces.
pub(crate) const API_EVENTS: &str = "/api/events";

/// The endpoint of a namespace. A base path is that of a proxy; the rest of the path is written
/// here.
fn namespace_endpoint<'t>(endpoint: impl Into<Text<'t>>) -> Result<Endpoint<'t>, InvalidTarget> {
    let endpoint = Endpoint::new(endpoint).map_err(InvalidTarget::Endpoint)?;
    let path = endpoint.base_path();
    if has_topics(path) || ends_in_publish(path) {
        Err(InvalidTarget::PathOfTopic)
    } else if without_api_events(path).is_some() {
        Err(InvalidTarget::BasicEndpoint)
    } else {
        Ok(endpoint)
    }
}

/// The endpoint of a basic topic, a domain or a partner namespace, maybe with the base path of a
/// proxy.
fn basic_endpoint<'t>(endpoint: impl Into<Text<'t>>) -> Result<Endpoint<'t>, InvalidTarget> {
    let endpoint = Endpoint::new(endpoint).map_err(InvalidTarget::Endpoint)?;
    let path = endpoint.base_path();
    let base = without_api_events(path);
    if base.and_then(without_api_events).is_some() {
        Err(InvalidTarget::ApiEventsTwice)
    } else if ends_in_publish(path) {
        Err(InvalidTarget::NamespaceEndpoint)
    } else {
        Ok(endpoint)
    }
}

/// What stands before `/api/events` at the end of a path, if that stands there.
pub(crate) fn without_api_events(path: &str) -> Option<&str> {
    if ends_in(path, API_EVENTS.as_bytes()) { path.get(..path.len() - API_EVENTS.len()) } else { None }
}

fn has_topics(path: &str) -> bool {
    path.as_bytes().split(|byte| *byte == b'/').any(|segment| segment.eq_ignore_ascii_case(b"topics"))
}

fn ends_in_publish(path: &str) -> bool {
    ends_in(path, b":publish")
}

fn ends_in(path: &str, end: &[u8]) -> bool {
    let from = path.len().wrapping_sub(end.len());
    path.as_bytes().get(from..).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// What is wrong with a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidTarget {
    /// The endpoint is not valid.
    Endpoint(InvalidEndpoint),
    /// The topic's name is empty, `.` or `..`.
    Topic,
    /// The subscription's name is empty, `.` or `..`.
    Subscription,
    /// The endpoint is that of a topic, a subscription or an operation of a namespace, not that of
    /// the namespace: its path has a segment `topics` or ends in `:publish`.
    PathOfTopic,
    /// The endpoint was given for a namespace, but is that of a basic topic, a domain or a partner
    /// namespace: its path ends in `/api/events`.
    BasicEndpoint,
    /// The endpoint was given for a basic topic, a domain or a partner namespace, but is that of an
    /// operation of a namespace: its path ends in `:publish`.
    NamespaceEndpoint,
    /// The path of the endpoint has `/api/events` twice.
    ApiEventsTwice,
    /// The channel's name is empty, or has a character that no header can carry.
    Channel,
    /// The endpoint was given for the MQTT broker of a namespace, but is that of the namespace's
    /// topics: its host has no label `ts`.
    HostOfTopics,
    /// The endpoint was given for the MQTT broker of a namespace, but is that of one of its
    /// operations: its path ends in `/mqtt/messages` or in that of another operation.
    PathOfMqtt,
}

impl fmt::Display for InvalidTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Endpoint(error) => error.fmt(f),
            Self::Topic => f.write_str("the topic's name must not be empty, `.` or `..`"),
            Self::Subscription => f.write_str("the subscription's name must not be empty, `.` or `..`"),
            Self::PathOfTopic => f.write_str(
                "the endpoint must be that of the namespace, without `/topics/` and what follows it: \
                 pass the names of the topic and of the subscription by themselves",
            ),
            Self::BasicEndpoint => f.write_str(
                "the endpoint is not that of a namespace, since it ends in `/api/events`: \
                 use `BasicTopic`, `Domain` or `PartnerChannel`, or the endpoint of a namespace",
            ),
            Self::NamespaceEndpoint => f.write_str(
                "the endpoint is that of a topic of a namespace: use `NamespaceTopic`, \
                 or the endpoint that ends in `/api/events`",
            ),
            Self::ApiEventsTwice => {
                f.write_str("the endpoint has `/api/events` twice: leave out one of them")
            }
            Self::Channel => f.write_str("the channel's name must be printable ASCII, and not empty"),
            Self::HostOfTopics => f.write_str(
                "the endpoint is that of the namespace's topics: its MQTT broker is at \
                 NAMESPACE.REGION-1.ts.eventgrid.azure.net",
            ),
            Self::PathOfMqtt => f.write_str(
                "the endpoint must be that of the MQTT broker, without `/mqtt/` and what follows it",
            ),
        }
    }
}

impl core::error::Error for InvalidTarget {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked_before_anything_is_sent() {
        for name in ["", ".", ".."] {
            assert_eq!(NamespaceTopic::new("h", name), Err(InvalidTarget::Topic));
            assert_eq!(Subscription::new("h", "orders", name), Err(InvalidTarget::Subscription));
        }
        assert_eq!(NamespaceTopic::new("", "t"), Err(InvalidTarget::Endpoint(InvalidEndpoint::Host)));
        assert_eq!(Subscription::new("h", "my topic/1", "s").unwrap().topic(), "my topic/1");
    }

    #[test]
    fn an_endpoint_of_something_else_is_refused_with_what_to_use_instead() {
        for path in [
            "/topics",
            "/topics/orders",
            "/Topics/orders:publish",
            "//topics/orders",
            "/base/topics/orders/eventsubscriptions/s",
            "/orders:publish",
            "/orders:Publish/",
        ] {
            let endpoint = std::format!("https://h{path}");
            assert_eq!(NamespaceTopic::new(&*endpoint, "t"), Err(InvalidTarget::PathOfTopic), "{path}");
            assert_eq!(Subscription::new(&*endpoint, "t", "s"), Err(InvalidTarget::PathOfTopic), "{path}");
            // The path of a proxy to a basic topic may have that segment, too.
            let is_operation = path.to_ascii_lowercase().contains(":publish");
            let expected = if is_operation { Err(InvalidTarget::NamespaceEndpoint) } else { Ok(()) };
            assert_eq!(BasicTopic::new(&*endpoint).map(drop), expected, "{path}");
            assert_eq!(Domain::new(&*endpoint).map(drop), expected, "{path}");
            assert_eq!(PartnerChannel::new(&*endpoint, "c").map(drop), expected, "{path}");
        }
        for path in ["/api/events", "/API/Events/", "/base/api/events"] {
            let endpoint = std::format!("https://h{path}");
            assert_eq!(NamespaceTopic::new(&*endpoint, "t"), Err(InvalidTarget::BasicEndpoint), "{path}");
            assert_eq!(Subscription::new(&*endpoint, "t", "s"), Err(InvalidTarget::BasicEndpoint), "{path}");
            assert!(Domain::new(&*endpoint).is_ok(), "{path}");
        }
        for path in ["/api/events/api/events", "/base/Api/events/api/events/"] {
            let endpoint = std::format!("https://h{path}");
            assert_eq!(BasicTopic::new(&*endpoint), Err(InvalidTarget::ApiEventsTwice), "{path}");
            assert_eq!(PartnerChannel::new(&*endpoint, "c"), Err(InvalidTarget::ApiEventsTwice), "{path}");
        }
    }

    #[test]
    fn a_base_path_of_a_proxy_is_kept() {
        for path in ["", "/", "/base", "/my-topics/x", "/a:b", "/api", "/api/events2", "/events"] {
            let endpoint = std::format!("https://h{path}");
            let base = path.trim_end_matches('/');
            assert_eq!(NamespaceTopic::new(&*endpoint, "t").unwrap().endpoint().base_path(), base);
            assert_eq!(BasicTopic::new(&*endpoint).unwrap().endpoint().base_path(), base);
        }
        assert!(BasicTopic::new("https://proxy/topics/orders/api/events").is_ok());
    }
}
