//! Injected faults as clients of the in-process transport see them.

use std::time::Duration;

use eventgrid::blocking::{Consumer, Publisher};
use eventgrid::{AccessKey, ReceiveOptions, Sleep};
use eventgrid_emulator::{
    Emulator, Fault, FaultCondition, FaultEffect, InProcess, Operation, RequestCriteria, ResetPoint,
};

use crate::task::Task;
use crate::{event, namespace, seen, subscription, topic};

/// One whose first `count` requests for `operation` meet a fault.
fn faulty(operation: Operation, count: u64, effect: FaultEffect) -> InProcess {
    let namespace = namespace();
    let fault = Fault::new(FaultCondition::new().operation(operation).count(count), effect);
    namespace.with(|emulator| emulator.set_faults(vec![fault], None)).unwrap();
    namespace
}

fn publish(namespace: &InProcess) -> Result<(), String> {
    let publisher = Publisher::new(namespace.client(), topic());
    publisher.send(&event("1")).map(drop).map_err(|error| format!("{error:?}"))
}

fn published(namespace: &InProcess) -> u64 {
    namespace.stats("orders", "billing").unwrap().published
}

fn attempts(namespace: &InProcess) -> usize {
    let met = RequestCriteria::new();
    namespace.requests(&met).unwrap().iter().filter(|request| request.fault).count()
}

fn consumer(namespace: &InProcess) -> Consumer<InProcess, InProcess, AccessKey<'static>> {
    Consumer::new(namespace.client(), subscription())
}

fn receive(namespace: &InProcess) -> Vec<(String, u32)> {
    seen(&consumer(namespace).receive(ReceiveOptions::new()).unwrap())
}

#[test]
fn a_client_makes_another_attempt_after_a_status() {
    let namespace = faulty(Operation::Publish, 2, FaultEffect::new().status(503));
    publish(&namespace).unwrap();
    assert_eq!((published(&namespace), attempts(&namespace)), (1, 2));
    let failed = RequestCriteria::new().status(503);
    assert_eq!(namespace.requests(&failed).unwrap().len(), 2);
}

#[test]
fn a_reset_is_the_error_of_a_broken_connection() {
    for (point, done) in
        [(ResetPoint::BeforeRequest, false), (ResetPoint::BeforeResponse, true), (ResetPoint::InBody, true)]
    {
        let namespace = faulty(Operation::Publish, u64::MAX, FaultEffect::new().reset(point));
        let error = publish(&namespace).unwrap_err();
        assert!(error.contains("Interrupted"), "{point:?}: {error}");
        assert_eq!(published(&namespace) > 0, done, "{point:?}");
    }
    let namespace = faulty(Operation::Publish, 1, FaultEffect::new().reset(ResetPoint::AfterBody));
    publish(&namespace).unwrap();
}

#[test]
fn a_truncated_body_is_no_response() {
    let namespace = faulty(Operation::Publish, u64::MAX, FaultEffect::new().truncate_after(1));
    let error = publish(&namespace).unwrap_err();
    assert!(error.contains("Interrupted"), "{error}");
    let namespace = faulty(Operation::Publish, 1, FaultEffect::new().truncate_after(2));
    publish(&namespace).unwrap();
    assert_eq!(published(&namespace), 1, "the body has no more than that");
}

#[test]
fn a_lost_response_leaves_its_events_locked() {
    let namespace = faulty(Operation::Receive, 1, FaultEffect::new().reset(ResetPoint::BeforeResponse));
    publish(&namespace).unwrap();
    // Whoever makes another attempt waits for the end of the lock.
    let _ = consumer(&namespace).receive(ReceiveOptions::new());
    let stats = namespace.stats("orders", "billing").unwrap();
    assert!(stats.deliveries >= 1 && stats.acknowledged == 0, "{stats:?}");
    assert_eq!(namespace.with(|emulator| emulator.faults())[0].injected, 1);
}

#[test]
fn delays_and_slow_bodies_pass_on_its_clock() {
    let delay = Duration::from_millis(1500);
    let namespace = faulty(Operation::Publish, 1, FaultEffect::new().delay(delay));
    let before = namespace.now();
    publish(&namespace).unwrap();
    assert_eq!(namespace.now(), before + delay);

    // The body is two bytes long.
    let namespace = faulty(Operation::Publish, 1, FaultEffect::new().bytes_per_second(1));
    let before = namespace.now();
    publish(&namespace).unwrap();
    assert_eq!(namespace.now(), before + Duration::from_secs(2));
}

#[test]
fn an_asynchronous_call_waits_for_the_clock() {
    let namespace = faulty(Operation::Publish, 1, FaultEffect::new().delay(Duration::from_secs(1)));
    let publisher = eventgrid::Publisher::new(namespace.client(), topic());
    let event = event("1");
    let mut task = Task::new(publisher.send(&event));
    assert!(task.poll().is_none());
    assert_eq!(published(&namespace), 1, "it was done before the delay");
    Sleep::sleep(&namespace, Duration::from_secs(1));
    assert!(task.is_woken());
    task.poll().unwrap().unwrap();
}

#[test]
fn a_duplicate_delivery_is_another_event_with_a_count_of_its_own() {
    let namespace = faulty(Operation::Receive, 1, FaultEffect::new().duplicate_delivery());
    publish(&namespace).unwrap();
    assert_eq!(receive(&namespace), [("1".to_owned(), 1)]);
    let consumer = consumer(&namespace);
    let batch = consumer.receive(ReceiveOptions::new()).unwrap();
    assert_eq!(seen(&batch), [("1".to_owned(), 1)]);
    assert!(consumer.acknowledge(&batch).unwrap().is_complete());
    assert_eq!(namespace.stats("orders", "billing").unwrap().locked, 1);

    let namespace = faulty(Operation::Publish, 1, FaultEffect::new().duplicate_delivery());
    publish(&namespace).unwrap();
    assert_eq!(published(&namespace), 2, "published twice");
}

#[test]
fn a_lost_lock_is_seen_when_the_event_is_settled_and_the_event_comes_again() {
    for operation in [Operation::Receive, Operation::Acknowledge] {
        let namespace = faulty(operation, 1, FaultEffect::new().lose_lock());
        publish(&namespace).unwrap();
        let consumer = consumer(&namespace);
        let batch = consumer.receive(ReceiveOptions::new()).unwrap();
        assert!(!consumer.acknowledge(&batch).unwrap().is_complete(), "{operation}");
        assert_eq!(receive(&namespace), [("1".to_owned(), 2)]);
    }
}

#[test]
fn a_receive_that_waits_meets_its_fault_when_an_event_comes() {
    let namespace = faulty(Operation::Receive, 1, FaultEffect::new().duplicate_delivery());
    let consumer = eventgrid::Consumer::new(namespace.client(), subscription());
    let mut waiting = Task::new(consumer.receive(ReceiveOptions::new()));
    assert!(waiting.poll().is_none());
    publish(&namespace).unwrap();
    assert_eq!(seen(&waiting.poll().unwrap().unwrap()).len(), 1);
    assert_eq!(namespace.stats("orders", "billing").unwrap().queued, 1);
}

#[test]
fn faults_are_replaced_as_a_whole_or_not_at_all() {
    let mut emulator = Emulator::builder().build().unwrap();
    let lost = || Fault::new(FaultCondition::new(), FaultEffect::new().lose_lock());
    emulator.set_faults(vec![lost(), lost()], Some(1)).unwrap();
    let wrong = Fault::new(FaultCondition::new(), FaultEffect::new());
    let error = emulator.set_faults(vec![lost(), wrong], Some(1)).unwrap_err();
    assert!(error.to_string().starts_with("fault 1: it does nothing"), "{error}");
    assert_eq!(emulator.faults().len(), 2);
    assert!(emulator.metrics().contains("eventgrid_emulator_injected_faults_total{fault=\"1\"} 0"));
    emulator.clear_faults();
    assert!(emulator.faults().is_empty());
}
