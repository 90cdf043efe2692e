//! Events that are encoded before they are sent.

#![cfg(feature = "std")]

use crate::support::{Scripted, Still, response};
use eventgrid::calls::{EncodedEvent, EncodedEvents};
use eventgrid::event::{CustomEvent, EventGridEvent, InvalidEvent};
use eventgrid::json::{JsonWriter, WriteError, WriteJson};
use eventgrid::target::{AnyTarget, BasicTopic, CloudEvents, Domain};
use eventgrid::{
    AccessKey, Client, CloudEvent, Data, EndpointKind, NamespaceTopic, RequestError, TraceContext, blocking,
};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn client(transport: &Scripted) -> Client<&Scripted, Still, AccessKey<'static>> {
    Client::new(transport, Still::default(), AccessKey::new("k"))
}

fn topic() -> NamespaceTopic<'static> {
    NamespaceTopic::new("https://h", "t").unwrap()
}

/// The part of a request behind the id that each request has anew.
fn sent(transport: &Scripted) -> Vec<String> {
    let without_id = |wire: &String| {
        wire.lines().filter(|line| !line.starts_with("x-ms-client-request-id")).collect::<Vec<_>>().join("\n")
    };
    transport.seen().iter().map(without_id).collect()
}

#[test]
fn the_same_is_sent_as_for_the_event_itself() {
    let transport = Scripted::new(vec![response(200, ""); 10]);
    let publisher = blocking::Publisher::new(client(&transport), topic());
    let event = CloudEvent::new("1", "s", "t").with_data(Data::text("a \"bicycle\""));
    let encoded = publisher.encode(&event).unwrap();
    publisher.send(&event).unwrap();
    publisher.send(&encoded).unwrap();
    publisher.send(&[event.clone(), event.clone()]).unwrap();
    publisher.send(&[&encoded, &encoded]).unwrap();

    let kept = encoded.json().as_str().to_owned();
    let restored = EncodedEvent::<CloudEvents>::restore(kept, EndpointKind::Namespace).unwrap();
    publisher.send(&encoded).unwrap();
    publisher.send(&restored).unwrap();
    assert!(EncodedEvent::<CloudEvents>::restore("{", EndpointKind::Namespace).is_err());

    let basic = blocking::Publisher::new(client(&transport), BasicTopic::new("h").unwrap());
    let grid = EventGridEvent::new("1", "s", "t", "2024-06-01T12:00:00Z", "");
    basic.send(&grid).unwrap();
    basic.send(&basic.encode(&grid).unwrap()).unwrap();
    let custom = CustomEvent::raw_json("[1, 2]").unwrap();
    basic.send(&custom).unwrap();
    basic.send(&basic.encode(&custom).unwrap()).unwrap();
    for pair in sent(&transport).chunks(2) {
        assert_eq!(pair[0], pair[1]);
    }
}

#[test]
fn what_the_service_would_refuse_is_not_encoded() {
    let invalid = EncodedEvent::new(&CloudEvent::new("", "s", "t"), EndpointKind::Namespace, None);
    let reason = InvalidEvent::EmptyAttribute("id");
    assert_eq!(invalid.unwrap_err(), RequestError::Event { index: 0, reason });
    let transport = Scripted::new([]);
    let domain = blocking::Publisher::new(client(&transport), Domain::new("h").unwrap());
    let grid = EventGridEvent::new("1", "s", "t", "2024-06-01T12:00:00Z", "");
    assert!(domain.encode(&grid).is_err(), "it names no domain topic");

    // What was checked for one part of the service is not sent to another.
    let encoded = EncodedEvent::new(&grid, EndpointKind::BasicTopic, None).unwrap();
    let error = domain.send(&encoded).unwrap_err();
    assert!(matches!(error, eventgrid::Error::Request(RequestError::NotAccepted)), "{error}");
    let any: AnyTarget<'_> = topic().into();
    let any = blocking::Publisher::new(client(&transport), any);
    assert_eq!(any.encode(&grid).unwrap_err(), RequestError::NotAccepted);
}

#[test]
fn what_someone_else_writes_cannot_spoil_a_request() {
    struct Half;

    impl WriteJson for Half {
        fn write_json(&self, out: &mut JsonWriter<'_, '_>) -> Result<(), WriteError> {
            out.begin_array()
        }
    }

    let event = CloudEvent::new("1", "s", "t").with_data(Data::json(&Half));
    let error = EncodedEvent::new(&event, EndpointKind::Namespace, None).unwrap_err();
    assert!(matches!(error, RequestError::Data(_)), "{error}");
    let mut events = EncodedEvents::new(EndpointKind::Namespace);
    let error = events.push(&event, None).unwrap_err();
    assert!(matches!(error, RequestError::Data(_)), "{error}");
    assert!(events.is_empty());
}

#[test]
fn events_that_are_gathered_are_those_that_would_be_encoded_one_by_one() {
    let trace = TraceContext::new(PARENT).unwrap();
    let mut events = EncodedEvents::new(EndpointKind::Namespace);
    let event = CloudEvent::new("1", "s", "t").with_data(Data::text("a \"bicycle\""));
    let json = r#"{ "specversion":"1.0", "id":"2", "source":"s", "type":"t", "subject":"Köln" }"#;
    for _ in 0..2 {
        events.push(&event, None).unwrap();
        events.push(&CloudEvent::new("", "s", "t"), None).unwrap_err();
        assert!(!events.push_as_it_came("{}"));
        assert!(events.push_as_it_came(&format!(" {json}\r\n")));
        events.push(&event, Some(&trace)).unwrap();
        let alone = |trace| EncodedEvent::new(&event, EndpointKind::Namespace, trace).unwrap();
        assert_eq!(events.len(), 3);
        assert_eq!(events.get(0).unwrap().json(), alone(None).json());
        assert_eq!(events.get(1).unwrap().json().as_str(), json);
        assert_eq!(events.get(2).unwrap().json(), alone(Some(&trace)).json());
        assert!(events.get(3).is_none() && events.iter().count() == 3);
        events.clear();
        assert!(events.is_empty() && events.get(0).is_none());
    }

    // What was checked for one part of the service is not sent to another.
    events.push(&event, None).unwrap();
    let transport = Scripted::new([]);
    let domain = blocking::Publisher::new(client(&transport), Domain::new("h").unwrap());
    let error = domain.send(&events.get(0).unwrap()).unwrap_err();
    assert!(matches!(error, eventgrid::Error::Request(RequestError::NotAccepted)), "{error}");
    let report = domain.send_all(&events.iter().collect::<Vec<_>>());
    assert!(matches!(
        report.outcome(0),
        Err(eventgrid::SendFailureReason::Invalid(RequestError::NotAccepted))
    ));
}

#[test]
fn an_event_is_a_part_of_the_trace_in_which_it_was_encoded() {
    let trace = TraceContext::new(PARENT).unwrap();
    let event = CloudEvent::new("1", "s", "t");
    let encoded = EncodedEvent::new(&event, EndpointKind::Namespace, Some(&trace)).unwrap();
    assert!(encoded.json().as_str().contains(PARENT));
    let transport = Scripted::new(vec![response(200, "")]);
    let traced = client(&transport).trace_source(|| TraceContext::new(PARENT).ok());
    let publisher = blocking::Publisher::new(traced, topic());
    assert_eq!(publisher.encode(&event).unwrap().json(), encoded.json());
}
