//! Which topics and event subscriptions there are, by their names.

use std::borrow::Cow;
use std::collections::HashMap;

use eventgrid_filters::FilterSet;
use rand::Rng;
use uuid::Builder;

use super::subscription::Subscription;
use super::{Broker, Listed, Moments, SubscriptionId, SubscriptionSettings, Topic, TopicId};
use crate::time::UnixTime;

impl Broker {
    /// The topic of that name. It is created if there is none.
    pub fn create_topic(&mut self, name: &str) -> TopicId {
        self.topic(name).unwrap_or_else(|| {
            let topic = Topic {
                name: name.to_owned(),
                subscriptions: Vec::new(),
                subscription_names: HashMap::new(),
                filters: FilterSet::new(),
            };
            let id = TopicId(self.topics.insert(topic));
            self.topic_names.insert(name.to_ascii_lowercase(), id);
            #[cfg(feature = "data")]
            if let Some(tracked) = &mut self.tracked {
                tracked.note_topic(name);
            }
            id
        })
    }

    /// The event subscription of that name. It is created if the topic has none. An existing one
    /// keeps its settings. `None` if the topic was removed.
    pub fn create_subscription(
        &mut self,
        topic: TopicId,
        name: &str,
        settings: SubscriptionSettings,
    ) -> Option<SubscriptionId> {
        if let Some(id) = self.subscription(topic, name) {
            return Some(id);
        }
        let of = self.topics.get_mut(topic.0)?;
        let guid = Builder::from_random_bytes(self.random.random()).into_uuid();
        let queue = Subscription::new(guid, settings);
        let listed = Listed { topic, name: name.to_owned(), queue, filter: None };
        let id = SubscriptionId(self.subscriptions.insert(listed));
        of.subscriptions.push(id);
        of.subscription_names.insert(name.to_ascii_lowercase(), id);
        #[cfg(feature = "data")]
        if let Some(tracked) = &mut self.tracked {
            tracked.note_created(id);
        }
        Some(id)
    }

    /// Removes a topic with its event subscriptions and all their events. Returns those
    /// subscriptions; none of them if the topic was removed before.
    pub fn remove_topic(&mut self, id: TopicId) -> Vec<SubscriptionId> {
        let Some(topic) = self.topics.remove(id.0) else { return Vec::new() };
        self.topic_names.remove(&*lower_case(&topic.name));
        #[cfg(feature = "data")]
        if let Some(tracked) = &mut self.tracked {
            tracked.note_topic(&topic.name);
        }
        for subscription in &topic.subscriptions {
            self.discard(*subscription);
        }
        topic.subscriptions
    }

    /// Removes an event subscription with all its events. Returns whether it was there.
    pub fn remove_subscription(&mut self, id: SubscriptionId) -> bool {
        let Some((topic, name)) = self.discard(id) else { return false };
        if let Some(topic) = self.topics.get_mut(topic.0) {
            topic.subscriptions.retain(|other| *other != id);
            topic.subscription_names.remove(&*lower_case(&name));
            topic.filters.remove(&id);
        }
        true
    }

    /// The topic of that name.
    pub fn topic(&self, name: &str) -> Option<TopicId> {
        self.topic_names.get(&*lower_case(name)).copied()
    }

    /// The event subscription of that name.
    pub fn subscription(&self, topic: TopicId, name: &str) -> Option<SubscriptionId> {
        self.topics.get(topic.0)?.subscription_names.get(&*lower_case(name)).copied()
    }

    /// All topics, in no particular order.
    pub fn topics(&self) -> impl Iterator<Item = TopicId> {
        self.topics.keys().map(TopicId)
    }

    /// The event subscriptions of a topic, in the order of their creation; none of a topic that was
    /// removed.
    pub fn subscriptions(&self, topic: TopicId) -> &[SubscriptionId] {
        self.topics.get(topic.0).map(|topic| &*topic.subscriptions).unwrap_or_default()
    }

    /// The name of a topic as it was created; `None` if it was removed.
    pub fn topic_name(&self, topic: TopicId) -> Option<&str> {
        self.topics.get(topic.0).map(|topic| &*topic.name)
    }

    /// The name of an event subscription as it was created; `None` if it was removed.
    pub fn subscription_name(&self, subscription: SubscriptionId) -> Option<&str> {
        self.subscriptions.get(subscription.0).map(|listed| &*listed.name)
    }

    /// The topic of an event subscription; `None` if it was removed.
    pub fn topic_of(&self, subscription: SubscriptionId) -> Option<TopicId> {
        self.subscriptions.get(subscription.0).map(|listed| listed.topic)
    }

    /// The settings of an event subscription; `None` if it was removed.
    pub fn settings(&self, of: SubscriptionId) -> Option<SubscriptionSettings> {
        self.subscriptions.get(of.0).map(|listed| listed.queue.settings())
    }

    /// Changes the settings of an event subscription. A lock keeps its end until it is renewed; the
    /// other settings apply at once, also to events in the queue. Events that have expired stay
    /// expired, even if the time to live is longer now. Does nothing if the subscription was
    /// removed.
    pub fn configure_subscription(
        &mut self,
        now: UnixTime,
        id: SubscriptionId,
        settings: SubscriptionSettings,
    ) {
        self.with(id, |subscription, _| subscription.configure(now.into(), settings));
    }

    /// Takes a subscription out of every list but that of its topic. Returns its topic and its
    /// name.
    fn discard(&mut self, id: SubscriptionId) -> Option<(TopicId, String)> {
        let listed = self.subscriptions.remove(id.0)?;
        self.replace(id, &Moments::of(&listed.queue), &Moments::default());
        self.discarded.push(listed.queue.into_entries());
        #[cfg(feature = "data")]
        if let Some(tracked) = &mut self.tracked {
            tracked.note_removed(id);
        }
        Some((listed.topic, listed.name))
    }
}

/// Most names are in lower case already.
fn lower_case(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        name.to_ascii_lowercase().into()
    } else {
        name.into()
    }
}
