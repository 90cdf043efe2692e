//! A broker with one topic and a clock to move.

use std::time::Duration;

use eventgrid_emulator::UnixTime;
use eventgrid_emulator::broker::{
    Broker, DeadLetter, DeadLetterDestination, DeadLettering, Event, SubscriptionId, SubscriptionSettings,
    SubscriptionStats, TokenError, TopicId,
};

pub(crate) const DAY: u64 = 24 * 60 * 60;

pub(crate) struct Desk {
    pub(crate) broker: Broker,
    pub(crate) topic: TopicId,
    pub(crate) subscription: SubscriptionId,
    pub(crate) now: UnixTime,
}

/// What was received: event text and delivery count, and beside it the lock token.
pub(crate) type Received = (String, u32, String);

impl Desk {
    pub(crate) fn new() -> Self {
        Self::with(SubscriptionSettings::default())
    }

    pub(crate) fn with(settings: SubscriptionSettings) -> Self {
        let mut broker = Broker::new(7);
        let topic = broker.create_topic("orders");
        let subscription = broker.create_subscription(topic, "billing", settings).unwrap();
        Self { broker, topic, subscription, now: UnixTime::from_secs(1_000_000) }
    }

    /// Keeps the events that die from now on.
    pub(crate) fn keep_dead_letters(&mut self) {
        let list = DeadLettering::new(DeadLetterDestination::List);
        assert!(self.broker.set_dead_lettering(self.now, self.subscription, Some(list)));
    }

    /// All dead letters that there are by the work that was done.
    pub(crate) fn dead_letters(&self) -> Vec<DeadLetter> {
        let page = self.broker.dead_letters(self.subscription, 0, usize::MAX);
        assert_eq!(page.next, None);
        page.letters
    }

    /// Moves the clock, without telling the broker.
    pub(crate) fn pass(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
    }

    /// Moves the clock by what is not a whole second.
    pub(crate) fn pass_millis(&mut self, millis: u64) {
        self.now = self.now + Duration::from_millis(millis);
    }

    pub(crate) fn publish(&mut self, numbers: impl IntoIterator<Item = u32>) {
        let events: Vec<_> =
            numbers.into_iter().map(|number| Event::from_json(number.to_string()).unwrap()).collect();
        self.broker.publish(self.now, self.topic, &events);
    }

    pub(crate) fn receive(&mut self, max_events: usize) -> Vec<Received> {
        let deliveries = self.broker.receive(self.now, self.subscription, max_events);
        deliveries
            .into_iter()
            .map(|delivery| (delivery.event.json().to_owned(), delivery.delivery_count, delivery.lock_token))
            .collect()
    }

    /// Receives, and tells events and delivery counts alone.
    pub(crate) fn look(&mut self, max_events: usize) -> Vec<(String, u32)> {
        self.receive(max_events).into_iter().map(|(event, count, _)| (event, count)).collect()
    }

    /// Receives the one event that there must be, and gives its lock token.
    pub(crate) fn token(&mut self) -> String {
        let mut received = self.receive(100);
        assert_eq!(received.len(), 1, "{received:?}");
        received.remove(0).2
    }

    pub(crate) fn acknowledge(&mut self, token: &str) -> Result<(), TokenError> {
        self.broker.acknowledge(self.now, self.subscription, token)
    }

    pub(crate) fn release(&mut self, token: &str, delay: u64) -> Result<(), TokenError> {
        self.broker.release(self.now, self.subscription, token, Duration::from_secs(delay))
    }

    pub(crate) fn reject(&mut self, token: &str) -> Result<(), TokenError> {
        self.broker.reject(self.now, self.subscription, token)
    }

    pub(crate) fn renew(&mut self, token: &str) -> Result<(), TokenError> {
        self.broker.renew_lock(self.now, self.subscription, token)
    }

    /// Does all the work that is due, in small steps.
    pub(crate) fn advance(&mut self) {
        while self.broker.advance(self.now, 7).is_more_due {}
    }

    /// The counts, as of the present moment.
    pub(crate) fn stats(&mut self) -> SubscriptionStats {
        self.advance();
        self.broker.stats(self.subscription).unwrap()
    }
}
