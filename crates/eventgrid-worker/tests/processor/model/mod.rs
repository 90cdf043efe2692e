//! Random interleavings of publishing, handling, time, network faults and stops, and what must
//! always hold.

mod handler;
mod network;
mod world;

use std::time::Duration;

use eventgrid_worker::ProcessorStop;
use proptest::prelude::*;

use self::world::{Limits, World};

/// What happens next.
#[derive(Debug, Clone)]
enum Operation {
    /// That many events are published, to either topic.
    Publish(u32, bool),
    /// Time passes, in milliseconds.
    Pass(u64),
    /// One of the two workers is stopped.
    ProcessorStop(usize, ProcessorStop),
    /// One of them is to end within that many milliseconds.
    StopWithin(usize, u64),
    /// The future of one of them is dropped.
    Drop(usize),
    /// One that has ended begins again.
    Start(usize),
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let stop = prop_oneof![
        Just(ProcessorStop::Finish),
        Just(ProcessorStop::FinishNow),
        Just(ProcessorStop::Release),
        Just(ProcessorStop::Abandon)
    ];
    let time = prop_oneof![4 => 0..3_000_u64, 2 => 3_000..40_000_u64, 1 => 40_000..200_000_u64];
    let operation = prop_oneof![
        4 => (1..8_u32, any::<bool>()).prop_map(|(count, first)| Operation::Publish(count, first)),
        8 => time.prop_map(Operation::Pass),
        1 => (0..2_usize, stop).prop_map(|(worker, stop)| Operation::ProcessorStop(worker, stop)),
        1 => (0..2_usize, 0..10_000_u64).prop_map(|(worker, limit)| Operation::StopWithin(worker, limit)),
        1 => (0..2_usize).prop_map(Operation::Drop),
        3 => (0..2_usize).prop_map(Operation::Start),
    ];
    prop::collection::vec(operation, 1..40)
}

fn limits() -> impl Strategy<Value = Limits> {
    let delay = (0..2_000_u64).prop_map(Duration::from_millis);
    (1..6_usize, 1..8_usize, 1..5_usize, delay, prop_oneof![Just(400), Just(1 << 20)]).prop_map(
        |(concurrency, locks, together, delay, bytes)| Limits { concurrency, locks, together, delay, bytes },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_whatever_happens(
        operations in operations(),
        limits in limits(),
        seed: u64,
        fault_percent in prop_oneof![Just(0_u64), Just(10), Just(40)],
    ) {
        let world = World::new(limits, seed, fault_percent);
        let mut workers = [Some(world.start()), Some(world.start())];
        for operation in operations {
            match operation {
                Operation::Publish(count, first) => world.publish(count, first),
                Operation::Pass(time) => world.pass(&mut workers, Duration::from_millis(time)),
                Operation::ProcessorStop(worker, stop) => {
                    workers[worker].iter().for_each(|worker| worker.handle.stop(stop));
                }
                Operation::StopWithin(worker, limit) => {
                    let limit = Duration::from_millis(limit);
                    workers[worker].iter().for_each(|worker| worker.handle.stop_within(limit));
                }
                Operation::Drop(worker) => world.abandon(workers[worker].take()),
                Operation::Start(worker) => {
                    if workers[worker].is_none() {
                        workers[worker] = Some(world.start());
                    }
                }
            }
            world.go_on(&mut workers);
        }
        world.drain(&mut workers);
    }
}
