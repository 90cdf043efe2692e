//! Verdicts are sent to the service together, and again if they did not arrive.

use eventgrid::{ReleaseDelay, SettleAction};
use eventgrid_worker::{ProcessorEvent, ProcessorStop, Verdict};

use crate::support::{Bench, Fault, Log, SECOND, Task};

const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);

#[test]
fn verdicts_are_gathered_by_count() {
    let bench = Bench::new();
    bench.publish(0..25);
    let processor = bench.processor().settle_together(10, HOUR);
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    bench.pass(&mut run, SECOND);
    assert_eq!(bench.network.requests("acknowledge"), [10, 10]);
    handle.stop(ProcessorStop::Finish);
    run.go_on();
    assert_eq!(bench.network.requests("acknowledge"), [10, 10, 5], "a run that ends waits for no others");
}

#[test]
fn verdicts_are_gathered_by_delay() {
    let bench = Bench::new();
    let processor = bench.processor().settle_together(100, 2 * SECOND);
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    run.go_on();
    bench.publish(0..1);
    bench.pass(&mut run, SECOND);
    bench.publish(1..3);
    bench.pass(&mut run, SECOND * 9 / 10);
    assert!(bench.network.requests("acknowledge").is_empty());
    bench.pass(&mut run, SECOND / 10);
    assert_eq!(bench.network.requests("acknowledge"), [3]);
}

#[test]
fn verdicts_of_one_kind_go_together() {
    let bench = Bench::new();
    bench.publish(0..12);
    let mut run = Task::new(bench.processor().run(|event: ProcessorEvent| async move {
        match event.id().to_cow().parse::<u32>().unwrap() % 4 {
            0 => Verdict::Acknowledge,
            1 => Verdict::Reject,
            2 => Verdict::Release(ReleaseDelay::OneHour),
            _ => Verdict::Release(ReleaseDelay::TenMinutes),
        }
    }));
    bench.pass(&mut run, SECOND);
    for (operation, calls) in [("acknowledge", &[3][..]), ("reject", &[3]), ("release", &[3, 3])] {
        assert_eq!(bench.network.requests(operation), calls, "{operation}");
    }
}

#[test]
fn verdicts_do_not_wait_when_there_is_room_for_no_more_events() {
    let bench = Bench::new();
    bench.publish(0..25);
    let processor = bench.processor().max_locks(10).settle_together(100, HOUR);
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    run.go_on();
    assert_eq!(bench.network.requests("acknowledge")[..2], [10, 10]);
}

#[test]
fn a_verdict_is_sent_again_if_its_call_failed() {
    for fault in [
        Fault::NotSent,
        Fault::Status(503),
        Fault::Status(401),
        Fault::Response("{}"),
        Fault::Response("nonsense"),
    ] {
        let bench = Bench::new();
        bench.publish(0..3);
        bench.network.fail("acknowledge", [fault, fault]);
        let log = Log::default();
        let processor = bench.processor().on_notice(log.hook());
        let handle = processor.handle();
        let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
        bench.pass(&mut run, 10 * SECOND);
        let (stats, calls) = (handle.stats(), bench.network.requests("acknowledge"));
        assert_eq!((&calls[..], bench.stats().acknowledged), (&[3, 3, 3][..], 3), "{fault:?}");
        assert_eq!((stats.acknowledged, stats.lost, stats.locks), (3, 0, 0), "{fault:?}");
        let failures = log.lines("Acknowledge of 3 failed").len();
        assert_eq!(failures, if fault == Fault::Response("{}") { 0 } else { 2 }, "{fault:?}");
    }
}

#[test]
fn calls_are_made_again_ever_more_slowly() {
    let bench = Bench::new();
    bench.publish(0..1);
    bench.network.fail("acknowledge", vec![Fault::NotSent; 100]);
    let mut run = Task::new(bench.processor().run(|_: ProcessorEvent| async {}));
    bench.pass(&mut run, 59 * SECOND);
    let calls = bench.network.requests("acknowledge").len();
    // After 1, 2, 4, 8, 16 and 32 seconds, each jittered down to half.
    assert!((6..=8).contains(&calls), "{calls}");
}

#[test]
fn verdicts_that_fail_one_by_one_are_sent_again_ever_more_slowly() {
    let bench = Bench::new();
    bench.publish(0..3);
    // The call succeeds, and says nothing of any token.
    bench.network.fail("acknowledge", vec![Fault::Response("{}"); 100]);
    let processor = bench.processor();
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    bench.pass(&mut run, 57 * SECOND);
    let calls = bench.network.requests("acknowledge").len();
    // After 1, 2, 4, 8, 16 and 32 seconds, each jittered down to half.
    assert!((6..=8).contains(&calls), "{calls}");
    assert_eq!((handle.stats().acknowledged, handle.stats().locks), (0, 3));
}

#[test]
fn a_response_that_is_lost_is_not_taken_for_a_loss_of_the_event() {
    let bench = Bench::new();
    bench.publish(0..3);
    bench.network.fail("acknowledge", [Fault::ResponseLost]);
    let log = Log::default();
    let processor = bench.processor().on_notice(log.hook());
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    bench.pass(&mut run, 10 * SECOND);
    assert_eq!((bench.stats().acknowledged, bench.stats().deliveries), (3, 3));
    let stats = handle.stats();
    assert_eq!((stats.settled_or_lost, stats.acknowledged, stats.lost, stats.locks), (3, 0, 0, 0));
    assert_eq!(log.lines("settled or lost").len(), 3);
}

#[test]
fn a_verdict_is_given_up_when_the_lock_has_ended() {
    let bench = Bench::new();
    bench.publish(0..1);
    bench.network.fail("acknowledge", vec![Fault::NotSent; 8]);
    let log = Log::default();
    let processor = bench.processor().on_notice(log.hook());
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    bench.pass(&mut run, 200 * SECOND);
    assert_eq!(log.lines("lost"), ["lost 0: Expired"]);
    assert_eq!((bench.stats().acknowledged, bench.stats().deliveries), (1, 2));
    let stats = handle.stats();
    assert_eq!((stats.received, stats.lost, stats.acknowledged, stats.locks), (2, 1, 1, 0));
}

#[test]
fn a_verdict_that_the_service_refuses_is_told() {
    let bench = Bench::new();
    bench.publish(0..1);
    let log = Log::default();
    let processor = bench.processor().on_notice(log.hook());
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|event: ProcessorEvent| {
        let bench = &bench;
        async move {
            if event.delivery_count() == 1 {
                let consumer = bench.consumer("orders", "billing");
                let release = SettleAction::Release(ReleaseDelay::TenSeconds);
                let settlement = consumer.settle(release, &event.lock_token()).await.unwrap();
                assert!(settlement.is_complete());
            }
        }
    }));
    bench.pass(&mut run, SECOND);
    assert_eq!(log.lines("lost"), ["lost 0: Refused"]);
    assert_eq!((bench.stats().acknowledged, handle.stats().acknowledged, handle.stats().lost), (0, 0, 1));
    bench.pass(&mut run, 10 * SECOND);
    assert_eq!((bench.stats().acknowledged, bench.stats().deliveries), (1, 2));
}

#[test]
fn a_verdict_does_not_wait_for_longer_than_its_lock_allows() {
    let bench = Bench::new();
    bench.publish(0..1);
    bench.network.fail("acknowledge", [Fault::RetryAfter(503, "3600")]);
    let processor = bench.processor().concurrency(1).max_locks(1);
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    bench.pass(&mut run, 14 * SECOND);
    assert_eq!(bench.network.requests("acknowledge"), [1]);
    bench.pass(&mut run, 2 * SECOND);
    assert_eq!((handle.stats().acknowledged, handle.stats().locks), (1, 0));
}

#[test]
fn a_stop_tries_the_verdicts_that_wait_at_once_and_ends_with_their_locks() {
    let unavailable = Fault::RetryAfter(503, "3600");
    for (faults, calls, acknowledged, until) in [(1, 2, 1, 10), (100, 5, 0, 58)] {
        let bench = Bench::new();
        bench.publish(0..1);
        bench.network.fail("acknowledge", vec![unavailable; faults]);
        let log = Log::default();
        let processor = bench.processor().on_notice(log.hook());
        let handle = processor.handle();
        let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
        bench.pass(&mut run, 5 * SECOND);
        handle.stop(ProcessorStop::Finish);
        bench.pass(&mut run, (until - 6) * SECOND);
        assert!(!run.go_on());
        bench.pass(&mut run, 2 * SECOND);
        assert!(run.go_on());
        assert_eq!(bench.network.requests("acknowledge").len(), calls);
        assert_eq!(bench.stats().acknowledged, acknowledged);
        assert_eq!(
            log.lines("lost").len()
                + log.lines("settled or lost").len()
                + usize::try_from(acknowledged).unwrap(),
            1
        );
    }
}

#[test]
fn a_lock_that_ends_while_the_verdict_waits_is_told_then() {
    let bench = Bench::new();
    bench.publish(0..1);
    bench.network.fail("acknowledge", vec![Fault::NotSent; 100]);
    let log = Log::default();
    let processor = bench.processor().on_notice(log.hook());
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    bench.pass(&mut run, 57 * SECOND);
    assert_eq!((log.lines("lost").len(), handle.stats().locks), (0, 1));
    let sent = bench.network.requests("acknowledge").len();
    bench.pass(&mut run, SECOND);
    assert_eq!((log.lines("lost").len(), handle.stats().lost), (1, 1));
    assert_eq!(bench.network.requests("acknowledge").len(), sent, "a verdict without a lock is not sent");
}

#[test]
fn a_token_that_the_service_keeps_refusing_delays_no_other() {
    let bench = Bench::new();
    bench.publish(0..400);
    bench.network.fail("acknowledge", vec![Fault::Strange; 1000]);
    let processor = bench.processor();
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|_: ProcessorEvent| async {}));
    bench.pass(&mut run, SECOND);
    let calls = bench.network.requests("acknowledge");
    assert!(calls.len() < 20, "{calls:?}");
    assert_eq!((handle.stats().acknowledged, handle.stats().locks), (399, 1));
    bench.pass(&mut run, 56 * SECOND);
    let alone = &bench.network.requests("acknowledge")[calls.len()..];
    // After 1, 2, 4, 8, 15 and 15 seconds, each jittered down to half, and no later than a quarter
    // of the lock.
    assert!((4..=8).contains(&alone.len()) && alone.iter().all(|tokens| *tokens == 1), "{alone:?}");
}
