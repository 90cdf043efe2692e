//! Several subscriptions in one run.

use std::collections::BTreeMap;

use eventgrid_emulator::Emulator;
use eventgrid_worker::ProcessorEvent;

use crate::support::{Bench, Fault, SECOND, Task, sleep};

fn bench() -> Bench {
    Bench::with(Emulator::builder().subscription("returns", "billing").subscription("returns", "audit"))
}

#[test]
fn each_is_received_from_and_settled() {
    let bench = bench();
    bench.publish(0..50);
    bench.publish_to("returns", 0..30);
    let processor =
        bench.processor().and(bench.consumer("returns", "billing")).and(bench.consumer("returns", "audit"));
    let handle = processor.handle();
    let counts = std::cell::RefCell::new(BTreeMap::<_, u32>::new());
    let mut run = Task::new(processor.run(|event: ProcessorEvent| {
        let subscription = event.subscription();
        let from = (subscription.topic().to_owned(), subscription.subscription().to_owned());
        *counts.borrow_mut().entry(from).or_default() += 1;
        async {}
    }));
    bench.pass(&mut run, 30 * SECOND);
    let counts: Vec<_> =
        counts.borrow().iter().map(|((topic, name), count)| format!("{topic}/{name}: {count}")).collect();
    assert_eq!(counts, ["orders/billing: 50", "returns/audit: 30", "returns/billing: 30"]);
    assert_eq!(bench.stats().acknowledged, 50);
    assert_eq!(bench.namespace.stats("returns", "audit").unwrap().acknowledged, 30);
    assert_eq!(handle.stats().acknowledged, 110);
}

#[test]
fn a_quiet_one_leaves_the_room_to_the_others() {
    let bench = bench();
    let processor = bench.processor().concurrency(10).and(bench.consumer("returns", "billing"));
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|_: ProcessorEvent| sleep(&bench.namespace, 5 * SECOND)));
    // Nothing comes for a while, so each asks for one event.
    bench.pass(&mut run, 15 * SECOND);
    bench.publish(0..100);
    bench.pass(&mut run, SECOND);
    assert_eq!(handle.stats().running, 9, "one place is kept for the quiet one");
    bench.publish_to("returns", 0..1);
    bench.pass(&mut run, SECOND);
    assert_eq!(handle.stats().running, 10);
    bench.pass(&mut run, 120 * SECOND);
    assert_eq!(handle.stats().acknowledged, 101);
}

#[test]
fn all_have_their_turn_when_there_is_room_for_one_alone() {
    let bench = bench();
    bench.publish(0..5);
    bench.publish_to("returns", 0..5);
    let processor = bench.processor().concurrency(1).max_locks(1).and(bench.consumer("returns", "billing"));
    let order = std::cell::RefCell::new(String::new());
    let mut run = Task::new(processor.run(|event: ProcessorEvent| {
        order.borrow_mut().push_str(&event.subscription().topic()[..1]);
        async {}
    }));
    bench.pass(&mut run, SECOND);
    assert_eq!(*order.borrow(), "ororororor");
}

#[test]
fn one_that_fails_does_not_keep_the_others_waiting() {
    let bench = bench();
    bench.publish(0..50);
    bench.network.fail("receive", [Fault::NotSent]);
    let processor = bench.processor().and(bench.consumer("orders", "billing"));
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    run.go_on();
    assert!(bench.stats().deliveries > 0);
}
