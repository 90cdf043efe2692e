//! Requests that are refused: with which status, code and message, and which of two faults is
//! reported.

use bytes::Bytes;
use eventgrid_emulator::broker::{SubscriptionSettings, SubscriptionStats};
use eventgrid_emulator::{Emulator, InputSchema, Limits, Outcome};
use http::{Method, Request, Response};
use serde_json::Value;

use crate::namespace::{BATCH, JSON, Namespace, ONE, PUBLISH, billing, event};

/// Status, code and message; checks that header and body agree on the code.
fn refusal(reply: &Response<Bytes>) -> (u16, String, String) {
    let body: Value = serde_json::from_slice(reply.body()).unwrap();
    let code = body["error"]["code"].as_str().unwrap_or_default();
    assert_eq!(reply.headers()["broker-errorcode"], code);
    (
        reply.status().as_u16(),
        code.to_owned(),
        body["error"]["message"].as_str().unwrap_or_default().to_owned(),
    )
}

fn refused(path: &str, content_type: &str, body: impl Into<Bytes>) -> (u16, String, String) {
    let mut namespace = Namespace::new();
    let refusal = refusal(&namespace.send(path, content_type, body));
    assert_eq!(namespace.emulator.stats("orders", "billing"), Some(SubscriptionStats::default()));
    refusal
}

fn expected(status: u16, code: &str, message: &str) -> (u16, String, String) {
    (status, code.to_owned(), message.to_owned())
}

fn bad_request(message: &str) -> (u16, String, String) {
    expected(400, "BadRequest", message)
}

#[test]
fn query_parameters_out_of_range() {
    for (query, code, message) in [
        ("maxEvents=-20", "BadRequest", "Error parsing query parameters"),
        ("maxEvents=many", "BadRequest", "Error parsing query parameters"),
        ("maxEvents=99999999999999999999", "BadRequest", "Error parsing query parameters"),
        ("maxEvents=0", "ArgumentInvalid", "Invalid maxEvents parameter"),
        ("maxEvents=101", "ArgumentInvalid", "Invalid maxEvents parameter"),
        ("maxWaitTime=9", "ArgumentInvalid", "Invalid maxWaitTime parameter"),
        ("maxWaitTime=121", "ArgumentInvalid", "Invalid maxWaitTime parameter"),
    ] {
        let path = format!("{}&{query}", billing("receive"));
        assert_eq!(refused(&path, JSON, ""), expected(400, code, message), "{query}");
    }
    let path = format!("{}&releaseDelayInSeconds=7", billing("release"));
    let invalid = expected(400, "ArgumentInvalid", "Invalid releaseDelayInSeconds parameter");
    assert_eq!(refused(&path, JSON, r#"{"lockTokens":[]}"#), invalid);
}

#[test]
fn a_release_delay_is_for_a_release_alone() {
    for verb in ["acknowledge", "reject", "renewLock"] {
        let path = format!("{}&releaseDelayInSeconds=7", billing(verb));
        let reply = Namespace::new().send(&path, JSON, r#"{"lockTokens":[]}"#);
        assert_eq!(reply.status(), 200, "{verb}");
    }
}

#[test]
fn api_versions_missing_or_unknown() {
    let missing = bad_request("`api-version` query parameter is required");
    assert_eq!(refused("/topics/orders:publish", ONE, event("1")), missing);
    assert_eq!(
        refused("/topics/orders:publish?api-version=2018-01-01", ONE, event("1")),
        bad_request(
            "Unsupported `api-version` '2018-01-01', supported are 2023-06-01-preview, 2023-10-01-preview, \
             2023-11-01, 2024-06-01"
        )
    );
}

#[test]
fn names_that_do_not_exist() {
    let version = "api-version=2024-06-01";
    for (path, message) in [
        ("/topics/a%20b%2Fc:publish", "Topic 'a b/c' is not found"),
        ("/topics/fake/eventsubscriptions/billing:receive", "Topic 'fake' is not found"),
        ("/topics/fake/eventsubscriptions/billing:acknowledge", "Topic 'fake' is not found"),
        ("/topics/orders/eventsubscriptions/fake:receive", "Event subscription 'fake' is not found"),
        ("/topics/orders/eventsubscriptions/fake:renewLock", "Event subscription 'fake' is not found"),
        ("/topics/lonely/eventsubscriptions/billing:receive", "Event subscription 'billing' is not found"),
        ("/topics/orders:receive", "Resource '/topics/orders:receive' is not found"),
        ("/", "Resource '/' is not found"),
    ] {
        let reply = refused(&format!("{path}?{version}"), JSON, r#"{"lockTokens":["fake"]}"#);
        assert_eq!(reply, expected(404, "NotFound", message));
    }
}

#[test]
fn methods_other_than_post() {
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let request = Request::builder()
            .method(&method)
            .uri(PUBLISH)
            .header("aeg-sas-key", "c2VjcmV0")
            .body(Bytes::new())
            .unwrap();
        let mut namespace = Namespace::new();
        let Outcome::Done(reply) = namespace.emulator.begin(namespace.now, &request) else { panic!() };
        let message = format!("Method '{method}' is not allowed, only POST");
        assert_eq!(refusal(&reply), expected(405, "MethodNotAllowed", &message));
        assert_eq!(reply.headers()["allow"], "POST");
    }
}

#[test]
fn no_key_or_a_wrong_one() {
    for (headers, message) in [
        (&[][..], "The request has no authorization"),
        (&[("authorization", "SharedAccessKey wrong")], "The request authorization key is not authorized"),
        (&[("aeg-sas-key", "wrong")], "The request authorization key is not authorized"),
        (
            &[("authorization", "Basic c2VjcmV0")],
            "The authorization scheme is not supported, expected SharedAccessKey, SharedAccessSignature or Bearer",
        ),
        (&[("authorization", "Bearer c2VjcmV0")], "The bearer token is not authorized"),
        (&[("aeg-sas-token", "c2VjcmV0")], "The shared access signature is not valid"),
    ] {
        // Without a key, nothing is told about which topics there are.
        let mut request = Request::post("/topics/fake:publish");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut namespace = Namespace::new();
        let reply = namespace.emulator.begin(namespace.now, &request.body(Bytes::new()).unwrap());
        let Outcome::Done(reply) = reply else { panic!() };
        assert_eq!(refusal(&reply), expected(401, "Unauthorized", message));
    }
}

#[test]
fn content_types_missing_or_unknown() {
    let missing = bad_request("CONTENT-TYPE is not provided");
    for path in [PUBLISH.to_owned(), billing("acknowledge")] {
        let request = Request::post(path).header("aeg-sas-key", "c2VjcmV0").body("{}".into()).unwrap();
        let mut namespace = Namespace::new();
        let Outcome::Done(reply) = namespace.emulator.begin(namespace.now, &request) else { panic!() };
        assert_eq!(refusal(&reply), missing);
    }
    let message = "CONTENT-TYPE 'text/plain' is not supported, expected application/cloudevents+json or \
                   application/cloudevents-batch+json";
    let unknown = expected(415, "UnsupportedMediaType", message);
    assert_eq!(refused(PUBLISH, "text/plain; charset=utf-8", event("1")), unknown);
    let message = "CONTENT-TYPE 'text/plain' is not supported, expected application/json";
    let unknown = expected(415, "UnsupportedMediaType", message);
    assert_eq!(refused(&billing("reject"), "text/plain", r#"{"lockTokens":[]}"#), unknown);
}

#[test]
fn bodies_over_a_megabyte() {
    let too_large = expected(413, "RequestEntityTooLarge", "The maximum size (1048576) has been exceeded.");
    let padding = |size: usize| format!("[{}]", " ".repeat(size - 2));
    assert_eq!(refused(PUBLISH, BATCH, padding(1_048_577)), too_large);
    assert_eq!(refused(&billing("acknowledge"), JSON, padding(1_048_577)), too_large);
    assert_eq!(Namespace::new().send(PUBLISH, BATCH, padding(1_048_576)).status(), 200);
}

#[test]
fn the_topic_comes_before_the_query_and_the_query_before_the_body() {
    assert_eq!(refused("/topics/fake:publish?api-version=1", "x/y", "{").0, 404);
    let path = "/topics/orders:publish?api-version=1";
    assert!(refused(path, "x/y", "{").2.starts_with("Unsupported `api-version`"));
    let path = format!("{}&releaseDelayInSeconds=7", billing("release"));
    assert_eq!(refused(&path, "x/y", "{").2, "Invalid releaseDelayInSeconds parameter");
}

#[test]
fn lock_tokens_of_a_wrong_shape() {
    for body in [
        "",
        "{",
        "{}",
        "[]",
        "null",
        "\"\"",
        r#"{"lockTokens":null}"#,
        r#"{"lockTokens":"x"}"#,
        r#"{"lockTokens":[1]}"#,
        r#"{"lockTokens":[null]}"#,
        r#"{"lockTokens":["a"]} x"#,
        r#"{"locktokens":[]}"#,
        r#"{"lockTokens":["\ud800"]}"#,
    ] {
        let (status, code, message) = refused(&billing("acknowledge"), JSON, body);
        assert_eq!((status, code.as_str()), (400, "BadRequest"), "{body}");
        assert!(message.starts_with("Error parsing request body: "), "{body}: {message}");
    }
    let body = r#"{"more":{"a":[1]},"lockTokens":["faketoken"]}"#;
    assert_eq!(
        Namespace::new().send(&billing("acknowledge"), JSON, body).status(),
        200,
        "unknown members pass"
    );
}

#[test]
fn configurations_that_make_no_sense() {
    use std::time::Duration;

    let builder = || Emulator::builder().subscription("orders", "billing");
    for (builder, message) in [
        (builder().key(""), "an access key is empty"),
        (
            builder().topic("ab"),
            "\"ab\" is not the name of a topic: it needs 3 to 50 letters, digits and hyphens",
        ),
        (
            builder().subscription("", "billing"),
            "\"\" is not the name of a topic: it needs 3 to 50 letters, digits and hyphens",
        ),
        (
            builder().subscription("orders", "bill_ing"),
            "\"bill_ing\" is not the name of an event subscription: it needs 3 to 64 letters, digits and hyphens",
        ),
        (
            builder().limits(Limits::Relaxed).topic("/grid/api/events"),
            "\"/grid/api/events\" is not the name of a topic: it needs one character or more, of which the first is \
             not a slash",
        ),
        (builder().bearer_token(""), "a bearer token is empty"),
        (
            builder().basic_topic("a_b", InputSchema::Custom),
            "\"a_b\" is not the name of a basic topic, domain or partner namespace: it needs 3 to 50 letters, digits \
             and hyphens",
        ),
        (
            builder().limits(Limits::Relaxed).domain("", InputSchema::Custom),
            "\"\" is not the name of a basic topic, domain or partner namespace: it needs one or more letters, digits \
             and hyphens",
        ),
        (
            builder().partner_channel("api", "news", InputSchema::Custom),
            "the name 'api' is taken by the emulator itself",
        ),
        (
            builder().basic_topic("abc", InputSchema::Custom).partner_channel(
                "abc",
                "news",
                InputSchema::Custom,
            ),
            "the name 'abc' is given twice",
        ),
        (
            builder().partner_channel("abc", "a channel", InputSchema::Custom),
            "\"a channel\" is not the name of a channel: it needs 3 to 64 letters, digits and hyphens",
        ),
        (
            builder().partner_channel("abc", "news", InputSchema::Custom).partner_channel(
                "abc",
                "News",
                InputSchema::Custom,
            ),
            "the name 'News' is given twice",
        ),
        (builder().lock_duration(Duration::ZERO), "the lock duration must be above zero"),
        (builder().max_delivery_count(0), "the maximum delivery count must be at least 1"),
        (builder().time_to_live(Duration::ZERO), "the time to live must be above zero"),
    ] {
        assert_eq!(builder.build().unwrap_err().to_string(), message);
    }
}

#[test]
fn without_a_key_one_is_made_up() {
    let first = Emulator::builder().build().unwrap();
    let second = Emulator::builder().build().unwrap();
    assert_eq!(first.key().len(), 44, "32 bytes in base64");
    assert_ne!(first.key(), second.key());
    let seeded = || Emulator::builder().seed(7).build().unwrap().key().to_owned();
    assert_eq!(seeded(), seeded());
}

#[test]
fn debug_shows_no_key() {
    let builder = Emulator::builder().key("aGlkZGVu").key("Y29uY2VhbGVk").bearer_token("secret");
    let shown = format!("{builder:?} {:?}", builder.clone().build().unwrap());
    assert!(!["aGlkZGVu", "Y29uY2VhbGVk", "secret"].iter().any(|secret| shown.contains(secret)), "{shown}");
}

#[test]
fn a_basic_topic_is_no_topic_of_the_namespace() {
    let builder = Emulator::builder().key("c2VjcmV0").subscription("orders", "billing");
    let mut emulator = builder.basic_topic("grid", InputSchema::EventGrid).build().unwrap();
    let target = eventgrid_emulator::Target::BasicTopic("grid");
    assert!(emulator.create_subscription(target, "audit", SubscriptionSettings::default()));
    for path in [
        "/topics/%2Fgrid%2Fapi%2Fevents:publish?api-version=2024-06-01",
        "/topics/%2Fgrid%2Fapi%2Fevents/eventsubscriptions/audit:receive?api-version=2024-06-01",
    ] {
        let request = Request::post(path)
            .header("authorization", "SharedAccessKey c2VjcmV0")
            .header("content-type", ONE)
            .body(Bytes::from(event("1")))
            .unwrap();
        let Outcome::Done(reply) = emulator.begin(eventgrid_emulator::UnixTime::from_secs(1), &request)
        else {
            panic!("{path} is not refused")
        };
        let message = "Topic '/grid/api/events' is not found";
        assert_eq!(refusal(&reply), expected(404, "NotFound", message));
    }
}
