//! What there is: topics of every kind, their event subscriptions, and the events in them.

use eventgrid_filters::Filter;
use eventgrid_push::InputSchemaMapping;

use super::Emulator;
use super::basic::default_mapping;
use crate::accepted::{InputSchema, TargetKind};
use crate::broker::{
    DeadLettering, EventState, PushEndpoint, QueuedEvents, SubscriptionId, SubscriptionSettings,
    SubscriptionStats, TopicId, UnknownEvent,
};
use crate::target::Target;
use crate::time::UnixTime;

/// Something that events are published to, with its event subscriptions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TopicOverview {
    /// What it is.
    pub kind: TargetKind,
    /// Its name: of the topic, the domain or the partner namespace; empty for the topic at
    /// `/api/events`.
    pub name: String,
    /// The channel, if it is one.
    pub channel: Option<String>,
    /// The schema of its events; `None` if it takes any.
    pub schema: Option<InputSchema>,
    /// Its event subscriptions, in the order of their creation.
    pub subscriptions: Vec<SubscriptionOverview>,
}

/// An event subscription, with its settings and counts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SubscriptionOverview {
    /// Its name.
    pub name: String,
    /// Its settings.
    pub settings: SubscriptionSettings,
    /// Which events it takes; [`Filter::new`], if it takes all.
    pub filter: Filter,
    /// What became of its events.
    pub stats: SubscriptionStats,
    /// When the oldest event in its queue was published; `None` if there is none.
    pub oldest: Option<UnixTime>,
    /// Where its dead letters go; `None` if an event that dies is dropped.
    pub dead_lettering: Option<DeadLettering>,
    /// How many dead letters are in its list.
    pub dead_letters: usize,
    /// Where its events are pushed; `None` if they are received.
    pub push_endpoint: Option<PushEndpoint>,
}

impl TopicOverview {
    /// Its name for other methods.
    pub fn target(&self) -> Target<'_> {
        match self.kind {
            TargetKind::NamespaceTopic => Target::NamespaceTopic(&self.name),
            TargetKind::BasicTopic => Target::BasicTopic(&self.name),
            TargetKind::Domain => Target::Domain(&self.name),
            TargetKind::PartnerChannel => Target::PartnerChannel {
                namespace: &self.name,
                channel: self.channel.as_deref().unwrap_or_default(),
            },
        }
    }
}

/// The time of these calls is the one to which [`advance`](Self::advance) has come.
impl Emulator {
    /// Everything that events can be published to: topics of the namespace first, then the others,
    /// each in alphabetical order.
    ///
    /// ```
    /// use eventgrid_emulator::{Emulator, InputSchema, Target};
    ///
    /// let emulator =
    ///     Emulator::builder().subscription("orders", "billing").domain("shops", InputSchema::EventGrid).build()?;
    /// let topics = emulator.topics();
    /// assert_eq!(topics[0].subscriptions[0].name, "billing");
    /// assert_eq!(topics[1].target(), Target::Domain("shops"));
    /// # Ok::<(), eventgrid_emulator::ConfigurationError>(())
    /// ```
    pub fn topics(&self) -> Vec<TopicOverview> {
        let broker = self.namespace.broker();
        let basic: Vec<_> = self.basic.targets_with_schemas().collect();
        let is_basic = |name: &str| {
            name.starts_with('/')
                && basic.iter().any(|(target, _)| target.topic_name().eq_ignore_ascii_case(name))
        };
        let in_namespace =
            broker.topics().filter_map(|id| broker.topic_name(id)).filter(|name| !is_basic(name));
        let all = in_namespace.map(|name| (Target::NamespaceTopic(name), Some(InputSchema::CloudEvents)));
        let mut all: Vec<_> = all.chain(basic.iter().copied()).collect();
        all.sort_by_cached_key(|(target, _)| (!target.is_in_namespace(), target.topic_name().into_owned()));
        all.into_iter().filter_map(|(target, schema)| self.overview(target, schema)).collect()
    }

    /// One of the [`topics`](Self::topics); `None` if there is no such target.
    pub fn topic_overview(&self, target: Target<'_>) -> Option<TopicOverview> {
        let schema = if target.is_in_namespace() {
            Some(InputSchema::CloudEvents)
        } else {
            // One of another kind is not there.
            self.basic.targets_with_schemas().find(|(other, _)| is_same(*other, target))?.1
        };
        self.overview(target, schema)
    }

    /// Where attributes are in events of a target that takes those of a custom schema alone;
    /// `None` for any other target.
    pub(super) fn mapping_of(&self, target: Target<'_>) -> Option<InputSchemaMapping> {
        let mut custom =
            self.basic.targets_with_schemas().filter(|(_, schema)| *schema == Some(InputSchema::Custom));
        let (found, _) = custom.find(|(other, _)| is_same(*other, target))?;
        Some(self.basic.mapping(found).cloned().unwrap_or_else(default_mapping))
    }

    fn overview(&self, target: Target<'_>, schema: Option<InputSchema>) -> Option<TopicOverview> {
        let broker = self.namespace.broker();
        let id = self.topic(target)?;
        let (kind, name, channel) = target.parts();
        // As it was created.
        let name = if target.is_in_namespace() { broker.topic_name(id)? } else { name };
        let subscriptions = self.overviews(id);
        Some(TopicOverview {
            kind,
            name: name.to_owned(),
            channel: channel.map(str::to_owned),
            schema,
            subscriptions,
        })
    }

    fn overviews(&self, topic: TopicId) -> Vec<SubscriptionOverview> {
        let ids = self.namespace.broker().subscriptions(topic).iter();
        ids.filter_map(|id| self.overview_of(*id)).collect()
    }

    fn overview_of(&self, id: SubscriptionId) -> Option<SubscriptionOverview> {
        let broker = self.namespace.broker();
        Some(SubscriptionOverview {
            name: broker.subscription_name(id)?.to_owned(),
            settings: broker.settings(id)?,
            filter: broker.filter(id).map(|filter| filter.filter().clone()).unwrap_or_default(),
            stats: broker.stats(id)?,
            oldest: broker.peek(self.namespace.now(), id, 0, 1, None).events.first().map(|it| it.published),
            dead_lettering: broker.dead_lettering(id).cloned(),
            dead_letters: broker.dead_letter_count(id),
            push_endpoint: broker.push_endpoint(id).cloned(),
        })
    }

    /// The settings and counts of an event subscription; `None` if there is none of that name.
    pub fn subscription_overview(&self, target: Target<'_>, name: &str) -> Option<SubscriptionOverview> {
        self.overview_of(self.subscription(target, name)?)
    }

    /// Looks at up to `max_events` events of an event subscription, from a sequence number on, in
    /// any state or in one. This changes nothing: it is not a delivery. `None` if there is no such
    /// event subscription.
    ///
    /// One call looks at a few thousand events at most, so that it is fast even with a million of
    /// them: [`QueuedEvents::next`] is the start of the next page.
    pub fn peek(
        &self,
        target: Target<'_>,
        subscription: &str,
        from: u64,
        max_events: usize,
        state: Option<EventState>,
    ) -> Option<QueuedEvents> {
        let id = self.subscription(target, subscription)?;
        Some(self.namespace.broker().peek(self.namespace.now(), id, from, max_events, state))
    }

    /// Settles an event by its sequence number, whatever its state: it was handled.
    ///
    /// # Errors
    /// [`UnknownEvent`], if it is not in the queue, or there is no such event subscription.
    pub fn acknowledge_event(
        &mut self,
        target: Target<'_>,
        subscription: &str,
        sequence_number: u64,
    ) -> Result<(), UnknownEvent> {
        let id = self.subscription(target, subscription).ok_or(UnknownEvent)?;
        self.namespace.with_broker(|broker, _| broker.acknowledge_event(id, sequence_number))
    }

    /// Settles an event by its sequence number, whatever its state: it can never be handled.
    ///
    /// # Errors
    /// [`UnknownEvent`], if it is not in the queue, or there is no such event subscription.
    pub fn reject_event(
        &mut self,
        target: Target<'_>,
        subscription: &str,
        sequence_number: u64,
    ) -> Result<(), UnknownEvent> {
        let id = self.subscription(target, subscription).ok_or(UnknownEvent)?;
        self.namespace.with_broker(|broker, now| broker.reject_event(now, id, sequence_number))
    }

    /// Ends the lock or the delay of an event by its sequence number. If it has reached the maximum
    /// delivery count it is dropped, as when its lock ends.
    ///
    /// # Errors
    /// [`UnknownEvent`], if it is not in the queue, or there is no such event subscription.
    pub fn release_event(
        &mut self,
        target: Target<'_>,
        subscription: &str,
        sequence_number: u64,
    ) -> Result<(), UnknownEvent> {
        let id = self.subscription(target, subscription).ok_or(UnknownEvent)?;
        self.change(id, |broker, now| broker.release_event(now, id, sequence_number))
    }

    /// Sends an event of the queue again, whatever its state: it goes to the end of the queue, with
    /// a new sequence number, as if it had just been published and never been delivered.
    ///
    /// # Errors
    /// [`UnknownEvent`], if it is not in the queue, or there is no such event subscription.
    pub fn resend_event(
        &mut self,
        target: Target<'_>,
        subscription: &str,
        sequence_number: u64,
    ) -> Result<(), UnknownEvent> {
        let id = self.subscription(target, subscription).ok_or(UnknownEvent)?;
        self.change(id, |broker, now| broker.resend_event(now, id, sequence_number))
    }

    /// Forgets all events, dead letters and counts of an event subscription, and keeps its
    /// settings. Earlier lock tokens are lost; waiting receives continue to wait. Returns whether
    /// there is such an event subscription.
    pub fn reset_subscription(&mut self, target: Target<'_>, name: &str) -> bool {
        let id = self.subscription(target, name);
        id.is_some_and(|id| self.namespace.with_broker(|broker, _| broker.reset_subscription(id)))
    }

    /// Forgets all events, dead letters and counts, accepted publishes and retained messages of the
    /// MQTT broker, and keeps topics, event subscriptions and settings. Except for the time, the
    /// state is that after a start.
    pub fn reset(&mut self) {
        self.namespace.with_broker(|broker, _| {
            let topics: Vec<_> = broker.topics().collect();
            for topic in topics {
                for id in broker.subscriptions(topic).to_vec() {
                    broker.reset_subscription(id);
                }
            }
        });
        self.mqtt.retained.clear();
        self.clear_accepted();
    }
}

pub(super) fn is_same(one: Target<'_>, other: Target<'_>) -> bool {
    one.parts().0 == other.parts().0 && one.topic_name().eq_ignore_ascii_case(&other.topic_name())
}
