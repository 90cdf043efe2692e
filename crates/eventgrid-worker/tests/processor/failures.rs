//! Events for which the handler returns no verdict.

use std::cell::Cell;
use std::rc::Rc;

use eventgrid::ReleaseDelay;
use eventgrid_worker::{BoxError, EventFailure, FailureCause, IntoVerdict, ProcessorEvent, Verdict};

use crate::support::{Bench, Fault, Log, SECOND, Task, sleep};

#[test]
fn an_error_releases_the_event_for_ten_seconds() {
    let bench = Bench::new();
    bench.publish(0..3);
    let log = Log::default();
    let processor = bench.processor().on_notice(log.hook());
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|event: ProcessorEvent| async move {
        let first = event.delivery_count() == 1 && event.id() == *"1";
        if first { Err(BoxError::from("no database")) } else { Ok(()) }
    }));
    bench.pass(&mut run, SECOND);
    assert_eq!((bench.stats().acknowledged, bench.stats().delayed, handle.stats().failed), (2, 1, 1));
    let release = "handled 1: Release(TenSeconds) after 0 s, the handler failed: no database";
    assert_eq!(log.lines("handled 1"), [release]);
    bench.pass(&mut run, 10 * SECOND);
    assert_eq!((bench.stats().acknowledged, bench.stats().deliveries), (3, 4));
}

#[test]
fn a_panic_releases_the_event_and_the_run_goes_on() {
    let bench = Bench::new();
    bench.publish(0..4);
    let log = Log::default();
    let processor = bench.processor().on_notice(log.hook());
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|event: ProcessorEvent| {
        let first = event.delivery_count() == 1;
        assert!(!first || event.id() != *"1", "before there is a future");
        async move {
            assert!(!first || event.id() != *"2", "in the future");
        }
    }));
    bench.pass(&mut run, SECOND);
    assert_eq!((bench.stats().acknowledged, bench.stats().delayed), (2, 2));
    assert_eq!((handle.stats().panicked, handle.stats().running), (2, 0));
    assert!(log.lines("handled 1")[0].ends_with("it panicked: before there is a future"));
    assert!(log.lines("handled 2")[0].ends_with("it panicked: in the future"));
    bench.pass(&mut run, 10 * SECOND);
    assert_eq!(bench.stats().acknowledged, 4);
}

#[test]
fn a_handler_that_takes_too_long_is_dropped_and_its_event_released() {
    struct Guard(Rc<Cell<bool>>);

    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.set(true);
        }
    }

    let bench = Bench::new();
    bench.publish(0..1);
    let dropped = Rc::new(Cell::new(false));
    let processor = bench.processor().event_timeout(90 * SECOND);
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|event: ProcessorEvent| {
        let (namespace, dropped) = (&bench.namespace, Rc::clone(&dropped));
        async move {
            let _guard = Guard(dropped);
            if event.delivery_count() == 1 {
                sleep(namespace, 1000 * SECOND).await;
            }
        }
    }));
    bench.pass(&mut run, 89 * SECOND);
    assert!(!dropped.get());
    assert_eq!((bench.stats().locked, bench.stats().delayed), (1, 0), "its lock was renewed");
    bench.pass(&mut run, 2 * SECOND);
    assert!(dropped.get());
    assert_eq!((bench.stats().locked, bench.stats().delayed, handle.stats().timed_out), (0, 1, 1));
    bench.pass(&mut run, 10 * SECOND);
    assert_eq!((bench.stats().acknowledged, bench.stats().deliveries), (1, 2));
}

#[test]
fn the_policy_decides() {
    let bench = Bench::new();
    bench.publish(0..4);
    let policy = |failure: &EventFailure<'_>| match failure.cause {
        FailureCause::Error(error) if error.to_string() == "bad" => Verdict::Reject,
        FailureCause::Error(_) => Verdict::Release(ReleaseDelay::OneHour),
        FailureCause::Panicked(_) => Verdict::Acknowledge,
        _ => failure.default_verdict(),
    };
    let processor = bench.processor().on_failure(policy);
    let mut run = Task::new(processor.run(|event: ProcessorEvent| async move {
        match &*event.id().to_cow() {
            "0" => Err("bad"),
            "1" => Err("not so bad"),
            "2" => panic!("whatever"),
            _ => Ok(()),
        }
    }));
    bench.pass(&mut run, SECOND);
    let stats = bench.stats();
    assert_eq!((stats.rejected, stats.delayed, stats.acknowledged), (1, 1, 2));
}

#[test]
fn an_event_that_was_delivered_too_often_is_rejected_and_no_handler_is_given_it() {
    let bench = Bench::new();
    bench.publish(0..1);
    let (log, handled) = (Log::default(), Cell::new(0));
    let processor = bench.processor().max_deliveries(3).on_notice(log.hook());
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|_: ProcessorEvent| {
        handled.set(handled.get() + 1);
        async { Verdict::Release(ReleaseDelay::NoDelay) }
    }));
    bench.pass(&mut run, 10 * SECOND);
    assert_eq!((handled.get(), bench.stats().deliveries, bench.stats().rejected), (3, 4, 1));
    assert_eq!(log.lines("withheld"), ["withheld 0: Reject, the event was delivered too often"]);
    assert_eq!(handle.stats().poison, 1);
}

#[test]
fn a_poison_event_can_be_put_elsewhere() {
    let bench = Bench::new();
    bench.publish(0..1);
    let (kept, keep) = std::sync::mpsc::channel();
    let processor = bench.processor().max_deliveries(1).on_failure(move |failure| match failure.cause {
        FailureCause::Poison => {
            kept.send(failure.event.clone()).unwrap();
            Verdict::Acknowledge
        }
        _ => Verdict::Release(ReleaseDelay::NoDelay),
    });
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async { Err("never") as Result<(), _> }));
    bench.pass(&mut run, SECOND);
    assert_eq!(keep.try_recv().unwrap().event().unwrap().id(), *"0");
    assert_eq!((bench.stats().acknowledged, bench.stats().deliveries), (1, 2));
}

#[test]
fn a_malformed_event_is_rejected_and_no_handler_is_given_it() {
    let bench = Bench::new();
    let malformed = r#"{"value":[{"brokerProperties":{"lockToken":"a","deliveryCount":1},"event":{"id":1}},
        {"brokerProperties":{"deliveryCount":1},"event":{"id":"2","source":"s","type":"t"}}]}"#;
    let response = r#"{"succeededLockTokens":["a"],"failedLockTokens":[]}"#;
    bench.network.fail("receive", [Fault::Response(malformed)]);
    bench.network.fail("reject", [Fault::Response(response)]);
    let log = Log::default();
    let processor = bench.processor().on_notice(log.hook());
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async { panic!("it is never called") as () }));
    bench.pass(&mut run, SECOND);
    assert_eq!(bench.network.requests("reject"), [1]);
    let stats = handle.stats();
    assert_eq!((stats.malformed, stats.rejected, stats.received, stats.without_lock_token), (1, 1, 1, 1));
    assert!(log.lines("withheld ?: Reject, the received event is malformed").len() == 1);
    assert_eq!(log.lines("received"), ["received 1, without lock token 1"]);
}

#[test]
fn no_panic_of_the_application_ends_the_run() {
    /// Its verdict cannot be told.
    struct Odd;

    impl IntoVerdict for Odd {
        fn into_verdict(self) -> Result<Verdict, BoxError> {
            panic!("an odd verdict")
        }
    }

    /// Cannot be dropped in peace.
    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            assert!(std::thread::panicking(), "a bomb");
        }
    }

    let bench = Bench::new();
    bench.publish(0..1);
    let processor = bench.processor().on_failure(|_| panic!("a policy")).on_notice(|_| panic!("a hook"));
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async { Odd }));
    bench.pass(&mut run, SECOND);
    assert_eq!((handle.stats().panicked, handle.stats().released), (1, 1));

    let bench = Bench::new();
    bench.publish(0..1);
    let processor = bench.processor().event_timeout(SECOND);
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {
        let _bomb = Bomb;
        std::future::pending::<()>().await;
    }));
    bench.pass(&mut run, 3 * SECOND);
    assert_eq!((handle.stats().timed_out, handle.stats().released), (1, 1));
}
