//! The endpoint that an event subscription pushes to: given, looked at without secrets, taken away.

use std::fmt::Display;
use std::num::NonZeroU32;

use eventgrid_push::{
    Batching, BatchingError, DeliveryProperties, DeliveryProperty, DeliverySchema, DeliveryTier, RetryPolicy,
};
use http::Method;
use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::call::Call;
use super::error::AdminError;
use super::reply::Reply;
use super::route::{MAX_BODY, RequestBody, ResponseBody, Route};
use super::topics::subscription;
use crate::broker::PushEndpoint;
use crate::duration::{read_duration, write_duration};
use crate::push_targets::RefusedTarget;
use crate::service::{Emulator, HandshakeStatus};
use crate::topic_id::TopicId;

const PATH: &str = "/topics/{topic}/eventSubscriptions/{eventSubscription}/pushEndpoint";

const ENDPOINT: ResponseBody = ResponseBody {
    status: 200,
    description: "The endpoint, without secrets.",
    schema: Some(SchemaGenerator::subschema_for::<ShownEndpoint>),
};

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: PATH,
        operation: "getPushEndpoint",
        summary: "Returns where an event subscription pushes its events, without the query of the URL and without secret \
                  headers. One whose events are received has none: 404.",
        query: &[],
        body: None,
        response: ENDPOINT,
        handler: |emulator, call| {
            let (topic, name) = subscription(emulator, call)?;
            shown(emulator, &topic, name)
        },
    },
    Route {
        method: Method::PUT,
        path: PATH,
        operation: "setPushEndpoint",
        summary: "Makes an event subscription push its events to this endpoint, in place of the one that it has, or publish \
                  them to a topic of the namespace. Receives that wait are refused. The endpoint is kept neither in a data \
                  directory nor in a snapshot, since it may have secrets.",
        query: &[],
        body: Some(RequestBody {
            schema: SchemaGenerator::subschema_for::<WantedEndpoint>,
            example: r#"{"endpointUrl":"http://localhost:8080/events","maxEventsPerBatch":100,"maxDeliveryAttempts":5,"eventTimeToLive":"PT1H","handshake":true,"deliveryAttributeMappings":[{"name":"authorization","type":"Static","value":"Bearer token","isSecret":true}]}"#,
            max_size: MAX_BODY,
        }),
        response: ENDPOINT,
        handler: set,
    },
    Route {
        method: Method::DELETE,
        path: PATH,
        operation: "deletePushEndpoint",
        summary: "Removes the endpoint, so that the events are received again. One that is being pushed stays locked until \
                  its result is known.",
        query: &[],
        body: None,
        response: ResponseBody { status: 204, description: "Its events are received.", schema: None },
        handler: |emulator, call| {
            let (topic, name) = subscription(emulator, call)?;
            let taken = emulator.set_push_endpoint(topic.target(), name, None);
            taken.map_err(|error| AdminError::bad_request(error.to_string()))?;
            Ok(Reply::no_content())
        },
    },
];

/// Where events are pushed, and how: by the names of the configuration file.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WantedEndpoint {
    /// A URL of http or https. Its query may have a secret, and is not returned. Either this or
    /// `topic`.
    endpoint_url: Option<String>,
    /// A topic of the namespace, to which events of a basic topic, a domain or a channel are
    /// published as CloudEvents: the destination `NamespaceTopic`.
    topic: Option<String>,
    /// `EventGridSchema`, `CloudEventSchemaV1_0` or `CustomInputSchema`; that of the topic without
    /// it.
    #[schemars(with = "Option<String>")]
    event_delivery_schema: Option<DeliverySchema>,
    /// How many events a request has at most: 1 to 5000. One event in each request without this and
    /// `preferredBatchSizeInKilobytes`.
    max_events_per_batch: Option<u32>,
    /// How large a body is unless one event alone is larger: 1 to 1024.
    preferred_batch_size_in_kilobytes: Option<u32>,
    /// How often an event is pushed at most: 1 to 30, and 1 to 10 in a namespace, which are the
    /// defaults.
    max_delivery_attempts: Option<u32>,
    /// How old an event may be when an attempt begins: an ISO 8601 duration in whole minutes, up to
    /// `P1D`, and `P7D` in a namespace, which are the defaults.
    event_time_to_live: Option<String>,
    /// Whether the endpoint is asked first whether it wants the events; it is by default.
    handshake: Option<bool>,
    /// How many events in a row must fail before the endpoint is on probation: 1 or more. Nothing
    /// is pushed then for as long as is documented for the latest failure. Without it, there is no
    /// probation.
    probation_after_failures: Option<NonZeroU32>,
    /// Headers of each request: ten at most.
    #[serde(default)]
    delivery_attribute_mappings: Vec<WantedProperty>,
}

/// A header of each request.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WantedProperty {
    /// The name of the header.
    name: String,
    /// `Static` or `Dynamic`.
    #[serde(rename = "type")]
    kind: String,
    /// The value, of a static one.
    // Any JSON, so that no error shows it.
    #[schemars(with = "Option<String>")]
    value: Option<Value>,
    /// Whether the value of a static one is never returned.
    #[serde(default)]
    is_secret: bool,
    /// The path of a member of the event, of a dynamic one.
    source_field: Option<String>,
}

/// Where events are pushed, without secrets.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PushEndpoint")]
struct ShownEndpoint {
    /// The URL without its query, unless there is a `topic`.
    #[serde(rename = "endpointUrl", skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// Whether the URL has a query, which is not returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    has_query: Option<bool>,
    /// The topic of the namespace to which events are published.
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    event_delivery_schema: Option<DeliverySchema>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_events_per_batch: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_batch_size_in_kilobytes: Option<u32>,
    max_delivery_attempts: u32,
    /// An ISO 8601 duration.
    event_time_to_live: String,
    handshake: bool,
    /// `waiting` for the consent of the endpoint, `active` or `failed`; events are pushed if it is
    /// active.
    state: String,
    /// Why the latest handshake failed, and what the endpoint has to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
    /// When the next handshake is made, if one is planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_handshake: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    probation_after_failures: Option<NonZeroU32>,
    /// Until when nothing is pushed, since the endpoint is on probation.
    #[serde(skip_serializing_if = "Option::is_none")]
    probation_until: Option<String>,
    delivery_attribute_mappings: Vec<Property>,
    /// Why events may never reach the endpoint: it is another machine, and not allowed by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "DeliveryProperty")]
struct Property {
    name: String,
    #[serde(rename = "type")]
    #[schemars(with = "String")]
    kind: &'static str,
    /// The value of a static one that is not a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    is_secret: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_field: Option<String>,
}

fn shown(emulator: &Emulator, topic: &TopicId, name: &str) -> Result<Reply, AdminError> {
    let target = topic.target();
    match emulator.push_endpoint(target, name).zip(emulator.handshake(target, name)) {
        Some((endpoint, status)) => {
            let warning = emulator.check_push_target(endpoint).err().map(|refused| refused.to_string());
            let probation_until = emulator.push_probation(target, name).map(|until| until.to_string());
            let shown = ShownEndpoint::of(endpoint, status, tier_of(topic));
            let shown = ShownEndpoint { probation_until, warning, ..shown };
            Ok(Reply::ok(&shown))
        }
        None => Err(AdminError::no_push_endpoint(topic, name)),
    }
}

fn set(emulator: &mut Emulator, call: &Call) -> Result<Reply, AdminError> {
    let (topic, name) = subscription(emulator, call)?;
    let wanted: WantedEndpoint = call.json()?;
    let endpoint = wanted.endpoint(tier_of(&topic))?;
    if let Some(refused) = emulator.check_push_target(&endpoint).err().filter(RefusedTarget::is_certain) {
        return Err(AdminError::bad_request(format!("endpointUrl: {refused}")));
    }
    emulator.set_push_endpoint(topic.target(), name, Some(endpoint)).map_err(|error| {
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
        AdminError::bad_request(format!("{error}{}", cause.unwrap_or_default()))
    })?;
    shown(emulator, &topic, name)
}

fn tier_of(topic: &TopicId) -> DeliveryTier {
    if topic.target().is_in_namespace() { DeliveryTier::Namespace } else { DeliveryTier::Basic }
}

impl WantedEndpoint {
    fn endpoint(self, tier: DeliveryTier) -> Result<PushEndpoint, AdminError> {
        let mut endpoint = match (self.endpoint_url, self.topic) {
            (Some(url), None) => PushEndpoint::new(&url).map_err(refused("endpointUrl"))?,
            (None, Some(topic)) if self.handshake == Some(true) => {
                let message = format!("handshake: there is none with the topic {topic:.64?}: leave it out");
                return Err(AdminError::bad_request(message));
            }
            (None, Some(topic)) => PushEndpoint::namespace_topic(topic),
            _ => {
                let message =
                    "give either endpointUrl, or the topic of the namespace that events are published to";
                return Err(AdminError::bad_request(message));
            }
        };
        if let Some(schema) = self.event_delivery_schema {
            endpoint = endpoint.with_schema(schema);
        }
        let batching =
            Batching::from_options(self.max_events_per_batch, self.preferred_batch_size_in_kilobytes);
        if let Some(batching) = batching.map_err(refused_batching)? {
            endpoint = endpoint.with_batching(batching);
        }
        if self.max_delivery_attempts.is_some() || self.event_time_to_live.is_some() {
            let mut policy = RetryPolicy::of(tier);
            if let Some(attempts) = self.max_delivery_attempts {
                policy = policy.with_max_attempts(attempts).map_err(refused("maxDeliveryAttempts"))?;
            }
            if let Some(text) = &self.event_time_to_live {
                let duration = read_duration(text).map_err(refused("eventTimeToLive"))?;
                policy = policy.with_time_to_live(duration).map_err(refused("eventTimeToLive"))?;
            }
            endpoint = endpoint.with_retry_policy(policy);
        }
        if self.handshake == Some(false) {
            endpoint = endpoint.without_handshake();
        }
        if let Some(failures) = self.probation_after_failures {
            endpoint = endpoint.with_probation_after(failures);
        }
        let properties = self.delivery_attribute_mappings.into_iter().map(WantedProperty::property);
        let properties = DeliveryProperties::new(properties.collect::<Result<_, _>>()?);
        Ok(endpoint.with_properties(properties.map_err(refused("deliveryAttributeMappings"))?))
    }
}

impl WantedProperty {
    fn property(self) -> Result<DeliveryProperty, AdminError> {
        let Self { name, kind, value, is_secret, source_field } = self;
        let property = match (&*kind, value, source_field) {
            ("Static", Some(Value::String(value)), None) if is_secret => {
                DeliveryProperty::secret(&name, &value)
            }
            ("Static", Some(Value::String(value)), None) => DeliveryProperty::fixed(&name, &value),
            ("Dynamic", None, Some(path)) if !is_secret => DeliveryProperty::dynamic(&name, path),
            ("Static" | "Dynamic", ..) => {
                return Err(AdminError::bad_request(
                    "deliveryAttributeMappings: give a value that is a string to a static one, with isSecret or without, \
                     and a sourceField alone to a dynamic one",
                ));
            }
            _ => {
                let message = "deliveryAttributeMappings: the type must be Static or Dynamic";
                return Err(AdminError::bad_request(message));
            }
        };
        property.map_err(refused("deliveryAttributeMappings"))
    }
}

impl ShownEndpoint {
    fn of(endpoint: &PushEndpoint, status: HandshakeStatus, tier: DeliveryTier) -> Self {
        let policy = endpoint.retry_policy().unwrap_or(RetryPolicy::of(tier));
        let batching = endpoint.batching();
        Self {
            url: endpoint.url_without_query(),
            has_query: endpoint.url().map(|url| url.query().is_some()),
            topic: endpoint.topic().map(str::to_owned),
            event_delivery_schema: endpoint.schema(),
            max_events_per_batch: batching.map(Batching::max_events),
            preferred_batch_size_in_kilobytes: batching.map(Batching::preferred_kilobytes),
            max_delivery_attempts: policy.max_attempts(),
            event_time_to_live: write_duration(policy.time_to_live()),
            handshake: endpoint.needs_handshake(),
            state: status.state.to_string(),
            failure: status.failure,
            next_handshake: status.next.map(|time| time.to_string()),
            probation_after_failures: endpoint.probation_after(),
            probation_until: None,
            delivery_attribute_mappings: endpoint.properties().iter().map(Property::of).collect(),
            warning: None,
        }
    }
}

impl Property {
    fn of(property: &DeliveryProperty) -> Self {
        let value = property.value().filter(|_| !property.is_secret());
        Self {
            name: property.name().to_owned(),
            kind: if property.source_field().is_some() { "Dynamic" } else { "Static" },
            value: value.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
            is_secret: property.is_secret(),
            source_field: property.source_field().map(str::to_owned),
        }
    }
}

/// What is wrong with the size of the batches.
fn refused_batching(error: BatchingError) -> AdminError {
    let field = match error {
        BatchingError::Kilobytes { .. } => "preferredBatchSizeInKilobytes",
        _ => "maxEventsPerBatch",
    };
    refused(field)(error)
}

/// What is wrong with a field.
fn refused<E: Display>(field: &'static str) -> impl Fn(E) -> AdminError {
    move |error| AdminError::bad_request(format!("{field}: {error}"))
}
