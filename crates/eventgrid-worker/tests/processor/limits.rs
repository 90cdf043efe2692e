//! No more events are in memory than the limits allow.

use std::time::Duration;

use eventgrid_worker::{ProcessorEvent, ProcessorStop};

use crate::support::{Bench, Fault, SECOND, Task, sleep};

#[test]
fn no_more_is_asked_for_than_handlers_are_free() {
    let bench = Bench::new();
    bench.publish(0..40);
    let processor = bench.processor().concurrency(8);
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|event: ProcessorEvent| sleep_by_id(&bench, event)));
    for _ in 0..30 {
        assert!(handle.stats().running <= 8, "{:?}", handle.stats());
        bench.pass(&mut run, SECOND / 2);
    }
    assert_eq!(bench.stats().acknowledged, 40);
    let asked = bench.network.requests("receive");
    assert_eq!(asked[..2], [4, 4], "it begins with a few, and asks for the rest that there is room for");
    assert!(asked.iter().all(|events| *events <= 8), "{asked:?}");
}

/// Handles for one to three seconds.
async fn sleep_by_id(bench: &Bench, event: ProcessorEvent) {
    let id: u32 = event.id().to_cow().parse().unwrap();
    sleep(&bench.namespace, Duration::from_millis(u64::from(1000 + id % 5 * 500))).await;
}

#[test]
fn locks_of_events_that_wait_to_be_settled_count() {
    let bench = Bench::new();
    bench.publish(0..100);
    bench.network.fail("acknowledge", vec![Fault::NotSent; 5]);
    let processor = bench.processor().concurrency(8).max_locks(10);
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    run.go_on();
    assert_eq!((bench.stats().locked, handle.stats().locks, handle.stats().running), (10, 10, 0));
    for _ in 0..60 {
        assert!(bench.stats().locked <= 10);
        bench.pass(&mut run, SECOND);
    }
    assert_eq!(bench.stats().acknowledged, 100);
    let (asked, stats) = (bench.network.requests("receive"), handle.stats());
    assert!(asked.iter().all(|events| *events <= 8), "{asked:?}");
    assert_eq!((stats.lost, stats.failed_settles), (0, 5));
}

#[test]
fn nothing_is_asked_for_while_there_are_too_many_bytes() {
    let bench = Bench::new();
    bench.publish(0..30);
    // Zero is as one: otherwise no receive would ever begin.
    let processor = bench.processor().concurrency(10).max_bytes(0);
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|event: ProcessorEvent| sleep_by_id(&bench, event)));
    bench.pass(&mut run, SECOND / 2);
    let stats = handle.stats();
    assert_eq!((stats.received, bench.network.requests("receive").len()), (4, 1));
    assert!(stats.bytes > 4 * 100, "{stats:?}");
    bench.pass(&mut run, SECOND);
    assert_eq!((handle.stats().received, handle.stats().running), (4, 2), "some are handled, some are not");
    bench.pass(&mut run, 15 * SECOND);
    assert_eq!((handle.stats().acknowledged, handle.stats().bytes), (30, 0));
}

#[test]
fn the_longest_durations_are_as_good_as_none() {
    for option in 0..4 {
        let bench = Bench::new();
        bench.namespace.advance(SECOND);
        bench.publish(0..1);
        let processor = match option {
            0 => bench.processor().event_timeout(Duration::MAX),
            1 => bench.processor().settle_together(100, Duration::MAX),
            2 => bench.processor().lock_duration(Duration::MAX),
            _ => bench.processor().max_lock_renewal(Duration::MAX),
        };
        let handle = processor.handle();
        let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
        bench.pass(&mut run, SECOND);
        handle.stop(ProcessorStop::Finish);
        bench.pass(&mut run, 20 * SECOND);
        assert_eq!((bench.stats().acknowledged, run.go_on()), (1, true), "{option}");
    }
}
