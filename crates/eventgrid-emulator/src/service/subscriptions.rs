//! Topics and event subscriptions as a program sees them: created, removed, received from, without
//! HTTP.

use std::time::Duration;

use super::Emulator;
use crate::broker::{Delivery, SubscriptionId, SubscriptionSettings, SubscriptionStats, TokenError, TopicId};
use crate::target::Target;

/// The time of these calls is the one to which [`advance`](Self::advance) has come.
impl Emulator {
    /// Creates a topic of the namespace. Does nothing if there is one of that name. Returns false
    /// if the name is not allowed: it is empty or begins with a slash.
    pub fn create_topic(&mut self, name: &str) -> bool {
        let is_name = !name.is_empty() && !name.starts_with('/');
        if is_name {
            self.namespace.with_broker(|broker, _| broker.create_topic(name));
        }
        is_name
    }

    /// Removes a topic of the namespace, with its event subscriptions and their events. Receives
    /// that wait for it are refused, as for a topic that is not there. Returns whether it was
    /// there.
    pub fn remove_topic(&mut self, name: &str) -> bool {
        let id = self.topic(Target::NamespaceTopic(name));
        id.map(|id| self.namespace.remove_topic(id)).is_some()
    }

    /// Creates an event subscription. Does nothing if there is one of that name. Returns whether
    /// there is such a target.
    pub fn create_subscription(
        &mut self,
        target: Target<'_>,
        name: &str,
        settings: SubscriptionSettings,
    ) -> bool {
        let Some(topic) = self.topic(target) else { return false };
        self.namespace.with_broker(|broker, _| broker.create_subscription(topic, name, settings)).is_some()
    }

    /// Changes the settings of an event subscription. A lock keeps its end until it is renewed; the
    /// other settings apply at once, also to events in the queue. Events that have expired stay
    /// expired, even if the time to live is longer now. Returns whether there is such a
    /// subscription.
    pub fn configure_subscription(
        &mut self,
        target: Target<'_>,
        name: &str,
        settings: SubscriptionSettings,
    ) -> bool {
        let Some(id) = self.subscription(target, name) else { return false };
        self.namespace.with_broker(|broker, now| broker.configure_subscription(now, id, settings));
        true
    }

    /// Removes an event subscription with its events. Receives that wait for it are refused, as for
    /// one that is not there. Returns whether it was there.
    pub fn remove_subscription(&mut self, target: Target<'_>, name: &str) -> bool {
        let id = self.subscription(target, name);
        id.is_some_and(|id| self.namespace.remove_subscription(id))
    }

    /// What became of the events of an event subscription of the namespace; `None` if there is no
    /// such subscription.
    pub fn stats(&self, topic: &str, subscription: &str) -> Option<SubscriptionStats> {
        self.stats_of(Target::NamespaceTopic(topic), subscription)
    }

    /// What became of the events of an event subscription; `None` if there is no such subscription.
    pub fn stats_of(&self, target: Target<'_>, subscription: &str) -> Option<SubscriptionStats> {
        self.namespace.broker().stats(self.subscription(target, subscription)?)
    }

    /// Locks up to `max_events` of the events that are available, in the order of their
    /// publication; none of them if they are [pushed](Self::set_push_endpoint). `None` if there is
    /// no such subscription.
    pub fn receive(
        &mut self,
        target: Target<'_>,
        subscription: &str,
        max_events: usize,
    ) -> Option<Vec<Delivery>> {
        let id = self.subscription(target, subscription)?;
        Some(self.namespace.with_broker(|broker, now| broker.receive(now, id, max_events)))
    }

    /// Settles a received event: it was handled.
    ///
    /// # Errors
    /// [`TokenError`], if the token locks no event of the subscription, or there is no such
    /// subscription.
    pub fn acknowledge(
        &mut self,
        target: Target<'_>,
        subscription: &str,
        lock_token: &str,
    ) -> Result<(), TokenError> {
        let id = self.subscription(target, subscription).ok_or(TokenError::TokenLost)?;
        self.namespace.with_broker(|broker, now| broker.acknowledge(now, id, lock_token))
    }

    /// Settles a received event: it can never be handled.
    ///
    /// # Errors
    /// [`TokenError`], if the token locks no event of the subscription, or there is no such
    /// subscription.
    pub fn reject(
        &mut self,
        target: Target<'_>,
        subscription: &str,
        lock_token: &str,
    ) -> Result<(), TokenError> {
        let id = self.subscription(target, subscription).ok_or(TokenError::TokenLost)?;
        self.namespace.with_broker(|broker, now| broker.reject(now, id, lock_token))
    }

    /// Releases a received event, to be delivered again after `delay`, which may be any duration
    /// here.
    ///
    /// # Errors
    /// [`TokenError`], if the token locks no event of the subscription, or there is no such
    /// subscription.
    pub fn release(
        &mut self,
        target: Target<'_>,
        subscription: &str,
        lock_token: &str,
        delay: Duration,
    ) -> Result<(), TokenError> {
        let id = self.subscription(target, subscription).ok_or(TokenError::TokenLost)?;
        self.namespace.release(id, lock_token, delay)
    }

    pub(super) fn topic(&self, target: Target<'_>) -> Option<TopicId> {
        self.namespace.broker().topic(&target.topic_name())
    }

    pub(super) fn subscription(&self, target: Target<'_>, name: &str) -> Option<SubscriptionId> {
        self.namespace.broker().subscription(self.topic(target)?, name)
    }
}
