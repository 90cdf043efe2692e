//! What is written for a request.

mod support;

use std::pin::pin;

use eventgrid::TransportError;
use eventgrid::TransportErrorKind::{Configuration, Tls};
use eventgrid_reqwless::{Reqwless, Slot};
use support::{KEY, OK, Time, Wire, now, poll, publish, receive};

fn reason(error: &dyn std::error::Error) -> String {
    error.source().unwrap().to_string()
}

#[test]
fn head_and_body_are_one_write() {
    let wire = Wire::responding([OK]);
    let transport = Reqwless::new(Time::default(), [wire.slot()]);
    now(publish(&transport, "http://a.example:8080", 10)).result.unwrap();
    let body = r#"{"specversion":"1.0","id":"1","source":"urn:boiler","type":"Reading"}"#;
    let version = env!("CARGO_PKG_VERSION");
    let head = format!(
        "POST /topics/readings:publish?api-version=2024-06-01 HTTP/1.1\r\n\
         Host: a.example:8080\r\n\
         Content-Length: {}\r\n\
         Accept-Encoding: identity\r\n\
         accept: application/json\r\n\
         user-agent: eventgrid-rust/{version}\r\n\
         x-ms-client-request-id: 00000000000000000000000000000000\r\n\
         content-type: application/cloudevents+json; charset=utf-8\r\n\
         authorization: SharedAccessKey {KEY}\r\n\r\n",
        body.len()
    );
    assert_eq!(wire.written(), [head + body]);
}

#[test]
fn a_body_that_does_not_fit_beside_the_head_fills_the_buffer_first() {
    let wire = Wire::default();
    let transport = Reqwless::new(Time::default(), [wire.slot_of(407)]);
    let mut outcome = pin!(publish(&transport, "http://a.example", 10));
    assert!(poll(outcome.as_mut()).is_pending());
    let [first, second] = &wire.written()[..] else { panic!("{:?}", wire.written()) };
    assert_eq!(first.len() + "a.example".len(), 407);
    assert!((first.clone() + second).ends_with(r#""type":"Reading"}"#));
    wire.then([OK]);
    now(outcome).result.unwrap();
}

#[test]
fn an_empty_body_has_a_length() {
    let wire = Wire::responding([OK]);
    let transport = Reqwless::new(Time::default(), [wire.slot()]);
    now(receive(&transport, "http://a.example")).result.unwrap();
    assert!(wire.written()[0].contains("\r\nContent-Length: 0\r\n"));
}

#[test]
fn a_buffer_that_is_too_small_is_named() {
    for (size, word) in [(5, "the host"), (100, "the head of the request")] {
        let wire = Wire::default();
        let transport = Reqwless::new(Time::default(), [wire.slot_of(size)]);
        let error = now(publish(&transport, "http://a.example", 10)).result.unwrap_err();
        assert_eq!((error.kind(), error.may_have_been_sent()), (Configuration, false));
        assert!(reason(&error).starts_with(word), "{error:?}");
        assert!(wire.written().is_empty());
    }
}

#[test]
fn https_is_never_sent_in_the_clear() {
    let wire = Wire::default();
    let transport = Reqwless::new(Time::default(), [wire.slot()]);
    let error = now(publish(&transport, "https://a.example", 10)).result.unwrap_err();
    assert_eq!((error.kind(), error.may_have_been_sent()), (Tls, false));
    assert!(wire.events().is_empty());
}

#[test]
fn no_credential_stays_in_the_buffer() {
    let wire = Wire::responding([OK]);
    let mut buffer = [0; 1024];
    {
        let socket = wire.socket();
        let transport = Reqwless::new(Time::default(), [Slot::new(socket, &mut buffer)]);
        now(publish(&transport, "http://a.example", 10)).result.unwrap();
        assert!(wire.written()[0].contains(KEY));
    }
    assert_eq!(buffer.iter().filter(|&&byte| byte != 0).count(), "a.example".len());
}
