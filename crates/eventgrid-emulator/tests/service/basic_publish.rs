//! Publishing to basic topics, domains and partner namespaces: what is accepted, and the responses.

use eventgrid_emulator::{InputSchema, TargetKind};
use http::Response;
use serde_json::Value;

use crate::basic::{BATCH, Basic, CLOUD, CUSTOM, EVENT_GRID, JSON, KEY, ONE, is_success};

fn headers(reply: &Response<bytes::Bytes>) -> Vec<(&str, &str)> {
    reply.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect()
}

/// An event with one more member.
fn with(event: &str, member: &str) -> String {
    format!("{},{member}}}", event.strip_suffix('}').unwrap())
}

#[test]
fn success_is_headers_and_nothing_else() {
    let mut basic = Basic::new();
    let reply = basic.publish("/grid/api/events", JSON, format!("[{EVENT_GRID}]"));
    is_success(&reply);
    let headers = headers(&reply);
    let request_id = headers[2].1.to_owned();
    assert_eq!(
        headers,
        [
            ("api-supported-versions", "2018-01-01"),
            ("server", "Microsoft-HTTPAPI/2.0"),
            ("x-ms-request-id", &request_id)
        ]
    );
    let groups: Vec<_> = request_id.split('-').map(str::len).collect();
    assert_eq!(groups, [8, 4, 4, 4, 12], "{request_id}");
    let next = basic.publish("/grid/api/events", JSON, format!("[{EVENT_GRID}]"));
    assert_ne!(next.headers()["x-ms-request-id"], request_id.as_str());
}

#[test]
fn each_topic_takes_its_schema() {
    for (path, content_type, event, schema) in [
        ("grid", JSON, EVENT_GRID, InputSchema::EventGrid),
        ("cloud", BATCH, CLOUD, InputSchema::CloudEvents),
        ("custom", JSON, CUSTOM, InputSchema::Custom),
    ] {
        let mut basic = Basic::new();
        let reply =
            basic.publish(&format!("/{path}/api/events"), content_type, format!("[{event}, {event}]"));
        is_success(&reply);
        let accepted = basic.accepted();
        assert_eq!((accepted.target, accepted.name.as_str()), (TargetKind::BasicTopic, path));
        assert_eq!(
            (accepted.schema, accepted.channel, accepted.api_version.as_deref()),
            (schema, None, Some("2018-01-01"))
        );
        let events: Vec<_> = accepted.events.iter().map(|event| event.json().to_owned()).collect();
        assert_eq!(events, [event, event], "as they were published");
        assert_eq!(
            accepted.events[0].deserialize::<Value>().unwrap(),
            serde_json::from_str::<Value>(event).unwrap()
        );
    }
}

#[test]
fn one_cloud_event_is_an_object() {
    for content_type in [ONE, "Application/CloudEvents+JSON", "application/json"] {
        let mut basic = Basic::new();
        is_success(&basic.publish("/cloud/api/events", content_type, CLOUD));
        assert_eq!(basic.accepted().events.len(), 1);
    }
}

#[test]
fn a_domain_takes_events_that_name_a_domain_topic() {
    let id = "/subscriptions/0/resourceGroups/g/providers/Microsoft.EventGrid/domains/d/topics/t";
    for topic in ["orders", "orders-1", id] {
        let mut basic = Basic::new();
        let event = with(EVENT_GRID, &format!(r#""topic":"{topic}""#));
        is_success(&basic.publish("/grid-domain/api/events", JSON, format!("[{event}]")));
        let accepted = basic.accepted();
        assert_eq!((accepted.target, accepted.name.as_str()), (TargetKind::Domain, "grid-domain"));

        let event = CLOUD.replace("shop", topic);
        is_success(&basic.publish("/cloud-domain/api/events", BATCH, format!("[{event}]")));
        assert_eq!(basic.accepted().schema, InputSchema::CloudEvents);
    }
    is_success(&Basic::new().publish("/custom-domain/api/events", JSON, format!("[{CUSTOM}]")));
}

#[test]
fn a_channel_takes_its_schema() {
    let mut basic = Basic::new();
    for (channel, content_type, body, schema) in [
        ("grid", JSON, format!("[{EVENT_GRID}]"), InputSchema::EventGrid),
        ("cloud", BATCH, format!("[{CLOUD}]"), InputSchema::CloudEvents),
        ("custom", JSON, format!("[{CUSTOM}]"), InputSchema::Custom),
    ] {
        is_success(&basic.publish_to_channel(channel, content_type, body));
        let accepted = basic.accepted();
        assert_eq!((accepted.target, accepted.name.as_str()), (TargetKind::PartnerChannel, "partner"));
        assert_eq!((accepted.channel.as_deref(), accepted.schema), (Some(channel), schema));
        assert_eq!(accepted.headers["aeg-channel-name"], channel);
    }
}

#[test]
fn the_topic_without_a_name_takes_any_schema() {
    let mut basic = Basic::new();
    let domain_event = with(EVENT_GRID, r#""topic":"orders""#);
    for (content_type, body, schema) in [
        (JSON, format!("[{EVENT_GRID}]"), InputSchema::EventGrid),
        (JSON, format!("[{domain_event}]"), InputSchema::EventGrid),
        (BATCH, format!("[{CLOUD}]"), InputSchema::CloudEvents),
        (ONE, CLOUD.to_owned(), InputSchema::CloudEvents),
        (JSON, format!("[{CUSTOM}]"), InputSchema::Custom),
        ("", "[{}]".to_owned(), InputSchema::Custom),
    ] {
        is_success(&basic.publish("/api/events", content_type, body));
        let accepted = basic.accepted();
        assert_eq!((accepted.target, accepted.name.as_str()), (TargetKind::BasicTopic, ""));
        assert_eq!(accepted.schema, schema);
    }
}

#[test]
fn a_request_needs_neither_version_nor_media_type() {
    let mut basic = Basic::new();
    let reply = basic.request("POST", "/grid/api/events", &[("aeg-sas-key", KEY)], format!("[{EVENT_GRID}]"));
    is_success(&reply);
    assert_eq!(basic.accepted().api_version, None);
}

#[test]
fn members_that_may_be_missing_null_or_anything() {
    let mut basic = Basic::new();
    let short = r#"{"id":"1","subject":"s","eventType":"t","eventTime":"2024-06-01T12:00:00.1234567+02:00"}"#;
    let id = "/SUBSCRIPTIONS/0/resourceGroups/g/providers/Microsoft.EventGrid/topics/Grid";
    for event in [
        short.to_owned(),
        with(short, r#""data":null,"dataVersion":null,"topic":null,"metadataVersion":null"#),
        with(short, r#""dataVersion":"","topic":"","metadataVersion":"1""#),
        with(short, r#""data":"text""#),
        with(short, &format!(r#""topic":"{id}""#)),
        short.replace(".1234567+02:00", ""),
    ] {
        is_success(&basic.publish("/grid/api/events", JSON, format!(" [ {event} ] ")));
    }
    for member in [
        r#""data_base64":"AQID","time":"2024-06-01T12:00:00Z","subject":"s""#,
        r#""ext":5,"flag":true,"other":null,"traceparent":"00-1-2-00""#,
    ] {
        let event = CLOUD.replace(r#","data":{"a":1}"#, "");
        is_success(&basic.publish("/cloud/api/events", BATCH, format!("[{}]", with(&event, member))));
    }
}

#[test]
fn a_large_body_is_taken_up_to_the_limit() {
    let mut basic = Basic::new();
    let event = |size: usize| format!(r#"{{"text":"{}"}}"#, "x".repeat(size - 11));
    let mut body = format!("[{},{}]", event(768_000), event(767_997));
    assert_eq!(body.len(), 1_536_000);
    is_success(&basic.publish("/custom/api/events", JSON, body.clone()));
    body.push(' ');
    assert_eq!(basic.publish("/custom/api/events", JSON, body).status(), 413);
}

#[test]
fn the_namespace_beside_it_works_as_ever() {
    let mut basic = Basic::new();
    let headers = [("aeg-sas-key", KEY), ("content-type", ONE)];
    let reply = basic.request("POST", "/topics/orders:publish?api-version=2024-06-01", &headers, CLOUD);
    assert_eq!(reply.body().as_ref(), b"{}");
    assert_eq!(basic.emulator.stats("orders", "billing").unwrap().queued, 1);
}

#[test]
fn no_credential_is_kept() {
    let mut basic = Basic::new();
    let signature = "SharedAccessSignature r=a&e=b&s=c";
    for (path, headers) in [
        (format!("/api/events?aeg-sas-key={KEY}"), &[("cookie", "crumb")][..]),
        (
            "/api/events".to_owned(),
            &[("aeg-sas-key", KEY), ("authorization", signature), ("aeg-sas-token", "r=a")],
        ),
        ("/api/events".to_owned(), &[("authorization", "Bearer a-bearer-token")]),
    ] {
        is_success(&basic.request("POST", &path, headers, "[{}]"));
        let accepted = basic.accepted();
        assert!(accepted.headers.is_empty(), "{:?}", accepted.headers);
    }
}
