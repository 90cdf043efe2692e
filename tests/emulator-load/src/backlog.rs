//! The broker with a million events.

use std::time::Duration;

use eventgrid_emulator::UnixTime;
use eventgrid_emulator::broker::{Broker, Event, SubscriptionId, SubscriptionSettings, TopicId};

use crate::ALLOCATOR;
use crate::cpu::Timer;

const EVENTS: usize = 1_000_000;
const LOCKED: usize = 100_000;
const DELAYED: usize = 100_000;

/// How many steps the server lets an advance take.
const STEPS: usize = 4096;

/// How many events are published, received and acknowledged to learn what one costs.
const SAMPLE: usize = 200_000;

/// Longer than anything here takes on the broker's clock.
const LONG: Duration = Duration::from_secs(100_000);

pub(crate) fn measure() {
    for size in [168, 1024] {
        memory(size);
    }
    steps();
    cost();
}

struct Bench {
    broker: Broker,
    topic: TopicId,
    subscription: SubscriptionId,
    now: UnixTime,
    size: usize,
}

impl Bench {
    fn new(size: usize, settings: SubscriptionSettings) -> Self {
        let mut broker = Broker::new(1);
        let topic = broker.create_topic("orders");
        let subscription = broker.create_subscription(topic, "billing", settings).expect("a new topic");
        Self { broker, topic, subscription, now: UnixTime::from_secs(1_000_000), size }
    }

    fn publish(&mut self, count: usize) {
        for _ in 0..count {
            let json = format!("\"{}\"", "x".repeat(self.size - 2));
            let event = Event::from_json(json).expect("text is JSON");
            self.now = self.now + Duration::from_nanos(1);
            self.broker.publish(self.now, self.topic, &[event]);
        }
    }

    fn receive(&mut self, count: usize) -> Vec<String> {
        let deliveries = self.broker.receive(self.now, self.subscription, count);
        deliveries.into_iter().map(|delivery| delivery.lock_token).collect()
    }

    /// Receives `count` events and does something with the token of each.
    fn each(&mut self, count: usize, work: impl Fn(&mut Self, &str)) {
        let mut left = count;
        while left > 0 {
            let tokens = self.receive(left.min(100));
            assert!(!tokens.is_empty(), "there are enough");
            left -= tokens.len();
            for token in &tokens {
                work(self, token);
            }
        }
    }

    fn acknowledge(&mut self, token: &str) {
        self.broker.acknowledge(self.now, self.subscription, token).expect("it is locked");
    }

    /// The longest of the turns that end all that is due.
    fn longest_advance(&mut self) -> Duration {
        let mut longest = Duration::ZERO;
        loop {
            let started = Timer::start();
            let is_more_due = self.broker.advance(self.now, STEPS).is_more_due;
            longest = longest.max(started.elapsed());
            if !is_more_due {
                return longest;
            }
        }
    }
}

fn settings() -> SubscriptionSettings {
    SubscriptionSettings { lock_duration: LONG, time_to_live: LONG * 10, ..SubscriptionSettings::default() }
}

fn memory(size: usize) {
    let start = ALLOCATOR.current_usage();
    let mut bench = Bench::new(size, settings());
    bench.publish(EVENTS);
    let full = ALLOCATOR.current_usage() - start;
    bench.each(EVENTS, Bench::acknowledge);
    let drained = ALLOCATOR.current_usage() - start;
    let per_event = full / EVENTS;
    let limit = size * 16 / 10 + 150;
    println!(
        "memory per event of {size} bytes: {per_event} bytes (limit {limit}); after a drain {drained} bytes"
    );
}

fn steps() {
    let mut bench = Bench::new(168, settings());
    let mut longest = Duration::ZERO;
    for _ in 0..EVENTS {
        let started = Timer::start();
        bench.publish(1);
        longest = longest.max(started.elapsed());
    }
    println!("longest publish up to {EVENTS} events: {longest:.1?} (limit 20ms)");
    let mut locked = 0;
    while locked < LOCKED {
        locked += bench.receive(100).len();
    }
    bench.now = bench.now + LONG;
    println!("longest turn as {LOCKED} locks end at once: {:.1?} (limit 20ms)", bench.longest_advance());
    bench.now = bench.now + LONG * 10;
    println!("longest turn as {EVENTS} events expire at once: {:.1?} (limit 20ms)", bench.longest_advance());
    bench.publish(EVENTS);
    let started = Timer::start();
    bench.broker.remove_topic(bench.topic);
    let removal = started.elapsed();
    println!(
        "removal of a topic with {EVENTS} events: {removal:.1?}, longest turn after it {:.1?} (limit 20ms)",
        bench.longest_advance()
    );
}

fn cost() {
    let per_event = |bench: &mut Bench| {
        let started = Timer::start();
        for _ in 0..SAMPLE / 100 {
            bench.publish(100);
            bench.each(100, Bench::acknowledge);
        }
        started.elapsed() / u32::try_from(SAMPLE).expect("it fits")
    };
    let mut empty = Bench::new(1024, settings());
    let mut full = Bench::new(1024, settings());
    full.publish(EVENTS + LOCKED + DELAYED);
    full.each(DELAYED, |bench, token| {
        bench.broker.release(bench.now, bench.subscription, token, LONG).expect("it is locked");
    });
    full.each(LOCKED, |_, _| {});
    let (alone, beside) = (per_event(&mut empty), per_event(&mut full));
    println!(
        "an event alone: {alone:.1?}; beside {EVENTS} queued, {LOCKED} locked and {DELAYED} delayed: {beside:.1?}, \
         {:.2} times (limit 1.50)",
        beside.as_secs_f64() / alone.as_secs_f64()
    );
}
