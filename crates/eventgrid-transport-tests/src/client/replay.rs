//! What is sent again when nobody knows whether the service has acted on it.

use std::sync::mpsc;
use std::time::Duration;

use eventgrid::{
    AccessKey, Client, FailureReason, Limits, LockToken, ReceiveOptions, ReleaseDelay, SettleAction,
    Settlement, TransportErrorKind,
};

use crate::client::{Recorder, client, consumer, event, publisher};
use crate::exchange::KEY;
use crate::options::Options;
use crate::server::{Gate, Log, Reserved, Script, Server};
use crate::subject::Adapter;
use crate::transport::OK;

rows![
    a_publish_is_sent_again,
    a_publish_is_not_sent_again_if_told_so,
    but_it_is_if_nothing_was_done,
    a_receive_is_sent_again,
    a_receive_whose_response_breaks_off_is_not_and_returns_what_came_whole,
    settling_is_sent_again_and_a_lost_token_is_then_no_news,
    a_lost_token_is_news_if_nothing_was_done_before,
    renewing_is_sent_again_and_a_lost_lock_is_lost,
    a_response_that_does_not_come_counts_as_an_interruption,
];

/// The shortest first wait.
const WAIT: Duration = Duration::from_millis(400);

/// Ways to end an exchange so that nobody knows whether the service has acted on it.
fn interruptions() -> impl Iterator<Item = Script> {
    let in_the_body = Script::new().respond("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello").reset();
    before_the_body().chain([in_the_body])
}

/// Those of them before any of the body of a success has come.
fn before_the_body() -> impl Iterator<Item = Script> {
    let broken = [
        Script::new().request().close(),
        Script::new().request().reset(),
        Script::new().respond("HTTP/1.1 200 OK\r\n").close(),
    ];
    broken.into_iter().chain([408, 500, 502, 504].map(|status| turned_away(status).close()))
}

/// A response that is not a success, and the end of the connection.
fn turned_away(status: u16) -> Script {
    Script::new().respond(format!("HTTP/1.1 {status} No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))
}

fn assert_sent_twice(log: &Log) {
    let [first, second] = &log.requests[..] else { panic!("{log:?}") };
    assert_eq!((&first.line, &first.body), (&second.line, &second.body));
    assert_eq!(first.header("x-ms-client-request-id"), second.header("x-ms-client-request-id"));
}

fn a_publish_is_sent_again(adapter: Adapter) {
    for interruption in interruptions() {
        let server = Server::start([interruption, Script::new().respond(OK)]);
        let recorder = Recorder::default();
        publisher(client(adapter, &recorder), server.url()).send(&event()).unwrap();
        assert_eq!(recorder.slept(), [WAIT]);
        assert_sent_twice(&server.finish());
    }
}

fn a_publish_is_not_sent_again_if_told_so(adapter: Adapter) {
    for interruption in interruptions() {
        let server = Server::start([interruption]);
        let recorder = Recorder::default();
        let client = client(adapter, &recorder).replay_publish(false);
        let error = publisher(client, server.url()).send(&event()).unwrap_err();
        assert!(error.may_have_been_acted_on(), "{error}");
        assert!(recorder.slept().is_empty());
        assert_eq!(server.finish().requests.len(), 1);
    }
}

fn but_it_is_if_nothing_was_done(adapter: Adapter) {
    for status in [429, 503] {
        let server = Server::start([turned_away(status), Script::new().respond(OK)]);
        let recorder = Recorder::default();
        let client = client(adapter, &recorder).replay_publish(false);
        publisher(client, server.url()).send(&event()).unwrap();
        assert_eq!(recorder.slept(), [WAIT]);
        assert_sent_twice(&server.finish());
    }
    // Nobody listens at first.
    let nobody = Reserved::new();
    let recorder = Recorder::default();
    let publisher = publisher(client(adapter, &recorder).replay_publish(false), nobody.url());
    let (sender, server) = mpsc::channel();
    recorder.meanwhile(move || sender.send(nobody.listen([Script::new().respond(OK)])).unwrap());
    publisher.send(&event()).unwrap();
    assert_eq!(recorder.slept(), [WAIT]);
    assert_eq!(server.recv().unwrap().finish().requests.len(), 1);
}

fn a_receive_is_sent_again(adapter: Adapter) {
    let body = r#"{"value":[{"brokerProperties":{"lockToken":"token","deliveryCount":2},
        "event":{"specversion":"1.0","id":"1","source":"urn:plant/boiler","type":"Reading"}}]}"#;
    let batch = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    for interruption in before_the_body() {
        let server = Server::start([interruption, Script::new().respond(&batch)]);
        let recorder = Recorder::default();
        let consumer = consumer(client(adapter, &recorder), server.url());
        let batch = consumer.receive(ReceiveOptions::new()).unwrap();
        assert_eq!(batch.iter().map(|received| received.delivery_count()).collect::<Vec<_>>(), [2]);
        assert_eq!(recorder.slept(), [WAIT]);
        assert_sent_twice(&server.finish());
    }
}

fn a_receive_whose_response_breaks_off_is_not_and_returns_what_came_whole(adapter: Adapter) {
    let one = |token| {
        format!(
            r#"{{"brokerProperties":{{"lockToken":"{token}","deliveryCount":1}},
            "event":{{"specversion":"1.0","id":"1","source":"urn:plant/boiler","type":"Reading"}}}}"#
        )
    };
    let body = format!(r#"{{"value":[{},{}]}}"#, one("first"), one("second"));
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    for cut in [1, 3, one("second").len()] {
        let part = format!("{head}{}", &body[..body.len() - cut]);
        let server = Server::start([Script::new().respond(part).close()]);
        let recorder = Recorder::default();
        let consumer = consumer(client(adapter, &recorder), server.url());
        let batch = consumer.receive(ReceiveOptions::new()).unwrap();
        assert_eq!(batch.interruption(), Some(TransportErrorKind::Interrupted));
        let tokens = batch.iter().map(|received| received.lock_token().to_string());
        let whole = if cut < 3 { &["first", "second"][..] } else { &["first"] };
        assert_eq!(tokens.collect::<Vec<_>>(), whole, "{cut} bytes are missing");
        assert!(recorder.slept().is_empty());
        assert_eq!(server.finish().requests.len(), 1);
    }
}

/// Settles a token that the service does not know any more, after some other end of a first
/// attempt.
fn settle_lost_token(adapter: Adapter, first: Option<Script>, action: SettleAction) -> Settlement<'static> {
    let body = r#"{"succeededLockTokens":[],"failedLockTokens":[
        {"lockToken":"token","error":{"code":"TokenLost","message":"Token has expired."}}]}"#;
    let lost = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let attempts = 1 + usize::from(first.is_some());
    let server = Server::start(first.into_iter().chain([Script::new().respond(lost)]));
    let recorder = Recorder::default();
    let consumer = consumer(client(adapter, &recorder), server.url());
    let settlement = consumer.settle(action, &LockToken::new("token")).unwrap();
    assert_eq!(recorder.slept(), vec![WAIT; attempts - 1]);
    assert_eq!(server.finish().requests.len(), attempts);
    settlement
}

fn reasons(settlement: &Settlement<'_>) -> Vec<FailureReason> {
    settlement.failed().map(|failed| failed.reason()).collect()
}

const SETTLINGS: [SettleAction; 3] =
    [SettleAction::Acknowledge, SettleAction::Release(ReleaseDelay::TenSeconds), SettleAction::Reject];

fn settling_is_sent_again_and_a_lost_token_is_then_no_news(adapter: Adapter) {
    for action in SETTLINGS {
        for interruption in interruptions() {
            let settlement = settle_lost_token(adapter, Some(interruption), action);
            assert_eq!(reasons(&settlement), [FailureReason::AlreadySettledOrLost], "{action:?}");
        }
    }
}

fn a_lost_token_is_news_if_nothing_was_done_before(adapter: Adapter) {
    for action in SETTLINGS {
        for first in [None, Some(turned_away(429)), Some(turned_away(503))] {
            let settlement = settle_lost_token(adapter, first, action);
            assert_eq!(reasons(&settlement), [FailureReason::TokenLost], "{action:?}");
        }
    }
}

fn renewing_is_sent_again_and_a_lost_lock_is_lost(adapter: Adapter) {
    for interruption in interruptions() {
        let settlement = settle_lost_token(adapter, Some(interruption), SettleAction::RenewLocks);
        assert_eq!(reasons(&settlement), [FailureReason::TokenLost]);
    }
}

fn a_response_that_does_not_come_counts_as_an_interruption(adapter: Adapter) {
    let options = Options::with_limits(Limits::new().with_response(Duration::from_millis(100)));
    for (replay, attempts) in [(true, 4), (false, 1)] {
        let gate = Gate::new();
        let server = Server::start((0..attempts).map(|_| Script::new().request().wait(&gate)));
        let recorder = Recorder::default();
        let client = Client::new(adapter(&options), recorder.clone(), AccessKey::new(KEY));
        let publisher = publisher(client.replay_publish(replay), server.url());
        let error = publisher.send(&event()).unwrap_err();
        gate.open();
        assert_eq!(error.transport_kind(), Some(TransportErrorKind::Timeout));
        assert!(error.may_have_been_acted_on());
        assert_eq!(recorder.slept().len(), attempts - 1);
        assert_eq!(server.finish().requests.len(), attempts);
    }
}
