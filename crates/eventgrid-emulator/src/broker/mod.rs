//! The broker: topics, event subscriptions, locks. No I/O, no clock, no randomness of its own.
//!
//! Time is the `now` of each call; the random part of lock tokens comes from a generator seeded by whoever
//! creates the broker. The same calls give the same results.

mod event;
mod settings;
mod stats;
mod subscription;
mod token;

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use rand::{Rng, SeedableRng, rngs::StdRng};
use uuid::Builder;

pub use self::event::Event;
pub use self::settings::SubscriptionSettings;
pub use self::stats::SubscriptionStats;
use self::subscription::Subscription;
use crate::UnixTime;

/// Topics and their event subscriptions.
///
/// ```
/// use std::time::Duration;
/// use eventgrid_emulator::UnixTime;
/// use eventgrid_emulator::broker::{Broker, Event, SubscriptionSettings, TokenError};
///
/// let mut broker = Broker::new(1);
/// let orders = broker.create_topic("orders");
/// let billing = broker.create_subscription(orders, "billing", SubscriptionSettings::default());
///
/// let noon = UnixTime::from_secs(12 * 60 * 60);
/// broker.publish(noon, orders, &[Event::from_json("{}".to_owned())?]);
/// let deliveries = broker.receive(noon, billing, 10);
/// assert_eq!(deliveries[0].delivery_count, 1);
///
/// let too_late = noon + Duration::from_secs(60);
/// let lost = broker.acknowledge(too_late, billing, &deliveries[0].lock_token);
/// assert_eq!(lost, Err(TokenError::TokenLost));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug)]
pub struct Broker {
    random: StdRng,
    topics: Vec<Topic>,
    topic_names: HashMap<String, TopicId>,
    subscriptions: Vec<Subscription>,
    /// The next deadline of each subscription that has one.
    deadlines: BTreeSet<(UnixTime, SubscriptionId)>,
}

#[derive(Debug, Default)]
struct Topic {
    subscriptions: Vec<SubscriptionId>,
    subscription_names: HashMap<String, SubscriptionId>,
}

/// Names a topic of one [`Broker`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicId(usize);

/// Names an event subscription of one [`Broker`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriptionId(usize);

/// An event on its way to a receiver, locked for it.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// What the receiver settles the event by: another one for each delivery.
    pub lock_token: String,
    /// How often the event was delivered, this time included.
    pub delivery_count: u32,
    /// The event.
    pub event: Event,
}

/// Why a lock token does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// No broker can have issued such a token.
    #[error("the lock token cannot be decoded")]
    BadToken,
    /// The token locks nothing: its lock ended, its event was settled, it belongs to another subscription, or
    /// its lock can no longer be renewed.
    #[error("the lock token has expired")]
    TokenLost,
}

impl Broker {
    /// A broker without topics, whose lock tokens follow from `seed`.
    pub fn new(seed: u64) -> Self {
        Self {
            random: StdRng::seed_from_u64(seed),
            topics: Vec::new(),
            topic_names: HashMap::new(),
            subscriptions: Vec::new(),
            deadlines: BTreeSet::new(),
        }
    }

    /// The topic of that name; created, if there is none.
    pub fn create_topic(&mut self, name: &str) -> TopicId {
        self.topic(name).unwrap_or_else(|| {
            let id = TopicId(self.topics.len());
            self.topics.push(Topic::default());
            self.topic_names.insert(name.to_owned(), id);
            id
        })
    }

    /// The event subscription of that name; created, if the topic has none. An existing one keeps its settings.
    pub fn create_subscription(
        &mut self,
        topic: TopicId,
        name: &str,
        settings: SubscriptionSettings,
    ) -> SubscriptionId {
        self.subscription(topic, name).unwrap_or_else(|| {
            let id = SubscriptionId(self.subscriptions.len());
            let guid = Builder::from_random_bytes(self.random.random()).into_uuid();
            self.subscriptions.push(Subscription::new(guid, settings));
            let topic = &mut self.topics[topic.0];
            topic.subscriptions.push(id);
            topic.subscription_names.insert(name.to_owned(), id);
            id
        })
    }

    /// The topic of that name.
    pub fn topic(&self, name: &str) -> Option<TopicId> {
        self.topic_names.get(name).copied()
    }

    /// The event subscription of that name.
    pub fn subscription(&self, topic: TopicId, name: &str) -> Option<SubscriptionId> {
        self.topics[topic.0].subscription_names.get(name).copied()
    }

    /// The event subscriptions of a topic, in the order of their creation.
    pub fn subscriptions(&self, topic: TopicId) -> &[SubscriptionId] {
        &self.topics[topic.0].subscriptions
    }

    /// Puts the events into the queue of each subscription of the topic.
    pub fn publish(&mut self, now: UnixTime, topic: TopicId, events: &[Event]) {
        for index in 0..self.topics[topic.0].subscriptions.len() {
            let id = self.topics[topic.0].subscriptions[index];
            self.with(id, |subscription, _| {
                for event in events {
                    subscription.publish(now, event.clone());
                }
            });
        }
    }

    /// Locks up to `max_events` of the events that are available, in the order of their publication.
    pub fn receive(&mut self, now: UnixTime, from: SubscriptionId, max_events: usize) -> Vec<Delivery> {
        self.with(from, |subscription, random| subscription.receive(now, max_events, random))
    }

    /// Settles an event: it was handled.
    ///
    /// # Errors
    /// [`TokenError`], if the token locks no event of the subscription.
    pub fn acknowledge(
        &mut self,
        now: UnixTime,
        of: SubscriptionId,
        lock_token: &str,
    ) -> Result<(), TokenError> {
        self.with(of, |subscription, _| subscription.acknowledge(now, lock_token))
    }

    /// Gives an event back, to be delivered again after `delay`, at its place in the order of publication.
    ///
    /// # Errors
    /// [`TokenError`], if the token locks no event of the subscription.
    pub fn release(
        &mut self,
        now: UnixTime,
        of: SubscriptionId,
        lock_token: &str,
        delay: Duration,
    ) -> Result<(), TokenError> {
        self.with(of, |subscription, _| subscription.release(now, lock_token, delay))
    }

    /// Settles an event: it can never be handled.
    ///
    /// # Errors
    /// [`TokenError`], if the token locks no event of the subscription.
    pub fn reject(&mut self, now: UnixTime, of: SubscriptionId, lock_token: &str) -> Result<(), TokenError> {
        self.with(of, |subscription, _| subscription.reject(now, lock_token))
    }

    /// Starts the lock of an event anew, for one lock duration from `now`. The token stays the same.
    ///
    /// # Errors
    /// [`TokenError`], if the token locks no event of the subscription, or was first given more than an hour ago.
    pub fn renew_lock(
        &mut self,
        now: UnixTime,
        of: SubscriptionId,
        lock_token: &str,
    ) -> Result<(), TokenError> {
        self.with(of, |subscription, _| subscription.renew_lock(now, lock_token))
    }

    /// When something next changes by itself: a lock ends, a delay ends, a time to live ends.
    pub fn next_deadline(&self) -> Option<UnixTime> {
        self.deadlines.first().map(|(time, _)| *time)
    }

    /// Lets time pass. Gives the subscriptions in which something changed by itself.
    pub fn advance(&mut self, now: UnixTime) -> Vec<SubscriptionId> {
        let mut changed = Vec::new();
        while let Some((_, id)) = self.deadlines.first().copied().filter(|(time, _)| *time <= now) {
            self.with(id, |subscription, _| subscription.advance(now));
            changed.push(id);
        }
        changed
    }

    /// What became of the events of a subscription, as of the last call.
    pub fn stats(&self, of: SubscriptionId) -> SubscriptionStats {
        self.subscriptions[of.0].stats()
    }

    /// Works on a subscription and keeps `deadlines` true.
    fn with<T>(&mut self, id: SubscriptionId, work: impl FnOnce(&mut Subscription, &mut StdRng) -> T) -> T {
        let subscription = &mut self.subscriptions[id.0];
        let before = subscription.next_deadline();
        let result = work(subscription, &mut self.random);
        let after = subscription.next_deadline();
        if before != after {
            before.map(|time| self.deadlines.remove(&(time, id)));
            after.map(|time| self.deadlines.insert((time, id)));
        }
        result
    }
}
