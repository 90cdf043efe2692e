//! The events of a batch, with a heap and without.

use std::error::Error;

use eventgrid::event::MalformedEvent;
use eventgrid::json::{JsonError, JsonErrorKind, MAX_DEPTH};
use eventgrid::{Batch, ReceivedEvent};

/// Three events that can be settled, and two that cannot.
const BODY: &[u8] = br#"{"more":[1],"value":[
    {"brokerProperties":{"lockToken":"a","deliveryCount":1},"event":{"id":"1"}},
    {"brokerProperties":{"deliveryCount":1},"event":{"id":"2"}},
    {"event":{"id":"3"},"brokerProperties":{"lockToken":"b","deliveryCount":2}},
    {"brokerProperties":{"lockToken":"c"}},
    {"event":{"id":"5"}}],"value2":{}}"#;

fn token(received: ReceivedEvent<'_>) -> String {
    received.lock_token().to_string()
}

#[test]
fn the_events_that_can_be_settled_come_in_order_each_time() {
    let batch = Batch::parse(BODY).unwrap();
    assert_eq!((batch.len(), batch.is_empty(), batch.without_lock_token()), (3, false, 2));
    for _ in 0..2 {
        assert_eq!(batch.iter().map(token).collect::<Vec<_>>(), ["a", "b", "c"]);
    }
    assert_eq!(batch.iter().map(|received| received.delivery_count()).collect::<Vec<_>>()[..2], [1, 2]);
}

#[test]
fn how_many_are_left_is_known() {
    let batch = Batch::parse(BODY).unwrap();
    let mut events = batch.iter();
    for left in [3, 2, 1] {
        assert_eq!(events.size_hint(), (left, Some(left)));
        assert_eq!(events.clone().count(), left);
        assert!(events.next().is_some());
    }
    assert_eq!(events.size_hint(), (0, Some(0)));
    assert!(events.next().is_none());
}

#[test]
fn a_batch_may_be_empty() {
    for body in [&br#"{"value":[]}"#[..], b"{}", br#"{"value":[{"event":{"id":"5"}}]}"#] {
        let batch = Batch::parse(body).unwrap();
        assert_eq!((batch.len(), batch.is_empty()), (0, true));
        assert!(batch.iter().next().is_none());
    }
}

#[test]
fn half_a_character_makes_an_event_malformed_where_it_stands() {
    for event in [r#"{"id":"12\ud800"}"#, r#"{"id":"1","12\ud800":1}"#] {
        let body = delivery(event);
        let batch = Batch::parse(body.as_bytes()).unwrap();
        let malformed = batch.iter().next().unwrap().event().unwrap_err();
        let error = malformed.source().unwrap().downcast_ref::<JsonError>().unwrap();
        assert_eq!((error.kind(), Some(error.offset())), (JsonErrorKind::LoneSurrogate, body.find('\\')));
    }
}

#[test]
fn a_member_may_be_as_deep_as_all_json_with_the_event_round_it() {
    let kind = |name: &str, depth: usize| {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        let body = delivery(&format!(r#"{{"id":"1","source":"s","type":"t","{name}":{open}{close}}}"#));
        let batch = Batch::parse(body.as_bytes()).unwrap();
        match batch.iter().next().unwrap().event() {
            Err(MalformedEvent::Json(error)) => Some(error.kind()),
            other => other.map(|_| None).unwrap(),
        }
    };
    for name in ["data", "extension"] {
        assert_eq!(kind(name, MAX_DEPTH - 1), None);
        assert_eq!(kind(name, MAX_DEPTH), Some(JsonErrorKind::TooDeep));
    }
}

#[test]
fn what_is_no_json_in_an_event_is_an_error_of_the_batch() {
    for event in [r#"{"id":?}"#, r#"{"data":[1 2]}"#, r#"{"subject":1,"data":?}"#] {
        let error = Batch::parse(delivery(event).as_bytes()).unwrap_err();
        assert!(matches!(error.json().kind(), JsonErrorKind::Syntax), "{error:?}");
    }
}

#[test]
fn a_batch_shows_its_events() {
    let body = delivery(r#"{"id":"1","source":"s","type":"t"}"#);
    let batch = Batch::parse(body.as_bytes()).unwrap();
    let received = batch.iter().next().unwrap();
    let event = r#"Ok(CloudEventView({"id":"1","source":"s","type":"t"}))"#;
    assert!(format!("{received:?}").contains(event), "{received:?}");
    assert_eq!(format!("{batch:?}"), format!("[{received:?}]"));
}

fn delivery(event: &str) -> String {
    format!(r#"{{"value":[{{"brokerProperties":{{"lockToken":"a","deliveryCount":1}},"event":{event}}}]}}"#)
}

#[cfg(feature = "alloc")]
#[test]
fn an_event_is_the_same_outside_of_its_batch() {
    let body = br#"{"value":[{"brokerProperties":{"lockToken":"\u0061","deliveryCount":1},"event":{"specversion":"1.0",
        "id":"\u0031","source":"plain","type":"t","subject":"a\\n","data":{"x":"\u0061"}}}]}"#;
    let owned = Batch::parse(&body[..]).unwrap().iter().next().unwrap().into_owned();
    let event = owned.event().unwrap();
    assert_eq!((event.id().as_str(), event.id().to_string()), (None, "1".to_string()));
    assert_eq!((event.source().as_str(), event.event_type().as_str()), (Some("plain"), Some("t")));
    assert_eq!(event.subject().unwrap(), "a\\n");
    assert_eq!(event.data().as_json().unwrap().as_str(), r#"{"x":"\u0061"}"#);
    assert_eq!(owned.lock_token().to_string(), "a");
}
