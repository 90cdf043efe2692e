//! A broker that is simple enough to be obviously right, and the comparison of the real one with
//! it.

use std::collections::HashSet;
use std::time::Duration;

use eventgrid_emulator::UnixTime;
use eventgrid_emulator::broker::{
    DeadLetter, DeadLetterReason, SubscriptionSettings, SubscriptionStats, TokenError,
};

use super::desk::Desk;

const SETTINGS: SubscriptionSettings = SubscriptionSettings {
    lock_duration: Duration::from_secs(60),
    max_delivery_count: 3,
    time_to_live: Duration::from_secs(5000),
};

/// An operation. Tokens are chosen by number among all that were ever issued, round and round.
#[derive(Debug, Clone)]
pub(crate) enum Operation {
    Publish(u32),
    Receive(usize),
    Acknowledge(usize),
    /// With a delay in seconds.
    Release(usize, u64),
    Reject(usize),
    Renew(usize),
    /// Sends a dead letter again, chosen by number among those that there are, round and round.
    ResendDead(usize),
    /// Removes a dead letter, chosen in the same way.
    RemoveDead(usize),
    /// Moves the clock by seconds.
    Pass(u64),
    Advance,
    /// Does so many steps of the work that is due.
    AdvanceBy(usize),
}

/// A subscription as a plain list, in whole seconds.
#[derive(Default)]
struct Model {
    now: u64,
    events: Vec<ModelEvent>,
    dead: Vec<ModelDeadLetter>,
    /// How many events there were.
    sequence: u64,
    counts: SubscriptionStats,
}

/// All that is compared of a dead letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct ModelDeadLetter {
    sequence: u64,
    event: String,
    reason: &'static str,
    deliveries: u32,
    published: u64,
    last_delivered: Option<u64>,
}

struct ModelEvent {
    sequence: u64,
    number: u32,
    published: u64,
    expires: u64,
    deliveries: u32,
    last_delivered: Option<u64>,
    /// Not available before then.
    until: u64,
    /// The number of the token that locks it, and when it was issued.
    lock: Option<(usize, u64)>,
}

impl ModelEvent {
    fn dead(&self, reason: &'static str) -> ModelDeadLetter {
        ModelDeadLetter {
            sequence: self.sequence,
            event: self.number.to_string(),
            reason,
            deliveries: self.deliveries,
            published: self.published,
            last_delivered: self.last_delivered,
        }
    }
}

impl Model {
    fn settle(&mut self) {
        let now = self.now;
        let counts = &mut self.counts;
        let dead = &mut self.dead;
        self.events.retain_mut(|event| {
            let is_delayed = event.lock.is_none() && event.until > now;
            if event.until <= now {
                event.lock = None;
                if event.deliveries >= SETTINGS.max_delivery_count {
                    counts.exhausted += 1;
                    dead.push(event.dead("exhausted"));
                    return false;
                }
            }
            if event.lock.is_none() && event.expires <= now {
                // What was delayed to its last delivery ends as exhausted, whichever end came
                // first.
                if is_delayed && event.deliveries >= SETTINGS.max_delivery_count {
                    counts.exhausted += 1;
                    dead.push(event.dead("exhausted"));
                } else {
                    counts.expired += 1;
                    dead.push(event.dead("expired"));
                }
                return false;
            }
            true
        });
        self.dead.sort();
    }

    fn publish(&mut self, number: u32) {
        self.counts.published += 1;
        let (published, expires) = (self.now, self.now + 5000);
        let sequence = self.sequence;
        self.sequence += 1;
        self.events.push(ModelEvent {
            sequence,
            number,
            published,
            expires,
            deliveries: 0,
            last_delivered: None,
            until: 0,
            lock: None,
        });
    }

    fn receive(&mut self, max_events: usize, first_token: usize) -> Vec<(String, u32)> {
        let now = self.now;
        let available = self.events.iter_mut().filter(|event| event.lock.is_none() && event.until <= now);
        let mut received = Vec::new();
        for (event, token) in available.take(max_events).zip(first_token..) {
            event.deliveries += 1;
            event.last_delivered = Some(now);
            event.until = now + 60;
            event.lock = Some((token, now));
            self.counts.redeliveries += u64::from(event.deliveries > 1);
            received.push((event.number.to_string(), event.deliveries));
        }
        self.counts.deliveries += received.len() as u64;
        received
    }

    fn locked(&self, token: usize) -> Result<usize, TokenError> {
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

/// Does the same to the broker and to the model, and panics where they differ.
pub(crate) fn compare(operations: &[Operation]) {
    compare_with(operations, |_| {});
}

/// The same, with something that is done before each operation, of which nobody may notice.
pub(crate) fn compare_with(operations: &[Operation], mut before_each: impl FnMut(&mut Desk)) {
    let mut both = Both::new();
    for operation in operations {
        before_each(&mut both.desk);
        both.model.settle();
        both.run(operation);
    }
    before_each(&mut both.desk);
    both.model.settle();
    let stats = both.desk.stats();
    assert_eq!(stats, both.model.stats());
    both.compare_dead_letters();
    let ended = stats.acknowledged + stats.rejected + stats.exhausted + stats.expired;
    assert_eq!(stats.published, stats.queued + stats.locked + stats.delayed + ended);
    let tokens = &both.tokens;
    assert_eq!(tokens.iter().collect::<HashSet<_>>().len(), tokens.len(), "no token twice");
}

struct Both {
    desk: Desk,
    model: Model,
    /// All that were ever issued.
    tokens: Vec<String>,
    /// The number of the next event.
    number: u32,
}

impl Both {
    fn new() -> Self {
        let mut desk = Desk::with(SETTINGS);
        desk.keep_dead_letters();
        Self { desk, model: Model::default(), tokens: Vec::new(), number: 0 }
    }

    fn run(&mut self, operation: &Operation) {
        match *operation {
            Operation::Publish(count) => self.publish(count),
            Operation::Receive(max_events) => {
                let expected = self.model.receive(max_events, self.tokens.len());
                let received = self.desk.receive(max_events);
                let seen: Vec<_> = received.iter().map(|(event, count, _)| (event.clone(), *count)).collect();
                assert_eq!(seen, expected);
                self.tokens.extend(received.into_iter().map(|(_, _, token)| token));
            }
            Operation::Acknowledge(index)
            | Operation::Reject(index)
            | Operation::Release(index, _)
            | Operation::Renew(index) => {
                if !self.tokens.is_empty() {
                    self.settle(operation, index % self.tokens.len());
                }
            }
            Operation::ResendDead(index) | Operation::RemoveDead(index) => {
                self.desk.advance();
                if !self.model.dead.is_empty() {
                    self.end_dead_letter(operation, index % self.model.dead.len());
                }
            }
            Operation::Pass(seconds) => {
                self.desk.pass(seconds);
                self.model.now += seconds;
            }
            Operation::AdvanceBy(steps) => {
                let advanced = self.desk.broker.advance(self.desk.now, steps);
                assert!(advanced.steps <= steps);
                assert_eq!(advanced.is_more_due, self.is_due());
            }
            Operation::Advance => {
                self.desk.advance();
                let deadline = self.desk.broker.next_deadline();
                assert!(deadline.is_none_or(|deadline| deadline > self.desk.now));
                self.compare_dead_letters();
            }
        }
    }

    fn is_due(&self) -> bool {
        self.desk.broker.next_deadline().is_some_and(|deadline| deadline <= self.desk.now)
    }

    fn publish(&mut self, count: u32) {
        let numbers = self.number..self.number + count;
        self.desk.publish(numbers.clone());
        numbers.for_each(|number| self.model.publish(number));
        self.number += count;
    }

    fn end_dead_letter(&mut self, operation: &Operation, index: usize) {
        let letter = self.model.dead.remove(index);
        let (now, desk) = (self.desk.now, &mut self.desk);
        let broker = &mut desk.broker;
        if matches!(operation, Operation::ResendDead(_)) {
            broker.resend_dead_letter(now, desk.subscription, letter.sequence).unwrap();
            self.model.publish(letter.event.parse().unwrap());
        } else {
            broker.remove_dead_letter(desk.subscription, letter.sequence).unwrap();
        }
        assert!(broker.resend_dead_letter(now, desk.subscription, letter.sequence).is_err(), "it is gone");
    }

    fn compare_dead_letters(&self) {
        let start = self.desk.now.as_duration().as_secs() - self.model.now;
        let seconds = |time: UnixTime| time.as_duration().as_secs() - start;
        let seen = |letter: DeadLetter| ModelDeadLetter {
            sequence: letter.sequence_number,
            event: letter.event.json().to_owned(),
            reason: match letter.reason {
                DeadLetterReason::Rejected => "rejected",
                DeadLetterReason::Exhausted => "exhausted",
                _ => "expired",
            },
            deliveries: letter.delivery_count,
            published: seconds(letter.published),
            last_delivered: letter.last_delivered.map(seconds),
        };
        let letters: Vec<_> = self.desk.dead_letters().into_iter().map(seen).collect();
        assert_eq!(letters, self.model.dead);
    }

    fn settle(&mut self, operation: &Operation, index: usize) {
        let (desk, model, token) = (&mut self.desk, &mut self.model, &self.tokens[index]);
        let now = model.now;
        let found = model.locked(index);
        match *operation {
            Operation::Acknowledge(_) => {
                let expected = found.map(|at| {
                    model.events.remove(at);
                    model.counts.acknowledged += 1;
                });
                assert_eq!(desk.acknowledge(token), expected);
            }
            Operation::Reject(_) => {
                let expected = found.map(|at| {
                    let dead = model.events.remove(at).dead("rejected");
                    model.dead.push(dead);
                    model.dead.sort();
                    model.counts.rejected += 1;
                });
                assert_eq!(desk.reject(token), expected);
            }
            Operation::Release(_, delay) => {
                let expected = found.map(|at| {
                    model.events[at].lock = None;
                    model.events[at].until = now + delay;
                    model.settle();
                });
                assert_eq!(desk.release(token, delay), expected);
            }
            _ => {
                let expected = found.and_then(|at| {
                    let event = &mut model.events[at];
                    let (_, since) = event.lock.unwrap();
                    if now - since > 3600 {
                        return Err(TokenError::TokenLost);
                    }
                    event.until = now + 60;
                    Ok(())
                });
                assert_eq!(desk.renew(token), expected);
            }
        }
    }
}
