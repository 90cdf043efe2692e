//! Where an event subscription pushes its events, and how.

use std::fmt;

use eventgrid_push::{Batching, DeliveryProperties, DeliverySchema, DeliveryTier, RetryPolicy};
use http::Uri;

/// Where an event subscription pushes its events, and how. With one its events are pushed, and
/// nobody can receive them.
///
/// `Debug` shows neither the query of the URL nor the values of secret properties.
///
/// ```
/// use std::time::Duration;
/// use eventgrid_emulator::broker::PushEndpoint;
/// use eventgrid_emulator::eventgrid_push::{Batching, RetryPolicy};
///
/// let endpoint = PushEndpoint::new("http://localhost:8080/events?code=s3cret")?
///     .with_batching(Batching::new().max_events(100)?)
///     .with_retry_policy(RetryPolicy::namespace().with_max_attempts(3)?);
/// assert_eq!(endpoint.url().path(), "/events");
/// assert!(!format!("{endpoint:?}").contains("s3cret"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct PushEndpoint {
    url: Uri,
    schema: Option<DeliverySchema>,
    batching: Option<Batching>,
    properties: DeliveryProperties,
    retry: Option<RetryPolicy>,
}

impl PushEndpoint {
    /// The endpoint of that URL: without batches and delivery properties, in the schema of the
    /// topic, with the retry policy that the service has by default.
    ///
    /// # Errors
    /// [`InvalidPushUrl`] if it is not a URL of `http` or `https` with a host, or if it has a user
    /// name or a fragment.
    pub fn new(url: &str) -> Result<Self, InvalidPushUrl> {
        let parsed = fluent_uri::Uri::parse(url).map_err(|_| InvalidPushUrl)?;
        let scheme = parsed.scheme().as_str();
        let is_http = ["http", "https"].iter().any(|http| scheme.eq_ignore_ascii_case(http));
        let authority = parsed.authority().ok_or(InvalidPushUrl)?;
        let is_endpoint = is_http
            && !authority.host().is_empty()
            && authority.userinfo().is_none()
            && authority.port_to_u16().is_ok()
            && parsed.fragment().is_none();
        let url = url.parse().ok().filter(|_| is_endpoint).ok_or(InvalidPushUrl)?;
        let properties = DeliveryProperties::default();
        Ok(Self { url, schema: None, batching: None, properties, retry: None })
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

    /// The URL.
    pub fn url(&self) -> &Uri {
        &self.url
    }

    /// The schema; `None` if it is that of the topic.
    pub fn schema(&self) -> Option<DeliverySchema> {
        self.schema
    }

    /// How batches are cut; `None` if there are none.
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

    /// The retry policy, or the default of that tier.
    pub(in crate::broker) fn retry_policy_or(&self, tier: DeliveryTier) -> RetryPolicy {
        self.retry.unwrap_or(RetryPolicy::of(tier))
    }
}

impl fmt::Debug for PushEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushEndpoint")
            .field("url", &shown_url(&self.url))
            .field("schema", &self.schema)
            .field("batching", &self.batching)
            .field("properties", &self.properties)
            .field("retry", &self.retry)
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
    "an endpoint needs a URL of http or https with a host, without a user name and a fragment, such as \
     http://localhost:8080/events"
)]
pub struct InvalidPushUrl;
