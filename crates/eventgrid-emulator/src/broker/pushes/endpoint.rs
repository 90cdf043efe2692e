//! Where an event subscription pushes its events, and how.

use std::fmt;
use std::num::NonZeroU32;

use eventgrid_push::{Batching, DeliveryProperties, DeliverySchema, DeliveryTier, RetryPolicy};
use http::Uri;

/// Where an event subscription pushes its events, and how: to a URL, or to a topic of the
/// namespace. With one its events are pushed, and nobody can receive them.
///
/// `Debug` shows neither the query of the URL nor the values of secret properties.
///
/// ```
/// use std::time::Duration;
/// use eventgrid_emulator::broker::PushEndpoint;
/// use eventgrid_emulator::eventgrid_push::{Batching, RetryPolicy};
///
/// let endpoint = PushEndpoint::new("http://localhost:8080/events?code=s3cret")?
///     .with_batching(Batching::new().with_max_events(100)?)
///     .with_retry_policy(RetryPolicy::namespace().with_max_attempts(3)?);
/// assert_eq!(endpoint.url().unwrap().path(), "/events");
/// assert!(!format!("{endpoint:?}").contains("s3cret"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PushEndpoint {
    destination: PushDestination,
    schema: Option<DeliverySchema>,
    batching: Option<Batching>,
    properties: DeliveryProperties,
    retry: Option<RetryPolicy>,
    needs_handshake: bool,
    probation_after: Option<NonZeroU32>,
}

/// What events are pushed to.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum PushDestination {
    /// A webhook. Its query may have a secret.
    Url(Uri),
    /// A topic of the namespace, by its name.
    NamespaceTopic(String),
}

impl PushDestination {
    /// Without the query of a URL: to be shown.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Url(url) => shown_url(url),
            Self::NamespaceTopic(name) => format!("namespaceTopic:{name}"),
        }
    }
}

impl PushEndpoint {
    /// An endpoint with that URL: without batches and delivery properties, in the schema of the
    /// topic, with the default retry policy of the service.
    ///
    /// # Errors
    /// [`InvalidPushUrl`] if it is not a URL of `http` or `https` with a host, or if it has a user
    /// name, a fragment or the port 0.
    pub fn new(url: &str) -> Result<Self, InvalidPushUrl> {
        let parsed = fluent_uri::Uri::parse(url).map_err(|_| InvalidPushUrl)?;
        let scheme = parsed.scheme().as_str();
        let is_http = ["http", "https"].iter().any(|http| scheme.eq_ignore_ascii_case(http));
        let authority = parsed.authority().ok_or(InvalidPushUrl)?;
        let is_endpoint = is_http
            && !authority.host().is_empty()
            && authority.userinfo().is_none()
            && authority.port_to_u16().is_ok_and(|port| port != Some(0))
            && parsed.fragment().is_none();
        let url = url.parse().ok().filter(|_| is_endpoint).ok_or(InvalidPushUrl)?;
        Ok(Self::to(PushDestination::Url(url)))
    }

    /// A topic of the namespace, to which the events of a basic topic, a domain or a partner
    /// channel are published as CloudEvents: the destination `NamespaceTopic` of Azure Resource
    /// Manager. It needs neither a server nor a handshake. If the topic does not accept an event,
    /// it is retried or dies as the retry policy says.
    ///
    /// An event subscription with such an endpoint has no other schema, no batches and no delivery
    /// properties, and a topic of the namespace cannot have one.
    ///
    /// ```
    /// use eventgrid_emulator::broker::PushEndpoint;
    /// use eventgrid_emulator::{Emulator, EventSubscriptionOptions, InputSchema, Target};
    ///
    /// let invoices = Target::BasicTopic("invoices");
    /// let feed = EventSubscriptionOptions::new().push_endpoint(PushEndpoint::namespace_topic("orders"));
    /// let mut emulator = Emulator::builder()
    ///     .subscription("orders", "billing")
    ///     .basic_topic("invoices", InputSchema::EventGrid)
    ///     .subscription_of(invoices, "feed", feed)
    ///     .build()?;
    /// let event = r#"[{"id":"1","subject":"s","eventType":"Paid","eventTime":"2024-06-01T12:00:00Z",
    ///     "dataVersion":"1","data":{}}]"#;
    /// emulator.publish(invoices, event)?;
    /// assert_eq!(emulator.stats("orders", "billing").unwrap().queued, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn namespace_topic(name: impl Into<String>) -> Self {
        Self { needs_handshake: false, ..Self::to(PushDestination::NamespaceTopic(name.into())) }
    }

    fn to(destination: PushDestination) -> Self {
        let properties = DeliveryProperties::default();
        Self {
            destination,
            schema: None,
            batching: None,
            properties,
            retry: None,
            needs_handshake: true,
            probation_after: None,
        }
    }

    /// Delivers in that schema: `eventDeliverySchema`. Without it, events are delivered in the
    /// schema of the topic.
    #[must_use]
    pub fn with_schema(mut self, schema: DeliverySchema) -> Self {
        self.schema = Some(schema);
        self
    }

    /// Delivers in batches.
    #[must_use]
    pub fn with_batching(mut self, batching: Batching) -> Self {
        self.batching = Some(batching);
        self
    }

    /// Adds headers to each request: `deliveryAttributeMappings`.
    #[must_use]
    pub fn with_properties(mut self, properties: DeliveryProperties) -> Self {
        self.properties = properties;
        self
    }

    /// Sets how often and for how long an event is pushed. The policy must be one of the tier of
    /// the topic: [`RetryPolicy::namespace`] or [`RetryPolicy::basic`]. It takes the place of the
    /// maximum delivery count and the time to live of the event subscription.
    #[must_use]
    pub fn with_retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Pushes events without a handshake. The service always makes one: this is for endpoints that
    /// do not support it.
    #[must_use]
    pub fn without_handshake(mut self) -> Self {
        self.needs_handshake = false;
        self
    }

    /// Puts the endpoint on probation after that many events in a row could not be delivered:
    /// nothing is pushed to it, neither new events nor retries, for as long as
    /// [`DeliveryOutcome::probation`](eventgrid_push::DeliveryOutcome::probation) says of the
    /// latest failure. If the next push fails too, that starts the next probation. A delivery ends
    /// it.
    ///
    /// The service has such probations, and its documentation says how long they are, but not when
    /// they begin ("for example, if the first 10 events published to an endpoint fail"), so there
    /// are none by default. A failure for which it has no time, such as a status of 400 or 500,
    /// does not count. An event can become too old meanwhile.
    ///
    /// ```
    /// use std::num::NonZeroU32;
    /// use eventgrid_emulator::broker::PushEndpoint;
    ///
    /// let failures = NonZeroU32::new(10).unwrap();
    /// let endpoint = PushEndpoint::new("http://localhost:8080/events")?.with_probation_after(failures);
    /// assert_eq!(endpoint.probation_after(), Some(failures));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_probation_after(mut self, failures: NonZeroU32) -> Self {
        self.probation_after = Some(failures);
        self
    }

    /// The URL; `None` if it is a topic of the namespace.
    pub fn url(&self) -> Option<&Uri> {
        match &self.destination {
            PushDestination::Url(url) => Some(url),
            PushDestination::NamespaceTopic(_) => None,
        }
    }

    /// The URL without its query, which may have a secret in it, for messages. `None` if it is a
    /// topic of the namespace.
    pub fn url_without_query(&self) -> Option<String> {
        self.url().map(shown_url)
    }

    /// The name of the topic of the namespace; `None` if it is a URL.
    pub fn topic(&self) -> Option<&str> {
        match &self.destination {
            PushDestination::Url(_) => None,
            PushDestination::NamespaceTopic(name) => Some(name),
        }
    }

    /// The URL without its query, or the topic of the namespace as `namespaceTopic:NAME`, for
    /// messages and the delivery log.
    pub fn shown(&self) -> String {
        self.destination.shown()
    }

    pub(crate) fn destination(&self) -> &PushDestination {
        &self.destination
    }

    /// The schema; `None` if it is that of the topic.
    pub fn schema(&self) -> Option<DeliverySchema> {
        self.schema
    }

    /// The settings of batches; `None` if there are none.
    pub fn batching(&self) -> Option<Batching> {
        self.batching
    }

    /// The headers that are added to each request.
    pub fn properties(&self) -> &DeliveryProperties {
        &self.properties
    }

    /// The retry policy; `None` if it is that of the tier.
    pub fn retry_policy(&self) -> Option<RetryPolicy> {
        self.retry
    }

    /// Whether a server makes a handshake with the endpoint before it pushes events.
    pub fn needs_handshake(&self) -> bool {
        self.needs_handshake
    }

    /// After how many failures in a row the endpoint is on probation; `None` if it never is.
    pub fn probation_after(&self) -> Option<NonZeroU32> {
        self.probation_after
    }

    /// The retry policy, or the default of that tier.
    pub(in crate::broker) fn retry_policy_or(&self, tier: DeliveryTier) -> RetryPolicy {
        self.retry.unwrap_or(RetryPolicy::of(tier))
    }
}

impl fmt::Debug for PushEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushEndpoint")
            .field("destination", &self.shown())
            .field("schema", &self.schema)
            .field("batching", &self.batching)
            .field("properties", &self.properties)
            .field("retry", &self.retry)
            .field("needs_handshake", &self.needs_handshake)
            .field("probation_after", &self.probation_after)
            .finish()
    }
}

/// A URL without its query, which may have a secret in it.
pub(crate) fn shown_url(url: &Uri) -> String {
    let authority = url.authority().map_or("", http::uri::Authority::as_str);
    format!("{}://{authority}{}", url.scheme_str().unwrap_or_default(), url.path())
}

/// A text that is not the URL of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an endpoint needs a URL of http or https with a host, without a user name, a fragment and the port 0, such as \
     http://localhost:8080/events"
)]
pub struct InvalidPushUrl;
