//! Golden responses: status, headers and bodies as the service sends them.

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::namespace::{BATCH, JSON, Namespace, ONE, PUBLISH, billing, event, text};

fn headers(reply: &Response<Bytes>) -> Vec<(&str, &str)> {
    reply.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect()
}

#[test]
fn publish_returns_an_empty_object() {
    let mut namespace = Namespace::new();
    for (content_type, body) in
        [(ONE, event("1")), (BATCH, format!("[{}]", event("2"))), (BATCH, "[]".to_owned())]
    {
        let reply = namespace.send(PUBLISH, content_type, body);
        assert_eq!((reply.status(), text(&reply).as_str()), (StatusCode::OK, "{}"));
        assert_eq!(headers(&reply), [("content-type", "application/json")]);
    }
}

#[test]
fn a_topic_without_subscriptions_takes_events() {
    let mut namespace = Namespace::new();
    let reply = namespace.send("/topics/lonely:publish?api-version=2024-06-01", ONE, event("1"));
    assert_eq!(reply.status(), StatusCode::OK);
}

#[test]
fn receive_returns_broker_properties_and_then_the_event() {
    let mut namespace = Namespace::in_published_order();
    namespace.publish(&["1"]);
    let reply = namespace.send(&billing("receive"), JSON, "");
    assert_eq!(reply.status(), StatusCode::OK);
    assert_eq!(headers(&reply), [("content-type", "application/json; charset=utf-8")]);
    let text = text(&reply);
    let start = r#"{"value":[{"brokerProperties":{"lockToken":"CiYKJ"#;
    let end =
        r#"","deliveryCount":1},"event":{"specversion":"1.0","id":"1","source":"/shop","type":"Ordered"}}]}"#;
    assert!(text.starts_with(start) && text.ends_with(end), "{text}");
    assert_eq!(text.len(), start.len() + 80 - 5 + end.len(), "a token of 80 characters lies between");
}

#[test]
fn receive_gives_one_event_if_not_asked_for_more() {
    let mut namespace = Namespace::new();
    namespace.publish(&["1", "2", "3"]);
    let reply = namespace.send(&billing("receive"), JSON, "");
    assert_eq!(crate::namespace::received(&reply).len(), 1);
    assert_eq!(namespace.receive().len(), 2);
}

#[test]
fn settling_returns_both_lists() {
    for operation in ["acknowledge", "release", "reject", "renewLock"] {
        let mut namespace = Namespace::new();
        namespace.publish(&["1"]);
        let token = namespace.receive().remove(0).lock_token;
        let lost = "CgMKATESCQoHdG9rZW4tMQ==";
        assert_eq!(
            namespace.settle(operation, &["fake\"token", &token, lost]),
            format!(
                concat!(
                    r#"{{"succeededLockTokens":["{}"],"failedLockTokens":["#,
                    r#"{{"lockToken":"fake\"token","error":{{"code":"BadToken","message":"Cannot decode lockToken"}}}},"#,
                    r#"{{"lockToken":"{}","error":{{"code":"TokenLost","message":"Token has expired."}}}}]}}"#
                ),
                token, lost
            ),
            "{operation}"
        );
        let reply = namespace.send(&billing(operation), JSON, r#"{"lockTokens":[]}"#);
        assert_eq!(text(&reply), r#"{"succeededLockTokens":[],"failedLockTokens":[]}"#);
        assert_eq!(headers(&reply), [("content-type", "application/json")]);
    }
}

#[test]
fn the_same_token_twice_is_lost_the_second_time_unless_renewed() {
    for (operation, second) in
        [("acknowledge", "lost"), ("release", "lost"), ("reject", "lost"), ("renewLock", "good")]
    {
        let mut namespace = Namespace::new();
        namespace.publish(&["1"]);
        let token = namespace.receive().remove(0).lock_token;
        let reply = namespace.settle(operation, &[&token, &token]);
        let expected = match second {
            "good" => format!(r#"{{"succeededLockTokens":["{token}","{token}"],"failedLockTokens":[]}}"#),
            _ => format!(
                r#"{{"succeededLockTokens":["{token}"],"failedLockTokens":[{{"lockToken":"{token}","error":{{"code":"TokenLost","message":"Token has expired."}}}}]}}"#
            ),
        };
        assert_eq!(reply, expected, "{operation}");
    }
}

#[test]
fn an_error_has_a_code_in_header_and_body_a_stamp_and_a_tracking_id() {
    let mut namespace = Namespace::new();
    let reply = namespace.send("/topics/faketopic:publish?api-version=2024-06-01", ONE, "");
    assert_eq!(reply.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        headers(&reply),
        [("content-type", "application/json; charset=utf-8"), ("broker-errorcode", "NotFound")]
    );
    let text = text(&reply);
    let start = concat!(
        r#"{"error":{"code":"NotFound","message":"Topic 'faketopic' is not found","#,
        r#""timestamp_utc":"2023-11-03T12:00:00.000000000+00:00","tracking_id":""#
    );
    let tracking_id = text.strip_prefix(start).and_then(|rest| rest.strip_suffix(r#""}}"#)).expect(&text);
    let groups: Vec<_> = tracking_id.split('-').map(str::len).collect();
    assert_eq!(groups, [8, 4, 4, 4, 12], "{tracking_id}");
    assert!(!tracking_id.contains(|digit: char| digit.is_ascii_lowercase()), "{tracking_id}");
}

#[test]
fn release_takes_its_delay_from_the_query() {
    let mut namespace = Namespace::new();
    namespace.publish(&["1"]);
    let token = namespace.receive().remove(0).lock_token;
    let path = format!("{}&releaseDelayInSeconds=600", billing("release"));
    namespace.send(&path, JSON, format!(r#"{{"lockTokens":["{token}"]}}"#));
    assert_eq!(namespace.emulator.stats("orders", "billing").unwrap().delayed, 1);
    namespace.pass(600);
    assert_eq!(namespace.receive()[0].delivery_count, 2);
}

#[test]
fn renewing_keeps_the_event_locked() {
    let mut namespace = Namespace::new();
    namespace.publish(&["1"]);
    let token = namespace.receive().remove(0).lock_token;
    namespace.pass(59);
    namespace.settle("renewLock", &[&token]);
    namespace.pass(59);
    let reply = namespace.settle("acknowledge", &[&token]);
    assert_eq!(reply, format!(r#"{{"succeededLockTokens":["{token}"],"failedLockTokens":[]}}"#));
}
