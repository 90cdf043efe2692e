//! What publish takes, what it refuses, and what of it a consumer receives.

use std::collections::HashSet;

use http::StatusCode;
use serde_json::Value;

use crate::namespace::{BATCH, JSON, Namespace, ONE, PUBLISH, billing, event, text};

/// Publishes one event and gives the text that a consumer receives.
fn round_trip(event: &str) -> String {
    let mut namespace = Namespace::in_published_order();
    let reply = namespace.send(PUBLISH, ONE, event.to_owned());
    assert_eq!(reply.status(), StatusCode::OK, "{event:.1000}: {reply:?}");
    let text = text(&namespace.send(&billing("receive"), JSON, ""));
    let start = text.find(r#""event":"#).unwrap() + r#""event":"#.len();
    text[start..text.len() - "}]}".len()].to_owned()
}

/// Publishes what is refused and gives the message.
fn refusal(content_type: &str, body: impl Into<bytes::Bytes>) -> String {
    let mut namespace = Namespace::new();
    let reply = namespace.send(PUBLISH, content_type, body);
    assert_eq!(reply.status(), StatusCode::BAD_REQUEST, "{reply:?}");
    assert_eq!(namespace.emulator.stats("orders", "billing").unwrap().published, 0);
    let body: Value = serde_json::from_slice(reply.body()).unwrap();
    body["error"]["message"].as_str().unwrap().to_owned()
}

/// A good event with more members.
fn with(members: &str) -> String {
    format!(r#"{{"specversion":"1.0","id":"1","source":"/shop","type":"Ordered",{members}}}"#)
}

#[test]
fn what_is_canonical_already_comes_as_it_was_published() {
    for members in [
        r#""data":{"a":[1.50,-0,123456789012345678901234567890,0.1E+2],"b":1}"#,
        r#""data":"text \"quoted\" é 😀 / \\ \u001f""#,
        r#""data":null"#,
        r#""data":false"#,
        r#""data":[]"#,
        r#""data_base64":"AQID""#,
        r#""data_base64":"""#,
        r#""datacontenttype":"text/xml","data":"<a/>""#,
        r#""subject":"a/b","dataschema":"https://example.com/schema""#,
        r##""dataschema":"#""##,
        r#""comexampleextension1":"value","comexampleothervalue":5,"flag":true,"x1":-15"#,
        r#""time":"2024-04-10T17:06:20Z""#,
    ] {
        let event = with(members);
        assert_eq!(round_trip(&event), event);
    }
}

#[test]
fn data_comes_last_with_its_members_sorted_and_its_strings_written_anew() {
    for (published, received) in [
        // Recorded from the service.
        (r#""data":{"Name":"Bob","Age":18}"#, r#""data":{"Age":18,"Name":"Bob"}"#),
        (r#""data":{"type":"t","data":[]}"#, r#""data":{"data":[],"type":"t"}"#),
        (
            r#""data":{ "b" : {"z":0,"y":1e2} , "a" : [ ] },"x":1"#,
            r#""x":1,"data":{"a":[],"b":{"y":1e2,"z":0}}"#,
        ),
        (r#""data_base64":"AQID","x":"\u0041""#, r#""x":"A","data_base64":"AQID""#),
        (r#""data":"\u00e9\/\ud83d\ude00""#, r#""data":"é/😀""#),
        (r#""data":{"a":1,"b":2,"a":3}"#, r#""data":{"a":3,"b":2}"#),
    ] {
        assert_eq!(round_trip(&with(published)), with(received));
    }
}

#[test]
fn attributes_come_in_another_order_each_time_and_data_is_the_last() {
    let event = with(r#""subject":"s","x":5,"data":{"b":1}"#);
    let mut namespace = Namespace::new();
    let mut texts = HashSet::new();
    for _ in 0..50 {
        assert_eq!(namespace.send(PUBLISH, ONE, event.clone()).status(), StatusCode::OK);
        let reply = text(&namespace.send(&billing("receive"), JSON, ""));
        let received = reply.split_once(r#""event":"#).unwrap().1.strip_suffix("}]}").unwrap().to_owned();
        assert!(received.ends_with(r#","data":{"b":1}}"#), "{received}");
        let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(value(&received), value(&event));
        texts.insert(received);
    }
    assert!(texts.len() > 25, "{}", texts.len());
}

#[test]
fn data_that_no_reader_can_read_is_refused() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    for (data, message) in [
        (nested(129), "recursion limit of 128 exceeded at byte 128 of `data`"),
        (format!(r#"{{"a":{}}}"#, nested(128)), "recursion limit of 128 exceeded at byte 132 of `data`"),
        (r#""\ud800""#.to_owned(), "lone surrogate in a string at byte 1 of `data`"),
        (r#"{"\udc00":0}"#.to_owned(), "lone surrogate in a string at byte 2 of `data`"),
        ("[1e999]".to_owned(), "number out of range at byte 6 of `data`"),
    ] {
        let expected = format!("Error parsing request body: {message}");
        assert_eq!(refusal(ONE, with(&format!(r#""data":{data}"#))), expected);
    }
    let deepest = with(&format!(r#""data":{}"#, nested(128)));
    assert_eq!(round_trip(&deepest), deepest);
}

#[test]
fn white_space_between_attributes_goes_and_null_attributes_are_unset() {
    let event = " { \"specversion\" : \"1.0\",\n\"id\":\"1\", \"subject\":null,\"ext\" : null,
        \"source\":\"/shop\",\"data_base64\":null,\"type\":\"Ordered\" , \"data\" : {\"a\": 1} } \n";
    let expected = r#"{"specversion":"1.0","id":"1","source":"/shop","type":"Ordered","data":{"a":1}}"#;
    assert_eq!(round_trip(event), expected);
}

#[test]
fn one_of_data_and_bytes_may_be_null_beside_the_other() {
    for (published, received) in [
        (r#""data":null,"data_base64":"AQID""#, r#""data_base64":"AQID""#),
        (r#""data_base64":"AQID","data":null"#, r#""data_base64":"AQID""#),
        (r#""data":null,"data_base64":"""#, r#""data_base64":"""#),
        (r#""data":null,"data_base64":null"#, r#""data":null"#),
        (r#""data":[],"data_base64":null"#, r#""data":[]"#),
    ] {
        assert_eq!(round_trip(&with(published)), with(received));
    }
}

#[test]
fn time_turns_to_utc_without_trailing_zeros() {
    for (published, received) in [
        ("2024-04-10T10:06:20.6359982-07:00", "2024-04-10T17:06:20.6359982Z"),
        ("2024-04-09T18:21:45.000Z", "2024-04-09T18:21:45Z"),
        ("2024-04-09T18:21:45.120000Z", "2024-04-09T18:21:45.12Z"),
        ("2024-04-09t18:21:45z", "2024-04-09T18:21:45Z"),
        ("2023-11-05 16:19:34.136651+00:00", "2023-11-05T16:19:34.136651Z"),
        ("2024-04-09T18:21:45.123456789Z", "2024-04-09T18:21:45.123456789Z"),
        ("2024-06-01T12:00:00.1234567891Z", "2024-06-01T12:00:00.123456789Z"),
        ("9999-12-30T22:00:01Z", "9999-12-30T22:00:01Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
        ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z"),
    ] {
        let time = format!(r#""time":"{published}""#);
        assert_eq!(round_trip(&with(&time)), with(&format!(r#""time":"{received}""#)));
    }
}

#[test]
fn required_attributes() {
    // The first two messages are the service's.
    let body = r#"[{"id":"","source":"","specversion":"","type":""}]"#;
    assert_eq!(refusal(BATCH, body), "`id` must be non-empty string");
    let body = r#"{"specversion":"1.0","id":"1","type":"t"}"#;
    assert_eq!(refusal(ONE, body), "`source` attribute is required");

    for name in ["id", "source", "specversion", "type"] {
        let mut event: Value = serde_json::from_str(&event("1")).unwrap();
        for (value, message) in [
            (Value::Null, "attribute is required"),
            ("".into(), "must be non-empty string"),
            (1.into(), "must be non-empty string"),
        ] {
            event[name] = value;
            assert_eq!(refusal(ONE, event.to_string()), format!("`{name}` {message}"));
        }
    }
    let body = r#"{"specversion":"0.3","id":"1","source":"s","type":"t"}"#;
    assert_eq!(refusal(ONE, body), "`specversion` must be '1.0'");
}

#[test]
fn optional_attributes_of_a_wrong_kind() {
    for (members, message) in [
        (r#""data":1,"data_base64":"AQID""#, "`data` and `data_base64` must not both be present"),
        (r#""data":"","data_base64":"AQID""#, "`data` and `data_base64` must not both be present"),
        (r#""data_base64":"A""#, "`data_base64` must be base64 string"),
        (r#""data_base64":1"#, "`data_base64` must be base64 string"),
        (r#""time":"yesterday""#, "`time` must be RFC 3339 timestamp"),
        (r#""time":"2024-04-09T18:21:45""#, "`time` must be RFC 3339 timestamp"),
        (r#""time":"2024-13-09T18:21:45Z""#, "`time` must be RFC 3339 timestamp"),
        (r#""time":"2024-06-01T12:00Z""#, "`time` must be RFC 3339 timestamp"),
        (r#""time":"2024-06-01T12Z""#, "`time` must be RFC 3339 timestamp"),
        (r#""time":"20240601T120000Z""#, "`time` must be RFC 3339 timestamp"),
        (r#""time":"2024-06-01T12:00:00,5Z""#, "`time` must be RFC 3339 timestamp"),
        (r#""time":"2024-06-01T12:00:00+0200""#, "`time` must be RFC 3339 timestamp"),
        (r#""time":"2024-06-01T12:00:00+02""#, "`time` must be RFC 3339 timestamp"),
        (r#""time":"2024-06-01T12:00:00+25:30""#, "`time` must be RFC 3339 timestamp"),
        (r#""time":"2024-06-01T12:00:00Z[UTC]""#, "`time` must be RFC 3339 timestamp"),
        (r#""time":"2024-06-01T24:00:00Z""#, "`time` must be RFC 3339 timestamp"),
        (r#""time":"2023-02-30T00:00:00Z""#, "`time` must be RFC 3339 timestamp"),
        (r#""time":0"#, "`time` must be RFC 3339 timestamp"),
        (r#""subject":1"#, "`subject` must be string"),
        (r#""datacontenttype":{}"#, "`datacontenttype` must be string"),
        (r#""dataschema":true"#, "`dataschema` must be string"),
        (r#""Extension":"x""#, "`Extension` is not a valid attribute name"),
        (r#""my_ext":"x""#, "`my_ext` is not a valid attribute name"),
        (r#""":"x""#, "`` is not a valid attribute name"),
        (r#""é":"x""#, "`é` is not a valid attribute name"),
        (r#""ext":{"a":1}"#, "`ext` must be string, boolean or integer of 32 bits"),
        (r#""ext":[]"#, "`ext` must be string, boolean or integer of 32 bits"),
        (r#""ext":"\ud800""#, "`ext` must be string, boolean or integer of 32 bits"),
    ] {
        assert_eq!(refusal(ONE, with(members)), message);
    }
}

#[test]
fn a_name_given_twice_is_refused_and_an_escaped_one_is_the_same() {
    let message = refusal(ONE, with(r#""id":"2""#));
    assert!(message.starts_with("Error parsing request body: duplicate attribute `id`"), "{message}");
    let message = refusal(ONE, with(r#""\u0069d":"2""#));
    assert!(message.starts_with("Error parsing request body: duplicate attribute `id`"), "{message}");
    assert_eq!(round_trip(&with(r#""e\u0078t":1"#)), with(r#""ext":1"#));
}

#[test]
fn one_bad_event_refuses_the_batch() {
    let body = format!(r#"[{},{{"id":"2"}},{}]"#, event("1"), event("3"));
    assert_eq!(refusal(BATCH, body), "`source` attribute is required");
}

#[test]
fn an_array_needs_the_batch_type_and_an_object_the_single_one() {
    let start = "Error parsing request body: invalid type: ";
    assert!(refusal(ONE, format!("[{}]", event("1"))).starts_with(start));
    assert!(refusal(BATCH, event("1")).starts_with(start));
    for element in ["1", "null", "\"\"", "[]"] {
        assert!(refusal(BATCH, format!("[{element}]")).starts_with(start));
    }
}

#[test]
fn content_types_are_compared_without_case_and_parameters() {
    for content_type in [
        "application/cloudevents+json",
        "Application/CloudEvents+JSON;charset=UTF-8",
        "application/cloudevents+json ; a=b",
    ] {
        let reply = Namespace::new().send(PUBLISH, content_type, event("1"));
        assert_eq!(reply.status(), StatusCode::OK, "{content_type}");
    }
}

#[test]
fn every_truncated_body_is_refused() {
    let body = format!("[{},{}]", event("1"), with(r#""data":{"a":[1,"\u00e9"]}"#));
    for end in 0..body.len() {
        refusal(BATCH, body[..end].to_owned());
    }
}

#[test]
fn hostile_bodies_are_refused_and_end_nothing() {
    let million = 1_000_000;
    let deep = |open: &str, close: &str| {
        with(&format!(r#""data":{}{}"#, open.repeat(200_000), close.repeat(200_000)))
    };
    refusal(ONE, "[".repeat(million));
    refusal(BATCH, "[".repeat(million));
    refusal(ONE, deep("[", ""));
    refusal(ONE, deep("{\"\":", ""));
    refusal(ONE, vec![0xff; million]);
    refusal(ONE, with("\"data\":\"\u{1}\""));
    refusal(ONE, with(r#""data":"\x""#));
    refusal(ONE, with(r#""data":01"#));
    refusal(ONE, with(r#""data":NaN"#));
    refusal(ONE, with(r#""id":"\ud800""#));
    let mut not_utf8 = with(r#""data":"_""#).into_bytes();
    let at = not_utf8.iter().position(|byte| *byte == b'_').unwrap();
    not_utf8[at] = 0xff;
    refusal(ONE, not_utf8);
    refusal(ONE, deep("[", "]"));
    // Many names, all of them different.
    let names: Vec<_> = (0..60_000).map(|number| format!(r#""x{number}":0"#)).collect();
    let event = with(&names.join(","));
    assert_eq!(round_trip(&event), event);
}
