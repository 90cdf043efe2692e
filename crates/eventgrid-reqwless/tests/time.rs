//! How long the parts of a request may take, and how far an attempt came.

mod support;

use std::pin::pin;
use std::time::Duration;

use eventgrid::TransportErrorKind::Timeout;
use eventgrid::calls::Publish;
use eventgrid::{CloudEvent, Limits, NamespaceTopic, TransportError};
use eventgrid_reqwless::Reqwless;
use support::{Event, Fault, OK, Outcome, Time, Wire, now, poll, publish, receive, send_within};

const A: &str = "http://a.example";
const SECOND: Duration = Duration::from_secs(1);

fn reason(outcome: &Outcome) -> String {
    let error = outcome.result.as_ref().expect_err("it should fail");
    assert_eq!(error.kind(), Timeout);
    error.reason().to_string()
}

async fn publish_within(transport: &Reqwless<'_, support::TestSocket, Time, 1>, limits: Limits) -> Outcome {
    let topic = NamespaceTopic::new(A, "readings").unwrap();
    let event = CloudEvent::new("1", "urn:boiler", "Reading");
    send_within(transport, &Publish::new(&topic, &event), 100, limits).await
}

#[test]
fn as_long_as_bytes_move_a_response_goes_on() {
    let time = Time::default();
    let wire = Wire::responding(OK.chunks(1)).slowly(&time, SECOND);
    let transport = Reqwless::new(time.clone(), [wire.slot()]).idle_timeout(2 * SECOND);
    let outcome = now(publish(&transport, A, 10));
    assert!(outcome.result.is_ok(), "{outcome:?}");
    assert_eq!(outcome.progress.first_byte, Some(SECOND));
    assert_eq!(outcome.progress.sent, wire.written().concat().len() as u64);
    assert_eq!(outcome.progress.received, 2);
}

#[test]
fn a_body_that_stops_is_given_up_after_the_idle_timeout() {
    let time = Time::default();
    let wire = Wire::responding([&b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"[..]]);
    let transport = Reqwless::new(time.clone(), [wire.slot()]).idle_timeout(5 * SECOND);
    let mut outcome = pin!(publish(&transport, A, 10));
    assert!(poll(outcome.as_mut()).is_pending());
    time.pass(4 * SECOND);
    assert!(poll(outcome.as_mut()).is_pending());
    time.pass(SECOND);
    let outcome = now(outcome);
    assert_eq!(reason(&outcome), "no byte of the response's body came for too long");
    assert_eq!((outcome.status, wire.events().last()), (200, Some(&Event::Abort)));
}

#[test]
fn a_request_that_is_not_taken_is_given_up_after_the_idle_timeout() {
    let time = Time::default();
    let wire = Wire::default().with(Fault::Full(1));
    let transport = Reqwless::new(time.clone(), [wire.slot_of(420)]).idle_timeout(5 * SECOND);
    let mut outcome = pin!(publish(&transport, A, 10));
    assert!(poll(outcome.as_mut()).is_pending());
    time.pass(5 * SECOND);
    let outcome = now(outcome);
    assert_eq!(reason(&outcome), "the service took no byte of the request for too long");
    assert!(outcome.result.unwrap_err().may_have_been_sent());
    assert_eq!(outcome.progress.sent, wire.written().concat().len() as u64);
}

#[test]
fn bytes_that_trickle_are_too_slow_where_there_is_a_lowest_rate() {
    for (rate, is_slow) in [(2, true), (1, false)] {
        let time = Time::default();
        let body = "x".repeat(50);
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n";
        let pieces = [head.as_bytes()].into_iter().chain(body.as_bytes().chunks(1));
        let wire = Wire::responding(pieces).slowly(&time, SECOND);
        let transport = Reqwless::new(time.clone(), [wire.slot()]).idle_timeout(5 * SECOND).lowest_rate(rate);
        let outcome = now(publish(&transport, A, 100));
        assert_eq!(outcome.result.is_err(), is_slow, "{outcome:?}");
        if is_slow {
            assert_eq!(reason(&outcome), "fewer bytes moved than the lowest rate allows");
            assert!((1..10).contains(&outcome.body.len()));
        }
    }
}

#[test]
fn a_response_has_its_time_after_the_request_and_a_long_poll_more() {
    for (is_long_poll, expected) in [(false, 30), (true, 90)] {
        let time = Time::default();
        let wire = Wire::default();
        let transport = Reqwless::<_, _, 1>::new(time.clone(), [wire.slot()]);
        let attempt = async {
            if is_long_poll { receive(&transport, A).await } else { publish(&transport, A, 10).await }
        };
        let mut outcome = pin!(attempt);
        assert!(poll(outcome.as_mut()).is_pending());
        time.pass((expected - 1) * SECOND);
        assert!(poll(outcome.as_mut()).is_pending());
        // A part of the head gives it no more time.
        wire.then([&OK[..20]]);
        assert!(poll(outcome.as_mut()).is_pending());
        time.pass(SECOND);
        assert_eq!(reason(&now(outcome)), "the response took too long");
    }
}

#[test]
fn all_of_it_has_a_total_and_the_limits_of_a_request_go_first() {
    let time = Time::default();
    let wire = Wire::responding(OK.chunks(1)).slowly(&time, SECOND);
    let transport = Reqwless::new(time.clone(), [wire.slot()]).total_timeout(100 * SECOND);
    let outcome = now(publish_within(&transport, Limits::new()));
    assert!(outcome.result.is_ok(), "{outcome:?}");
    wire.then(OK.chunks(1));
    let outcome = now(publish_within(&transport, Limits::new().with_total(10 * SECOND)));
    assert_eq!(reason(&outcome), "the attempt took too long in all");
}

#[test]
fn waiting_for_a_connection_is_a_part_of_the_total() {
    let time = Time::default();
    let wire = Wire::default();
    let transport = Reqwless::new(time.clone(), [wire.slot()]);
    let mut long = pin!(receive(&transport, A));
    assert!(poll(long.as_mut()).is_pending());
    let mut short = pin!(publish_within(&transport, Limits::new().with_total(SECOND)));
    assert!(poll(short.as_mut()).is_pending());
    time.pass(SECOND);
    let outcome = now(short);
    assert_eq!(
        (outcome.progress.sent, outcome.result.as_ref().unwrap_err().may_have_been_sent()),
        (0, false)
    );
    assert_eq!(reason(&outcome), "the attempt took too long in all");
}

#[test]
fn a_body_that_never_pauses_ends_with_the_total() {
    let time = Time::default();
    let head = &b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n"[..];
    let wire = Wire::responding([head].into_iter().chain([&b"x"[..]; 100])).slowly(&time, SECOND);
    let transport = Reqwless::new(time, [wire.slot()]).total_timeout(50 * SECOND);
    let outcome = now(publish(&transport, A, 200));
    assert_eq!(reason(&outcome), "the attempt took too long in all");
    assert_eq!(outcome.body.len(), 48);
}
