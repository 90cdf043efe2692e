//! Responses that are slow or break off: the events that arrived are handled, and few are lost.

use std::cell::RefCell;

use eventgrid::RetryPolicy;
use eventgrid_worker::ProcessorEvent;

use crate::support::{Bench, Fault, Log, SECOND, Task};

#[test]
fn events_that_came_whole_before_a_response_broke_off_are_handled() {
    let bench = Bench::new();
    bench.publish(0..40);
    bench.network.fail("receive", [Fault::None, Fault::Cut(60)]);
    let log = Log::default();
    let processor = bench.processor().on_notice(log.hook());
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    bench.pass(&mut run, 5 * SECOND);
    // Four of eight came whole; the other four are locked, and nobody knows their tokens.
    assert_eq!(log.lines("interrupted"), ["interrupted after 4 of 8: Interrupted"]);
    assert_eq!((bench.stats().acknowledged, bench.stats().locked), (36, 4));
    assert_eq!(bench.network.requests("receive")[..4], [4, 8, 4, 5], "fewer, and then one more each time");
    bench.pass(&mut run, 70 * SECOND);
    assert_eq!((bench.stats().acknowledged, bench.stats().deliveries, bench.stats().exhausted), (40, 44, 0));
    let stats = handle.stats();
    assert_eq!((stats.interrupted_receives, stats.failed_receives, stats.received), (1, 0, 40));
}

#[test]
fn a_response_that_broke_off_before_an_event_was_whole_is_not_asked_for_again_as_it_was() {
    let bench = Bench::new();
    bench.publish(0..40);
    bench.network.fail("receive", [Fault::None, Fault::None, Fault::Cut(2), Fault::Cut(2), Fault::Cut(2)]);
    let mut run = Task::new(bench.processor().run(|_: ProcessorEvent| async {}));
    bench.pass(&mut run, 100 * SECOND);
    assert_eq!(bench.network.requests("receive")[..6], [4, 8, 16, 4, 1, 1]);
    assert_eq!((bench.stats().acknowledged, bench.stats().exhausted), (40, 0));
}

#[test]
fn no_more_is_asked_for_than_comes_in_a_third_of_a_lock() {
    let bench = Bench::new();
    bench.publish(0..40);
    // Eight events take 30 seconds, which is more than a third of a minute.
    bench.network.fail("receive", [Fault::None, Fault::SlowBody(30 * SECOND)]);
    let mut run = Task::new(bench.processor().run(|_: ProcessorEvent| async {}));
    bench.pass(&mut run, 60 * SECOND);
    assert_eq!(bench.network.requests("receive")[..4], [4, 8, 5, 6]);
    assert_eq!((bench.stats().acknowledged, bench.stats().deliveries), (40, 40));
}

#[test]
fn an_event_whose_lock_ended_on_the_way_is_given_to_no_handler() {
    let bench = Bench::new();
    bench.publish(0..4);
    bench.network.fail("receive", [Fault::SlowBody(59 * SECOND)]);
    let (log, handled) = (Log::default(), RefCell::new(Vec::new()));
    let processor = bench.processor().on_notice(log.hook());
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|event: ProcessorEvent| {
        handled.borrow_mut().push(event.delivery_count());
        async {}
    }));
    bench.pass(&mut run, 80 * SECOND);
    assert_eq!(*handled.borrow(), [2; 4], "once, when they came for the second time");
    assert_eq!(log.lines("lost").len(), 4);
    let stats = handle.stats();
    assert_eq!((stats.received, stats.lost, stats.acknowledged, stats.locks), (8, 4, 4, 0));
}

#[test]
fn an_event_whose_lock_ended_while_another_handler_computed_is_given_to_no_handler() {
    let bench = Bench::new();
    bench.publish(0..3);
    let (log, handled) = (Log::default(), RefCell::new(Vec::new()));
    let processor = bench.processor().on_notice(log.hook());
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|event: ProcessorEvent| {
        let (handled, bench) = (&handled, &bench);
        async move {
            handled.borrow_mut().push(event.id().to_string());
            if handled.borrow().len() == 1 {
                // As one that computes for so long within the future of the run.
                bench.namespace.advance(70 * SECOND);
            }
        }
    }));
    run.go_on();
    bench.pass(&mut run, 5 * SECOND);
    assert_eq!(log.lines("lost").len(), 3, "those of the others, and its own");
    assert_eq!(handled.borrow().len(), 4, "each of the three was handled when it came again: {handled:?}");
    assert_eq!((bench.stats().acknowledged, handle.stats().locks), (3, 0));
}

#[test]
fn how_long_a_handler_took_is_its_own_time() {
    let bench = Bench::new();
    bench.publish(0..3);
    let log = Log::default();
    let processor = bench.processor().on_notice(log.hook());
    let mut run = Task::new(processor.run(|event: ProcessorEvent| {
        let bench = &bench;
        async move {
            let seconds: u32 = event.id().to_cow().parse().unwrap();
            bench.namespace.advance(seconds * SECOND);
        }
    }));
    bench.pass(&mut run, SECOND);
    let handled = log.lines("handled");
    assert_eq!(handled.len(), 3);
    for (id, line) in handled.iter().enumerate() {
        assert_eq!(*line, format!("handled {id}: Acknowledge after {id} s"));
    }
}

#[test]
fn a_receive_of_which_nothing_was_sent_is_repeated_at_once() {
    let bench = Bench::new();
    bench.publish(0..1);
    bench.network.fail("receive", [Fault::NotSent]);
    let mut run = Task::new(bench.processor().run(|_: ProcessorEvent| async {}));
    run.go_on();
    assert_eq!(bench.network.requests("receive")[..2], [4, 4]);
    assert_eq!(bench.stats().deliveries, 1);
}

#[test]
fn each_attempt_that_failed_is_reported_whatever_the_policy_of_the_client() {
    let bench = Bench::new();
    bench.publish(0..1);
    bench.network.fail("receive", [Fault::Status(503), Fault::Status(500), Fault::Status(429)]);
    bench.network.fail("acknowledge", [Fault::Status(503), Fault::NotSent]);
    let log = Log::default();
    let consumer =
        bench.consumer("orders", "billing").map_client(|client| client.retry(RetryPolicy::default()));
    let processor = eventgrid_worker::Processor::new(consumer).on_notice(log.hook());
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    bench.pass(&mut run, 30 * SECOND);
    assert_eq!((log.lines("receive failed").len(), log.lines("Acknowledge of 1 failed").len()), (3, 2));
    assert_eq!((handle.stats().failed_receives, handle.stats().failed_settles), (3, 2));
    assert_eq!(bench.stats().acknowledged, 1);
}
