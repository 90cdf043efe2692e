//! The process ends at any write or sync: afterwards the store has all that was confirmed, and at
//! most the write in progress besides.

use std::time::Duration;

use eventgrid_filters::{Clause, Condition, Filter};
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use crate::broker::{
    Broker, DeadLetterDestination, DeadLettering, Event, SubscriptionId, SubscriptionSettings, TopicId,
};
use crate::limits::Limits;
use crate::mqtt::RetainedMessages;
use crate::service::EmulatorChanges;
use crate::store::Store;
use crate::store::tests::retained::message;
use crate::time::UnixTime;
use disk::{Disk, Unsynced};

const SETTINGS: SubscriptionSettings = SubscriptionSettings {
    lock_duration: Duration::from_secs(60),
    max_delivery_count: 3,
    time_to_live: Duration::from_secs(2000),
};

/// How many turns there are.
const TURNS: usize = 20;

/// Every kind of thing that can be done to a broker, in an order that follows from a seed.
struct Workload {
    random: StdRng,
    broker: Broker,
    retained: RetainedMessages,
    now: UnixTime,
    tokens: Vec<(SubscriptionId, String)>,
    /// Whether half of what is done is about dead letters.
    has_dead_letters: bool,
}

impl Workload {
    fn new(seed: u64, broker: Broker, retained: RetainedMessages) -> Self {
        let random = StdRng::seed_from_u64(seed);
        let (now, tokens) = (UnixTime::from_secs(1_000_000), Vec::new());
        Self { random, broker, retained, now, tokens, has_dead_letters: seed % 2 == 0 }
    }

    fn subscription(&mut self) -> Option<SubscriptionId> {
        subscriptions(&self.broker).choose(&mut self.random).copied()
    }

    /// Some operations, which are committed together.
    fn turn(&mut self) {
        for _ in 0..self.random.random_range(1..=3) {
            self.operation();
        }
    }

    fn operation(&mut self) {
        let names = ["orders", "returns"];
        let name = names[self.random.random_range(0..2)];
        let topic = self.broker.create_topic(name);
        if self.has_dead_letters && self.random.random_ratio(1, 2) {
            return self.kill_events(topic);
        }
        match self.random.random_range(0..18) {
            0..5 => {
                let count =
                    if self.random.random_ratio(1, 20) { 260 } else { self.random.random_range(1..4) };
                let event =
                    |_| Event::from_json(format!(r#"{{"id":{}}}"#, self.random.random::<u32>())).unwrap();
                let events: Vec<_> = (0..count).map(event).collect();
                self.broker.publish(self.now, topic, &events);
            }
            5..8 => self.receive(),
            8..12 => self.settle(),
            12 => {
                let name = ["billing", "shipping", "archive"][self.random.random_range(0..3)];
                if let Some(id) = self.broker.create_subscription(topic, name, SETTINGS) {
                    let destination = destination(self.random.random_range(0..6));
                    self.broker.set_dead_lettering(self.now, id, destination);
                }
            }
            13 => {
                let seconds = *[1, 30, 61, 3000].choose(&mut self.random).unwrap();
                self.now = self.now + Duration::from_secs(seconds);
                self.broker.advance(self.now, 200);
            }
            14 => self.operate(),
            15..17 => self.retain(),
            _ => match self.random.random_range(0..8) {
                0 => drop(self.broker.remove_topic(topic)),
                1 => {
                    if let Some(id) = self.subscription() {
                        self.broker.remove_subscription(id);
                    }
                }
                _ => {}
            },
        }
    }

    /// Retains a message, which may expire, or deletes one, and seldom all.
    fn retain(&mut self) {
        if self.random.random_ratio(1, 20) {
            return self.retained.clear();
        }
        let topic = ["devices/17", "devices/18", "größe"].choose(&mut self.random).unwrap();
        let payload = ["", "21.5", "on"].choose(&mut self.random).unwrap();
        let expiry = [None, Some(30), Some(5000)].choose(&mut self.random).unwrap();
        self.retained.put(&message(topic, payload, *expiry), self.now, Limits::Strict).unwrap();
    }

    fn receive(&mut self) {
        let Some(id) = self.subscription() else { return };
        let max_events = self.random.random_range(1..20);
        for delivery in self.broker.receive(self.now, id, max_events) {
            self.tokens.push((id, delivery.lock_token));
        }
    }

    fn settle(&mut self) {
        let Some((id, token)) = self.tokens.choose(&mut self.random).cloned() else { return };
        let (broker, now) = (&mut self.broker, self.now);
        let _ = match self.random.random_range(0..7) {
            0 | 1 => broker.acknowledge(now, id, &token),
            2 => broker.release(now, id, &token, Duration::ZERO),
            3 => broker.release(now, id, &token, Duration::from_secs(10)),
            4 => broker.reject(now, id, &token),
            5 => broker.renew_lock(now, id, &token),
            _ => broker.give_back(now, id, &token),
        };
    }

    /// Publishes some events, rejects the first, and does something with dead letters.
    fn kill_events(&mut self, topic: TopicId) {
        let event = Event::from_json(r#"{"specversion":"1.0"}"#.to_owned()).unwrap();
        let Some(id) = self.broker.create_subscription(topic, "audit", SETTINGS) else { return };
        if self.broker.dead_lettering(id).is_none() {
            let destination = destination(self.random.random_range(0..6));
            self.broker.set_dead_lettering(self.now, id, destination);
        }
        self.broker.publish(self.now, topic, &[event.clone(), event]);
        for delivery in self.broker.receive(self.now, id, 2) {
            self.broker.reject(self.now, id, &delivery.lock_token).unwrap();
        }
        self.now = self.now + Duration::from_secs(self.random.random_range(0..15));
        self.broker.advance(self.now, 200);
        self.operate_on_dead_letters(id);
    }

    /// What one who runs a test does with dead letters, and what a server does.
    fn operate_on_dead_letters(&mut self, id: SubscriptionId) {
        match self.random.random_range(0..10) {
            0 => {
                let destination = destination(self.random.random_range(0..6));
                self.broker.set_dead_lettering(self.now, id, destination);
            }
            1 => drop(self.broker.resend_dead_letters(self.now, id)),
            2 => drop(self.broker.remove_dead_letters(id)),
            3 => {
                if let Some(first) = self.broker.dead_letters(id, 0, 1).letters.first() {
                    self.broker.resend_dead_letter(self.now, id, first.sequence_number).unwrap();
                }
            }
            4..7 => {
                let was_written = self.random.random_ratio(2, 3);
                for due in self.broker.take_due_dead_letters(3) {
                    let number = due.letter.sequence_number;
                    self.broker.dead_letter_has_left(self.now, due.of, number, was_written);
                }
            }
            _ => {}
        }
    }

    /// What one who runs a test does.
    fn operate(&mut self) {
        let Some(id) = self.subscription() else { return };
        let sequence = self.random.random_range(0..300);
        let _ = match self.random.random_range(0..7) {
            0 => self.broker.acknowledge_event(id, sequence),
            1 => self.broker.reject_event(self.now, id, sequence),
            2 => self.broker.release_event(self.now, id, sequence),
            3 => self.broker.resend_event(self.now, id, sequence),
            4 => {
                let time_to_live = Duration::from_secs(self.random.random_range(500..4000));
                let settings = SubscriptionSettings { time_to_live, ..SETTINGS };
                self.broker.configure_subscription(self.now, id, settings);
                Ok(())
            }
            5 => {
                let odd = Clause::new("subject", Condition::StringBeginsWith(vec!["odd".to_owned()]));
                let filter = Filter::new().clause(odd).compile().unwrap();
                let filter = Some(filter).filter(|_| self.random.random_ratio(1, 2));
                self.broker.set_filter(id, filter);
                Ok(())
            }
            _ => {
                self.broker.reset_subscription(id);
                Ok(())
            }
        };
    }
}

fn destination(number: usize) -> Option<DeadLettering> {
    let destination = match number {
        0 => DeadLetterDestination::Topic("returns".to_owned()),
        1 => DeadLetterDestination::Folder("dead".into()),
        2 => return None,
        _ => DeadLetterDestination::List,
    };
    Some(DeadLettering::new(destination).with_delay(Duration::from_secs(20)))
}

fn subscriptions(broker: &Broker) -> Vec<SubscriptionId> {
    let all = broker.topics().flat_map(|topic| broker.subscriptions(topic));
    let mut all: Vec<_> = all.copied().collect();
    all.sort_unstable();
    all
}

/// All there is to know: events, states, lock tokens, counts, and the messages that are retained.
fn state(broker: &Broker, retained: &RetainedMessages) -> String {
    serde_json::to_string(&(broker.snapshot(), retained.snapshot(UnixTime::default()))).unwrap()
}

fn open(disk: &Disk, seed: u64, quick_repair_from: u64) -> (Store, Broker, RetainedMessages) {
    let (store, stored) = Store::open_backend(disk.clone(), quick_repair_from).unwrap();
    let mut broker = Broker::new(seed);
    broker.open(stored.broker).unwrap();
    (store, broker, RetainedMessages::open(stored.retained_messages).unwrap())
}

fn changes(broker: &mut Broker, retained: &mut RetainedMessages) -> EmulatorChanges {
    let (broker, retained_messages) = (broker.take_changes(), retained.take_changes());
    EmulatorChanges { broker, retained_messages, ..EmulatorChanges::default() }
}

fn commit(store: &Store, broker: &mut Broker, retained: &mut RetainedMessages) {
    let changes = changes(broker, retained);
    if !changes.is_empty() {
        store.commit(vec![changes]).unwrap();
    }
}

/// What there was after each turn, and how many writes and syncs had been done by then.
fn record(seed: u64, disk: &Disk, quick_repair_from: u64) -> Vec<(usize, String)> {
    let (store, broker, retained) = open(disk, seed, quick_repair_from);
    let mut finished = vec![(disk.operations(), state(&broker, &retained))];
    let mut workload = Workload::new(seed, broker, retained);
    for _ in 0..TURNS {
        workload.turn();
        commit(&store, &mut workload.broker, &mut workload.retained);
        if store.remove_discarded().unwrap() {
            store.remove_discarded().unwrap();
        }
        finished.push((disk.operations(), state(&workload.broker, &workload.retained)));
    }
    finished
}

/// From `quick_repair_from` on a commit takes two syncs. A disk in memory has the size 0 here.
fn check(seed: u64, unsynced: Unsynced, quick_repair_from: u64) {
    let disk = Disk::default();
    let finished = record(seed, &disk, quick_repair_from);
    // A file gets its name when it is whole, so no end comes before that.
    for (operations, ended) in disk.ended(finished[0].0, unsynced, seed) {
        let (_, mut broker, retained) = open(&ended, seed + 1, quick_repair_from);
        let found = state(&broker, &retained);
        let next = finished.iter().position(|(done, _)| *done > operations).unwrap_or(finished.len());
        let before = next.saturating_sub(1);
        // The turn that is being committed may be there or not.
        let is_known =
            [before, next].iter().filter_map(|turn| finished.get(*turn)).any(|(_, it)| *it == found);
        assert!(
            is_known,
            "after {operations} operations, {unsynced:?}, turn {before}: {found}\nexpected {}",
            finished[before].1
        );
        settle_all(&mut broker);
    }
}

/// Lock tokens that were given out settle their events.
fn settle_all(broker: &mut Broker) {
    let start = UnixTime::from_secs(0);
    for id in subscriptions(broker) {
        let locked: Vec<_> = broker.peek(start, id, 0, 300, None).events;
        for token in locked.into_iter().filter_map(|event| event.lock_token) {
            assert_eq!(broker.acknowledge(start, id, &token), Ok(()));
        }
    }
}

#[test]
fn a_kill_at_any_write_loses_no_finished_turn() {
    check(1, Unsynced::Kept, 0);
    check(4, Unsynced::Kept, 1);
}

#[test]
fn a_loss_of_power_at_any_write_loses_no_finished_turn() {
    check(2, Unsynced::Lost, 0);
    check(5, Unsynced::Lost, 1);
}

#[test]
fn a_loss_of_power_with_some_of_the_writes_done_loses_no_finished_turn() {
    check(3, Unsynced::Some, 0);
    check(6, Unsynced::Some, 1);
}

#[test]
fn nothing_is_done_after_a_failure_of_the_disk() {
    let disk = Disk::default();
    let (store, broker, retained) = open(&disk, 1, 0);
    let mut workload = Workload::new(1, broker, retained);
    workload.broker.create_topic("orders");
    commit(&store, &mut workload.broker, &mut workload.retained);
    let before = state(&workload.broker, &workload.retained);

    disk.fail();
    workload.broker.create_topic("returns");
    let broker = workload.broker.take_changes();
    let error = store.commit(vec![EmulatorChanges { broker, ..EmulatorChanges::default() }]).unwrap_err();
    let shown = error.to_string();
    assert!(
        shown.starts_with("the data directory memory cannot be written, since the disk is full"),
        "{shown}"
    );
    assert!(store.failure().is_some());
    let again = store.commit(vec![EmulatorChanges::default()]).unwrap_err();
    assert_eq!(again.to_string(), error.to_string());
    store.close();

    let (_, after) = disk.ended(disk.operations(), Unsynced::Kept, 1).next().unwrap();
    let (_, broker, retained) = open(&after, 2, 0);
    assert_eq!(state(&broker, &retained), before);
}
