//! Events that are written before they are sent.

#![cfg(feature = "std")]

use crate::support::{Scripted, Still, answer};
use eventgrid::calls::EncodedEvent;
use eventgrid::event::{CustomEvent, EventGridEvent, InvalidEvent};
use eventgrid::json::{JsonWriter, WriteError, WriteJson};
use eventgrid::target::{AnyTarget, BasicTopic, Domain};
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
    let transport = Scripted::new(vec![answer(200, ""); 8]);
    let publisher = blocking::Publisher::new(client(&transport), topic());
    let event = CloudEvent::new("1", "s", "t").with_data(Data::text("a \"bicycle\""));
    let encoded = publisher.encode(&event).unwrap();
    publisher.send(&event).unwrap();
    publisher.send(&encoded).unwrap();
    publisher.send(&[event.clone(), event.clone()]).unwrap();
    publisher.send(&[&encoded, &encoded]).unwrap();

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
}

#[test]
fn an_event_is_a_part_of_the_trace_in_which_it_was_encoded() {
    let trace = TraceContext::new(PARENT).unwrap();
    let event = CloudEvent::new("1", "s", "t");
    let encoded = EncodedEvent::new(&event, EndpointKind::Namespace, Some(&trace)).unwrap();
    assert!(encoded.json().as_str().contains(PARENT));
    let transport = Scripted::new(vec![answer(200, "")]);
    let traced = client(&transport).trace_source(|| TraceContext::new(PARENT).ok());
    let publisher = blocking::Publisher::new(traced, topic());
    assert_eq!(publisher.encode(&event).unwrap().json(), encoded.json());
}
