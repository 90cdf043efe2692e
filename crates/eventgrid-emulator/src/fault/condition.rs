//! Which requests a fault meets.

use serde::{Deserialize, Serialize};

use crate::observe::{Operation, Subject, is_same};
use crate::topic_id::is_same_topic;

/// Into which requests a fault is injected. Without any condition, into all.
///
/// Of the requests that have its operation, topic and event subscription, the first `skip` are left
/// out, then each `every`-th is taken, of these a part by `probability`, and of these the first
/// `count`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct FaultCondition {
    /// What the request asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
    /// The topic that the request is for, as the admin API names it: `orders` is one of the
    /// namespace, `basicTopic:invoices`, `domain:shops` and `partnerChannel:contoso:news` are
    /// others. Compared without case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// The event subscription that the request is for. Compared without case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription: Option<String>,
    /// How many requests are left out at first; none by default.
    pub skip: u64,
    /// Of each group of this many requests, the fault is injected into the last one; into each
    /// request by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<u64>,
    /// The probability that the fault is injected, from 0 to 1; 1 by default. The choice is derived
    /// from the seed of the faults.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// Into how many requests the fault is injected at most; no limit by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
}

impl FaultCondition {
    /// Meets every request.
    pub fn new() -> Self {
        Self::default()
    }

    /// Meets requests that ask for that.
    #[must_use]
    pub fn operation(mut self, operation: Operation) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Meets requests for that topic of the namespace, or for what is at that path, such as
    /// `/invoices/api/events`.
    #[must_use]
    pub fn topic(mut self, topic: impl Into<String>) -> Self {
        self.topic = Some(topic.into());
        self
    }

    /// Meets requests for an event subscription of that name.
    #[must_use]
    pub fn subscription(mut self, subscription: impl Into<String>) -> Self {
        self.subscription = Some(subscription.into());
        self
    }

    /// Leaves out the first `count` requests.
    #[must_use]
    pub fn skip(mut self, count: u64) -> Self {
        self.skip = count;
        self
    }

    /// Meets the last one of each `count` requests.
    #[must_use]
    pub fn every(mut self, count: u64) -> Self {
        self.every = Some(count);
        self
    }

    /// Meets a request with that probability, from 0 to 1.
    #[must_use]
    pub fn probability(mut self, probability: f64) -> Self {
        self.probability = Some(probability);
        self
    }

    /// Meets no more than `count` requests.
    #[must_use]
    pub fn count(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }

    /// Whether a request has what is asked for, wherever it comes in their order.
    pub(super) fn matches(&self, subject: &Subject) -> bool {
        self.operation.is_none_or(|operation| operation == subject.operation)
            && is_same_topic(self.topic.as_deref(), subject.topic.as_deref())
            && is_same(self.subscription.as_deref(), subject.subscription.as_deref())
    }
}
