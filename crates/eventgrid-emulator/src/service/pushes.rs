//! Pushes as a program sees them: where events are pushed, which pushes are due, how they ended.

use std::fmt;

use eventgrid_push::{
    AttemptResult, DeliverySchema, DeliveryTier, EventConverter, InputSchema as PushInput,
    InputSchemaMapping, MappedField, Publication, PushError, PushRequest, PushSettings, PushedEvent,
    UnsupportedConversion,
};
use http::Uri;

use super::Emulator;
use crate::accepted::{InputSchema, TargetKind};
use crate::broker::{PushEndpoint, SubscriptionId, TakenEvent, shown_url};
use crate::target::Target;

/// Why an event subscription cannot have an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PushEndpointError {
    /// Give a retry policy of the other tier.
    #[error(
        "the retry policy of an endpoint is one of the tier {given}, and the topic is of the tier {needed}: take \
         RetryPolicy::{needed}()"
    )]
    OtherTier {
        /// The tier of the policy.
        given: DeliveryTier,
        /// The tier of the topic.
        needed: DeliveryTier,
    },
    /// Give another schema, or none: then it is that of the topic.
    #[error("the endpoint cannot have that schema")]
    Schema(#[source] UnsupportedConversion),
    /// Give `CustomInputSchema`, or none, to a topic that takes any schema.
    #[error(
        "a topic that takes any schema delivers events as they were published: give the endpoint no schema, or \
         CustomInputSchema"
    )]
    AnySchema,
    /// Give the event subscription another name.
    #[error("the event subscription cannot be named in a request")]
    Name(#[source] PushError),
}

/// A push that is due: a request to the endpoint of an event subscription.
///
/// Send it without following redirects, wait for a response for 30 seconds at the most, and say by
/// [`push_ended`](Emulator::push_ended) how it ended. If nobody says so within 35 seconds of the
/// emulator's time, its result counts as lost: its events are pushed again as the schedule says, or
/// die after the last attempt.
///
/// `Debug` shows neither the query of the URL nor values of headers nor the body.
#[derive(Clone)]
pub struct DuePush {
    of: SubscriptionId,
    topic: String,
    subscription: String,
    url: Uri,
    request: PushRequest,
    /// Sequence numbers, each with the number of the attempt.
    events: Vec<(u64, u32)>,
}

impl DuePush {
    /// The name of a topic of the namespace, or the path of anything else, such as
    /// `/grid/api/events`.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// The name of the event subscription.
    pub fn subscription(&self) -> &str {
        &self.subscription
    }

    /// The URL of the endpoint, which may have a secret in its query.
    pub fn url(&self) -> &Uri {
        &self.url
    }

    /// What is sent: method, headers and body.
    pub fn request(&self) -> &PushRequest {
        &self.request
    }

    /// Its events, by their sequence numbers in the queue.
    pub fn sequence_numbers(&self) -> impl Iterator<Item = u64> {
        self.events.iter().map(|(sequence_number, _)| *sequence_number)
    }

    /// Which attempt this is, from 1: that of the event which was pushed most often.
    pub fn attempt(&self) -> u32 {
        self.events.iter().map(|(_, attempt)| *attempt).max().unwrap_or_default()
    }
}

impl fmt::Debug for DuePush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DuePush")
            .field("topic", &self.topic)
            .field("subscription", &self.subscription)
            .field("url", &shown_url(&self.url))
            .field("request", &self.request)
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

/// How events of a topic are written for an endpoint.
struct PushForm {
    settings: PushSettings,
    converter: EventConverter,
    /// The resource id of the topic.
    resource: String,
    is_of_domain: bool,
}

/// The time of these calls is the one to which [`advance`](Self::advance) has come.
impl Emulator {
    /// Gives an event subscription an endpoint that its events are pushed to, or takes it away by
    /// `None`. With one, nobody can receive or settle its events, and receives that wait are
    /// refused. The retry policy of the endpoint takes the place of the maximum delivery count and
    /// the time to live of the event subscription. An event that is locked or delayed stays so
    /// until its moment. Returns whether there is such an event subscription.
    ///
    /// The emulator sends no request itself, and neither does a server: take the pushes that are
    /// due by [`take_due_pushes`](Self::take_due_pushes), and say how each has ended. An endpoint
    /// is kept neither in a data directory nor in a snapshot, since it may have secrets.
    ///
    /// ```
    /// use eventgrid_emulator::broker::PushEndpoint;
    /// use eventgrid_emulator::{Emulator, Target};
    ///
    /// let mut emulator = Emulator::builder().subscription("orders", "billing").build()?;
    /// let endpoint = PushEndpoint::new("http://localhost:8080/events")?;
    /// assert!(emulator.set_push_endpoint(Target::NamespaceTopic("orders"), "billing", Some(endpoint))?);
    /// assert_eq!(emulator.take_due_pushes(10).len(), 0, "nothing was published");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If the retry policy is one of another tier, if the schema is not one that the topic can
    /// deliver, or if the name of the event subscription cannot be in a header; nothing is changed
    /// then.
    pub fn set_push_endpoint(
        &mut self,
        target: Target<'_>,
        subscription: &str,
        endpoint: Option<PushEndpoint>,
    ) -> Result<bool, PushEndpointError> {
        let Some(id) = self.subscription(target, subscription) else { return Ok(false) };
        if let Some(endpoint) = &endpoint {
            check_push_endpoint(target, subscription, endpoint, self.schema_of(target))?;
        }
        self.namespace.set_push_endpoint(id, tier_of(target), endpoint);
        Ok(true)
    }

    /// The endpoint of an event subscription; `None` if its events are received, or there is no
    /// such event subscription.
    pub fn push_endpoint(&self, target: Target<'_>, subscription: &str) -> Option<&PushEndpoint> {
        self.namespace.broker().push_endpoint(self.subscription(target, subscription)?)
    }

    /// Takes up to `max_pushes` of the pushes that are due, in turn from each event subscription
    /// that has any. Their events are locked meanwhile. Events that are too old for another attempt
    /// die, and so do those that cannot be written in the schema of the endpoint, as if it had
    /// refused them by 400.
    pub fn take_due_pushes(&mut self, max_pushes: usize) -> Vec<DuePush> {
        let mut due = Vec::new();
        loop {
            let mut is_all = true;
            for id in self.namespace.broker().with_due_pushes() {
                if due.len() >= max_pushes {
                    return due;
                }
                is_all &= !self.take_push(id, &mut due);
            }
            if is_all {
                return due;
            }
        }
    }

    /// Says how a push has ended. Its events are delivered, wait for a retry, or die, as the retry
    /// policy says. An event for which no result is expected stays as it is: so a second result of
    /// the same push does nothing, and neither does that of an event subscription that was removed.
    pub fn push_ended(&mut self, push: &DuePush, result: AttemptResult) {
        self.namespace.with_broker(|broker, now| broker.push_ended(now, push.of, &push.events, result));
    }

    /// Gives an event subscription of the namespace an endpoint that was checked.
    pub(crate) fn ensure_push_endpoint(&mut self, topic: &str, name: &str, endpoint: &PushEndpoint) {
        let target = Target::NamespaceTopic(topic);
        if let Some(id) = self.subscription(target, name) {
            self.namespace.set_push_endpoint(id, tier_of(target), Some(endpoint.clone()));
        }
    }

    /// Takes the next push of an event subscription. Returns whether there was one, or events that
    /// no push can have.
    fn take_push(&mut self, id: SubscriptionId, due: &mut Vec<DuePush>) -> bool {
        let Some((topic, subscription, endpoint)) = self.endpoint_of(id) else { return false };
        let Some(form) = self.push_form(&topic, &subscription, &endpoint) else { return false };
        let mut texts = Vec::new();
        let taken = self.namespace.with_broker(|broker, now| {
            broker.take_push(now, id, &form.settings, |event| {
                let text = form.text(event);
                let size = text.as_ref().map_or(0, String::len);
                texts.push(text);
                size
            })
        });
        let (mut events, mut numbers, mut unwritable) = (Vec::new(), Vec::new(), Vec::new());
        let schema = form.settings.schema();
        for (event, text) in taken.iter().zip(&texts) {
            let number = (event.sequence_number, event.attempt);
            match text.as_deref().and_then(|text| PushedEvent::parse(schema, text).ok()) {
                Some(event) => {
                    events.push(event);
                    numbers.push(number);
                }
                None => unwritable.push(number),
            }
        }
        let attempts_before = numbers.iter().map(|(_, attempt)| attempt - 1).max().unwrap_or_default();
        match form.settings.request(&events, attempts_before) {
            Ok(request) => {
                let url = endpoint.url().clone();
                due.push(DuePush { of: id, topic, subscription, url, request, events: numbers });
            }
            Err(_) => unwritable.append(&mut numbers),
        }
        let refused = AttemptResult::Status(400);
        self.namespace.with_broker(|broker, now| broker.push_ended(now, id, &unwritable, refused));
        !taken.is_empty()
    }

    /// The names of a topic and of an event subscription, and its endpoint.
    fn endpoint_of(&self, id: SubscriptionId) -> Option<(String, String, PushEndpoint)> {
        let broker = self.namespace.broker();
        let (topic, name) = (broker.topic_name(broker.topic_of(id)?)?, broker.subscription_name(id)?);
        Some((topic.to_owned(), name.to_owned(), broker.push_endpoint(id)?.clone()))
    }

    fn push_form(&self, topic: &str, name: &str, endpoint: &PushEndpoint) -> Option<PushForm> {
        let basic = self.basic.targets_with_schemas();
        let mut basic = basic.filter(|(target, _)| target.topic_name().eq_ignore_ascii_case(topic));
        let (target, schema) =
            basic.next().unwrap_or((Target::NamespaceTopic(topic), Some(InputSchema::CloudEvents)));
        // What the topic takes may be another schema since the endpoint was given.
        let is_possible = |wanted: &DeliverySchema| EventConverter::new(push_input(schema), *wanted).is_ok();
        let delivered = endpoint.schema().filter(is_possible).unwrap_or(own_schema(schema));
        let converter = EventConverter::new(push_input(schema), delivered).ok()?;
        let settings =
            PushSettings::new(delivered, name).ok()?.with_properties(endpoint.properties().clone());
        let settings = match endpoint.batching() {
            Some(batching) => settings.with_batching(batching),
            None => settings,
        };
        let is_of_domain = target.parts().0 == TargetKind::Domain;
        Some(PushForm { settings, converter, resource: resource_id(target), is_of_domain })
    }

    /// The schema that a target takes; `None` if it takes any.
    fn schema_of(&self, target: Target<'_>) -> Option<InputSchema> {
        self.topic_overview(target).and_then(|topic| topic.schema)
    }
}

impl PushForm {
    /// The event as the endpoint gets it; `None` if it cannot be written so.
    fn text(&self, event: &TakenEvent) -> Option<String> {
        let (id, time) = (event.id.to_string(), event.published.to_string());
        let domain_topic = || event.event.attribute("topic").map(|topic| topic.as_str().to_owned());
        let domain_topic = if self.is_of_domain { domain_topic() } else { None };
        let resource = match &domain_topic {
            Some(topic) => &format!("{}/topics/{topic}", self.resource),
            None => &self.resource,
        };
        self.converter.convert(event.event.json(), &Publication::new(resource, &id, &time)).ok()
    }
}

/// Checks an endpoint for an event subscription of a target that takes that schema, or any.
pub(crate) fn check_push_endpoint(
    target: Target<'_>,
    subscription: &str,
    endpoint: &PushEndpoint,
    schema: Option<InputSchema>,
) -> Result<(), PushEndpointError> {
    let (needed, given) = (tier_of(target), endpoint.retry_policy().map(|policy| policy.tier()));
    if let Some(given) = given.filter(|given| *given != needed) {
        return Err(PushEndpointError::OtherTier { given, needed });
    }
    let wanted = endpoint.schema().unwrap_or(own_schema(schema));
    if schema.is_none() && wanted != DeliverySchema::Custom {
        return Err(PushEndpointError::AnySchema);
    }
    EventConverter::new(push_input(schema), wanted).map_err(PushEndpointError::Schema)?;
    PushSettings::new(wanted, subscription).map(drop).map_err(PushEndpointError::Name)
}

fn tier_of(target: Target<'_>) -> DeliveryTier {
    if target.is_in_namespace() { DeliveryTier::Namespace } else { DeliveryTier::Basic }
}

/// The schema in which events of a topic are delivered as they are.
fn own_schema(schema: Option<InputSchema>) -> DeliverySchema {
    match schema {
        Some(InputSchema::CloudEvents) => DeliverySchema::CloudEvents,
        Some(InputSchema::EventGrid) => DeliverySchema::EventGrid,
        Some(InputSchema::Custom) | None => DeliverySchema::Custom,
    }
}

/// The schema of a topic. In a custom schema the attributes have the names of the Event Grid
/// schema, as for filters: there is no mapping that would say otherwise.
fn push_input(schema: Option<InputSchema>) -> PushInput {
    match schema {
        Some(InputSchema::CloudEvents) => PushInput::CloudEvents,
        Some(InputSchema::EventGrid) => PushInput::EventGrid,
        Some(InputSchema::Custom) | None => {
            let mut mapping = InputSchemaMapping::new();
            mapping.id = Some("id".to_owned());
            mapping.event_time = Some("eventTime".to_owned());
            mapping.event_type = MappedField::from_field("eventType").or("Custom");
            mapping.subject = MappedField::from_field("subject");
            mapping.data_version = MappedField::from_field("dataVersion");
            PushInput::Custom(mapping)
        }
    }
}

/// The id that Azure Resource Manager has for a topic, within a made-up subscription.
fn resource_id(target: Target<'_>) -> String {
    let path = match target {
        Target::NamespaceTopic(topic) => format!("namespaces/emulator/topics/{topic}"),
        Target::BasicTopic("") => "topics/emulator".to_owned(),
        Target::BasicTopic(name) => format!("topics/{name}"),
        Target::Domain(name) => format!("domains/{name}"),
        Target::PartnerChannel { namespace, channel } => {
            format!("partnerNamespaces/{namespace}/channels/{channel}")
        }
    };
    format!(
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/emulator/providers/Microsoft.EventGrid/{path}"
    )
}
