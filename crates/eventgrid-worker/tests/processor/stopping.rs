//! The ways in which a run ends.

use std::cell::Cell;
use std::rc::Rc;

use eventgrid_worker::{ProcessorEvent, ProcessorStop};

use crate::support::{Bench, Fault, SECOND, Task, sleep};

/// A handler that takes 100 seconds, and counts those that were dropped before.
struct Dropped(Rc<Cell<u32>>, bool);

impl Drop for Dropped {
    fn drop(&mut self) {
        if !self.1 {
            self.0.set(self.0.get() + 1);
        }
    }
}

macro_rules! slow_handler {
    ($bench:expr, $dropped:expr) => {
        |_: ProcessorEvent| {
            let (namespace, dropped) = (&$bench.namespace, Rc::clone(&$dropped));
            async move {
                let mut guard = Dropped(dropped, false);
                sleep(namespace, 100 * SECOND).await;
                guard.1 = true;
            }
        }
    };
}

#[test]
fn finish_lets_the_handlers_come_to_their_ends() {
    let (bench, dropped) = (Bench::new(), Rc::new(Cell::new(0)));
    bench.publish(0..3);
    let processor = bench.processor();
    let handle = processor.handle();
    let mut run = Task::new(processor.run(slow_handler!(bench, dropped)));
    bench.pass(&mut run, SECOND);
    handle.stop(ProcessorStop::Finish);
    bench.pass(&mut run, 98 * SECOND);
    assert!(!run.go_on());
    assert_eq!(bench.network.requests("receive").len(), 2, "no more are asked for");
    bench.pass(&mut run, SECOND);
    let stats = run.take().unwrap().unwrap();
    assert_eq!((stats.acknowledged, stats.renewed, dropped.get()), (3, 9, 0));
    assert_eq!(bench.stats().acknowledged, 3);
}

#[test]
fn release_drops_the_handlers_and_releases_their_events_at_once() {
    let (bench, dropped) = (Bench::new(), Rc::new(Cell::new(0)));
    bench.publish(0..3);
    let processor = bench.processor();
    let handle = processor.handle();
    let mut run = Task::new(processor.run(slow_handler!(bench, dropped)));
    bench.pass(&mut run, SECOND);
    handle.stop(ProcessorStop::Release);
    run.go_on();
    assert_eq!(dropped.get(), 3);
    assert_eq!((bench.network.requests("release"), bench.stats().acknowledged), (vec![3], 0));
    bench.pass(&mut run, 9 * SECOND);
    let stats = run.take().unwrap().unwrap();
    assert_eq!((stats.received, stats.released), (3, 3), "the poll under way did not bring them again");
    bench.namespace.advance(SECOND);
    assert_eq!((bench.stats().queued, bench.stats().locked), (3, 0));
}

#[test]
fn events_are_released_without_delay_if_no_poll_would_bring_them_back() {
    let (bench, dropped) = (Bench::new(), Rc::new(Cell::new(0)));
    bench.publish(0..3);
    let processor = bench.processor().concurrency(3);
    let handle = processor.handle();
    let mut run = Task::new(processor.run(slow_handler!(bench, dropped)));
    bench.pass(&mut run, SECOND);
    handle.stop(ProcessorStop::Release);
    assert_eq!(run.take().unwrap().unwrap().released, 3);
    assert_eq!(bench.stats().queued, 3);
}

#[test]
fn what_the_poll_under_way_brings_is_released() {
    for stop in [ProcessorStop::Finish, ProcessorStop::Release] {
        let bench = Bench::new();
        let processor = bench.processor();
        let handle = processor.handle();
        let mut run =
            Task::new(processor.run(|_: ProcessorEvent| async { panic!("it is not handled") as () }));
        run.go_on();
        handle.stop(stop);
        bench.pass(&mut run, 5 * SECOND);
        assert!(!run.go_on(), "the poll is waited for");
        bench.publish(0..1);
        run.go_on();
        assert_eq!(run.take().unwrap().unwrap().released, 1);
        assert_eq!(bench.stats().queued, 1);
    }
}

#[test]
fn a_stop_waits_no_longer_than_a_poll() {
    let bench = Bench::new();
    let processor = bench.processor();
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    run.go_on();
    handle.stop(ProcessorStop::Finish);
    bench.pass(&mut run, 10 * SECOND);
    assert!(run.take().unwrap().is_ok());
}

#[test]
fn abandon_drops_everything_at_once() {
    let (bench, dropped) = (Bench::new(), Rc::new(Cell::new(0)));
    bench.publish(0..3);
    let processor = bench.processor();
    let handle = processor.handle();
    let mut run = Task::new(processor.run(slow_handler!(bench, dropped)));
    bench.pass(&mut run, SECOND);
    handle.stop(ProcessorStop::Abandon);
    assert_eq!(run.take().unwrap().unwrap().locks, 3);
    assert_eq!((dropped.get(), bench.stats().locked, bench.namespace.waiting()), (3, 3, 0));
    bench.namespace.advance(60 * SECOND);
    assert_eq!(bench.stats().queued, 3, "their locks end");
}

#[test]
fn dropping_the_run_drops_everything() {
    let (bench, dropped) = (Bench::new(), Rc::new(Cell::new(0)));
    bench.publish(0..3);
    let processor = bench.processor();
    let handle = processor.handle();
    let mut run = Task::new(processor.run(slow_handler!(bench, dropped)));
    bench.pass(&mut run, SECOND);
    drop(run);
    assert_eq!((dropped.get(), bench.stats().locked, bench.namespace.waiting()), (3, 3, 0));
    assert_eq!((handle.stats().running, handle.stats().locks), (0, 3));
}

#[test]
fn a_stricter_stop_overrides_a_milder_one_and_not_the_other_way_round() {
    let (bench, dropped) = (Bench::new(), Rc::new(Cell::new(0)));
    bench.publish(0..3);
    let processor = bench.processor();
    let handle = processor.handle();
    let mut run = Task::new(processor.run(slow_handler!(bench, dropped)));
    run.go_on();
    handle.stop(ProcessorStop::Finish);
    bench.pass(&mut run, SECOND);
    assert_eq!(dropped.get(), 0);
    handle.stop(ProcessorStop::Release);
    run.go_on();
    assert_eq!(dropped.get(), 3);
    handle.stop(ProcessorStop::Finish);
    run.go_on();
    handle.stop(ProcessorStop::Abandon);
    assert!(run.take().unwrap().is_ok());
}

#[test]
fn a_run_that_was_stopped_before_ends_at_once() {
    let bench = Bench::new();
    let processor = bench.processor();
    processor.handle().stop(ProcessorStop::Finish);
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    assert_eq!(run.take().unwrap().unwrap(), eventgrid_worker::ProcessorStats::default());
    assert!(bench.network.requests("receive").is_empty());
}

#[test]
fn a_poll_without_a_response_is_given_up() {
    let bench = Bench::new();
    bench.network.fail("receive", [Fault::Hangs]);
    let processor = bench.processor();
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    run.go_on();
    handle.stop(ProcessorStop::Finish);
    bench.pass(&mut run, 14 * SECOND);
    assert!(!run.go_on());
    bench.pass(&mut run, 2 * SECOND);
    assert!(run.take().unwrap().is_ok());
}

#[test]
fn a_verdict_without_a_response_is_given_up_when_the_lock_has_ended() {
    let bench = Bench::new();
    bench.publish(0..1);
    bench.network.fail("acknowledge", [Fault::Hangs]);
    let processor = bench.processor();
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    bench.pass(&mut run, SECOND);
    handle.stop(ProcessorStop::Finish);
    bench.pass(&mut run, 56 * SECOND);
    assert!(!run.go_on());
    bench.pass(&mut run, 2 * SECOND);
    assert_eq!(run.take().unwrap().unwrap().settled_or_lost, 1);
}

#[test]
fn an_idle_run_ends_at_once_on_demand() {
    let bench = Bench::new();
    for within in [false, true] {
        let processor = bench.processor();
        let handle = processor.handle();
        let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
        bench.pass(&mut run, SECOND);
        assert_eq!(bench.namespace.waiting(), 1);
        if within {
            handle.stop_within(SECOND);
        } else {
            handle.stop(ProcessorStop::FinishNow);
        }
        assert!(run.take().unwrap().is_ok());
        assert_eq!(bench.namespace.waiting(), 0, "the poll is given up");
    }
}

#[test]
fn the_poll_alone_is_given_up_and_the_handlers_come_to_their_ends() {
    let (bench, dropped) = (Bench::new(), Rc::new(Cell::new(0)));
    bench.publish(0..3);
    let processor = bench.processor();
    let handle = processor.handle();
    let mut run = Task::new(processor.run(slow_handler!(bench, dropped)));
    bench.pass(&mut run, SECOND);
    handle.stop(ProcessorStop::FinishNow);
    run.go_on();
    assert_eq!(bench.namespace.waiting(), 0);
    bench.pass(&mut run, 98 * SECOND);
    assert!(!run.go_on());
    bench.pass(&mut run, 2 * SECOND);
    assert_eq!((run.take().unwrap().unwrap().acknowledged, dropped.get()), (3, 0));
}

#[test]
fn a_stop_within_a_limit_releases_what_is_left_shortly_before_it() {
    let (bench, dropped) = (Bench::new(), Rc::new(Cell::new(0)));
    bench.publish(0..3);
    let processor = bench.processor();
    let handle = processor.handle();
    let mut run = Task::new(processor.run(slow_handler!(bench, dropped)));
    bench.pass(&mut run, SECOND);
    handle.stop_within(100 * SECOND);
    handle.stop_within(8 * SECOND);
    handle.stop_within(20 * SECOND);
    bench.pass(&mut run, SECOND * 59 / 10);
    assert_eq!(dropped.get(), 0, "the shortest limit counts");
    bench.pass(&mut run, SECOND / 5);
    assert_eq!(dropped.get(), 3);
    assert_eq!(run.take().unwrap().unwrap().released, 3);
    assert_eq!(bench.stats().queued, 3);
}

#[test]
fn a_stop_within_a_limit_ends_then_whatever_happens() {
    let (bench, dropped) = (Bench::new(), Rc::new(Cell::new(0)));
    bench.publish(0..3);
    bench.network.fail("release", vec![Fault::Hangs; 100]);
    let processor = bench.processor();
    let handle = processor.handle();
    let mut run = Task::new(processor.run(slow_handler!(bench, dropped)));
    bench.pass(&mut run, SECOND);
    handle.stop_within(8 * SECOND);
    bench.pass(&mut run, SECOND * 79 / 10);
    assert!(!run.go_on());
    bench.pass(&mut run, SECOND / 5);
    assert_eq!((run.take().unwrap().unwrap().locks, dropped.get()), (3, 3));
}

#[test]
fn a_refusal_that_ends_the_run_gives_up_a_poll_that_hangs() {
    let bench = Bench::new();
    bench.network.fail("receive", [Fault::Hangs, Fault::Status(404)]);
    let processor = bench.processor().and(bench.consumer("orders", "billing"));
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    bench.pass(&mut run, 14 * SECOND);
    assert!(!run.go_on());
    bench.pass(&mut run, 2 * SECOND);
    assert_eq!(run.take().unwrap().unwrap_err().status(), Some(404));
}

#[test]
fn a_stricter_stop_does_not_take_back_that_the_poll_is_given_up() {
    for within in [false, true] {
        let bench = Bench::new();
        let processor = bench.processor();
        let handle = processor.handle();
        let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
        bench.pass(&mut run, SECOND);
        if within {
            handle.stop(ProcessorStop::Release);
            handle.stop_within(8 * SECOND);
        } else {
            handle.stop(ProcessorStop::FinishNow);
            handle.stop(ProcessorStop::Release);
        }
        assert!(run.take().unwrap().is_ok());
    }
}
