//! Pushes of a server: what endpoints get, when they get it again, and which addresses are allowed.

use std::time::Duration;

use eventgrid_emulator::broker::{
    DeadLetterDestination, DeadLettering, PushEndpoint, SubscriptionSettings, SubscriptionStats,
};
use eventgrid_emulator::eventgrid_push::Batching;
use eventgrid_emulator::{Condition, Emulator, EmulatorBuilder, InputSchema, RunningEmulator, Target};
use serde_json::Value;

use crate::http_client::{Connection, PATIENCE};
use crate::sink::{Behaviour, Sink};

pub(crate) const ORDERS: Target<'_> = Target::NamespaceTopic("orders");
pub(crate) const GRID: Target<'_> = Target::BasicTopic("grid");

/// One that knows no handshake.
pub(crate) fn endpoint(url: &str) -> PushEndpoint {
    PushEndpoint::new(url).unwrap().without_handshake()
}

/// A namespace with the topic `orders`, and a basic topic `grid`, which retries whatever fails.
pub(crate) fn builder() -> EmulatorBuilder {
    let builder = Emulator::builder().without_authentication().topic("orders");
    builder.basic_topic("grid", InputSchema::EventGrid)
}

/// Creates an event subscription that pushes, and keeps events that die.
pub(crate) fn subscribe(
    emulator: &RunningEmulator,
    target: Target<'static>,
    name: &'static str,
    endpoint: PushEndpoint,
) {
    emulator.with(move |emulator| {
        assert!(emulator.create_subscription(target, name, SubscriptionSettings::default()));
        let list = DeadLettering::new(DeadLetterDestination::List);
        assert_eq!(emulator.set_dead_lettering(target, name, Some(list)), Ok(true));
        assert_eq!(emulator.set_push_endpoint(target, name, Some(endpoint)), Ok(true));
    });
}

/// Publishes events to the basic topic.
pub(crate) fn publish_basic(emulator: &RunningEmulator, count: usize) {
    let mut connection = Connection::open(emulator.address());
    for id in 0..count {
        let event = format!(
            r#"[{{"id":"{id}","subject":"s","eventType":"t","eventTime":"2024-06-01T12:00:00Z","dataVersion":"1","data":{{}}}}]"#
        );
        connection.send("/grid/api/events?api-version=2018-01-01", "application/json", &event);
        assert_eq!(connection.reply().status, 200);
    }
}

pub(crate) fn publish(emulator: &RunningEmulator, ids: &[&str]) {
    let mut connection = Connection::open(emulator.address());
    for id in ids {
        connection.publish(id);
    }
}

pub(crate) fn stats(
    emulator: &RunningEmulator,
    target: Target<'static>,
    name: &'static str,
) -> SubscriptionStats {
    emulator.with(move |emulator| emulator.stats_of(target, name)).unwrap()
}

pub(crate) fn wait_until_drained(emulator: &RunningEmulator, target: Target<'_>, name: &str) {
    emulator.wait_for(target, name, Condition::Drained, PATIENCE).unwrap();
}

#[test]
fn an_event_is_pushed_as_the_service_pushes_it() {
    let sink = Sink::taking_all();
    let emulator = builder().start("127.0.0.1:0").unwrap();
    subscribe(&emulator, ORDERS, "billing", endpoint(&sink.url()));
    publish(&emulator, &["1"]);
    let request = sink.wait_for(1).remove(0);
    assert_eq!((&*request.method, &*request.target), ("POST", "/events?code=s3cret"));
    assert_eq!(request.header("host"), sink.address.to_string());
    assert_eq!(request.header("content-type"), "application/cloudevents+json; charset=utf-8");
    assert_eq!(request.header("aeg-subscription-name"), "BILLING");
    assert_eq!(request.header("aeg-delivery-count"), "0");
    assert_eq!(request.header("aeg-event-type"), "Notification");
    let event: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(event["id"], "1");
    wait_until_drained(&emulator, ORDERS, "billing");
    assert_eq!(stats(&emulator, ORDERS, "billing").acknowledged, 1);
}

#[test]
fn events_that_wait_are_pushed_in_batches_over_connections_that_are_kept() {
    let sink = Sink::taking_all();
    let emulator = builder().start("127.0.0.1:0").unwrap();
    emulator.with(|emulator| emulator.create_subscription(GRID, "audit", SubscriptionSettings::default()));
    publish_basic(&emulator, 1000);
    let batching = Batching::new().with_max_events(10).unwrap();
    let endpoint = endpoint(&sink.url()).with_batching(batching);
    emulator.with(|emulator| emulator.set_push_endpoint(GRID, "audit", Some(endpoint))).unwrap();
    wait_until_drained(&emulator, GRID, "audit");
    let requests = sink.received();
    let sizes =
        requests.iter().map(|request| serde_json::from_str::<Vec<Value>>(&request.body).unwrap().len());
    assert_eq!((requests.len(), sizes.sum::<usize>()), (100, 1000));
    assert!(sink.connections() <= 16, "{} connections", sink.connections());
}

#[test]
fn a_moved_clock_makes_each_attempt_at_its_time_and_waits_for_it() {
    let sink = Sink::start({
        let mut failures = 2;
        move |_| {
            let status = if failures > 0 { 503 } else { 200 };
            failures = u32::saturating_sub(failures, 1);
            Behaviour::Status(status)
        }
    });
    let emulator = builder().seed(7).start("127.0.0.1:0").unwrap();
    emulator.stop_clock();
    subscribe(&emulator, ORDERS, "billing", endpoint(&sink.url()));
    publish(&emulator, &["1"]);
    // Planned are 10 and 30 seconds, each with up to a tenth of the wait as jitter.
    for (seconds, attempts) in [(9, 1), (3, 2), (17, 2), (4, 3)] {
        emulator.advance_clock(Duration::from_secs(seconds));
        assert_eq!(sink.received().len(), attempts);
    }
    let counts: Vec<_> =
        sink.received().iter().map(|it| it.header("aeg-delivery-count").to_owned()).collect();
    assert_eq!(counts, ["0", "1", "2"]);
    assert_eq!(stats(&emulator, ORDERS, "billing").acknowledged, 1);
}

#[test]
fn a_clock_that_is_moved_far_misses_no_attempt() {
    let sink = Sink::start(|_| Behaviour::Status(503));
    let emulator = builder().start("127.0.0.1:0").unwrap();
    emulator.stop_clock();
    subscribe(&emulator, ORDERS, "billing", endpoint(&sink.url()));
    let start = emulator.clock().time;
    publish(&emulator, &["1", "2"]);
    emulator.advance_clock(Duration::from_secs(24 * 60 * 60));
    assert_eq!(sink.received().len(), 20);
    let letters = emulator.with(|emulator| emulator.dead_letters(ORDERS, "billing", 0, 10)).unwrap().letters;
    for letter in &letters {
        let minutes = letter.died.saturating_since(start).as_secs() / 60;
        assert!(letter.delivery_count == 10 && (30..=31).contains(&minutes), "{letter:?}");
    }
    assert_eq!(letters.len(), 2);
}

#[test]
fn the_admin_api_and_the_data_address_are_never_a_target() {
    let emulator = builder().push_host("localhost").admin("127.0.0.1:0").start("127.0.0.1:0").unwrap();
    let admin = emulator.admin_endpoint().unwrap();
    for (name, url) in [("billing", emulator.endpoint()), ("shipping", admin)] {
        subscribe(&emulator, ORDERS, name, endpoint(&url));
    }
    let before = emulator.requests(&eventgrid_emulator::RequestCriteria::new()).unwrap().len();
    publish(&emulator, &["1"]);
    for name in ["billing", "shipping"] {
        wait_until_drained(&emulator, ORDERS, name);
        // A namespace does not retry where no connection can be made.
        let letter = emulator.with(move |emulator| emulator.dead_letter(ORDERS, name, 0)).unwrap();
        assert_eq!(letter.delivery_count, 1);
    }
    let requests = emulator.requests(&eventgrid_emulator::RequestCriteria::new()).unwrap();
    assert_eq!(requests.len(), before + 1, "the publish alone");
}

#[test]
fn another_host_is_a_target_only_if_it_is_allowed() {
    let emulator = builder().start("127.0.0.1:0").unwrap();
    // Of a range for documentation, so nobody is there.
    subscribe(&emulator, ORDERS, "billing", endpoint("http://192.0.2.1:9/"));
    publish(&emulator, &["1"]);
    wait_until_drained(&emulator, ORDERS, "billing");
    assert_eq!(stats(&emulator, ORDERS, "billing").rejected, 1);
}

#[test]
fn https_is_for_endpoints_with_a_certificate_that_is_trusted() {
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("server-push-https");
    let _ = std::fs::remove_dir_all(&folder);
    // It refuses what has no key, with 401: then a response came, and is not retried.
    let target = Emulator::builder().key("c2VjcmV0").topic("orders").tls_dev_in(&folder);
    let target = target.start("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}/topics/orders:publish", target.address().port());

    let trusting = builder().tls_dev_in(&folder).start("127.0.0.1:0").unwrap();
    let other = builder().start("127.0.0.1:0").unwrap();
    for emulator in [&trusting, &other] {
        emulator.stop_clock();
        subscribe(emulator, GRID, "audit", endpoint(&url));
    }
    publish_basic(&other, 1);
    let stats = other.wait_for(GRID, "audit", Condition::Delayed(1), PATIENCE).unwrap();
    assert_eq!((stats.deliveries, stats.rejected), (1, 0), "no connection was made");

    let authority = trusting.certificate_authority().unwrap();
    let client = crate::https::client(authority, eventgrid::AccessKey::new("c2VjcmV0"));
    let topic =
        eventgrid::target::BasicTopic::new(format!("{}/grid/api/events", trusting.endpoint())).unwrap();
    let event = eventgrid::event::EventGridEvent::new("1", "s", "t", "2024-06-01T12:00:00Z", "1");
    eventgrid::blocking::Publisher::new(client, topic).send(&event).unwrap();
    let stats = trusting.wait_for(GRID, "audit", Condition::Dead(1), PATIENCE).unwrap();
    assert_eq!(stats.rejected, 1, "it responded");
}
