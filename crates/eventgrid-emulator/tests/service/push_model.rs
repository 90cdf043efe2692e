//! Pushes with random results at random times, against a naive pusher.

use std::time::Duration;

use eventgrid_emulator::broker::{DeadLetterDestination, DeadLettering, PushEndpoint, SubscriptionSettings};
use eventgrid_emulator::eventgrid_push::{AttemptResult, DeliveryTier, RetryPolicy};
use eventgrid_emulator::{DuePush, Emulator, InputSchema, Outcome, Target, UnixTime};
use http::Request;
use proptest::prelude::*;

use crate::naive_pusher::{Naive, Rules, compare};

#[derive(Debug, Clone)]
enum Operation {
    Publish,
    /// The result of one of the pushes so far, under way or not.
    End(usize, AttemptResult),
    /// Milliseconds.
    Pass(u64),
}

struct Pusher {
    emulator: Emulator,
    target: Target<'static>,
    now: UnixTime,
    rules: Rules,
    events: Vec<Naive>,
    /// Each with the number of its event and of its attempt.
    pushes: Vec<(DuePush, usize, u32)>,
}

impl Pusher {
    fn new(tier: DeliveryTier, seed: u64) -> Self {
        let rules = Rules { tier, most_attempts: 5, time_to_live: Duration::from_secs(8 * 60) };
        let target = match tier {
            DeliveryTier::Namespace => Target::NamespaceTopic("orders"),
            _ => Target::BasicTopic("grid"),
        };
        let builder = Emulator::builder().seed(seed).key("c2VjcmV0").topic("orders");
        let mut emulator = builder.basic_topic("grid", InputSchema::EventGrid).build().unwrap();
        let now = UnixTime::from_secs(1_717_200_000);
        emulator.advance(now);
        assert!(emulator.create_subscription(target, "billing", SubscriptionSettings::default()));
        let policy = RetryPolicy::of(tier).with_max_attempts(rules.most_attempts).unwrap();
        let policy = policy.with_time_to_live(rules.time_to_live).unwrap();
        let endpoint = PushEndpoint::new("http://localhost/events").unwrap().with_retry_policy(policy);
        assert_eq!(emulator.set_push_endpoint(target, "billing", Some(endpoint)), Ok(true));
        let list = DeadLettering::new(DeadLetterDestination::List);
        assert_eq!(emulator.set_dead_lettering(target, "billing", Some(list)), Ok(true));
        Self { emulator, target, now, rules, events: Vec::new(), pushes: Vec::new() }
    }

    fn publish(&mut self) {
        let id = self.events.len();
        let request = match self.rules.tier {
            DeliveryTier::Namespace => Request::post("/topics/orders:publish?api-version=2024-06-01")
                .header("authorization", "SharedAccessKey c2VjcmV0")
                .header("content-type", "application/cloudevents+json")
                .body(format!(r#"{{"specversion":"1.0","id":"{id}","source":"/s","type":"t"}}"#).into()),
            _ => Request::post("/grid/api/events?api-version=2018-01-01")
                .header("aeg-sas-key", "c2VjcmV0")
                .header("content-type", "application/json")
                .body(
                    format!(
                        r#"[{{"id":"{id}","subject":"/s","eventType":"t","eventTime":"2024-06-01T00:00:00Z","dataVersion":"1","data":1}}]"#
                    )
                    .into(),
                ),
        };
        let Outcome::Done(response) = self.emulator.begin(self.now, &request.unwrap()) else {
            panic!("a publish waits")
        };
        assert_eq!(response.status(), 200);
        self.events.push(Naive::new(self.now));
        self.push();
    }

    /// Takes all pushes that are due, and compares.
    fn push(&mut self) {
        let (now, rules) = (self.now, self.rules);
        self.events.iter_mut().for_each(|event| event.lose(now, rules));
        for push in self.emulator.take_due_pushes(usize::MAX) {
            let event = id_of(&push);
            let attempt = self.events[event].begin(self.now, self.rules);
            assert_eq!(push.attempt(), attempt);
            let count = push.request().headers()["aeg-delivery-count"].to_str().unwrap().to_owned();
            assert_eq!(count, (attempt - 1).to_string());
            self.pushes.push((push, event, attempt));
        }
        self.events.iter_mut().for_each(|event| event.expire(now, rules));
        let stats = self.emulator.stats_of(self.target, "billing").unwrap();
        compare(&self.events, &stats, self.now);
        let letters = self.emulator.dead_letters(self.target, "billing", 0, usize::MAX).unwrap();
        assert_eq!(letters.letters.len() as u64, stats.dead());
    }

    fn end(&mut self, index: usize, result: AttemptResult) {
        let (push, event, attempt) = &self.pushes[index];
        self.emulator.push_ended(push, result);
        self.events[*event].end(self.now, *attempt, result, self.rules);
        self.push();
    }

    /// Moves the clock from each moment at which something happens to the next.
    fn pass(&mut self, duration: Duration) {
        let end = self.now + duration;
        while let Some(next) = self.emulator.next_deadline().filter(|next| *next <= end) {
            self.now = self.now.max(next);
            self.emulator.advance(self.now);
            self.push();
        }
        self.now = end;
        self.emulator.advance(end);
        self.push();
    }
}

/// The number of the one event of a push.
fn id_of(push: &DuePush) -> usize {
    let body: serde_json::Value = serde_json::from_slice(push.request().body()).unwrap();
    let event = body.get(0).unwrap_or(&body);
    event["id"].as_str().unwrap().parse().unwrap()
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    use AttemptResult::{SocketError, Status, TimedOut};
    let results = vec![
        Status(200),
        Status(503),
        Status(503),
        Status(500),
        Status(404),
        Status(400),
        TimedOut,
        SocketError,
    ];
    let result = prop::sample::select(results);
    let millis = prop_oneof![4 => 0..12_000u64, 2 => 20_000..40_000u64, 1 => 50_000..600_000u64];
    let operation = prop_oneof![
        2 => Just(Operation::Publish),
        5 => (any::<usize>(), result).prop_map(|(index, result)| Operation::End(index, result)),
        4 => millis.prop_map(Operation::Pass),
    ];
    prop::collection::vec(operation, 0..80)
}

fn run(tier: DeliveryTier, seed: u64, operations: &[Operation]) {
    let mut pusher = Pusher::new(tier, seed);
    for operation in operations {
        match operation {
            Operation::Publish => pusher.publish(),
            // Mostly one of the latest.
            Operation::End(index, result) if !pusher.pushes.is_empty() => {
                let count = pusher.pushes.len();
                pusher.end(count - 1 - index % count.min(4), *result);
            }
            Operation::End(..) => {}
            Operation::Pass(millis) => pusher.pass(Duration::from_millis(*millis)),
        }
    }
    // In the end every event was delivered or died.
    pusher.pass(Duration::from_secs(24 * 60 * 60));
    let stats = pusher.emulator.stats_of(pusher.target, "billing").unwrap();
    assert_eq!((stats.queued, stats.locked, stats.delayed), (0, 0, 0));
    assert_eq!(stats.published, stats.acknowledged + stats.dead());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_basic_topic_pushes_as_the_naive_pusher_does(seed in any::<u64>(), operations in operations()) {
        run(DeliveryTier::Basic, seed, &operations);
    }

    #[test]
    fn a_namespace_pushes_as_the_naive_pusher_does(seed in any::<u64>(), operations in operations()) {
        run(DeliveryTier::Namespace, seed, &operations);
    }
}
