//! Pushes of a server that keeps its events in a directory.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use eventgrid_emulator::broker::{PushEndpoint, SubscriptionSettings};
use eventgrid_emulator::{
    Condition, Emulator, EmulatorBuilder, EventSubscriptionOptions, InputSchema, RunningEmulator, Target,
};

use crate::http_client::{Connection, PATIENCE};
use crate::pushes::{ORDERS, endpoint};
use crate::sink::{Behaviour, Sink};

/// A directory of the test's own that is not there yet.
fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("kept-pushes-{name}"));
    let _ = fs::remove_dir_all(&path);
    path
}

/// One that pushes the events of `orders/billing`.
fn running(folder: &Path, endpoint: PushEndpoint) -> RunningEmulator {
    // An event that is received would be dead soon.
    let settings = SubscriptionSettings {
        max_delivery_count: 1,
        time_to_live: Duration::from_secs(1),
        ..SubscriptionSettings::default()
    };
    let builder: EmulatorBuilder = Emulator::builder().without_authentication().data(folder);
    let builder = builder.subscription_with("orders", "billing", settings);
    builder.subscription_push_endpoint("orders", "billing", endpoint).start("127.0.0.1:0").unwrap()
}

fn counts(sink: &Sink) -> Vec<String> {
    sink.received().iter().map(|request| request.header("aeg-delivery-count").to_owned()).collect()
}

#[test]
fn an_event_that_waits_to_be_pushed_again_survives_with_its_attempts() {
    let folder = folder("waiting");
    let sink = Sink::start(|_| Behaviour::Status(503));
    let emulator = running(&folder, endpoint(&sink.url()));
    emulator.stop_clock();
    Connection::open(emulator.address()).publish("1");
    emulator.wait_for(ORDERS, "billing", Condition::Delayed(1), PATIENCE).unwrap();
    emulator.shutdown();

    let emulator = running(&folder, endpoint(&sink.url()));
    assert_eq!(counts(&sink), ["0"]);
    emulator.advance_clock(Duration::from_secs(12));
    assert_eq!(counts(&sink), ["0", "1"]);
}

#[test]
fn an_event_whose_result_was_lost_with_the_process_is_pushed_again() {
    let folder = folder("lost");
    let (hanging, taking) = (Sink::start(|_| Behaviour::Hang("")), Sink::taking_all());
    let emulator = running(&folder, endpoint(&hanging.url()));
    emulator.stop_clock();
    Connection::open(emulator.address()).publish("1");
    hanging.wait_for(1);
    emulator.shutdown();

    let again = running(&folder, endpoint(&taking.url()));
    assert_eq!(taking.received().len(), 0, "the endpoint could still respond");
    again.advance_clock(Duration::from_secs(36));
    assert_eq!(counts(&taking), ["1"]);
    assert_eq!(again.stats("orders", "billing").unwrap().acknowledged, 1);
}

#[test]
fn events_that_waited_feed_a_topic_when_the_directory_is_opened_again() {
    let (folder, invoices) = (folder("fed"), Target::BasicTopic("invoices"));
    let start = |options| {
        let builder = Emulator::builder().without_authentication().data(&folder);
        let builder =
            builder.subscription("orders", "billing").basic_topic("invoices", InputSchema::EventGrid);
        builder.subscription_of(invoices, "feed", options).start("127.0.0.1:0").unwrap()
    };
    let emulator = start(EventSubscriptionOptions::new());
    let event = r#"[{"id":"1","subject":"s","eventType":"t","eventTime":"2024-06-01T12:00:00Z","dataVersion":"1","data":{}}]"#;
    emulator.with(move |it| it.publish(invoices, event)).unwrap();
    emulator.shutdown();

    let feed = EventSubscriptionOptions::new().push_endpoint(PushEndpoint::namespace_topic("orders"));
    let emulator = start(feed.clone());
    emulator.wait_for(ORDERS, "billing", Condition::Available(1), PATIENCE).unwrap();
    assert_eq!(emulator.with(move |it| it.stats_of(invoices, "feed")).unwrap().acknowledged, 1);
    emulator.shutdown();

    let emulator = start(feed);
    assert_eq!(emulator.stats("orders", "billing").unwrap().queued, 1, "once");
}
