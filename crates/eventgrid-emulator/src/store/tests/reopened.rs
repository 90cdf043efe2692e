//! A broker that was closed and opened again behaves like one that never was closed.

use proptest::prelude::*;

use super::desk::Desk;
use super::naive::{Operation, compare_with};
use crate::broker::Broker;
use crate::service::EmulatorChanges;
use crate::store::Store;
use disk::Disk;

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    use Operation::*;
    let token = any::<usize>;
    let delay = prop::sample::select(vec![0, 10, 60, 600, 3600]);
    let seconds = prop_oneof![4 => 0..20u64, 2 => 50..70u64, 1 => 500..4000u64];
    // More than a segment has places for, so that several are there and none or one is loaded.
    let count = prop_oneof![2 => 1..5u32, 1 => 200..600u32];
    let operation = prop_oneof![
        2 => count.prop_map(Publish),
        4 => prop_oneof![3 => 1..6usize, 1 => 100..400usize].prop_map(Receive),
        1 => token().prop_map(Acknowledge),
        3 => (token(), delay).prop_map(|(token, delay)| Release(token, delay)),
        1 => token().prop_map(Reject),
        3 => token().prop_map(Renew),
        1 => token().prop_map(ResendDead),
        1 => token().prop_map(RemoveDead),
        4 => seconds.prop_map(Pass),
        1 => Just(Advance),
        2 => (0..4usize).prop_map(AdvanceBy),
    ];
    prop::collection::vec(operation, 0..60)
}

/// A desk whose broker is kept on a disk.
struct Kept {
    disk: Disk,
    store: Store,
    /// How often it was opened.
    openings: u64,
}

impl Kept {
    /// Puts a broker that is kept in place of that of the desk.
    fn begin(desk: &mut Desk) -> Self {
        let backend = Disk::default();
        let (store, stored) = Store::open_backend(backend.clone(), 0).unwrap();
        let settings = desk.broker.settings(desk.subscription).unwrap();
        let dead_lettering = desk.broker.dead_lettering(desk.subscription).cloned();
        desk.broker = Broker::new(0);
        desk.broker.open(stored.broker).unwrap();
        desk.topic = desk.broker.create_topic("orders");
        desk.subscription = desk.broker.create_subscription(desk.topic, "billing", settings).unwrap();
        desk.broker.set_dead_lettering(desk.now, desk.subscription, dead_lettering);
        Self { disk: backend, store, openings: 0 }
    }

    fn commit(&self, desk: &mut Desk) {
        let broker = desk.broker.take_changes();
        self.store.commit(vec![EmulatorChanges { broker, ..EmulatorChanges::default() }]).unwrap();
        assert!(desk.broker.take_changes().is_empty(), "all of it was taken");
    }

    fn reopen(&mut self, desk: &mut Desk) {
        self.store.close();
        let (store, stored) = Store::open_backend(self.disk.clone(), 0).unwrap();
        self.store = store;
        self.openings += 1;
        desk.broker = Broker::new(self.openings);
        desk.broker.open(stored.broker).unwrap();
        desk.topic = desk.broker.topic("orders").unwrap();
        desk.subscription = desk.broker.subscription(desk.topic, "billing").unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_broker_that_is_reopened_does_what_the_model_does(
        operations in operations(),
        reopened in prop::collection::vec(prop::bool::weighted(0.3), 1..40),
    ) {
        let mut kept = None;
        let mut reopened = reopened.iter().cycle();
        compare_with(&operations, |desk| {
            let kept = kept.get_or_insert_with(|| Kept::begin(desk));
            kept.commit(desk);
            if *reopened.next().unwrap() {
                kept.reopen(desk);
            }
        });
    }
}
