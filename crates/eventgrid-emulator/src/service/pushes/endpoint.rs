//! The endpoint that an event subscription may have.

use eventgrid_push::{
    DeliverySchema, DeliveryTier, EventConverter, InputSchema as PushInput, InputSchemaMapping, PushError,
    PushSettings, UnsupportedConversion,
};

use super::super::Emulator;
use super::super::basic::default_mapping;
use crate::accepted::InputSchema;
use crate::broker::{PushEndpoint, SubscriptionId};
use crate::push_targets::{PushTargets, RefusedTarget};
use crate::target::Target;
use crate::time::UnixTime;

/// Why an event subscription cannot have an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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
    /// Give a URL, or feed the topic from a basic topic.
    #[error(
        "a topic of the namespace feeds no other: give the event subscription a URL as its endpoint, or let it be one \
         of a basic topic, a domain or a partner channel"
    )]
    FeedOfNamespace,
    /// Create the topic, or name another one.
    #[error("events cannot be published to the topic {}, which does not exist: create it", shown_name(.topic))]
    UnknownTopic {
        /// The name of the topic.
        topic: String,
    },
    /// Leave out the schema, or give `CloudEventSchemaV1_0`.
    #[error(
        "a topic of the namespace gets events as CloudEventSchemaV1_0: give the endpoint this schema, or none"
    )]
    FeedSchema,
    /// Leave out what is for webhooks alone.
    #[error(
        "an endpoint that is a topic of the namespace has no batches, delivery properties or probation: leave them out"
    )]
    FeedSettings,
}

/// The time of these calls is the one to which [`advance`](Self::advance) has come.
impl Emulator {
    /// Sets the endpoint that the events of an event subscription are pushed to, or removes it with
    /// `None`. With an endpoint, nobody can receive or settle the events, and waiting receives are
    /// refused. The retry policy of the endpoint replaces the maximum delivery count and the time
    /// to live of the event subscription. Existing locks and delays keep their ends. Returns
    /// whether there is such an event subscription.
    ///
    /// If the endpoint is a topic of the namespace, events in the queue are published to it with
    /// the next [`advance`](Self::advance) or request.
    ///
    /// A server sends the pushes that are due. The emulator itself has no sockets: a program that
    /// uses it without a server takes them by [`take_due_pushes`](Self::take_due_pushes), and
    /// reports the result of each. An endpoint is stored neither in a data directory nor in a
    /// snapshot, since it may contain secrets.
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
    /// If the retry policy is for another tier, if the topic cannot deliver in the schema, if the
    /// name of the event subscription cannot be in a header, or if the endpoint is a topic of the
    /// namespace that does not exist or cannot get events of this topic. Nothing is changed then.
    pub fn set_push_endpoint(
        &mut self,
        target: Target<'_>,
        subscription: &str,
        endpoint: Option<PushEndpoint>,
    ) -> Result<bool, PushEndpointError> {
        let Some(id) = self.subscription(target, subscription) else { return Ok(false) };
        if let Some(endpoint) = &endpoint {
            let has_topic = |name: &str| self.topic_to_feed(name).is_some();
            check_push_endpoint(target, subscription, endpoint, self.schema_of(target), has_topic)?;
        }
        self.change_push_endpoint(id, tier_of(target), endpoint);
        Ok(true)
    }

    /// The endpoint of an event subscription; `None` if its events are received, or there is no
    /// such event subscription.
    pub fn push_endpoint(&self, target: Target<'_>, subscription: &str) -> Option<&PushEndpoint> {
        self.namespace.broker().push_endpoint(self.subscription(target, subscription)?)
    }

    /// Until when nothing is pushed to the endpoint of an event subscription, since it is on
    /// probation ([`PushEndpoint::with_probation_after`]); `None` if it is not.
    pub fn push_probation(&self, target: Target<'_>, subscription: &str) -> Option<UnixTime> {
        let until = self.namespace.broker().push_probation(self.subscription(target, subscription)?);
        until.filter(|until| *until > self.namespace.now())
    }

    /// Gives an event subscription of the namespace an endpoint that was checked.
    pub(crate) fn ensure_push_endpoint(&mut self, topic: &str, name: &str, endpoint: &PushEndpoint) {
        let target = Target::NamespaceTopic(topic);
        if let Some(id) = self.subscription(target, name) {
            self.change_push_endpoint(id, tier_of(target), Some(endpoint.clone()));
        }
    }

    /// From now on a server pushes events, to these targets.
    pub(crate) fn set_push_targets(&mut self, targets: PushTargets) {
        self.push_targets = Some(targets);
    }

    /// Checks whether the server pushes events to an endpoint, as far as that is known before its
    /// name is resolved.
    ///
    /// # Errors
    /// If the endpoint can never be reached, or cannot unless its name leads to this machine.
    pub(crate) fn check_push_target(&self, endpoint: &PushEndpoint) -> Result<(), RefusedTarget> {
        match (&self.push_targets, endpoint.url()) {
            (Some(targets), Some(url)) => targets.check_url(url),
            _ => Ok(()),
        }
    }

    fn change_push_endpoint(
        &mut self,
        id: SubscriptionId,
        tier: DeliveryTier,
        endpoint: Option<PushEndpoint>,
    ) {
        self.push_forms.forget(id);
        self.namespace.set_push_endpoint(id, tier, endpoint);
        self.begin_handshake(id);
    }

    /// The schema that a target takes; `None` if it takes any.
    fn schema_of(&self, target: Target<'_>) -> Option<InputSchema> {
        self.topic_overview(target).and_then(|topic| topic.schema)
    }
}

/// Checks an endpoint for an event subscription of a target that takes that schema, or any.
pub(crate) fn check_push_endpoint(
    target: Target<'_>,
    subscription: &str,
    endpoint: &PushEndpoint,
    schema: Option<InputSchema>,
    has_topic: impl FnOnce(&str) -> bool,
) -> Result<(), PushEndpointError> {
    let (needed, given) = (tier_of(target), endpoint.retry_policy().map(|policy| policy.tier()));
    if let Some(given) = given.filter(|given| *given != needed) {
        return Err(PushEndpointError::OtherTier { given, needed });
    }
    if let Some(topic) = endpoint.topic() {
        check_feed(target, endpoint)?;
        if !has_topic(topic) {
            return Err(PushEndpointError::UnknownTopic { topic: topic.to_owned() });
        }
        return PushSettings::new(DeliverySchema::CloudEvents, subscription)
            .map(drop)
            .map_err(PushEndpointError::Name);
    }
    let wanted = endpoint.schema().unwrap_or(own_schema(schema));
    if schema.is_none() && wanted != DeliverySchema::Custom {
        return Err(PushEndpointError::AnySchema);
    }
    EventConverter::new(push_input(schema, None), wanted).map_err(PushEndpointError::Schema)?;
    PushSettings::new(wanted, subscription).map(drop).map_err(PushEndpointError::Name)
}

/// Checks an endpoint that is a topic of the namespace.
fn check_feed(target: Target<'_>, endpoint: &PushEndpoint) -> Result<(), PushEndpointError> {
    if target.is_in_namespace() {
        return Err(PushEndpointError::FeedOfNamespace);
    }
    if endpoint.schema().is_some_and(|schema| schema != DeliverySchema::CloudEvents) {
        return Err(PushEndpointError::FeedSchema);
    }
    let has_properties = endpoint.properties().iter().next().is_some();
    if endpoint.batching().is_some() || has_properties || endpoint.probation_after().is_some() {
        return Err(PushEndpointError::FeedSettings);
    }
    Ok(())
}

/// At most 64 characters of a name, without line breaks.
fn shown_name(name: &str) -> String {
    format!("{:?}", name.chars().take(64).collect::<String>())
}

fn tier_of(target: Target<'_>) -> DeliveryTier {
    if target.is_in_namespace() { DeliveryTier::Namespace } else { DeliveryTier::Basic }
}

/// The schema in which events of a topic are delivered as they are.
pub(super) fn own_schema(schema: Option<InputSchema>) -> DeliverySchema {
    match schema {
        Some(InputSchema::CloudEvents) => DeliverySchema::CloudEvents,
        Some(InputSchema::EventGrid) => DeliverySchema::EventGrid,
        Some(InputSchema::Custom) | None => DeliverySchema::Custom,
    }
}

/// The schema of a topic. The mapping is that of a custom schema.
pub(super) fn push_input(schema: Option<InputSchema>, mapping: Option<&InputSchemaMapping>) -> PushInput {
    match schema {
        Some(InputSchema::CloudEvents) => PushInput::CloudEvents,
        Some(InputSchema::EventGrid) => PushInput::EventGrid,
        Some(InputSchema::Custom) | None => {
            PushInput::Custom(mapping.cloned().unwrap_or_else(default_mapping))
        }
    }
}
