//! How a subscription pushes its events.

use eventgrid::json::JsonStr;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::batching::Batching;
use super::event::PushedEvent;
use super::header_text::header_text;
use super::property::DeliveryProperties;
use super::push_request::{EVENT_GRID_ORIGIN, JSON, PushRequest};
use crate::schema::DeliverySchema;

/// How a subscription pushes its events: in which schema, with which headers, in which batches.
///
/// ```
/// use eventgrid_push::{DeliverySchema, PushSettings, PushedEvent};
///
/// let settings = PushSettings::new(DeliverySchema::CloudEvents, "billing")?;
/// let json = r#"{"specversion":"1.0","id":"1","source":"urn:shop","type":"Ordered"}"#;
/// let event = PushedEvent::parse(DeliverySchema::CloudEvents, json)?;
///
/// let request = settings.request(&[event], 0)?;
/// assert_eq!(request.headers()["content-type"], "application/cloudevents+json; charset=utf-8");
/// assert_eq!(request.headers()["aeg-subscription-name"], "BILLING");
/// assert_eq!(request.headers()["aeg-delivery-count"], "0");
/// assert_eq!(request.body(), json.as_bytes());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct PushSettings {
    schema: DeliverySchema,
    subscription: HeaderValue,
    batching: Option<Batching>,
    properties: DeliveryProperties,
}

/// What a request is for: `aeg-event-type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Notification,
    Validation,
    Deletion,
}

impl PushSettings {
    /// A subscription of that name, without batches and without delivery properties.
    ///
    /// # Errors
    /// [`PushError::SubscriptionName`] if the name cannot be in a header.
    pub fn new(schema: DeliverySchema, subscription: &str) -> Result<Self, PushError> {
        let is_visible = !subscription.is_empty() && subscription.bytes().all(|byte| byte.is_ascii_graphic());
        let subscription = HeaderValue::from_str(&subscription.to_ascii_uppercase())
            .ok()
            .filter(|_| is_visible)
            .ok_or(PushError::SubscriptionName)?;
        Ok(Self { schema, subscription, batching: None, properties: DeliveryProperties::default() })
    }

    /// Delivers in batches.
    #[must_use]
    pub fn with_batching(mut self, batching: Batching) -> Self {
        self.batching = Some(batching);
        self
    }

    /// Adds headers to each request.
    #[must_use]
    pub fn with_properties(mut self, properties: DeliveryProperties) -> Self {
        self.properties = properties;
        self
    }

    /// The schema.
    pub fn schema(&self) -> DeliverySchema {
        self.schema
    }

    /// The maximum number of events in a request: 1 without batches.
    pub fn max_events(&self) -> usize {
        self.batching.map_or(1, |batching| batching.max_events() as usize)
    }

    /// How many of the waiting events go into the next request, counted from the first one. `sizes`
    /// are the lengths of their JSON in bytes, in order. Without batches it is at most one.
    pub fn next_batch(&self, sizes: impl IntoIterator<Item = usize>) -> usize {
        match &self.batching {
            Some(batching) => batching.next_batch(sizes),
            None => sizes.into_iter().take(1).count(),
        }
    }

    /// The request that delivers these events. `attempts_before` is the number of earlier attempts
    /// to deliver them: the `aeg-delivery-count`. If the events of a batch have different counts,
    /// use the highest.
    ///
    /// A value that differs between the events of a batch, such as the id, has no header.
    ///
    /// # Errors
    /// [`PushError`] if there is no event, if there are more than the settings allow, or if one is
    /// of another schema.
    pub fn request(
        &self,
        events: &[PushedEvent<'_>],
        attempts_before: u32,
    ) -> Result<PushRequest, PushError> {
        let most = self.max_events();
        if events.is_empty() {
            return Err(PushError::NoEvent);
        }
        if events.len() > most {
            return Err(PushError::TooManyEvents { count: events.len(), most });
        }
        if events.iter().any(|event| event.schema() != self.schema) {
            return Err(PushError::OtherSchema { schema: self.schema });
        }
        let is_array = self.batching.is_some() || self.schema != DeliverySchema::CloudEvents;
        let headers = self.headers(Purpose::Notification, self.schema, attempts_before, events);
        Ok(PushRequest::new(Method::POST, headers, body(events, is_array)))
    }

    /// The request with an event of the service itself, which is never sent in a batch. `json` is
    /// an event in that schema.
    pub(crate) fn system_request(&self, purpose: Purpose, schema: DeliverySchema, json: &str) -> PushRequest {
        // It was written here, so it is valid.
        let event = PushedEvent::parse(schema, json).ok();
        let events = event.as_slice();
        let headers = self.headers(purpose, schema, 0, events);
        PushRequest::new(Method::POST, headers, body(events, schema != DeliverySchema::CloudEvents))
    }

    fn headers(
        &self,
        purpose: Purpose,
        schema: DeliverySchema,
        attempts_before: u32,
        events: &[PushedEvent<'_>],
    ) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let in_batches = purpose == Purpose::Notification && self.batching.is_some();
        let content_type = match (schema, in_batches) {
            (DeliverySchema::CloudEvents, false) => "application/cloudevents+json; charset=utf-8",
            (DeliverySchema::CloudEvents, true) => "application/cloudevents-batch+json; charset=utf-8",
            _ => JSON,
        };
        let purpose = match purpose {
            Purpose::Notification => "Notification",
            Purpose::Validation => "SubscriptionValidation",
            Purpose::Deletion => "SubscriptionDeletion",
        };
        headers.insert("content-type", HeaderValue::from_static(content_type));
        headers.insert("aeg-event-type", HeaderValue::from_static(purpose));
        headers.insert("aeg-subscription-name", self.subscription.clone());
        headers.insert("aeg-delivery-count", HeaderValue::from(attempts_before));
        match schema {
            DeliverySchema::EventGrid => {
                insert(&mut headers, "aeg-data-version", common(events, |event| event.data_version));
                // An event without a version has the only version that there is.
                if events.iter().all(|event| event.version.is_none()) {
                    headers.insert("aeg-metadata-version", HeaderValue::from_static("1"));
                }
            }
            DeliverySchema::CloudEvents => {
                headers.insert("webhook-request-origin", HeaderValue::from_static(EVENT_GRID_ORIGIN));
            }
            DeliverySchema::Custom => {}
        }
        insert(&mut headers, "aeg-metadata-version", common(events, |event| event.version));
        if let [event] = events {
            insert(&mut headers, "aeg-output-event-id", event.id());
        }
        let is_any_dynamic = self.properties.iter().any(|property| property.source_field().is_some());
        let read = if is_any_dynamic { events } else { &[] };
        let read: Vec<_> = read.iter().map(PushedEvent::as_json).collect();
        for property in self.properties.iter() {
            if let Some(value) = property.value_for(&read) {
                headers.insert(property.header_name().clone(), value);
            }
        }
        headers
    }
}

/// Inserts a value, if there is one that a header can have.
fn insert(headers: &mut HeaderMap, name: &'static str, value: Option<JsonStr<'_>>) {
    let value = value.filter(|value| !value.is_empty());
    if let Some(value) = value.and_then(|value| header_text(&value.to_cow())) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

/// A value, if it is the same for all events.
fn common<'a>(
    events: &[PushedEvent<'a>],
    of: impl Fn(&PushedEvent<'a>) -> Option<JsonStr<'a>>,
) -> Option<JsonStr<'a>> {
    let mut values = events.iter().map(of);
    let first = values.next()?;
    if values.all(|value| value == first) { first } else { None }
}

fn body(events: &[PushedEvent<'_>], is_array: bool) -> Vec<u8> {
    let len = events.iter().map(|event| event.len() + 1).sum::<usize>() + 1;
    let mut body = Vec::with_capacity(len);
    for (index, event) in events.iter().enumerate() {
        if is_array {
            body.push(if index == 0 { b'[' } else { b',' });
        }
        body.extend_from_slice(event.as_str().as_bytes());
    }
    if is_array {
        body.push(b']');
    }
    body
}

/// Why a request cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PushError {
    /// The name of the subscription is empty, or cannot be in a header.
    #[error("the name of the subscription cannot be in a header: write letters, digits and hyphens")]
    SubscriptionName,
    /// There is no event to deliver.
    #[error("a delivery needs an event, and there is none")]
    NoEvent,
    /// There are more events than a request may have.
    #[error("{count} events cannot be in one delivery of this subscription: {most} is the most")]
    TooManyEvents {
        /// How many there are.
        count: usize,
        /// The maximum.
        most: usize,
    },
    /// An event has another schema than the subscription.
    #[error("the subscription delivers {schema}, and an event has another schema: convert it first")]
    OtherSchema {
        /// The schema of the subscription.
        schema: DeliverySchema,
    },
}
