//! The verdicts of handlers decide what happens to the events.

use std::cell::{Cell, RefCell};

use eventgrid::ReleaseDelay;
use eventgrid_worker::{BoxError, ProcessorEvent, ProcessorStop, Verdict};

use crate::support::{Bench, SECOND, Task, sleep};

#[test]
fn each_event_is_handled_and_then_acknowledged() {
    #[derive(serde::Deserialize)]
    struct Order {
        total: u32,
    }

    let bench = Bench::new();
    bench.publish(0..250);
    let processor = bench.processor();
    let handle = processor.handle();
    let seen = RefCell::new(Vec::new());
    let mut run = Task::new(processor.run(|event: ProcessorEvent| {
        let seen = &seen;
        async move {
            assert_eq!(event.data().deserialize::<Order>()?.total, 9);
            assert_eq!(event.subscription().subscription(), "billing");
            assert_eq!((event.delivery_count(), event.lock_loss()), (1, None));
            seen.borrow_mut().push(event.id().to_string());
            Ok::<_, BoxError>(())
        }
    }));
    bench.pass(&mut run, SECOND);
    let expected: Vec<_> = (0..250).map(|id| id.to_string()).collect();
    assert_eq!(*seen.borrow(), expected);
    assert_eq!(bench.stats().acknowledged, 250);
    handle.stop(ProcessorStop::Finish);
    bench.pass(&mut run, 10 * SECOND);
    let stats = run.take().unwrap().unwrap();
    assert_eq!((stats.received, stats.acknowledged, stats.locks, stats.running), (250, 250, 0, 0));
}

#[test]
fn a_verdict_is_what_becomes_of_the_event() {
    let bench = Bench::new();
    bench.publish(0..3);
    let processor = bench.processor();
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|event: ProcessorEvent| async move {
        match &*event.id().to_cow() {
            "0" => Verdict::Acknowledge,
            "1" => Verdict::Reject,
            _ => Verdict::Release(ReleaseDelay::OneHour),
        }
    }));
    bench.pass(&mut run, SECOND);
    let stats = bench.stats();
    assert_eq!((stats.acknowledged, stats.rejected, stats.delayed), (1, 1, 1));
    let stats = handle.stats();
    assert_eq!((stats.acknowledged, stats.rejected, stats.released), (1, 1, 1));
}

#[test]
fn nothing_is_acknowledged_before_its_handler_has_ended() {
    let bench = Bench::new();
    bench.publish(0..1);
    let processor = bench.processor();
    let open = Cell::new(false);
    let mut run = Task::new(processor.run(|_: ProcessorEvent| {
        let open = &open;
        let namespace = &bench.namespace;
        async move {
            while !open.get() {
                sleep(namespace, SECOND).await;
            }
        }
    }));
    bench.pass(&mut run, 300 * SECOND);
    assert_eq!((bench.stats().acknowledged, bench.stats().locked, bench.stats().deliveries), (0, 1, 1));
    open.set(true);
    bench.pass(&mut run, 2 * SECOND);
    assert_eq!((bench.stats().acknowledged, bench.stats().deliveries), (1, 1));
}
