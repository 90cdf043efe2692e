//! Random operations, against a model so simple that it can be seen to be right.

use std::collections::HashSet;
use std::time::Duration;

use eventgrid_emulator::broker::{SubscriptionSettings, SubscriptionStats, TokenError};
use proptest::prelude::*;

use crate::desk::Desk;

const SETTINGS: SubscriptionSettings = SubscriptionSettings {
    lock_duration: Duration::from_secs(60),
    max_delivery_count: 3,
    time_to_live: Duration::from_secs(5000),
};

/// An operation. Tokens are chosen among all that were ever issued.
#[derive(Debug, Clone)]
enum Operation {
    Publish(u32),
    Receive(usize),
    Acknowledge(prop::sample::Index),
    Release(prop::sample::Index, u64),
    Reject(prop::sample::Index),
    Renew(prop::sample::Index),
    Pass(u64),
    Advance,
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    use Operation::*;
    let token = any::<prop::sample::Index>;
    let delay = prop::sample::select(vec![0, 10, 60, 600, 3600]);
    let seconds = prop_oneof![4 => 0..20u64, 2 => 50..70u64, 1 => 500..4000u64];
    let operation = prop_oneof![
        2 => (1..5u32).prop_map(Publish),
        4 => (1..6usize).prop_map(Receive),
        1 => token().prop_map(Acknowledge),
        3 => (token(), delay).prop_map(|(token, delay)| Release(token, delay)),
        1 => token().prop_map(Reject),
        3 => token().prop_map(Renew),
        4 => seconds.prop_map(Pass),
        1 => Just(Advance),
    ];
    prop::collection::vec(operation, 0..200)
}

/// A subscription as a plain list, in whole seconds.
#[derive(Default)]
struct Model {
    now: u64,
    events: Vec<ModelEvent>,
    counts: SubscriptionStats,
}

struct ModelEvent {
    number: u32,
    expires: u64,
    deliveries: u32,
    /// Not available before then.
    until: u64,
    /// The number of the token that locks it, and when it was issued.
    lock: Option<(usize, u64)>,
}

impl Model {
    fn settle(&mut self) {
        let now = self.now;
        let counts = &mut self.counts;
        self.events.retain_mut(|event| {
            let is_delayed = event.lock.is_none() && event.until > now;
            if event.until <= now {
                event.lock = None;
                if event.deliveries >= SETTINGS.max_delivery_count {
                    counts.exhausted += 1;
                    return false;
                }
            }
            if event.lock.is_none() && event.expires <= now {
                // What was delayed to its last delivery ends as exhausted, whichever end came first.
                if is_delayed && event.deliveries >= SETTINGS.max_delivery_count {
                    counts.exhausted += 1;
                } else {
                    counts.expired += 1;
                }
                return false;
            }
            true
        });
    }

    fn receive(&mut self, max_events: usize, first_token: usize) -> Vec<(String, u32)> {
        let now = self.now;
        let available = self.events.iter_mut().filter(|event| event.lock.is_none() && event.until <= now);
        let mut received = Vec::new();
        for (event, token) in available.take(max_events).zip(first_token..) {
            event.deliveries += 1;
            event.until = now + 60;
            event.lock = Some((token, now));
            received.push((event.number.to_string(), event.deliveries));
        }
        self.counts.deliveries += received.len() as u64;
        received
    }

    fn locked(&mut self, token: usize) -> Result<usize, TokenError> {
        let found = self.events.iter().position(|event| event.lock.is_some_and(|(of, _)| of == token));
        found.ok_or(TokenError::TokenLost)
    }

    fn stats(&self) -> SubscriptionStats {
        let count = |is: fn(&ModelEvent, u64) -> bool| {
            self.events.iter().filter(|event| is(event, self.now)).count() as u64
        };
        SubscriptionStats {
            queued: count(|event, now| event.lock.is_none() && event.until <= now),
            locked: count(|event, _| event.lock.is_some()),
            delayed: count(|event, now| event.lock.is_none() && event.until > now),
            ..self.counts
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_broker_does_what_the_model_does(operations in operations()) {
        let mut desk = Desk::with(SETTINGS);
        let mut model = Model::default();
        let mut tokens: Vec<String> = Vec::new();
        let mut number = 0;

        for operation in operations {
            model.settle();
            let pick = |index: prop::sample::Index| (!tokens.is_empty()).then(|| index.index(tokens.len()));
            match operation {
                Operation::Publish(count) => {
                    desk.publish(number..number + count);
                    for number in number..number + count {
                        model.counts.published += 1;
                        let expires = model.now + 5000;
                        model.events.push(ModelEvent { number, expires, deliveries: 0, until: 0, lock: None });
                    }
                    number += count;
                }
                Operation::Receive(max_events) => {
                    let expected = model.receive(max_events, tokens.len());
                    let received = desk.receive(max_events);
                    let seen: Vec<_> = received.iter().map(|(event, count, _)| (event.clone(), *count)).collect();
                    prop_assert_eq!(seen, expected);
                    tokens.extend(received.into_iter().map(|(_, _, token)| token));
                }
                Operation::Acknowledge(index) => if let Some(token) = pick(index) {
                    let expected = model.locked(token).map(|at| {
                        model.events.remove(at);
                        model.counts.acknowledged += 1;
                    });
                    prop_assert_eq!(desk.acknowledge(&tokens[token]), expected);
                },
                Operation::Reject(index) => if let Some(token) = pick(index) {
                    let expected = model.locked(token).map(|at| {
                        model.events.remove(at);
                        model.counts.rejected += 1;
                    });
                    prop_assert_eq!(desk.reject(&tokens[token]), expected);
                },
                Operation::Release(index, delay) => if let Some(token) = pick(index) {
                    let now = model.now;
                    let expected = model.locked(token).map(|at| {
                        model.events[at].lock = None;
                        model.events[at].until = now + delay;
                        model.settle();
                    });
                    prop_assert_eq!(desk.release(&tokens[token], delay), expected);
                },
                Operation::Renew(index) => if let Some(token) = pick(index) {
                    let now = model.now;
                    let expected = model.locked(token).and_then(|at| {
                        let event = &mut model.events[at];
                        let (_, since) = event.lock.unwrap();
                        if now - since > 3600 {
                            return Err(TokenError::TokenLost);
                        }
                        event.until = now + 60;
                        Ok(())
                    });
                    prop_assert_eq!(desk.renew(&tokens[token]), expected);
                },
                Operation::Pass(seconds) => {
                    desk.pass(seconds);
                    model.now += seconds;
                }
                Operation::Advance => {
                    desk.broker.advance(desk.now);
                    prop_assert!(desk.broker.next_deadline().is_none_or(|deadline| deadline > desk.now));
                }
            }
        }

        model.settle();
        let stats = desk.stats();
        prop_assert_eq!(stats, model.stats());
        let ended = stats.acknowledged + stats.rejected + stats.exhausted + stats.expired;
        prop_assert_eq!(stats.published, stats.queued + stats.locked + stats.delayed + ended);
        prop_assert_eq!(tokens.iter().collect::<HashSet<_>>().len(), tokens.len(), "no token twice");
    }
}
