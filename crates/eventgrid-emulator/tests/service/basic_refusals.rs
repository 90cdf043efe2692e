//! Publishes that basic topics, domains and partner namespaces refuse: with which status, code and
//! message.

use http::Response;

use crate::basic::{
    BATCH, Basic, CLOUD, CUSTOM, EVENT_GRID, JSON, KEY, ONE, VERSION, input_refused, refusal,
};

fn refused(path: &str, content_type: &str, body: impl Into<bytes::Bytes>) -> String {
    let mut basic = Basic::new();
    let message = input_refused(&basic.publish(&format!("/{path}/api/events"), content_type, body));
    assert!(basic.emulator.accepted().is_empty());
    message
}

fn text(reply: &Response<bytes::Bytes>) -> String {
    String::from_utf8(reply.body().to_vec()).unwrap()
}

/// An event with one of its members, of text, replaced by JSON.
fn replaced(event: &str, name: &str, value: &str) -> String {
    let start = event.find(&format!("\"{name}\":\"")).unwrap() + name.len() + 3;
    let end = start + 1 + event[start + 1..].find('"').unwrap() + 1;
    format!("{}{value}{}", &event[..start], &event[end..])
}

#[test]
fn an_error_is_printed_over_many_lines_and_says_what_to_report() {
    let mut basic = Basic::new();
    let reply = basic.publish("/grid/api/events", JSON, "[{\"sas_url\":1}]");
    let request_id = reply.headers()["x-ms-request-id"].to_str().unwrap();
    let message = format!(
        "This resource is configured for 'EventGridEvent' schema. Received unexpected property 'sas_url' in JSON \
         which does not conform to the expected schema. Report '{request_id}:0:11/3/2023 12:00:00 PM (UTC)' to our \
         forums for assistance or raise a support ticket."
    );
    let expected = format!(
        "{{\r\n    \"error\": {{\r\n        \"code\": \"BadRequest\",\r\n        \"message\": \"{message}\",\r\n        \
         \"details\": [{{\r\n            \"code\": \"InputJsonInvalid\",\r\n            \
         \"message\": \"{message}\"\r\n    }}]\r\n  }}\r\n}}"
    );
    assert_eq!((reply.status().as_u16(), text(&reply)), (400, expected));
    assert_eq!(reply.headers()["content-type"], "application/json; charset=utf-8");
    assert_eq!(reply.headers()["api-supported-versions"], "2018-01-01");
    assert_eq!(reply.headers()["server"], "Microsoft-HTTPAPI/2.0");
}

#[test]
fn events_that_no_reader_can_read() {
    let deep = format!("{}{}", "[".repeat(128), "]".repeat(128));
    for (value, why) in [
        (&*deep, "recursion limit of 128 exceeded at byte "),
        (r#""\ud800""#, "lone surrogate in a string at byte "),
        ("1e999", "number out of range at byte "),
    ] {
        for (topic, event) in [("grid", EVENT_GRID), ("cloud", CLOUD), ("custom", CUSTOM)] {
            let event = event.strip_suffix("}}").unwrap();
            let message = refused(topic, BATCH, format!(r#"[{event},"b":{value}}}}}]"#));
            assert!(message.contains(why), "{topic}: {message}");
            assert!(message.contains("does not conform to the expected schema."), "{topic}: {message}");
        }
    }
}

#[test]
fn events_of_another_schema() {
    let array = |event: &str| format!("[{event}]");
    let unexpected = |schema, property| {
        format!(
            "This resource is configured for '{schema}' schema. Received unexpected property '{property}' in JSON which \
             does not conform to the expected schema."
        )
    };
    let token = |schema, expected, actual| {
        format!(
            "This resource is configured to receive event in '{schema}' schema. The JSON received does not conform to the \
             expected schema. Token Expected: {expected}, Actual Token Received: {actual}."
        )
    };
    for topic in ["grid", "grid-domain"] {
        assert_eq!(refused(topic, BATCH, array(CLOUD)), unexpected("EventGridEvent", "specversion"));
        assert_eq!(refused(topic, JSON, array(CUSTOM)), unexpected("EventGridEvent", "ver"));
        assert_eq!(refused(topic, ONE, CLOUD), token("EventGridEvent", "StartArray", "StartObject"));
    }
    for topic in ["cloud", "cloud-domain"] {
        let event = EVENT_GRID.replace('{', r#"{"specversion":"1.0","source":"s","type":"t","#);
        let event =
            event.replace(r#""data":{"specversion":"1.0","source":"s","type":"t","a":1}"#, r#""data":1"#);
        assert_eq!(refused(topic, BATCH, array(&event)), unexpected("CloudEventV10", "eventType"));
        // As it is when events of the Event Grid schema are sent.
        assert_eq!(
            refused(topic, JSON, array(EVENT_GRID)),
            token("CloudEventV10", "StartObject", "StartArray")
        );
        assert_eq!(refused(topic, BATCH, CLOUD), token("CloudEventV10", "StartArray", "StartObject"));
        assert_eq!(refused(topic, ONE, array(CLOUD)), token("CloudEventV10", "StartObject", "StartArray"));
    }
    assert_eq!(refused("custom", JSON, CUSTOM), token("CustomInputEvent", "StartArray", "StartObject"));
}

#[test]
fn members_that_are_missing_or_empty() {
    let requires = |schema, property| {
        format!(
            "This resource is configured for '{schema}' schema and requires '{property}' property to be set."
        )
    };
    for name in ["subject", "id", "eventType", "eventTime"] {
        for value in ["null", r#""""#] {
            let body = format!("[{}]", replaced(EVENT_GRID, name, value));
            assert_eq!(refused("grid", JSON, body), requires("EventGridEvent", name));
        }
    }
    // Of several, the first in an order of its own.
    assert_eq!(refused("grid", JSON, r#"[{"id":"1"}]"#), requires("EventGridEvent", "subject"));
    for name in ["id", "source", "specversion", "type"] {
        for value in ["null", r#""""#, "1"] {
            let body = format!("[{}]", replaced(CLOUD, name, value));
            assert_eq!(refused("cloud", BATCH, body), requires("CloudEventV10", name));
        }
    }
    assert_eq!(refused("cloud", BATCH, "[{}]"), requires("CloudEventV10", "id"));
}

#[test]
fn members_of_a_wrong_kind() {
    for (name, value, message) in [
        ("id", "1", "Property 'id' was expected to be a string."),
        ("subject", "{}", "Property 'subject' was expected to be a string."),
        ("dataVersion", "1.0", "Property 'dataVersion' was expected to be a string."),
        ("eventTime", r#""yesterday""#, "The event time property 'eventTime' was not a valid date/time."),
        (
            "eventTime",
            r#""20240601T120000Z""#,
            "The event time property 'eventTime' was not a valid date/time.",
        ),
        (
            "eventTime",
            r#""2024-06-01T24:00:00""#,
            "The event time property 'eventTime' was not a valid date/time.",
        ),
    ] {
        let body = format!("[{}]", replaced(EVENT_GRID, name, value));
        assert_eq!(refused("grid", JSON, body), message);
    }
    let more = |event: &str, member: &str| format!("[{},{member}}}]", &event[..event.len() - 1]);
    assert_eq!(
        refused("grid", JSON, more(EVENT_GRID, r#""metadataVersion":"2""#)),
        "Property 'metadataVersion' was found to be set to '2', but was expected to either be null or be set to 1."
    );
    assert_eq!(
        refused("grid", JSON, more(EVENT_GRID, r#""topic":"orders""#)),
        "Property 'topic' was found to be set to 'orders', but was expected to either be null/empty or be set to the \
         resource id of the topic."
    );
    for (member, message) in [
        (
            r#""data_base64":"AQID""#,
            "Properties 'data' and 'data_base64' were both set, but only one is expected.",
        ),
        (r#""time":"yesterday""#, "Property 'time' was not a valid date/time."),
        (r#""time":"2024-06-01T12:00Z""#, "Property 'time' was not a valid date/time."),
        (r#""subject":1"#, "Property 'subject' was expected to be a string."),
        (r#""ext":[]"#, "Property 'ext' was expected to be a string, a boolean or an integer of 32 bits."),
    ] {
        assert_eq!(refused("cloud", BATCH, more(CLOUD, member)), message);
    }
    let event = CLOUD.replace(r#""data":{"a":1}"#, r#""data_base64":"A""#);
    assert_eq!(
        refused("cloud", ONE, event),
        "Property 'data_base64' was expected to be a base64 encoded string."
    );
    let event = CLOUD.replace(r#""1.0""#, r#""0.3""#);
    assert_eq!(refused("cloud", ONE, event), "Property 'specversion' was expected to be '1.0'.");
}

#[test]
fn events_for_a_domain_without_a_domain_topic() {
    let message = |found| {
        format!(
            "Required property 'topic' needs to either be a full resource id or should be just the name of the domain \
             topic. Found: {found}."
        )
    };
    assert_eq!(refused("grid-domain", JSON, format!("[{EVENT_GRID}]")), message(""));
    for topic in ["http://localHost", "/orders", "urn:orders"] {
        let body = format!(r#"[{},"topic":"{topic}"}}]"#, EVENT_GRID.strip_suffix('}').unwrap());
        assert_eq!(refused("grid-domain", JSON, body), message(topic));
        let body = format!("[{}]", replaced(CLOUD, "source", &format!("\"{topic}\"")));
        assert_eq!(refused("cloud-domain", BATCH, body), message(topic));
    }
}

#[test]
fn channels_that_are_not_named_or_not_there() {
    let mut basic = Basic::new();
    let reply = basic.publish("/partner/api/events", BATCH, format!("[{CLOUD}]"));
    let (status, _, _, message) = refusal(&reply);
    assert_eq!((status, message.as_str()), (400, "Request must contain the header aeg-channel-name."));
    let reply = basic.publish_to_channel("fake", BATCH, format!("[{CLOUD}]"));
    let (status, code, detail_code, message) = refusal(&reply);
    assert_eq!((status, code.as_str(), detail_code.as_str()), (404, "NotFound", "ResourceNotFound"));
    assert_eq!(message, "The channel 'fake' was not found in the partner namespace.");
    assert!(basic.emulator.accepted().is_empty());
}

#[test]
fn one_bad_event_refuses_all_of_them() {
    refused("grid", JSON, format!("[{EVENT_GRID},{CUSTOM}]"));
    refused("cloud", BATCH, format!("[{CLOUD},{{}}]"));
    refused("custom", JSON, format!("[{CUSTOM},1]"));
}

#[test]
fn bodies_that_are_not_what_they_should_be() {
    for topic in ["grid", "cloud", "custom"] {
        let start = "This resource is configured to receive event in '";
        let end = "' schema. The JSON received does not conform to the expected schema.";
        let empty = refused(topic, BATCH, "[]");
        assert!(empty.starts_with(start) && empty.ends_with(end), "{empty}");
        assert_eq!(refused(topic, BATCH, " \r\n"), "Unexpected end when reading JSON.");
        for (body, token) in [
            ("{}", "StartObject"),
            ("\"\"", "String"),
            ("-1", "Integer"),
            ("true", "Boolean"),
            ("null", "Null"),
            ("?", "Undefined"),
        ] {
            for body in [body.to_owned(), format!("[{body}]")] {
                if body == "[{}]" {
                    continue;
                }
                let message = refused(topic, BATCH, body);
                assert!(message.ends_with('.') && message.contains(end.trim_end_matches('.')), "{message}");
                let told = message.contains(token) || message.contains("expected value");
                assert!(told, "{message}");
            }
        }
        for body in ["[", "[{", "[{\"a\":1}", "[{\"a\":1}]x", "[{\"a\":1,\"a\":2}]"] {
            assert!(refused(topic, BATCH, body).starts_with(start));
        }
        refused(topic, BATCH, "[".repeat(1_000_000));
        refused(topic, BATCH, vec![0xff; 1_000_000]);
        refused(topic, BATCH, [&b"[{\"a\":\""[..], &[0xff], b"\"}]"].concat());
    }
}

#[test]
fn media_types_that_cloud_events_do_not_have() {
    let mut basic = Basic::new();
    for content_type in ["", "text/plain", "application/cloudevents", "application/x-www-form-urlencoded"] {
        let reply = basic.publish("/cloud/api/events", content_type, format!("[{CLOUD}]"));
        let (status, code, detail_code, message) = refusal(&reply);
        assert_eq!(
            (status, code.as_str(), detail_code.as_str()),
            (415, "UnsupportedMediaType", "InvalidContentType")
        );
        assert_eq!(
            message,
            "The Content-Type header is either missing or it doesn't have a valid value. The content type header must \
             either be application/cloudevents+json; charset=utf-8 or application/cloudevents-batch+json; charset=UTF-8."
        );
    }
}

#[test]
fn a_body_that_is_too_large() {
    let reply = Basic::new().publish("/grid/api/events", JSON, vec![b' '; 1_536_001]);
    let message = "The maximum size (1536000) has been exceeded.";
    let expected = format!(
        "{{\r\n    \"error\": {{\r\n        \"code\": \"RequestEntityTooLarge\",\r\n        \"message\": \"{message}\",\r\n        \
         \"details\": [{{\r\n            \"code\": \"PayloadTooLarge\",\r\n            \
         \"message\": \"{message}\"\r\n    }}]\r\n  }}\r\n}}"
    );
    assert_eq!((reply.status().as_u16(), text(&reply)), (413, expected));
    assert_eq!(reply.headers().get("content-type"), None);
}

#[test]
fn urls_where_nothing_is() {
    let mut basic = Basic::new();
    for path in [
        "/fake/api/events",
        "/a/b/api/events",
        "/grid",
        "/grid/",
        "/grid/api/events/",
        "/grid/api/event",
        // Of a basic topic used as a namespace.
        "/grid/api/events/topics/orders:publish",
        "/grid/topics/orders/eventsubscriptions/billing:receive",
        "/",
        "/anything",
    ] {
        let uri = format!("{path}?{VERSION}&aeg-sas-key={KEY}");
        let reply = basic.request("POST", &uri, &[("host", "emulator.example:6500")], "[]");
        let (status, code, detail_code, message) = refusal(&reply);
        assert_eq!((status, code.as_str(), detail_code.as_str()), (404, "NotFound", "ResourceNotFound"));
        // The key is not repeated.
        assert_eq!(
            message,
            format!(
                "No HTTP resource was found that matches the request URI \
                 'http://emulator.example:6500{path}?api-version=2018-01-01'."
            )
        );
        let request_id = reply.headers()["x-ms-request-id"].to_str().unwrap();
        assert!(text(&reply).contains(&format!("Report '{request_id}:11/3/2023 12:00:00 PM (UTC)'")));
        assert_eq!(reply.headers().get("api-supported-versions"), None);
    }
    let reply = basic.request("POST", "https://emulator.example/grid/x", &[], "");
    assert!(refusal(&reply).3.contains("'https://emulator.example/grid/x'"));
}

#[test]
fn methods_and_versions_that_there_are_not() {
    let mut basic = Basic::new();
    for method in ["GET", "PUT", "DELETE", "OPTIONS"] {
        let reply = basic.request(method, "/grid/api/events", &[("aeg-sas-key", KEY)], "");
        let (status, code, detail_code, _) = refusal(&reply);
        assert_eq!(
            (status, code.as_str(), detail_code.as_str()),
            (405, "MethodNotAllowed", "MethodNotAllowed")
        );
        assert_eq!(reply.headers()["allow"], "POST");
    }
    let uri = "/grid/api/events?api-version=2024-06-01";
    let reply = basic.request("POST", uri, &[("host", "h"), ("aeg-sas-key", KEY)], format!("[{EVENT_GRID}]"));
    let (status, _, detail_code, message) = refusal(&reply);
    assert_eq!((status, detail_code.as_str()), (400, "UnsupportedApiVersion"));
    assert_eq!(
        message,
        "The HTTP resource that matches the request URI 'http://h/grid/api/events?api-version=2024-06-01' does not support \
         the API version '2024-06-01'."
    );
}

#[test]
fn which_of_two_faults_comes_first() {
    let mut basic = Basic::new();
    let status = |reply: Response<bytes::Bytes>| reply.status().as_u16();
    // Where before who, who before how, how before what.
    assert_eq!(status(basic.request("GET", "/fake/api/events", &[], "")), 404);
    assert_eq!(status(basic.request("GET", "/grid/api/events", &[], "")), 401);
    let large = vec![b' '; 2_000_000];
    assert_eq!(status(basic.publish_to_channel("fake", BATCH, large.clone())), 413);
    assert_eq!(status(basic.request("POST", "/grid/api/events", &[], large)), 401);
    assert_eq!(status(basic.publish_to_channel("fake", BATCH, "?")), 404);
}
