//! What an emulator consists of, said before it starts.

use std::io;
use std::net::ToSocketAddrs;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::broker::{Broker, SubscriptionSettings};
use crate::service::AccessKeys;
use crate::{Emulator, InProcess, RunningEmulator};

/// Says what an [`Emulator`] consists of: its topics, its event subscriptions and its access key.
///
/// Begun by [`Emulator::builder`].
#[derive(Debug, Clone, Default)]
pub struct EmulatorBuilder {
    keys: Vec<Secret>,
    topics: Vec<String>,
    subscriptions: Vec<(String, String)>,
    settings: SubscriptionSettings,
    seed: Option<u64>,
}

/// Why an emulator cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigurationError {
    /// Give a key of one character or more.
    #[error("an access key is empty")]
    EmptyKey,
    /// Give a name of one character or more to each topic.
    #[error("the name of a topic is empty")]
    EmptyTopic,
    /// Give a name of one character or more to each event subscription.
    #[error("the name of an event subscription of topic '{topic}' is empty")]
    EmptySubscription {
        /// The topic.
        topic: String,
    },
    /// Give a lock duration above zero.
    #[error("the lock duration must be above zero")]
    ZeroLockDuration,
    /// Give a maximum delivery count of one or more.
    #[error("the maximum delivery count must be at least 1")]
    ZeroMaxDeliveryCount,
    /// Give a time to live above zero.
    #[error("the time to live must be above zero")]
    ZeroTimeToLive,
}

impl Emulator {
    /// Begins to say what an emulator consists of.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::default()
    }
}

impl EmulatorBuilder {
    /// Accepts this access key. Given twice, both are accepted, as with the two keys of a real namespace. Without
    /// any, one is made up; [`Emulator::key`] tells it.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.keys.push(Secret(key.into()));
        self
    }

    /// Creates a topic. Without event subscriptions it takes events and keeps none.
    #[must_use]
    pub fn topic(mut self, topic: impl Into<String>) -> Self {
        self.topics.push(topic.into());
        self
    }

    /// Creates an event subscription, and its topic if it is a new one.
    #[must_use]
    pub fn subscription(mut self, topic: impl Into<String>, subscription: impl Into<String>) -> Self {
        self.subscriptions.push((topic.into(), subscription.into()));
        self
    }

    /// Sets how long a received event stays locked for its receiver; 60 seconds by default. The service takes 60
    /// to 300 seconds, an emulator anything above zero.
    #[must_use]
    pub fn lock_duration(mut self, duration: Duration) -> Self {
        self.settings.lock_duration = duration;
        self
    }

    /// Sets how often an event is delivered at the most; 10 by default. The service takes 1 to 10.
    #[must_use]
    pub fn max_delivery_count(mut self, count: u32) -> Self {
        self.settings.max_delivery_count = count;
        self
    }

    /// Sets how long after its publication an event is kept; one day by default.
    #[must_use]
    pub fn time_to_live(mut self, duration: Duration) -> Self {
        self.settings.time_to_live = duration;
        self
    }

    /// Makes lock tokens, tracking ids and a made-up access key follow from `seed`, so that a test sees the same
    /// ones each time. Without it they are random.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Builds the emulator, without I/O.
    ///
    /// # Errors
    /// [`ConfigurationError`], if a name, a key or a setting is none.
    pub fn build(self) -> Result<Emulator, ConfigurationError> {
        self.check()?;
        let mut random = self.seed.map_or_else(StdRng::from_os_rng, StdRng::seed_from_u64);
        let mut keys: Vec<_> = self.keys.into_iter().map(|key| key.0).collect();
        if keys.is_empty() {
            keys.push(STANDARD.encode(random.random::<[u8; 32]>()));
        }
        let mut broker = Broker::new(random.random());
        for topic in &self.topics {
            broker.create_topic(topic);
        }
        for (topic, subscription) in &self.subscriptions {
            let topic = broker.create_topic(topic);
            broker.create_subscription(topic, subscription, self.settings);
        }
        Ok(Emulator::new(AccessKeys::new(keys), broker, random))
    }

    /// Builds the emulator as a transport inside the process, with a clock to move.
    ///
    /// # Errors
    /// [`ConfigurationError`], if a name, a key or a setting is none.
    pub fn in_process(self) -> Result<InProcess, ConfigurationError> {
        self.build().map(InProcess::new)
    }

    /// Starts the emulator as an HTTP server, on a thread of its own. Port 0 picks a free one.
    ///
    /// # Errors
    /// If the configuration is no good ([`io::ErrorKind::InvalidInput`], with a [`ConfigurationError`] as its
    /// cause), or the address cannot be listened on.
    pub fn start(self, address: impl ToSocketAddrs) -> io::Result<RunningEmulator> {
        let emulator = self.build().map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        RunningEmulator::start(emulator, address)
    }

    fn check(&self) -> Result<(), ConfigurationError> {
        if self.keys.iter().any(|key| key.0.is_empty()) {
            return Err(ConfigurationError::EmptyKey);
        }
        if self.topics.iter().chain(self.subscriptions.iter().map(|(topic, _)| topic)).any(String::is_empty) {
            return Err(ConfigurationError::EmptyTopic);
        }
        if let Some((topic, _)) = self.subscriptions.iter().find(|(_, name)| name.is_empty()) {
            return Err(ConfigurationError::EmptySubscription { topic: topic.clone() });
        }
        if self.settings.lock_duration.is_zero() {
            return Err(ConfigurationError::ZeroLockDuration);
        }
        if self.settings.max_delivery_count == 0 {
            return Err(ConfigurationError::ZeroMaxDeliveryCount);
        }
        if self.settings.time_to_live.is_zero() {
            return Err(ConfigurationError::ZeroTimeToLive);
        }
        Ok(())
    }
}

/// Text that `Debug` does not show.
#[derive(Clone)]
struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}
