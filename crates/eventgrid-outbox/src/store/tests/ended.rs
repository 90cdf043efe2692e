//! The process ends at any write or sync: afterwards the store has all that was confirmed, and at
//! most the write in progress besides.

use disk::{Disk, Unsynced};
use rand::seq::IteratorRandom as _;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use super::model::Model;
use super::{SCHEMA, apply, place, put};
use crate::refused::RefusalReason;
use crate::store::{Change, QUICK_REPAIR_FROM, Refusal, Store};

/// How many transactions there are.
const TURNS: usize = 15;

/// Some changes that are written together.
fn turn(random: &mut StdRng, model: &Model) -> Vec<Change> {
    (0..random.random_range(1..=3)).map(|_| change(random, model)).collect()
}

fn change(random: &mut StdRng, model: &Model) -> Change {
    let some = |random: &mut StdRng, sequences: Vec<u64>| {
        let count = random.random_range(1..=3);
        sequences.into_iter().choose_multiple(random, count)
    };
    match random.random_range(0..8) {
        0..4 => {
            let key = [None, Some("a"), Some("b")][random.random_range(0..3)];
            let length = if random.random_ratio(1, 8) { 20_000 } else { random.random_range(0..40) };
            put(key, &format!("{{\"id\":\"{}\"}}", "x".repeat(length)))
        }
        4 | 5 => {
            // Of one that is gone, nothing comes.
            let published = some(random, (0..3).chain(model.queued.keys().copied()).collect());
            let refused = some(random, model.queued.keys().copied().collect()).into_iter().take(1);
            let reason = RefusalReason::Status(400);
            let refused = refused.map(|sequence| Refusal { sequence, reason, message: "no".to_owned() });
            Change::Settle { published, refused: refused.collect() }
        }
        6 => Change::RemoveRefused(some(random, model.refused.keys().copied().collect())),
        _ => Change::Requeue(some(random, model.refused.keys().copied().collect())),
    }
}

/// What there was after each transaction, and how many writes and syncs had been done by then.
fn record(seed: u64, disk: &Disk, size: u64) -> Vec<(usize, Model)> {
    let mut store = Store::open(&place(disk, size), SCHEMA).unwrap();
    let mut random = StdRng::seed_from_u64(seed);
    let mut model = Model::of(&store);
    let mut confirmed = vec![(disk.operations(), model.clone())];
    for _ in 0..TURNS {
        let changes = turn(&mut random, &model);
        for change in &changes {
            model.apply(change);
        }
        apply(&mut store, &changes);
        assert_eq!(Model::of(&store), model);
        confirmed.push((disk.operations(), model.clone()));
    }
    confirmed
}

fn check(seed: u64, unsynced: Unsynced, size: u64) {
    let disk = Disk::default();
    let confirmed = record(seed, &disk, size);
    // A file gets its name when it is whole, so no end comes before that.
    for (operations, ended) in disk.ended(confirmed[0].0, unsynced, seed) {
        let store = Store::open(&place(&ended, size), SCHEMA).unwrap();
        let found = Model::of(&store);
        let next = confirmed.iter().position(|(done, _)| *done > operations).unwrap_or(confirmed.len());
        let before = next.saturating_sub(1);
        // The transaction under way is there as a whole or not at all.
        let is_known =
            [before, next].iter().filter_map(|turn| confirmed.get(*turn)).any(|(_, it)| *it == found);
        assert!(
            is_known,
            "after {operations} operations, {unsynced:?}, turn {before}: {found:?}\nexpected {:?}",
            confirmed[before].1
        );
    }
}

#[test]
fn a_kill_at_any_write_loses_nothing_that_was_confirmed() {
    check(1, Unsynced::Kept, 0);
    check(4, Unsynced::Kept, QUICK_REPAIR_FROM);
}

#[test]
fn a_loss_of_power_at_any_write_loses_nothing_that_was_confirmed() {
    check(2, Unsynced::Lost, 0);
    check(5, Unsynced::Lost, QUICK_REPAIR_FROM);
}

#[test]
fn a_loss_of_power_with_some_of_the_writes_done_loses_nothing_that_was_confirmed() {
    check(3, Unsynced::Some, 0);
    check(6, Unsynced::Some, QUICK_REPAIR_FROM);
}
