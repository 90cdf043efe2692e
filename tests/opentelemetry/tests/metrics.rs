//! The metrics of clients and processors.

use std::time::Duration;

use eventgrid::blocking::{Consumer, Publisher};
use eventgrid::{
    AccessKey, Client, CloudEvent, NamespaceTopic, RawRequest, ReceiveOptions, ReleaseDelay, RetryPolicy,
    Subscription,
};
use eventgrid_emulator::{Emulator, Fault, FaultCondition, FaultEffect, InProcess, Operation};
use eventgrid_worker::{Processor, ProcessorEvent, ProcessorStop, Verdict};
use opentelemetry_tests::{Measured, measured};

const DURATION: &str = "messaging.client.operation.duration";
const SENT: &str = "messaging.client.sent.messages";
const CONSUMED: &str = "messaging.client.consumed.messages";

fn event(id: &str) -> CloudEvent<'_> {
    CloudEvent::new(id, "/shop", "Ordered")
}

fn topic(endpoint: &str) -> NamespaceTopic<'static> {
    NamespaceTopic::new(endpoint.to_owned(), "orders").unwrap()
}

fn subscription(endpoint: &str) -> Subscription<'static> {
    Subscription::new(endpoint.to_owned(), "orders", "billing").unwrap()
}

/// The one record of that metric of that operation.
#[track_caller]
fn one<'m>(all: &'m [Measured], name: &str, operation: &str, error: Option<&str>) -> &'m Measured {
    let is_it = |row: &&Measured| {
        row.name == name
            && row.attribute("messaging.operation.name") == Some(operation)
            && row.attribute("error.type") == error
    };
    let [row] = all.iter().filter(is_it).collect::<Vec<_>>()[..] else { panic!("{name}: {all:#?}") };
    row
}

#[test]
fn operations_are_counted_and_timed_by_the_clock_of_the_environment() {
    let slow = FaultEffect::new().status(503).header("retry-after", "5");
    let namespace = Emulator::builder()
        .seed(1)
        .subscription("orders", "billing")
        .fault(Fault::new(FaultCondition::new().operation(Operation::Publish).count(1), slow))
        .in_process()
        .unwrap();
    let all = measured(|meter| {
        let client = namespace.client().meter(meter);
        let publisher = Publisher::new(client.clone(), topic(InProcess::ENDPOINT));
        publisher.send(&[event("1"), event("2"), event("3")]).unwrap();
        publisher.send(&event("4")).unwrap();
        publisher.send(&event("")).unwrap_err();
        let consumer = Consumer::new(client, subscription(InProcess::ENDPOINT));
        let batch = consumer.receive(ReceiveOptions::new().max_events(3)).unwrap();
        let _ = consumer.release(&batch, ReleaseDelay::NoDelay).unwrap();
        let _ = consumer.send_request(&RawRequest::new("GET", "/nowhere")).unwrap();
    });
    let sent = one(&all, SENT, "send", None);
    assert_eq!((sent.count, &*sent.unit), (4, "{message}"), "none of what was refused before");
    let timed = one(&all, DURATION, "send", None);
    assert_eq!((timed.count, &*timed.unit), (2, "s"));
    assert!((5.0..6.0).contains(&timed.sum), "{timed:?}: the first one waited for another attempt");
    for (name, value) in [
        ("messaging.system", "eventgrid"),
        ("messaging.operation.type", "send"),
        ("messaging.destination.name", "orders"),
        ("server.port", "443"),
    ] {
        assert_eq!(timed.attribute(name), Some(value), "{name}");
    }
    assert!(timed.attribute("server.address").is_some_and(|host| InProcess::ENDPOINT.contains(host)));

    let consumed = one(&all, CONSUMED, "receive", None);
    assert_eq!((consumed.count, &*consumed.unit), (3, "{message}"));
    assert_eq!(consumed.attribute("messaging.destination.subscription.name"), Some("billing"));
    assert_eq!(one(&all, DURATION, "receive", None).count, 1);
    assert_eq!(one(&all, DURATION, "release", None).count, 1);
    assert_eq!(one(&all, DURATION, "send_request", Some("404")).count, 1);
}

#[test]
fn failures_say_what_failed() {
    let condition = FaultCondition::new().operation(Operation::Publish);
    let namespace = Emulator::builder()
        .subscription("orders", "billing")
        .fault(Fault::new(condition, FaultEffect::new().status(503)))
        .in_process()
        .unwrap();
    let all = measured(|meter| {
        let client = namespace.client().retry(RetryPolicy::none()).meter(meter);
        let publisher = Publisher::new(client, topic(InProcess::ENDPOINT));
        publisher.send(&[event("1"), event("2")]).unwrap_err();
        let stranger = Client::new(&namespace, &namespace, AccessKey::new("c3RyYW5nZXI=")).meter(meter);
        Consumer::new(stranger, subscription(InProcess::ENDPOINT))
            .receive(ReceiveOptions::new())
            .unwrap_err();
    });
    assert_eq!(one(&all, SENT, "send", Some("503")).count, 2);
    assert_eq!(one(&all, DURATION, "send", Some("503")).count, 1);
    assert_eq!(one(&all, DURATION, "receive", Some("401")).count, 1);
    assert!(!all.iter().any(|row| row.name == CONSUMED), "{all:#?}");
}

/// Handles three events: one at once, one never, and one with an error.
async fn process(meter: &opentelemetry::metrics::Meter) {
    let emulator = Emulator::builder().subscription("orders", "billing").start("127.0.0.1:0").unwrap();
    let client = eventgrid_hyper::client(AccessKey::new(emulator.key().to_owned()));
    let publisher = eventgrid_hyper::Publisher::new(client.clone(), topic(&emulator.endpoint()));
    publisher.send(&[event("handled"), event("hangs"), event("fails")]).await.unwrap();
    let consumer = eventgrid_hyper::Consumer::new(client, subscription(&emulator.endpoint()));
    let processor = Processor::new(consumer)
        .event_timeout(Duration::from_millis(50))
        .on_failure(|_| Verdict::Reject)
        .meter(meter);
    let handle = processor.handle();
    let handler = move |event: ProcessorEvent| {
        let handle = handle.clone();
        async move {
            match &*event.id().to_string() {
                "handled" => Ok(Verdict::Acknowledge),
                "fails" => Err("the warehouse is closed"),
                _ => {
                    handle.stop(ProcessorStop::Finish);
                    std::future::pending().await
                }
            }
        }
    };
    processor.run(handler).await.unwrap();
}

#[test]
fn handlers_are_timed() {
    let all = measured(|meter| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(process(meter));
    });
    for error in [None, Some("Error"), Some("TimedOut")] {
        let row = one(&all, "messaging.process.duration", "process", error);
        assert_eq!((row.count, &*row.unit), (1, "s"));
        assert_eq!(row.attribute("messaging.destination.subscription.name"), Some("billing"));
    }
}
