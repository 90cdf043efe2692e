//! Several threads: whoever handles an event keeps its lock, even if others wait.

use std::thread;
use std::time::Duration;

use eventgrid::blocking::{Consumer, Publisher};
use eventgrid::{AccessKey, ReceiveOptions, Sleep};
use eventgrid_emulator::broker::SubscriptionSettings;
use eventgrid_emulator::{Emulator, InProcess, Target};

use crate::{event, namespace, seen, subscription, topic};

const SECOND: Duration = Duration::from_secs(1);

fn consumer(namespace: &InProcess) -> Consumer<InProcess, InProcess, AccessKey<'static>> {
    Consumer::new(namespace.client(), subscription())
}

fn publish(namespace: &InProcess, id: &str) {
    Publisher::new(namespace.client(), topic()).send(&event(id)).unwrap();
}

/// Until another thread waits for an event. This thread does not count as one that waits.
fn until_somebody_waits(namespace: &InProcess) {
    while namespace.waiting() == 0 {
        thread::yield_now();
    }
}

#[test]
fn a_thread_that_handles_an_event_keeps_its_lock_while_another_one_waits() {
    let namespace = namespace();
    let start = namespace.now();
    publish(&namespace, "1");
    let handling = consumer(&namespace);
    let batch = handling.receive(ReceiveOptions::new()).unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| consumer(&namespace).receive(ReceiveOptions::new()).unwrap().len());
        until_somebody_waits(&namespace);
        thread::yield_now();
        assert_eq!(namespace.now(), start);
        assert!(handling.renew_locks(&batch).unwrap().is_complete());
        assert!(handling.acknowledge(&batch).unwrap().is_complete());
        assert_eq!(waiting.join().unwrap(), 0, "with nobody at work its wait is over at once");
    });
    assert_eq!(namespace.now(), start + 60 * SECOND);
}

#[test]
fn a_thread_that_handles_an_event_keeps_its_lock_while_another_one_sleeps() {
    let namespace = namespace();
    publish(&namespace, "1");
    let handling = consumer(&namespace);
    let batch = handling.receive(ReceiveOptions::new()).unwrap();
    let start = namespace.now();
    thread::scope(|scope| {
        // It does not matter if a sleep ends before the lock does.
        scope.spawn(|| Sleep::sleep(&namespace, 59 * SECOND)).join().unwrap();
        let sleeping = scope.spawn(|| Sleep::sleep(&namespace, SECOND));
        thread::yield_now();
        assert!(handling.acknowledge(&batch).unwrap().is_complete());
        sleeping.join().unwrap();
    });
    assert_eq!(namespace.now(), start + 60 * SECOND);
}

#[test]
fn a_thread_that_ended_without_settling_loses_its_lock_at_once() {
    let namespace = namespace();
    publish(&namespace, "1");
    thread::scope(|scope| {
        let receive = || consumer(&namespace).receive(ReceiveOptions::new()).unwrap().len();
        assert_eq!(scope.spawn(receive).join().unwrap(), 1);
    });
    assert_eq!(seen(&consumer(&namespace).receive(ReceiveOptions::new()).unwrap()), [("1".to_owned(), 2)]);
}

#[test]
fn a_thread_that_waits_itself_is_not_at_work() {
    let namespace = namespace();
    publish(&namespace, "1");
    thread::scope(|scope| {
        let first = consumer(&namespace);
        assert_eq!(first.receive(ReceiveOptions::new()).unwrap().len(), 1);
        let second = scope.spawn(|| {
            let consumer = consumer(&namespace);
            let batch = consumer.receive(ReceiveOptions::new()).unwrap();
            let count = batch.len();
            assert!(consumer.acknowledge(&batch).unwrap().is_complete());
            count
        });
        // Both wait, so the lock ends, and one of them gets the event again.
        until_somebody_waits(&namespace);
        let again = first.receive(ReceiveOptions::new()).unwrap();
        assert!(first.acknowledge(&again).unwrap().is_complete());
        assert_eq!(second.join().unwrap() + again.len(), 1);
    });
    assert_eq!(namespace.stats("orders", "billing").unwrap().acknowledged, 1);
}

#[test]
fn many_threads_handle_each_event_once() {
    let namespace = namespace();
    for id in 0..200 {
        publish(&namespace, &id.to_string());
    }
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let consumer = consumer(&namespace);
                loop {
                    let batch = consumer.receive(ReceiveOptions::new().max_events(3)).unwrap();
                    if batch.is_empty() {
                        break;
                    }
                    thread::yield_now();
                    assert!(consumer.acknowledge(&batch).unwrap().is_complete());
                }
            });
        }
    });
    let stats = namespace.stats("orders", "billing").unwrap();
    assert_eq!((stats.acknowledged, stats.deliveries), (200, 200));
}

#[test]
fn the_clock_is_moved_until_something_is_so() {
    let namespace = namespace();
    let start = namespace.now();
    publish(&namespace, "1");
    assert_eq!(consumer(&namespace).receive(ReceiveOptions::new()).unwrap().len(), 1);
    assert!(namespace.advance_until(|emulator| emulator.stats("orders", "billing").unwrap().queued == 1));
    assert_eq!(namespace.now(), start + 60 * SECOND);
    assert!(!namespace.advance_until(|emulator| emulator.waiting() > 0), "it expires, and that is all");
    assert_eq!(namespace.stats("orders", "billing").unwrap().expired, 1);
}

#[test]
fn a_thread_waits_until_others_have_done_something() {
    let namespace = namespace();
    thread::scope(|scope| {
        scope.spawn(|| {
            for id in 0..10 {
                publish(&namespace, &id.to_string());
            }
        });
        namespace.wait_until(|emulator| emulator.stats("orders", "billing").unwrap().queued == 10);
    });
}

#[test]
fn a_program_changes_what_there_is_between_calls() {
    let namespace = namespace();
    let orders = Target::NamespaceTopic("orders");
    let settings = SubscriptionSettings::default();
    assert!(
        namespace.with(|emulator: &mut Emulator| emulator.create_subscription(orders, "audit", settings))
    );
    publish(&namespace, "1");
    assert_eq!(namespace.stats("orders", "audit").unwrap().queued, 1);
}
