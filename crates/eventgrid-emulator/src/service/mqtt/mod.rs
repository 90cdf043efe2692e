//! The HTTP interface of the MQTT broker of a namespace: a message is published, and messages that
//! are retained are read.
//!
//! Here are requests and responses. What a message is, and what is retained, is in the module
//! `mqtt` of the crate; MQTT itself is not spoken.

mod message;
mod query;
mod retained;
mod route;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};

use self::query::Query;
use self::route::MqttOperation;
pub(super) use self::route::{MqttRoute, route};
use super::Emulator;
use super::authentication::{Access, authority};
use super::basic;
use super::namespace::ServiceError;
use crate::limits::Limits;
use crate::mqtt::{Message, NotRetained, RetainedMessages, events};

/// The largest message, in bytes ("quotas-limits", 2025-11: 512 KB).
const MAX_MESSAGE: usize = 512 * 1024;

/// The source of events for a request that names no namespace: one to an address.
const SOURCE: &str = "eventgrid-emulator";

/// The broker of a namespace.
#[derive(Debug, Default)]
pub(super) struct MqttBroker {
    pub(super) retained: RetainedMessages,
    /// The topic of the namespace that messages are routed to.
    route_to: Option<String>,
}

/// The largest message that is taken with these limits.
pub(super) fn max_message(limits: Limits) -> usize {
    limits.of(MAX_MESSAGE).min(basic::MAX_BODY)
}

impl Emulator {
    /// Routes messages to a topic of the namespace from now on, or to none.
    pub(crate) fn route_mqtt_to(&mut self, topic: Option<String>) {
        self.mqtt.route_to = topic;
    }

    pub(super) fn handle_mqtt(
        &mut self,
        route: &MqttRoute,
        request: &Request<Bytes>,
    ) -> Result<Response<Bytes>, ServiceError> {
        let now = self.namespace.now();
        let checked = self.credentials.check(request, Access::to_mqtt(route), now.as_duration());
        checked.map_err(ServiceError::mqtt_denied)?;
        let method = if route.operation == MqttOperation::Publish { Method::POST } else { Method::GET };
        if *request.method() != method {
            let allowed = if method == Method::POST { "POST" } else { "GET" };
            return Err(ServiceError::method_not_allowed(request.method(), allowed));
        }
        let limits = self.limits();
        let query = Query::parse(request.uri().query().unwrap_or_default(), route.operation, limits)?;
        match route.operation {
            MqttOperation::Publish => self.publish_mqtt(&query, request),
            MqttOperation::GetRetained => retained::get(&mut self.mqtt.retained, &query, limits, now),
            MqttOperation::ListRetained => {
                retained::list(&mut self.mqtt.retained, &query, &origin(request), limits, now)
            }
        }
    }

    fn publish_mqtt(
        &mut self,
        query: &Query<'_>,
        request: &Request<Bytes>,
    ) -> Result<Response<Bytes>, ServiceError> {
        let limits = self.limits();
        let message = message::message(query, request, limits)?;
        let (size, longest) = (message.size(), max_message(limits));
        if size > longest {
            return Err(ServiceError::too_large(longest));
        }
        if message.retain {
            let retained = self.mqtt.retained.put(&message, self.namespace.now(), limits);
            retained.map_err(|error| match error {
                NotRetained::TooLarge(longest, _) => ServiceError::too_large(longest),
                NotRetained::Full => ServiceError::forbidden(error.to_string()),
            })?;
        }
        self.route_message(&message, request);
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::NO_CONTENT;
        Ok(response)
    }

    /// Publishes the event that a message becomes to the topic that messages are routed to. Nobody
    /// is told if that is not there any more: whoever publishes a message is told what became of
    /// the message.
    fn route_message(&mut self, message: &Message, request: &Request<Bytes>) {
        let topic = self.mqtt.route_to.clone().and_then(|name| self.topic_to_feed(&name));
        let Some(topic) = topic else { return };
        let (id, time) = (self.guid().to_string(), self.namespace.now().to_string());
        let events = events(message, namespace_of(request), &id, &time);
        let event = events.iter().find_map(|event| self.namespace.event(event).ok());
        if let Some(event) = event {
            self.namespace.publish(topic, &[event]);
        }
    }
}

/// The name of the namespace, which is the first label of its host; that of the emulator for a
/// request to an address.
fn namespace_of(request: &Request<Bytes>) -> &str {
    let host = authority(request).unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    let label = host.split('.').next().unwrap_or_default();
    let is_label = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && label.bytes().any(|byte| byte.is_ascii_alphabetic());
    if is_label { label } else { SOURCE }
}

/// What a link to the emulator begins with, as the request had it.
fn origin(request: &Request<Bytes>) -> String {
    let scheme = request.uri().scheme_str().unwrap_or("http");
    format!("{scheme}://{}", authority(request).unwrap_or_default())
}
