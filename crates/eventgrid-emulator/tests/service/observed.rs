//! What an emulator reports about its requests, and about its health.

use bytes::Bytes;
use eventgrid_emulator::broker::SubscriptionSettings;
use eventgrid_emulator::{Emulator, Limits, Operation, Outcome, RequestCriteria, Target, UnixTime};
use http::{Request, Response};
use prometheus_parse::{Scrape, Value};

use crate::namespace::{JSON, Namespace, billing, received};

fn found(namespace: &Namespace, criteria: &RequestCriteria) -> Vec<(Operation, Option<u16>)> {
    let requests = namespace.emulator.requests(criteria).unwrap();
    assert_eq!(namespace.emulator.count_requests(criteria), Ok(requests.len()));
    requests.into_iter().map(|request| (request.operation, request.status)).collect()
}

fn send(emulator: &mut Emulator, request: http::request::Builder, body: &'static str) -> Response<Bytes> {
    match emulator.begin(UnixTime::from_secs(1), &request.body(body.into()).unwrap()) {
        Outcome::Done(response) => response,
        other => panic!("{other:?}"),
    }
}

#[test]
fn requests_are_found_by_what_they_are_about_and_what_became_of_them() {
    let mut namespace = Namespace::new();
    namespace.publish(&["first"]);
    namespace.publish(&["second"]);
    namespace.send(&billing("receive"), JSON, "");
    namespace.send(&billing("acknowledge").replace("billing", "fake"), JSON, "{}");
    let all = RequestCriteria::new;
    assert_eq!(found(&namespace, &all()).len(), 4);
    assert_eq!(found(&namespace, &all().operation(Operation::Publish)), [(Operation::Publish, Some(200)); 2]);
    assert_eq!(found(&namespace, &all().body_contains("second")).len(), 1);
    assert_eq!(found(&namespace, &all().status(404)), [(Operation::Acknowledge, Some(404))]);
    assert_eq!(found(&namespace, &all().topic("ORDERS").subscription("Billing")).len(), 1);
    assert_eq!(found(&namespace, &all().topic("fake")), []);
    let media_type = "application/cloudevents-batch+json; charset=utf-8";
    assert_eq!(found(&namespace, &all().header("Content-Type", media_type)).len(), 2);
    assert_eq!(found(&namespace, &all().header("content-type", "text/plain")), []);
    let refused = namespace.emulator.requests(&all().status(404)).unwrap().remove(0);
    assert_eq!(refused.error_message.as_deref(), Some("Event subscription 'fake' is not found"));
    assert!(namespace.emulator.requests(&all().header("authorization", "x")).is_err());
    namespace.emulator.clear_requests();
    assert_eq!(found(&namespace, &all()), []);
}

#[test]
fn a_receive_that_waits_is_in_the_journal_and_has_a_status_with_its_response() {
    let mut namespace = Namespace::new();
    namespace.wait(&billing("receive"));
    assert_eq!(found(&namespace, &RequestCriteria::new()), [(Operation::Receive, None)]);
    namespace.publish(&["1"]);
    assert_eq!(namespace.emulator.take_finished().len(), 1);
    let receives = RequestCriteria::new().operation(Operation::Receive);
    assert_eq!(found(&namespace, &receives), [(Operation::Receive, Some(200))]);
    let waiter = namespace.wait(&billing("receive"));
    namespace.emulator.cancel(waiter);
    assert_eq!(found(&namespace, &receives)[1], (Operation::Receive, None));
    let line = "eventgrid_emulator_requests_total{operation=\"receive\",status=\"none\"} 1";
    assert!(namespace.emulator.metrics().contains(line));
}

#[test]
fn a_basic_topic_is_named_by_its_path() {
    let builder = Emulator::builder().key("c2VjcmV0").basic_topic("invoices", "custom".parse().unwrap());
    let mut emulator = builder.build().unwrap();
    let request = || Request::post("/Invoices/api/events?aeg-sas-key=c2VjcmV0");
    assert_eq!(send(&mut emulator, request(), "[{}]").status(), 200);
    let criteria = RequestCriteria::new().topic("basicTopic:invoices").operation(Operation::Publish);
    assert_eq!(emulator.count_requests(&criteria), Ok(1));
    let requests = emulator.requests(&criteria).unwrap();
    assert!(!format!("{requests:?}").contains("c2VjcmV0"));
}

/// The value of a sample, by its name and labels.
fn value(text: &str, name: &str, labels: &[(&str, &str)]) -> f64 {
    let scrape = Scrape::parse(text.lines().map(|line| Ok(line.to_owned()))).unwrap();
    let mut samples = scrape.samples.iter().filter(|sample| {
        sample.metric == name && labels.iter().all(|(label, text)| sample.labels.get(label) == Some(text))
    });
    let sample = samples.next().unwrap_or_else(|| panic!("{name} {labels:?} is not in {text}"));
    assert!(samples.next().is_none(), "{name} {labels:?} is there twice");
    match sample.value {
        Value::Counter(value) | Value::Gauge(value) => value,
        ref other => panic!("{other:?}"),
    }
}

#[test]
fn metrics_count_requests_events_and_deliveries() {
    let mut namespace = Namespace::new();
    namespace.publish(&["1", "2", "3"]);
    assert_eq!(received(&namespace.send(&billing("receive"), JSON, "")).len(), 1);
    let text = namespace.emulator.metrics();
    let is = |name: &str, labels: &[(&str, &str)], expected: f64| {
        let value = value(&text, &format!("eventgrid_emulator_{name}"), labels);
        assert!((value - expected).abs() < f64::EPSILON, "{name} {labels:?}: {value}");
    };
    is("requests_total", &[("operation", "publish"), ("status", "200")], 1.0);
    is("requests_total", &[("operation", "receive"), ("status", "200")], 1.0);
    let billing = [("topic", "orders"), ("subscription", "billing")];
    is("published_events_total", &billing, 3.0);
    is("deliveries_total", &billing, 1.0);
    is("redeliveries_total", &billing, 0.0);
    is("events", &[billing[0], billing[1], ("state", "locked")], 1.0);
    is("events", &[billing[0], billing[1], ("state", "queued")], 2.0);
    is("finished_events_total", &[billing[0], billing[1], ("result", "expired")], 0.0);
    is("waiting_receives", &[], 0.0);
    let scrape = Scrape::parse(text.lines().map(|line| Ok(line.to_owned()))).unwrap();
    let turns =
        |sample: &&prometheus_parse::Sample| sample.metric == "eventgrid_emulator_turn_duration_seconds";
    assert!(matches!(scrape.samples.iter().find(turns).unwrap().value, Value::Histogram(_)));
    // Each family is described, and every line belongs to one.
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().unwrap();
        let family =
            ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        for kind in ["HELP", "TYPE"] {
            assert_eq!(text.matches(&format!("# {kind} {family} ")).count(), 1, "{kind} {family}");
        }
    }
}

#[test]
fn names_in_metrics_are_escaped() {
    let mut emulator = Emulator::builder().limits(Limits::Relaxed).topic("a\"b\\c\nd").build().unwrap();
    let topic = Target::NamespaceTopic("a\"b\\c\nd");
    assert!(emulator.create_subscription(topic, "billing", SubscriptionSettings::default()));
    let text = emulator.metrics();
    assert!(text.contains(r#"{topic="a\"b\\c\nd",subscription="billing"}"#), "{text}");
    assert!(text.lines().all(|line| line.starts_with('#') || line.starts_with("eventgrid_emulator_")));
}

#[test]
fn health_is_told_without_a_credential_and_leaves_no_trace() {
    let run = |checks: usize| {
        let builder = Emulator::builder().key("c2VjcmV0").subscription("orders", "billing").seed(1);
        let mut emulator = builder.build().unwrap();
        for _ in 0..checks {
            let response = send(&mut emulator, Request::get("/emulator/health"), "");
            assert_eq!(
                (response.status().as_u16(), &**response.body()),
                (200, &br#"{"status":"healthy"}"#[..])
            );
        }
        let key = "SharedAccessKey c2VjcmV0";
        let publish = Request::post("/topics/orders:publish?api-version=2024-06-01")
            .header("authorization", key)
            .header("content-type", "application/cloudevents+json");
        let event = r#"{"specversion":"1.0","id":"1","source":"/shop","type":"Ordered"}"#;
        send(&mut emulator, publish, event);
        let path = "/topics/orders/eventsubscriptions/billing:receive?api-version=2024-06-01";
        let response = send(&mut emulator, Request::post(path).header("authorization", key), "");
        emulator.advance(UnixTime::from_secs(2));
        (emulator.accepted().len(), emulator.metrics(), response.body().clone())
    };
    assert_eq!(run(0), run(3));
    let mut emulator = Emulator::builder().limits(Limits::Relaxed).topic("emulator/health").build().unwrap();
    assert_eq!(emulator.check_health(), Ok(()));
    assert!(emulator.remove_topic("emulator/health"), "a topic of that name is not the check's");
    assert_eq!(send(&mut emulator, Request::post("/emulator/health"), "").status(), 405);
}
