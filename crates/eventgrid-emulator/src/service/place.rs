//! Which part of the emulator a request is for.

use http::HeaderMap;

use super::basic::{BasicResources, Resource};
use super::mqtt::{self, MqttRoute};
use super::namespace::{Route, route};
use super::pushes::HANDSHAKE;
use super::query::parameter;
use crate::observe::{Operation, Subject};
use crate::topic_id::TopicId;

/// Where it is told whether the emulator works. Nothing of the service begins like that.
pub(super) const HEALTH: &str = "/emulator/health";

/// The path of every basic topic, domain and partner namespace, after its name.
const EVENTS: &str = "/api/events";

/// A part of the emulator.
#[derive(Clone)]
pub(super) enum Place<'p> {
    /// Whether the emulator works.
    Health,
    /// The URL by which an endpoint consents to a handshake.
    Handshake,
    /// A basic topic, a domain or a partner namespace.
    Basic(&'p Resource),
    /// Nothing, where only one of these could be.
    NothingBasic,
    /// An operation of the MQTT broker of the namespace.
    Mqtt(MqttRoute),
    /// An operation of the namespace.
    Namespace(Route<'p>),
    /// Nothing of the namespace, and where a basic topic would be if this were the host of one. So
    /// a version of basic topics is refused as unknown.
    NoBasicHost,
    /// Nothing.
    Nothing,
}

impl Place<'_> {
    /// What a request for it is about; `None` if it is not of the data plane.
    pub(super) fn subject(&self, headers: &HeaderMap) -> Option<Subject> {
        let subject = |operation, topic| Subject { operation, topic, subscription: None };
        match self {
            Self::Health | Self::Handshake => None,
            Self::Basic(resource) => {
                Some(subject(Operation::Publish, Some(TopicId::text(resource.target(headers)))))
            }
            Self::Mqtt(route) => Some(route.subject()),
            Self::Namespace(route) => Some(route.subject()),
            Self::NothingBasic | Self::NoBasicHost | Self::Nothing => Some(subject(Operation::Unknown, None)),
        }
    }
}

/// What is taken beside the paths that are documented.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PathSettings {
    /// Whether `/api/events/topics/...` is the same as `/topics/...`. Recordings of the Python
    /// SDK's tests have such requests with responses of a namespace; whether the service takes
    /// them, or the tests' sanitizer rewrote the path, is not known.
    pub(crate) namespace_below_api_events: bool,
}

/// Reads a path. All below the name of a basic resource is that resource's; everything else is the
/// namespace's. The query helps where nothing is, to say so in the right words.
pub(super) fn place<'p>(
    path: &'p str,
    query: Option<&str>,
    settings: PathSettings,
    resources: &'p BasicResources,
) -> Place<'p> {
    if path == HEALTH {
        return Place::Health;
    }
    if path == HANDSHAKE {
        return Place::Handshake;
    }
    // Before a basic topic of that name, all of whose paths are others.
    if let Some(route) = mqtt::route(path, query) {
        return Place::Mqtt(route);
    }
    if path == EVENTS {
        return resources.at_root().map_or(Place::NoBasicHost, Place::Basic);
    }
    let start = path.strip_prefix('/').unwrap_or_default();
    let (name, rest) = start.split_at(start.find('/').unwrap_or(start.len()));
    if let Some(resource) = resources.named(name) {
        return if rest == EVENTS { Place::Basic(resource) } else { Place::NothingBasic };
    }
    let below = path.strip_prefix(EVENTS).filter(|_| settings.namespace_below_api_events);
    if let Some(route) = route(below.unwrap_or(path)) {
        return Place::Namespace(route);
    }
    let basic_version =
        parameter(query.unwrap_or_default(), "api-version").is_some_and(|v| v == "2018-01-01");
    if path.ends_with(EVENTS) || basic_version { Place::NothingBasic } else { Place::Nothing }
}
