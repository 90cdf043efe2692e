//! Which paths and names are accepted, and what they belong to.

use bytes::Bytes;
use eventgrid_emulator::{Emulator, EmulatorBuilder, Limits, Outcome, Target, UnixTime};
use http::{Request, Response};

use crate::namespace::{JSON, Namespace, ONE, billing, event, received};

const NAMESPACE_VERSION: &str = "2024-06-01";
const BASIC_VERSION: &str = "2018-01-01";

fn post(builder: EmulatorBuilder, path: &str, version: &str) -> Response<Bytes> {
    let mut emulator = builder.key("c2VjcmV0").topic("orders").build().unwrap();
    let body = if version == BASIC_VERSION {
        r#"[{"id":"1","subject":"s","eventType":"t","eventTime":"2024-06-01T12:00:00Z","data":{},"dataVersion":"1"}]"#
            .to_owned()
    } else {
        event("1")
    };
    let content_type = if version == BASIC_VERSION { JSON } else { ONE };
    let request = Request::post(format!("{path}?api-version={version}"))
        .header("aeg-sas-key", "c2VjcmV0")
        .header("content-type", content_type)
        .body(body.into())
        .unwrap();
    match emulator.begin(UnixTime::from_secs(1), &request) {
        Outcome::Done(response) => response,
        other => panic!("{path}: {other:?}"),
    }
}

#[test]
fn a_namespace_is_at_the_root_and_nowhere_else() {
    for (path, status) in [
        ("/topics/orders:publish", 200),
        ("/anything/topics/orders:publish", 404),
        ("/topics/orders/topics/orders:publish", 404),
        ("//topics/orders:publish", 404),
        ("/api/events/topics/orders:publish", 404),
        ("/api/events", 404),
    ] {
        let response = post(Emulator::builder(), path, NAMESPACE_VERSION);
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(response.headers().contains_key("broker-errorcode"), status != 200, "{path}");
    }
}

#[test]
fn a_namespace_refuses_the_version_of_basic_topics() {
    for (path, status) in [("/api/events", 400), ("/topics/orders:publish", 400), ("/topics/orders", 404)] {
        assert_eq!(post(Emulator::builder(), path, BASIC_VERSION).status(), status, "{path}");
    }
}

#[test]
fn a_basic_topic_is_at_the_root_if_it_was_asked_for() {
    let builder = || Emulator::builder().basic_topic_at_root();
    assert_eq!(post(builder(), "/api/events", BASIC_VERSION).status(), 200);
    assert_eq!(post(builder(), "/topics/orders:publish", NAMESPACE_VERSION).status(), 200);
}

#[test]
fn a_namespace_below_api_events_is_taken_if_it_was_asked_for_or_limits_are_relaxed() {
    for (path, status) in [
        ("/api/events/topics/orders:publish", 200),
        ("/topics/orders:publish", 200),
        ("/api/events/api/events/topics/orders:publish", 404),
        ("/api/eventstopics/orders:publish", 404),
        ("/x/api/events/topics/orders:publish", 404),
    ] {
        for builder in
            [Emulator::builder().namespace_below_api_events(), Emulator::builder().limits(Limits::Relaxed)]
        {
            assert_eq!(post(builder, path, NAMESPACE_VERSION).status(), status, "{path}");
        }
    }
}

#[test]
fn names_are_compared_without_case() {
    let mut namespace = Namespace::new();
    let path = "/topics/ORDERS:publish?api-version=2024-06-01";
    assert_eq!(namespace.send(path, ONE, event("1")).status(), 200);
    let path = billing("receive").replace("billing", "BiLLing").replace("orders", "Orders");
    assert_eq!(received(&namespace.send(&path, JSON, ""))[0].id, "1");
    assert_eq!(namespace.emulator.accepted()[0].name, "orders", "as it was created");
    assert!(namespace.emulator.stats_of(Target::NamespaceTopic("ORDERS"), "Billing").is_some());
}

#[test]
fn a_number_with_a_sign_is_none() {
    for value in ["%2B5", "+5", "-5"] {
        let mut namespace = Namespace::new();
        let path = format!("{}&maxEvents={value}", billing("receive"));
        let response = namespace.send(&path, JSON, "");
        assert_eq!(response.status(), 400, "{value}");
    }
}
