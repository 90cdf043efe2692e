//! Where events go to and come from.

use core::fmt;

use crate::{Endpoint, InvalidEndpoint, Text};

/// A topic of a namespace: where CloudEvents are published to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamespaceTopic<'t> {
    endpoint: Endpoint<'t>,
    topic: Text<'t>,
}

impl<'t> NamespaceTopic<'t> {
    /// The topic of that name, in the namespace at `endpoint` (see [`Endpoint::new`] for what that may be).
    ///
    /// # Errors
    /// [`InvalidTarget`] says what is wrong with the endpoint or the name.
    pub fn new(endpoint: impl Into<Text<'t>>, topic: impl Into<Text<'t>>) -> Result<Self, InvalidTarget> {
        let endpoint = Endpoint::new(endpoint).map_err(InvalidTarget::Endpoint)?;
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

/// A pull subscription to a topic of a namespace: where CloudEvents are received from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription<'t> {
    topic: NamespaceTopic<'t>,
    subscription: Text<'t>,
}

impl<'t> Subscription<'t> {
    /// The subscription of that name to the topic of that name, in the namespace at `endpoint` (see [`Endpoint::new`] for
    /// what that may be).
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

/// A name that can be one segment of a path: servers and proxies take `.` and `..` for something else.
fn check_name(name: Text<'_>) -> Option<Text<'_>> {
    (!matches!(name.as_str(), "" | "." | "..")).then_some(name)
}

/// What is wrong with a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidTarget {
    /// The endpoint is.
    Endpoint(InvalidEndpoint),
    /// The topic's name is empty, `.` or `..`.
    Topic,
    /// The subscription's name is empty, `.` or `..`.
    Subscription,
}

impl fmt::Display for InvalidTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Endpoint(error) => error.fmt(f),
            Self::Topic => f.write_str("the topic's name must not be empty, `.` or `..`"),
            Self::Subscription => f.write_str("the subscription's name must not be empty, `.` or `..`"),
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
}
