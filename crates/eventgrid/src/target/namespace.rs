//! Namespaces: topics to publish to, subscriptions to receive from.

use crate::endpoint::{Endpoint, EndpointKind};
use crate::http::{RequestError, UrlWriter};
use crate::target::{
    Accepts, BinaryContentMode, CloudEvents, InvalidTarget, Target, check_name, namespace_endpoint, sealed,
};
use crate::text::Text;

/// A topic of a namespace, to which CloudEvents are published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamespaceTopic<'t> {
    endpoint: Endpoint<'t>,
    topic: Text<'t>,
}

impl<'t> NamespaceTopic<'t> {
    /// The topic with this name, in the namespace at `endpoint`, in any form that [`Endpoint::new`]
    /// takes. The endpoint may have the path of a proxy in front of the namespace; leave out
    /// `/topics/` and what follows.
    ///
    /// # Errors
    /// [`InvalidTarget`] says what is wrong with the endpoint or the name; it also refuses the
    /// endpoint of a topic, of an operation or of a basic topic.
    pub fn new(endpoint: impl Into<Text<'t>>, topic: impl Into<Text<'t>>) -> Result<Self, InvalidTarget> {
        let endpoint = namespace_endpoint(endpoint)?;
        let topic = check_name(topic.into()).ok_or(InvalidTarget::Topic)?;
        Ok(Self { endpoint, topic })
    }

    /// The endpoint of the namespace.
    pub fn endpoint(&self) -> &Endpoint<'t> {
        &self.endpoint
    }

    /// The name of the topic.
    pub fn topic(&self) -> &str {
        &self.topic
    }
}

/// A pull subscription to a topic of a namespace, from which CloudEvents are received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription<'t> {
    topic: NamespaceTopic<'t>,
    subscription: Text<'t>,
}

impl<'t> Subscription<'t> {
    /// The subscription with this name to the topic with this name, in the namespace at `endpoint`,
    /// in any form that [`Endpoint::new`] takes.
    ///
    /// A consumer keeps its subscription, so it wants texts that are `'static`, or a `String` by
    /// value: `endpoint.clone()` rather than `&endpoint` if the endpoint is used for a topic as
    /// well.
    ///
    /// # Errors
    /// [`InvalidTarget`] says what is wrong with the endpoint or a name.
    pub fn new(
        endpoint: impl Into<Text<'t>>,
        topic: impl Into<Text<'t>>,
        subscription: impl Into<Text<'t>>,
    ) -> Result<Self, InvalidTarget> {
        let topic = NamespaceTopic::new(endpoint, topic)?;
        let subscription = check_name(subscription.into()).ok_or(InvalidTarget::Subscription)?;
        Ok(Self { topic, subscription })
    }

    /// The endpoint of the namespace.
    pub fn endpoint(&self) -> &Endpoint<'t> {
        &self.topic.endpoint
    }

    /// The name of the topic.
    pub fn topic(&self) -> &str {
        &self.topic.topic
    }

    /// The name of the subscription.
    pub fn subscription(&self) -> &str {
        &self.subscription
    }
}

impl sealed::Target for NamespaceTopic<'_> {
    fn write_url(&self, url: &mut UrlWriter<'_, '_>) -> Result<(), RequestError> {
        url.path("/topics/")?;
        url.segment(&self.topic)?;
        url.path(":publish")
    }
}

impl Target for NamespaceTopic<'_> {
    fn endpoint(&self) -> &Endpoint<'_> {
        &self.endpoint
    }

    fn endpoint_kind(&self) -> EndpointKind {
        EndpointKind::Namespace
    }

    fn name(&self) -> Option<&str> {
        Some(&self.topic)
    }
}

impl Accepts<CloudEvents> for NamespaceTopic<'_> {}
impl Accepts<BinaryContentMode> for NamespaceTopic<'_> {}
