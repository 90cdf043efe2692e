//! Errors of the network and the service while receiving.

use std::time::Duration;

use eventgrid::{CloudEvent, Consumer, Data, NamespaceTopic, Publisher, RequestError, Subscription};
use eventgrid_emulator::InProcess;
use eventgrid_worker::{OnRefusal, Processor, ProcessorEvent, ProcessorStop};

use crate::support::{Bench, Fault, Log, SECOND, Task, ready, sleep};

#[test]
fn after_errors_it_asks_ever_more_slowly() {
    let bench = Bench::new();
    bench.network.fail("receive", vec![Fault::NotSent; 1000]);
    let log = Log::default();
    let processor = bench.processor().on_notice(log.hook());
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    bench.pass(&mut run, 60 * SECOND);
    let first_minute = bench.network.requests("receive").len();
    assert!((6..=8).contains(&first_minute), "{first_minute}");
    bench.pass(&mut run, 600 * SECOND);
    let more = bench.network.requests("receive").len() - first_minute;
    assert!((10..=20).contains(&more), "{more}: once a minute, jittered down to half");
    assert_eq!(handle.stats().failed_receives, u64::try_from(first_minute + more).unwrap());
    assert!(log.lines("receive failed: no complete response came from the service; retry: true").len() > 10);
    // It recovers.
    bench.network.fail("receive", []);
    bench.publish(0..3);
    bench.pass(&mut run, 60 * SECOND);
    assert_eq!(bench.stats().acknowledged, 3);
    bench.network.fail("receive", [Fault::Status(503)]);
    bench.pass(&mut run, 20 * SECOND);
    bench.publish(3..4);
    bench.pass(&mut run, 2 * SECOND);
    assert_eq!(bench.stats().acknowledged, 4, "a success ends the slowness");
}

#[test]
fn a_refusal_from_the_start_ends_the_run() {
    for status in [400, 401, 403, 404, 405, 410, 413] {
        let bench = Bench::new();
        bench.network.fail("receive", [Fault::Status(status)]);
        let log = Log::default();
        let processor = bench.processor().on_notice(log.hook());
        let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
        assert!(run.go_on());
        assert_eq!(run.take().unwrap().unwrap_err().status(), Some(status));
        assert_eq!(log.lines("receive failed").len(), 1);
        assert!(log.lines("receive failed")[0].ends_with("retry: false"));
    }
}

#[test]
fn a_request_that_cannot_be_sent_ends_the_run() {
    let bench = Bench::new();
    let elsewhere = Subscription::new("http://ns.example", "orders", "billing").unwrap();
    let processor = Processor::new(Consumer::new(bench.client(), elsewhere));
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    assert!(matches!(run.take(), Some(Err(eventgrid::Error::Request(RequestError::PlainHttp)))));
}

#[test]
fn a_later_refusal_is_waited_for() {
    let bench = Bench::new();
    let mut run = Task::new(bench.processor().run(|_: ProcessorEvent| async {}));
    bench.pass(&mut run, 11 * SECOND);
    bench.network.fail("receive", vec![Fault::Status(401); 1000]);
    let before = bench.network.requests("receive").len();
    bench.pass(&mut run, 610 * SECOND);
    let more = bench.network.requests("receive").len() - before;
    assert!((10..=20).contains(&more), "{more}: once a minute, jittered down to half");
}

#[test]
fn a_later_refusal_ends_the_run_if_told_so_and_what_is_held_is_finished() {
    let bench = Bench::new();
    bench.publish(0..1);
    let processor = bench.processor().on_refusal(OnRefusal::End);
    let mut run = Task::new(processor.run(|_: ProcessorEvent| sleep(&bench.namespace, 100 * SECOND)));
    bench.pass(&mut run, 5 * SECOND);
    bench.network.fail("receive", [Fault::Status(404)]);
    bench.pass(&mut run, 94 * SECOND);
    assert!(!run.go_on());
    bench.pass(&mut run, SECOND);
    assert_eq!(run.take().unwrap().unwrap_err().status(), Some(404));
    assert_eq!(bench.stats().acknowledged, 1);
    assert_eq!(bench.network.requests("receive").len(), 3);
}

#[test]
fn a_refusal_from_the_start_is_waited_for_if_told_so() {
    let bench = Bench::new();
    bench.publish(0..1);
    bench.network.fail("receive", [Fault::Status(404)]);
    let processor = bench.processor().on_refusal(OnRefusal::Wait);
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    bench.pass(&mut run, 61 * SECOND);
    assert_eq!(bench.stats().acknowledged, 1);
    handle.stop(ProcessorStop::Finish);
    bench.pass(&mut run, 10 * SECOND);
    assert!(run.take().unwrap().is_ok());
}

#[test]
fn fewer_events_are_asked_for_after_a_response_that_was_too_large() {
    let bench = Bench::new();
    bench.publish(0..124);
    // After five full responses it asks for 100.
    let faults = [[Fault::None; 5].as_slice(), &[Fault::TooLarge, Fault::TooLarge]].concat();
    bench.network.fail("receive", faults);
    let mut run = Task::new(bench.processor().concurrency(1000).run(|_: ProcessorEvent| async {}));
    bench.pass(&mut run, 20 * SECOND);
    assert_eq!(bench.network.requests("receive")[..8], [4, 8, 16, 32, 64, 100, 25, 6]);
}

#[test]
fn events_that_do_not_fit_together_come_in_parts_and_one_that_never_fits_is_rejected() {
    let bench = Bench::new();
    let padding = Data::text("x".repeat(5000));
    let large = CloudEvent::new("large", "urn:shop", "Order.Created").with_data(padding);
    let topic = NamespaceTopic::new(InProcess::ENDPOINT, "orders").unwrap();
    bench.publish(0..3);
    ready(Publisher::new(bench.namespace.client(), topic).send(&large)).unwrap();
    bench.publish(3..8);
    let consumer = Consumer::new(
        bench.client().body_limit(4000),
        Subscription::new(InProcess::ENDPOINT, "orders", "billing").unwrap(),
    );
    let processor = Processor::new(consumer);
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    bench.pass(&mut run, 120 * SECOND);
    let stats = bench.stats();
    assert_eq!((stats.acknowledged, stats.rejected, stats.exhausted), (8, 1, 0));
    assert_eq!(handle.stats().malformed, 1);
}

#[test]
fn more_events_are_asked_for_again_one_by_one_after_responses_that_are_full() {
    let bench = Bench::new();
    bench.publish(0..5300);
    bench.network.fail("receive", [Fault::TooLarge]);
    let mut run = Task::new(bench.processor().concurrency(1000).run(|_: ProcessorEvent| async {}));
    bench.pass(&mut run, 10 * SECOND);
    let asked = bench.network.requests("receive");
    let recovery: Vec<usize> = (1..=100).collect();
    assert_eq!((asked[0], &asked[1..101], &asked[101..103]), (4, &recovery[..], &[100, 100][..]));
}

#[test]
fn a_wait_that_the_service_would_refuse_is_refused_where_it_is_set() {
    let bench = Bench::new();
    for wait in [Duration::ZERO, 9 * SECOND, 121 * SECOND, Duration::MAX] {
        let refused = bench.processor().receive_wait(wait).unwrap_err();
        assert_eq!(refused, RequestError::MaxWaitTime(wait));
    }
    for wait in [10 * SECOND, 120 * SECOND] {
        assert!(bench.processor().receive_wait(wait).is_ok());
    }
}

#[test]
fn the_service_can_have_a_receive_wait_for_an_hour_at_most() {
    let bench = Bench::new();
    bench.publish(0..1);
    bench.network.fail("receive", [Fault::RetryAfter(503, "18446744073709551615")]);
    let mut run = Task::new(bench.processor().run(|_: ProcessorEvent| async {}));
    bench.pass(&mut run, 3599 * SECOND);
    assert_eq!(bench.network.requests("receive").len(), 1);
    bench.pass(&mut run, 2 * SECOND);
    assert_eq!(bench.stats().acknowledged, 1);
}

#[test]
fn a_receive_that_returns_early_is_not_repeated_at_once() {
    let bench = Bench::new();
    bench.network.fail("receive", vec![Fault::Response(r#"{"value":[]}"#); 10]);
    bench.publish(0..1);
    let processor = bench.processor();
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    run.go_on();
    assert_eq!(bench.network.requests("receive").len(), 1);
    bench.pass(&mut run, 120 * SECOND);
    assert_eq!(handle.stats().acknowledged, 1, "the wait is never longer than that of a poll");
}
