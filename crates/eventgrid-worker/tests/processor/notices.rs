//! The texts and levels of notices.

use std::sync::{Arc, Mutex};

use eventgrid_worker::{ProcessorEvent, Verdict};

use crate::support::{Bench, Fault, Log, SECOND, Task, sleep};

#[test]
fn work_as_it_should_be_is_no_problem() {
    let bench = Bench::new();
    bench.publish(0..2);
    let log = Log::default();
    let mut run =
        Task::new(bench.processor().on_notice(log.hook()).run(|event: ProcessorEvent| async move {
            if event.id() == *"0" {
                Verdict::Acknowledge
            } else {
                Verdict::Release(eventgrid::ReleaseDelay::OneHour)
            }
        }));
    bench.pass(&mut run, SECOND);
    assert_eq!(log.shown(true), [] as [String; 0]);
    assert_eq!(
        log.shown(false),
        [
            "received 2 events from orders/billing",
            "event \"0\" was handled in 0.0ns: acknowledge",
            "event \"1\" was handled in 0.0ns: release for 3600 s",
        ]
    );
}

#[test]
fn trouble_is_a_problem_and_says_what_failed_and_what_comes_next() {
    let bench = Bench::new();
    bench.publish(0..1);
    bench.network.fail("receive", [Fault::Status(503), Fault::None, Fault::Cut(3)]);
    bench.network.fail("acknowledge", [Fault::NotSent]);
    let log = Log::default();
    let mut run = Task::new(bench.processor().on_notice(log.hook()).run(|_: ProcessorEvent| async {}));
    bench.pass(&mut run, 15 * SECOND);
    let problems = log.shown(true);
    let expected = [
        "receiving from orders/billing failed: the service refused the request (status 503)",
        "could not acknowledge 1 event from orders/billing: no complete response came from the service: ",
        "receiving from orders/billing failed: no complete response came from the service: ",
    ];
    assert_eq!(problems.len(), expected.len(), "{problems:#?}");
    for (problem, expected) in problems.iter().zip(expected) {
        assert!(problem.starts_with(expected) || problem.contains("503"), "{problem}");
    }
    assert!(problems[0].contains("; next attempt in "), "{problems:#?}");
}

#[test]
fn events_that_are_lost_withheld_or_not_handled_are_problems() {
    let bench = Bench::new();
    bench.publish(0..1);
    bench.network.fail("renewLock", vec![Fault::NotSent; 100]);
    let log = Log::default();
    let processor = bench.processor().max_deliveries(1).on_notice(log.hook());
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {
        sleep(&bench.namespace, 62 * SECOND).await;
        Err::<(), _>("no database")
    }));
    bench.pass(&mut run, 65 * SECOND);
    let problems = log.shown(true);
    let is_said =
        |text: &str| assert!(problems.iter().any(|problem| problem == text), "{text}: {problems:#?}");
    is_said(
        "the lock of event \"0\" was lost: it ended before a renewal or the verdict reached the service; it will be delivered again",
    );
    is_said("event \"0\" was handled in 62.0s: release for 10 s, since the handler failed: no database");
    is_said("event \"0\" was not passed to a handler: reject, since the event was delivered too often");
    assert!(
        problems[0].starts_with("could not renew the locks of 1 event from orders/billing: "),
        "{problems:#?}"
    );
}

#[test]
fn each_notice_finds_every_delivery_in_one_of_the_counts() {
    let bench = Bench::new();
    bench.publish(0..12);
    bench.network.fail("acknowledge", [Fault::Status(503), Fault::Cut(3)]);
    bench.network.fail("renewLock", vec![Fault::NotSent; 100]);
    let processor = bench.processor().max_deliveries(1);
    let handle = processor.handle();
    let read = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&read);
    let processor = processor.on_notice(move |_| seen.lock().unwrap().push(handle.stats()));
    let namespace = &bench.namespace;
    let mut run = Task::new(processor.run(move |event: ProcessorEvent| async move {
        match event.id().to_string().parse::<u64>().unwrap() % 4 {
            0 => Verdict::Acknowledge,
            1 => Verdict::Release(eventgrid::ReleaseDelay::TenSeconds),
            2 => Verdict::Reject,
            _ => {
                sleep(namespace, 90 * SECOND).await;
                Verdict::Acknowledge
            }
        }
    }));
    bench.pass(&mut run, 300 * SECOND);
    let read = read.lock().unwrap();
    let end = read.last().unwrap();
    assert!(end.released > 0 && end.rejected > 0 && end.settled_or_lost > 0 && end.lost > 0, "{end:?}");
    for stats in &*read {
        let ended = stats.acknowledged + stats.released + stats.rejected + stats.settled_or_lost + stats.lost;
        assert_eq!(stats.received, stats.locks + ended, "{stats:?}");
    }
}
