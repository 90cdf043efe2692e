//! Which request goes over which connection, and what happens to connections.

mod support;

use std::pin::pin;
use std::sync::Arc;

use eventgrid::TransportErrorKind::{Interrupted, Timeout};
use eventgrid::{AsyncTransport, TransportError, TransportErrorKind};
use eventgrid_reqwless::Reqwless;
use support::{Alarm, Event, Fault, OK, Outcome, Time, Wire, now, poll, poll_with, publish, receive};

const A: &str = "http://a.example";
const B: &str = "http://b.example:8080";

fn assert_failure(outcome: &Outcome, kind: TransportErrorKind, may_have_been_sent: bool) {
    let error = outcome.result.as_ref().expect_err("it should fail");
    assert_eq!((error.kind(), error.may_have_been_sent()), (kind, may_have_been_sent), "{error:?}");
}

#[test]
fn a_long_poll_does_not_block_a_publish() {
    let (first, second) = (Wire::default(), Wire::responding([OK, OK]));
    let transport = Reqwless::new(Time::default(), [first.slot(), second.slot()]);
    let mut poll_of_events = pin!(receive(&transport, A));
    assert!(poll(poll_of_events.as_mut()).is_pending());
    for _ in 0..2 {
        now(publish(&transport, A, 10)).result.unwrap();
    }
    assert!(poll(poll_of_events.as_mut()).is_pending());
    first.then([OK]);
    now(poll_of_events).result.unwrap();
    assert_eq!((first.connections(), second.connections()), (1, 1));
}

#[test]
fn a_free_connection_to_the_same_host_is_preferred_then_one_that_is_not_open() {
    let (first, second) = (Wire::responding([OK, OK, OK]), Wire::responding([OK, OK]));
    let transport = Reqwless::new(Time::default(), [first.slot(), second.slot()]);
    for url in [A, B, A, B, A] {
        now(publish(&transport, url, 10)).result.unwrap();
    }
    assert_eq!(first.events()[0], Event::Connect("a.example".to_owned(), 80));
    assert_eq!(second.events()[0], Event::Connect("b.example".to_owned(), 8080));
    assert_eq!((first.connections(), second.connections()), (1, 1));
}

#[test]
fn for_another_host_a_connection_is_closed_in_good_order() {
    let wire = Wire::responding([OK, OK]);
    let transport = Reqwless::new(Time::default(), [wire.slot()]);
    now(publish(&transport, A, 10)).result.unwrap();
    now(publish(&transport, B, 10)).result.unwrap();
    let events = wire.events();
    assert_eq!(events[2..4], [Event::Close, Event::Connect("b.example".to_owned(), 8080)]);
}

#[test]
fn whoever_finds_no_free_connection_waits_and_is_woken() {
    let wire = Wire::default();
    let transport = Reqwless::new(Time::default(), [wire.slot()]);
    let alarm = Arc::new(Alarm::default());
    let mut first = pin!(receive(&transport, A));
    let mut second = pin!(publish(&transport, A, 10));
    assert!(poll(first.as_mut()).is_pending());
    assert!(poll_with(second.as_mut(), &alarm).is_pending());
    wire.then([OK, OK]);
    assert!(poll_with(second.as_mut(), &alarm).is_pending());
    assert!(!alarm.has_rung());
    now(first).result.unwrap();
    assert!(alarm.has_rung());
    now(second).result.unwrap();
    assert_eq!(wire.connections(), 1);
}

#[test]
fn a_call_that_is_dropped_gives_its_connection_up_and_the_next_one_opens_it() {
    let wire = Wire::default();
    let transport = Reqwless::new(Time::default(), [wire.slot()]);
    {
        let mut dropped = pin!(receive(&transport, A));
        assert!(poll(dropped.as_mut()).is_pending());
    }
    assert_eq!(wire.events().last(), Some(&Event::Abort));
    // The first half of a response was read.
    wire.then([&OK[..20]]);
    {
        let mut dropped = pin!(receive(&transport, A));
        assert!(poll(dropped.as_mut()).is_pending());
    }
    wire.then([OK]);
    now(publish(&transport, A, 10)).result.unwrap();
    assert_eq!(wire.connections(), 3);
}

#[test]
fn a_connection_that_was_closed_meanwhile_is_found_before_anything_is_sent() {
    let wire = Wire::responding([OK]);
    let transport = Reqwless::new(Time::default(), [wire.slot()]);
    now(publish(&transport, A, 10)).result.unwrap();
    wire.hang_up();
    wire.then([OK]);
    now(publish(&transport, A, 10)).result.unwrap();
    assert_eq!((wire.connections(), wire.written().len()), (2, 2));
}

#[test]
fn time_that_is_up_while_connecting_means_that_nothing_was_sent() {
    let (wire, time) = (Wire::default().with(Fault::Connecting), Time::default());
    let transport = Reqwless::new(time.clone(), [wire.slot()]);
    let mut outcome = pin!(publish(&transport, A, 10));
    assert!(poll(outcome.as_mut()).is_pending());
    time.is_up();
    assert_failure(&now(outcome), Timeout, false);
}

#[test]
fn time_that_is_up_while_waiting_means_that_it_may_have_been_sent() {
    let (wire, time) = (Wire::default(), Time::default());
    let transport = Reqwless::new(time.clone(), [wire.slot()]);
    let mut outcome = pin!(publish(&transport, A, 10));
    assert!(poll(outcome.as_mut()).is_pending());
    time.is_up();
    assert_failure(&now(outcome), Timeout, true);
    assert_eq!(wire.events().last(), Some(&Event::Abort));
}

#[test]
fn what_was_not_written_was_not_sent() {
    // With a buffer that is too small for the body, that is written by itself.
    for (buffer, write, may_have_been_sent) in [(1024, 0, false), (420, 1, true)] {
        let wire = Wire::default().with(Fault::Write(write));
        let transport = Reqwless::new(Time::default(), [wire.slot_of(buffer)]);
        let outcome = now(publish(&transport, A, 10));
        assert_failure(&outcome, Interrupted, may_have_been_sent);
        assert_eq!(wire.written().len(), write);
    }
    let wire = Wire::default().with(Fault::Read);
    let transport = Reqwless::new(Time::default(), [wire.slot()]);
    assert_failure(&now(publish(&transport, A, 10)), Interrupted, true);
}

/// A refusal of a request that is larger than the first write.
const TOO_LARGE: &[u8] = b"HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\n{}";

#[test]
fn a_response_that_comes_before_the_whole_request_was_sent_is_read_and_the_connection_given_up() {
    let wire = Wire::responding([TOO_LARGE, OK]).with(Fault::Full(1));
    let transport = Reqwless::new(Time::default(), [wire.slot_of(420)]);
    let outcome = now(publish(&transport, A, 10));
    assert_eq!((outcome.result.is_ok(), outcome.status, &outcome.body[..]), (true, 413, &b"{}"[..]));
    assert_eq!((wire.written().len(), wire.events().last()), (1, Some(&Event::Abort)));
}

#[test]
fn a_response_that_is_not_final_does_not_end_the_request() {
    let wire = Wire::responding([&b"HTTP/1.1 100 Continue\r\n\r\n"[..]]);
    let transport = Reqwless::new(Time::default(), [wire.slot_of(420)]);
    let mut outcome = pin!(publish(&transport, A, 10));
    assert!(poll(outcome.as_mut()).is_pending());
    assert_eq!(wire.written().len(), 2);
    wire.then([OK]);
    assert_eq!(now(outcome).status, 200);
    assert_eq!(wire.connections(), 1);
}

#[test]
fn closing_closes_kept_connections_at_once_and_others_after_their_response() {
    let (first, second) = (Wire::default(), Wire::responding([OK, OK]));
    let transport = Reqwless::new(Time::default(), [first.slot(), second.slot()]);
    let mut poll_of_events = pin!(receive(&transport, A));
    assert!(poll(poll_of_events.as_mut()).is_pending());
    now(publish(&transport, A, 10)).result.unwrap();
    now(AsyncTransport::close(&transport));
    assert_eq!(second.events().last(), Some(&Event::Close));
    assert!(!first.events().contains(&Event::Close));
    first.then([OK]);
    now(poll_of_events).result.unwrap();
    assert_eq!(first.events().last(), Some(&Event::Close));
    // It is used again, with a new connection.
    first.then([OK]);
    now(publish(&transport, A, 10)).result.unwrap();
    assert_eq!((first.connections(), second.connections()), (2, 1));
}

#[test]
fn after_more_than_was_asked_for_a_connection_is_not_used_again() {
    let wire = Wire::responding([&[OK, b"HTTP/1.1 500 x\r\n\r\n"].concat()[..]]);
    let transport = Reqwless::new(Time::default(), [wire.slot()]);
    now(publish(&transport, A, 10)).result.unwrap();
    assert_eq!(wire.events().last(), Some(&Event::Abort));
}

#[test]
fn a_connection_that_the_service_says_it_closes_is_closed_in_good_order() {
    let wire =
        Wire::responding([&b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}"[..]]);
    let transport = Reqwless::new(Time::default(), [wire.slot()]);
    now(publish(&transport, A, 10)).result.unwrap();
    assert_eq!(wire.events().last(), Some(&Event::Close));
}
