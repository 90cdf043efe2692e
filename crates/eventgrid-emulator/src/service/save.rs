//! The state of an emulator as a store keeps it, and back.

use std::sync::Arc;
use std::time::Duration;

use super::basic::BasicResources;
use super::{Emulator, snapshot};
use crate::broker::{BrokerChanges, StoredBroker, SubscriptionId, SubscriptionSettings};
use crate::mqtt::{Retained, RetainedMessages};
use crate::target::Target;
use crate::time::UnixTime;

/// How the time of an emulator follows that outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StoredClock {
    /// A moment outside, since 1970, and which one of its own that is.
    pub(crate) told: Duration,
    pub(crate) own: Duration,
    pub(crate) is_stopped: bool,
}

/// What changed in an emulator since it was saved.
#[derive(Debug, Default)]
pub(crate) struct EmulatorChanges {
    pub(crate) broker: BrokerChanges,
    pub(crate) clock: Option<StoredClock>,
    /// All basic topics, domains and channels, as JSON.
    pub(crate) basic_resources: Option<String>,
    /// Messages that the MQTT broker retains, by their topics; `None` for those that are gone.
    pub(crate) retained_messages: Vec<(String, Option<Retained>)>,
}

/// What a store has of an emulator.
#[derive(Debug, Default)]
pub(crate) struct StoredEmulator {
    pub(crate) broker: StoredBroker,
    pub(crate) clock: Option<StoredClock>,
    pub(crate) basic_resources: Option<String>,
    /// The messages that the MQTT broker retains, by their topics.
    pub(crate) retained_messages: Vec<(String, Retained)>,
    /// How often it was opened before. No lock token may come twice, whatever the seed.
    pub(crate) openings: u64,
}

/// What was saved of an emulator beside its broker.
#[derive(Debug, Default)]
pub(super) struct Saved {
    clock: Option<StoredClock>,
    basic: Option<Arc<BasicResources>>,
}

impl EmulatorChanges {
    /// Whether nothing changed.
    pub(crate) fn is_empty(&self) -> bool {
        let Self { broker, clock, basic_resources, retained_messages } = self;
        broker.is_empty() && clock.is_none() && basic_resources.is_none() && retained_messages.is_empty()
    }
}

impl Emulator {
    /// Lets its clock go on as it was saved, or from `now` on, and notes from then on what changes.
    /// Its broker notes that already.
    pub(crate) fn continue_from(&mut self, clock: Option<StoredClock>, now: UnixTime) {
        if let Some(clock) = clock {
            self.clock.restore(clock);
        }
        let now = self.tell_time(now);
        self.namespace.set_time(now);
        self.saved = Some(Box::new(Saved { clock, basic: None }));
    }

    /// Lets its MQTT broker retain what a store has, and notes from then on what changes.
    ///
    /// # Errors
    /// If no broker can have it: what is wrong.
    pub(crate) fn retain(&mut self, stored: Vec<(String, Retained)>) -> Result<(), String> {
        self.mqtt.retained = RetainedMessages::open(stored)?;
        Ok(())
    }

    /// Gives an event subscription other settings, if these are others.
    pub(crate) fn ensure_settings(&mut self, topic: &str, name: &str, settings: SubscriptionSettings) {
        let target = Target::NamespaceTopic(topic);
        let current = self.subscription(target, name).and_then(|id| self.namespace.broker().settings(id));
        if current.is_some_and(|current| current != settings) {
            self.configure_subscription(target, name, settings);
        }
    }

    /// Takes the filter of an event subscription away, if it has one.
    pub(crate) fn ensure_no_filter(&mut self, topic: &str, name: &str) {
        let id = self.subscription(Target::NamespaceTopic(topic), name);
        let has_filter = |id: &SubscriptionId| self.namespace.broker().filter(*id).is_some();
        if let Some(id) = id.filter(has_filter) {
            self.namespace.with_broker(|broker, _| broker.set_filter(id, None));
        }
    }

    /// What changed since the last call; nothing if it is not saved.
    pub(crate) fn take_changes(&mut self) -> EmulatorChanges {
        let Some(saved) = &mut self.saved else { return EmulatorChanges::default() };
        let clock = self.clock.state_to_save();
        let clock = clock.filter(|clock| saved.clock != Some(*clock));
        saved.clock = clock.or(saved.clock);
        let is_saved = saved.basic.as_ref().is_some_and(|basic| Arc::ptr_eq(basic, &self.basic));
        let basic_resources = (!is_saved).then(|| snapshot::write_resources(&self.basic));
        saved.basic = Some(Arc::clone(&self.basic));
        let (broker, retained_messages) = (self.namespace.take_changes(), self.mqtt.retained.take_changes());
        EmulatorChanges { broker, clock, basic_resources, retained_messages }
    }
}
