//! The documented limits: what is refused, and accepted if they are relaxed.

use eventgrid_emulator::Limits;
use http::Response;
use serde_json::Value;

use crate::basic::{Basic, CLOUD, CUSTOM, EVENT_GRID, input_refused, is_success};
use crate::namespace::{BATCH, JSON, Namespace, ONE, PUBLISH, billing, event, text};

fn relaxed() -> Namespace {
    Namespace::with(|builder| builder.limits(Limits::Relaxed))
}

/// A good event with more members.
fn with(members: &str) -> String {
    format!(r#"{{"specversion":"1.0","id":"1","source":"/s","type":"t",{members}}}"#)
}

/// The status of a refusal and its message.
fn refusal(response: &Response<bytes::Bytes>) -> (u16, String) {
    let body: Value = serde_json::from_slice(response.body()).unwrap();
    (response.status().as_u16(), body["error"]["message"].as_str().unwrap().to_owned())
}

/// Refused with that message if limits are strict; else it comes back as it is, in a namespace and
/// a basic topic.
fn refused_if_strict(event: &str, message: &str) {
    let expected = (400, message.to_owned());
    assert_eq!(refusal(&Namespace::new().send(PUBLISH, ONE, event.to_owned())), expected, "{event}");
    input_refused(&Basic::new().publish("/cloud/api/events", ONE, event.to_owned()));
    is_accepted(&mut relaxed(), Limits::Relaxed, event);
}

/// Comes back as it is, whatever the limits are.
fn is_always_accepted(event: &str) {
    is_accepted(&mut Namespace::new(), Limits::Strict, event);
    is_accepted(&mut relaxed(), Limits::Relaxed, event);
}

fn is_accepted(namespace: &mut Namespace, limits: Limits, event: &str) {
    let response = namespace.send(PUBLISH, ONE, event.to_owned());
    assert_eq!(response.status(), 200, "{event}: {response:?}");
    let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let received = value(&text(&namespace.send(&billing("receive"), JSON, "")));
    assert_eq!(received["value"][0]["event"], value(event));
    is_success(&Basic::with(limits).publish("/cloud/api/events", ONE, event.to_owned()));
}

#[test]
fn names_of_extension_attributes_have_twenty_characters() {
    is_always_accepted(&with(r#""abcdefghij0123456789":"x""#));
    for name in ["abcdefghij0123456789x", "kafkaheadercontenttype"] {
        let message = format!("`{name}` is not a valid attribute name: it has more than 20 characters");
        refused_if_strict(&with(&format!(r#""{name}":"x""#)), &message);
    }
}

#[test]
fn extension_attributes_have_a_type_of_cloud_events() {
    for value in [r#""text""#, r#""""#, "true", "false", "0", "-5", "2147483647", "-2147483648"] {
        is_always_accepted(&with(&format!(r#""ext":{value}"#)));
    }
    for value in ["4247483647", "2147483648", "0.5", "5.0", "1e2", "-1.5", r#"{"route":"a"}"#, "[]", "[1]"] {
        let message = "`ext` must be string, boolean or integer of 32 bits";
        refused_if_strict(&with(&format!(r#""ext":{value}"#)), message);
    }
    // No reader can read this one.
    let response = relaxed().send(PUBLISH, ONE, with(r#""ext":-1e999"#));
    assert_eq!(refusal(&response).1, "Error parsing request body: number out of range at byte 6 of `ext`");
    let response = relaxed().send(PUBLISH, ONE, with(r#""ext":["\ud800"]"#));
    assert_eq!(
        refusal(&response).1,
        "Error parsing request body: lone surrogate in a string at byte 2 of `ext`"
    );
}

#[test]
fn source_is_a_uri_reference() {
    let with = |source: &str| event("1").replace("/shop", source);
    for source in ["shop", "/shop/a%20b", "https://example.com/a?b#c", "urn:uuid:1", "#", "//host", "a/b:c"] {
        is_always_accepted(&with(source));
    }
    for source in ["my shop", "/shop/é", "a%2", "<shop>", "1a:b", ":a"] {
        refused_if_strict(&with(source), "`source` must be URI reference");
    }
    let empty = refusal(&relaxed().send(PUBLISH, ONE, with("")));
    assert_eq!(empty.1, "`source` must be non-empty string");
}

#[test]
fn time_is_one_that_common_readers_can_read() {
    let grid = |time: &str| format!("[{}]", EVENT_GRID.replace("2024-06-01T12:00:00Z", time));
    for (time, received) in [
        ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
        ("1990-12-31T15:59:60-08:00", "1990-12-31T23:59:60Z"),
        // In UTC it is in a year that RFC 3339 does not have.
        ("9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59-23:59"),
    ] {
        let event = with(&format!(r#""time":"{time}""#));
        let message = "`time` must be in the years 0001 to 9999 of UTC, and in no leap second";
        assert_eq!(refusal(&Namespace::new().send(PUBLISH, ONE, event.clone())), (400, message.to_owned()));
        let refused = Basic::new().publish("/cloud/api/events", ONE, event.clone());
        assert_eq!(input_refused(&refused), "Property 'time' was not a valid date/time.");
        let refused = Basic::new().publish("/grid/api/events", JSON, grid(time));
        assert_eq!(input_refused(&refused), "The event time property 'eventTime' was not a valid date/time.");

        let mut relaxed = relaxed();
        assert_eq!(relaxed.send(PUBLISH, ONE, event.clone()).status(), 200);
        let response = text(&relaxed.send(&billing("receive"), JSON, ""));
        assert!(response.contains(&format!(r#""time":"{received}""#)), "{response}");
        is_success(&Basic::with(Limits::Relaxed).publish("/cloud/api/events", ONE, event));
        is_success(&Basic::with(Limits::Relaxed).publish("/grid/api/events", JSON, grid(time)));
    }
}

#[test]
fn data_that_is_not_text_has_a_media_type_of_json() {
    for (media_type, data) in [
        ("application/json", r#"{"a":1}"#),
        ("Application/Vnd.Shop+JSON; charset=utf-8", "[1]"),
        ("text/xml", r#""<a/>""#),
        ("application/octet-stream", "null"),
        ("nonsense", r#""x""#),
    ] {
        is_always_accepted(&with(&format!(r#""datacontenttype":"{media_type}","data":{data}"#)));
    }
    is_always_accepted(&with(r#""datacontenttype":"application/json","data_base64":"AQID""#));
    is_always_accepted(&with(r#""data":{"a":1}"#));
    for (media_type, data) in [("text/xml", r#"{"a":1}"#), ("text/plain", "5"), ("nonsense", "[]")] {
        let event = with(&format!(r#""datacontenttype":"{media_type}","data":{data}"#));
        refused_if_strict(&event, &format!("`data` must be string for `datacontenttype` '{media_type}'"));
    }
}

#[test]
fn null_beside_bytes_is_no_data() {
    let event = with(r#""data":null,"data_base64":"AQID""#);
    assert_eq!(Namespace::new().send(PUBLISH, ONE, event.clone()).status(), 200);
    is_success(&Basic::new().publish("/cloud/api/events", ONE, event));
}

#[test]
fn a_batch_has_a_thousand_events() {
    let batch = |count: usize| format!("[{}]", vec![event("1"); count].join(","));
    assert_eq!(Namespace::new().send(PUBLISH, BATCH, batch(1000)).status(), 200);
    let refused = Namespace::new().send(PUBLISH, BATCH, batch(1001));
    assert_eq!(refusal(&refused), (400, "The batch has 1001 events, at most 1000 are allowed".to_owned()));
    assert_eq!(relaxed().send(PUBLISH, BATCH, batch(1001)).status(), 200);
}

#[test]
fn a_basic_request_has_five_thousand_events() {
    for (topic, event) in [("grid", EVENT_GRID), ("cloud", CLOUD), ("custom", CUSTOM)] {
        let path = format!("/{topic}/api/events");
        let batch = |count: usize| format!("[{}]", vec![event; count].join(","));
        is_success(&Basic::new().publish(&path, BATCH, batch(5000)));
        let refused = Basic::new().publish(&path, BATCH, batch(5001));
        assert_eq!(input_refused(&refused), "The request has 5001 events, but at most 5000 are allowed.");
        is_success(&Basic::with(Limits::Relaxed).publish(&path, BATCH, batch(5001)));
    }
}

#[test]
fn a_basic_event_has_a_megabyte() {
    for (topic, event) in [("grid", EVENT_GRID), ("cloud", CLOUD), ("custom", CUSTOM)] {
        let path = format!("/{topic}/api/events");
        let start = event.strip_suffix("}}").unwrap();
        let event = |size: usize| format!(r#"{start},"b":"{}"}}}}"#, "x".repeat(size - start.len() - 9));
        assert_eq!(event(100_000).len(), 100_000);
        let array = |size: usize| format!(" [ {} ] ", event(size));
        is_success(&Basic::new().publish(&path, BATCH, array(1_048_576)));
        let refused = Basic::new().publish(&path, BATCH, array(1_048_577));
        let message = "The maximum size (1048576) has been exceeded.".to_owned();
        assert_eq!(refusal(&refused), (413, message));
        is_success(&Basic::with(Limits::Relaxed).publish(&path, BATCH, array(1_048_577)));
    }
}

#[test]
fn a_relaxed_namespace_takes_what_a_basic_topic_does() {
    let padding = |size: usize| format!("[{}]", " ".repeat(size - 2));
    assert_eq!(Namespace::new().send(PUBLISH, BATCH, padding(1_048_577)).status(), 413);
    assert_eq!(relaxed().send(PUBLISH, BATCH, padding(1_536_000)).status(), 200);
    let refused = relaxed().send(PUBLISH, BATCH, padding(1_536_001));
    assert_eq!(refusal(&refused), (413, "The maximum size (1536000) has been exceeded.".to_owned()));
}
