//! Calls that are futures wait until the clock is moved or an event comes.

use std::time::Duration;

use eventgrid::{AccessKey, Consumer, Publisher, ReceiveOptions, ReleaseDelay, SendAsyncSleep, Sleep};
use eventgrid_emulator::InProcess;

use crate::task::{Task, ready};
use crate::{event, namespace, seen, subscription, topic};

const SECOND: Duration = Duration::from_secs(1);

fn consumer(namespace: &InProcess) -> Consumer<InProcess, InProcess, AccessKey<'static>> {
    Consumer::new(namespace.client(), subscription())
}

fn publish(namespace: &InProcess, id: &str) {
    ready(Publisher::new(namespace.client(), topic()).send(&event(id))).unwrap();
}

#[test]
fn what_is_there_is_received_at_once() {
    let namespace = namespace();
    publish(&namespace, "1");
    let consumer = consumer(&namespace);
    let batch = ready(consumer.receive(ReceiveOptions::new())).unwrap();
    assert!(ready(consumer.acknowledge(&batch)).unwrap().is_complete());
    assert_eq!(namespace.stats("orders", "billing").unwrap().acknowledged, 1);
}

#[test]
fn a_receive_is_woken_by_an_event() {
    let namespace = namespace();
    let consumer = consumer(&namespace);
    let mut receive = Task::new(consumer.receive(ReceiveOptions::new()));
    assert!(receive.poll().is_none());
    assert!(receive.poll().is_none(), "polled again, it still waits");
    assert!(!receive.is_woken());
    publish(&namespace, "1");
    assert!(receive.is_woken());
    assert_eq!(seen(&receive.poll().unwrap().unwrap()), [("1".to_owned(), 1)]);
}

#[test]
fn a_receive_is_woken_at_the_end_of_its_wait() {
    let namespace = namespace();
    let consumer = consumer(&namespace);
    let mut receive = Task::new(consumer.receive(ReceiveOptions::new()));
    assert!(receive.poll().is_none());
    namespace.advance(Duration::new(59, 999_999_999));
    assert!(!receive.is_woken());
    namespace.advance(Duration::from_nanos(1));
    assert!(receive.is_woken());
    assert!(receive.poll().unwrap().unwrap().is_empty());
}

#[test]
fn a_receive_is_woken_at_the_end_of_a_release_delay() {
    let namespace = namespace();
    publish(&namespace, "1");
    let consumer = consumer(&namespace);
    let batch = ready(consumer.receive(ReceiveOptions::new())).unwrap();
    assert!(ready(consumer.release(&batch, ReleaseDelay::TenSeconds)).unwrap().is_complete());
    let mut receive = Task::new(consumer.receive(ReceiveOptions::new()));
    assert!(receive.poll().is_none());
    namespace.advance(9 * SECOND);
    assert!(!receive.is_woken());
    namespace.advance(SECOND);
    assert!(receive.is_woken());
    assert_eq!(seen(&receive.poll().unwrap().unwrap()), [("1".to_owned(), 2)]);
}

#[test]
fn a_receive_that_is_dropped_takes_no_events() {
    let namespace = namespace();
    let consumer = consumer(&namespace);
    let mut dropped = Task::new(consumer.receive(ReceiveOptions::new()));
    let mut kept = Task::new(consumer.receive(ReceiveOptions::new()));
    assert!(dropped.poll().is_none());
    assert!(kept.poll().is_none());
    assert_eq!(namespace.waiting(), 2);
    drop(dropped);
    assert_eq!(namespace.waiting(), 1);
    publish(&namespace, "1");
    assert!(kept.is_woken());
    assert_eq!(seen(&kept.poll().unwrap().unwrap()), [("1".to_owned(), 1)]);
}

#[test]
fn a_sleep_is_woken_when_the_clock_has_come_to_its_end() {
    let namespace = namespace();
    let mut short = Task::new(SendAsyncSleep::sleep(&namespace, 5 * SECOND));
    let mut long = Task::new(SendAsyncSleep::sleep(&namespace, 10 * SECOND));
    let mut dropped = Task::new(SendAsyncSleep::sleep(&namespace, 5 * SECOND));
    assert!(short.poll().is_none());
    assert!(long.poll().is_none());
    assert!(dropped.poll().is_none());
    drop(dropped);
    namespace.advance(Duration::new(4, 999_999_999));
    assert!(!short.is_woken());
    namespace.advance(Duration::from_nanos(1));
    assert!(short.is_woken() && !long.is_woken());
    assert!(short.poll().is_some());
    assert!(long.poll().is_none());
    namespace.advance(100 * SECOND);
    assert!(long.is_woken());
    assert!(long.poll().is_some());
    ready(SendAsyncSleep::sleep(&namespace, Duration::ZERO));
}

#[test]
fn a_clock_moved_by_a_blocking_call_wakes_too() {
    let namespace = namespace();
    let consumer = consumer(&namespace);
    let mut receive = Task::new(consumer.receive(ReceiveOptions::new()));
    let mut sleep = Task::new(SendAsyncSleep::sleep(&namespace, 30 * SECOND));
    assert!(receive.poll().is_none());
    assert!(sleep.poll().is_none());
    Sleep::sleep(&namespace, 60 * SECOND);
    assert!(receive.is_woken() && sleep.is_woken());
}
