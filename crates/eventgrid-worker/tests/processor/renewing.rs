//! Locks are renewed while handlers run, and what happens when they are lost.

use std::cell::RefCell;
use std::time::Duration;

use eventgrid::SettleAction;
use eventgrid_worker::{LockLoss, ProcessorEvent, ProcessorStop};

use crate::support::{Bench, Fault, Log, SECOND, Task, publish, sleep};

/// Handles an event for as many seconds as its id says.
async fn sleep_by_id(bench: &Bench, event: ProcessorEvent) {
    let seconds: u64 = event.id().to_cow().parse().unwrap();
    sleep(&bench.namespace, Duration::from_secs(seconds)).await;
}

#[test]
fn locks_are_renewed_together_at_half_of_their_life_while_the_handlers_run() {
    let bench = Bench::new();
    bench.publish(20..21);
    bench.publish(40..42);
    bench.publish(200..202);
    let processor = bench.processor();
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|event: ProcessorEvent| sleep_by_id(&bench, event)));
    // Half of a minute, less two seconds for the way of the response.
    bench.pass(&mut run, 27 * SECOND);
    assert!(bench.network.requests("renewLock").is_empty());
    bench.pass(&mut run, SECOND);
    assert_eq!(bench.network.requests("renewLock"), [4], "not that of the event which is done");
    bench.pass(&mut run, 31 * SECOND);
    assert_eq!(bench.network.requests("renewLock"), [4, 2]);
    bench.pass(&mut run, 143 * SECOND);
    assert_eq!(bench.network.requests("renewLock"), [4, 2, 2, 2, 2, 2]);
    assert_eq!((bench.stats().acknowledged, bench.stats().deliveries), (5, 5));
    assert_eq!((handle.stats().renewed, handle.stats().lost), (14, 0));
}

#[test]
fn locks_that_will_soon_be_due_go_along() {
    let bench = Bench::new();
    let mut run = Task::new(bench.processor().run(|event: ProcessorEvent| sleep_by_id(&bench, event)));
    for id in 100..104 {
        publish(&bench.namespace, "orders", [id]);
        bench.pass(&mut run, 2 * SECOND);
    }
    // The first is due after 30 s, the last six seconds later.
    bench.pass(&mut run, 23 * SECOND);
    assert_eq!(bench.network.requests("renewLock"), [4]);
}

#[test]
fn a_renewal_that_fails_is_retried_as_long_as_the_lock_lasts() {
    let bench = Bench::new();
    bench.publish(100..101);
    bench.network.fail("renewLock", [Fault::NotSent, Fault::Status(503), Fault::ResponseLost, Fault::None]);
    let processor = bench.processor();
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|event: ProcessorEvent| sleep_by_id(&bench, event)));
    bench.pass(&mut run, 59 * SECOND);
    assert_eq!(bench.network.requests("renewLock").len(), 4);
    bench.pass(&mut run, 50 * SECOND);
    assert_eq!((bench.stats().acknowledged, bench.stats().deliveries), (1, 1));
    assert_eq!((handle.stats().failed_settles, handle.stats().lost), (3, 0));
}

#[test]
fn a_lock_that_could_not_be_renewed_is_lost_and_told() {
    let bench = Bench::new();
    bench.publish(100..101);
    bench.network.fail("renewLock", vec![Fault::Status(403); 100]);
    let (log, told) = (Log::default(), RefCell::new(None));
    let processor = bench.processor().on_notice(log.hook());
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|event: ProcessorEvent| {
        let (told, bench) = (&told, &bench);
        async move {
            if event.delivery_count() == 1 {
                let loss = event.lock_lost().await;
                *told.borrow_mut() = Some((loss, bench.namespace.now()));
                assert_eq!(event.lock_loss(), Some(loss));
            }
        }
    }));
    let start = bench.namespace.now();
    bench.pass(&mut run, 57 * SECOND);
    assert!(told.borrow().is_none());
    bench.pass(&mut run, 2 * SECOND);
    assert_eq!(*told.borrow(), Some((LockLoss::Expired, start + 58 * SECOND)));
    assert_eq!(log.lines("lost"), ["lost 100: Expired"]);
    bench.pass(&mut run, 2 * SECOND);
    // The verdict of the first handler was not sent; that of the second one was.
    assert_eq!((bench.stats().acknowledged, bench.stats().deliveries), (1, 2));
    assert_eq!(bench.network.requests("acknowledge"), [1]);
    let stats = handle.stats();
    assert_eq!((stats.received, stats.acknowledged, stats.lost, stats.locks), (2, 1, 1, 0));
}

#[test]
fn a_lock_is_renewed_for_no_longer_than_the_limit() {
    let bench = Bench::new();
    bench.publish(500..501);
    let log = Log::default();
    let processor = bench.processor().max_lock_renewal(100 * SECOND).on_notice(log.hook());
    let mut run = Task::new(processor.run(|event: ProcessorEvent| async move {
        if event.delivery_count() == 1 {
            assert_eq!(event.lock_lost().await, LockLoss::RenewalLimit);
        }
    }));
    bench.pass(&mut run, 147 * SECOND);
    assert_eq!(bench.network.requests("renewLock"), [1, 1, 1], "after 28, 58 and 88 seconds");
    assert!(log.lines("lost").is_empty());
    bench.pass(&mut run, 2 * SECOND);
    assert_eq!(log.lines("lost"), ["lost 500: RenewalLimit"]);
    assert_eq!((bench.stats().acknowledged, bench.stats().deliveries), (1, 2));
}

#[test]
fn a_lock_that_the_service_says_is_over_is_lost_at_once() {
    let bench = Bench::new();
    bench.publish(100..101);
    let log = Log::default();
    let processor = bench.processor().on_notice(log.hook());
    let handle = processor.handle();
    let mut run = Task::new(processor.run(|event: ProcessorEvent| {
        let bench = &bench;
        async move {
            if event.delivery_count() == 1 {
                // Somebody else settles it.
                let consumer = bench.consumer("orders", "billing");
                let release = SettleAction::Release(eventgrid::ReleaseDelay::OneHour);
                assert!(consumer.settle(release, &event.lock_token()).await.unwrap().is_complete());
                assert_eq!(event.lock_lost().await, LockLoss::Refused);
            }
        }
    }));
    bench.pass(&mut run, 31 * SECOND);
    assert_eq!(log.lines("lost"), ["lost 100: Refused"]);
    assert!(bench.network.requests("acknowledge").is_empty());
    assert_eq!((handle.stats().lost, handle.stats().running), (1, 0));
    handle.stop(ProcessorStop::Finish);
    bench.pass(&mut run, 10 * SECOND);
    assert!(run.take().unwrap().is_ok());
}

#[test]
fn the_lock_duration_is_that_of_the_subscription() {
    let emulator = eventgrid_emulator::Emulator::builder().lock_duration(300 * SECOND);
    let bench = Bench::with(emulator);
    bench.publish(1000..1001);
    let processor = bench.processor().lock_duration(300 * SECOND);
    let mut run = Task::new(processor.run(|event: ProcessorEvent| sleep_by_id(&bench, event)));
    bench.pass(&mut run, 147 * SECOND);
    assert!(bench.network.requests("renewLock").is_empty());
    bench.pass(&mut run, 2 * SECOND);
    assert_eq!(bench.network.requests("renewLock"), [1]);
}

#[test]
fn a_lock_counts_from_the_first_byte_of_the_response_and_not_from_its_last() {
    let bench = Bench::new();
    bench.publish(100..101);
    bench.network.fail("receive", [Fault::SlowBody(20 * SECOND)]);
    let mut run = Task::new(bench.processor().run(|event: ProcessorEvent| sleep_by_id(&bench, event)));
    bench.pass(&mut run, 27 * SECOND);
    assert!(bench.network.requests("renewLock").is_empty());
    bench.pass(&mut run, 2 * SECOND);
    assert_eq!(
        bench.network.requests("renewLock"),
        [1],
        "28 s after the lock began, not after the body was read"
    );
}
