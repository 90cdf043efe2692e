//! What a client adds to every request: its trace, the name of the application, the version.

#![cfg(feature = "std")]

use crate::support::{Scripted, Still, response};
use eventgrid::blocking::{Consumer, Publisher};
use eventgrid::event::{BinaryMode, EventGridEvent};
use eventgrid::target::BasicTopic;
use eventgrid::{
    AccessKey, ApiVersion, Client, CloudEvent, Error, LockToken, NamespaceTopic, ReceiveOptions,
    ReleaseDelay, RequestError, SettleAction, Subscription, TraceContext,
};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn trace() -> TraceContext<'static> {
    TraceContext::new(PARENT).unwrap().with_tracestate("a=b").unwrap()
}

fn traced(transport: &Scripted) -> Client<&Scripted, Still, AccessKey<'static>> {
    Client::new(transport, Still::default(), AccessKey::new("k")).trace_source(|| Some(trace()))
}

fn topic() -> NamespaceTopic<'static> {
    NamespaceTopic::new("https://h", "t").unwrap()
}

fn event() -> CloudEvent<'static> {
    CloudEvent::new("1", "s", "t")
}

/// Asserts that the request has the trace in its headers, and gives its body.
fn body(wire: &str) -> &str {
    let (head, body) = wire.split_once("\n\n").unwrap();
    assert!(head.contains(&format!("\ntraceparent: {PARENT}\ntracestate: a=b\n")), "{head}");
    body
}

#[test]
fn on_every_path() {
    let members = format!(r#""traceparent":"{PARENT}","tracestate":"a=b""#);
    let transport = Scripted::new(std::iter::repeat_n(response(200, ""), 5));
    let publisher = Publisher::new(traced(&transport), topic());
    publisher.send(&event()).unwrap();
    let own = event().with_extension("traceparent", "own");
    let own_state = event().with_extension("tracestate", "own");
    publisher.send(&[event(), own, own_state]).unwrap();
    publisher.send(&BinaryMode(&event().with_data_content_type("text/plain"))).unwrap();
    let basic = Publisher::new(traced(&transport), BasicTopic::new("h").unwrap());
    basic.send(&event()).unwrap();
    basic.send(&EventGridEvent::new("1", "s", "t", "2024-06-01T12:00:00Z", "")).unwrap();

    let seen = transport.seen();
    let start = r#"{"specversion":"1.0","id":"1","source":"s","type":"t","#;
    assert_eq!(body(&seen[0]), format!("{start}{members}}}"));
    assert_eq!(
        body(&seen[1]),
        format!(r#"[{start}{members}}},{start}"traceparent":"own"}},{start}"tracestate":"own"}}]"#)
    );
    assert_eq!(body(&seen[2]), "");
    assert!(seen[2].contains(&format!("\nce-traceparent: {PARENT}\nce-tracestate: a=b\n")), "{}", seen[2]);
    assert_eq!(body(&seen[3]), format!("[{start}{members}}}]"));
    assert!(!body(&seen[4]).contains("traceparent"), "the Event Grid schema has no place for it");
}

#[test]
fn receiving_and_settling_carry_it_too() {
    let transport = Scripted::new([response(200, r#"{"value":[]}"#), response(200, "{}")]);
    let consumer = Consumer::new(traced(&transport), Subscription::new("h", "t", "s").unwrap());
    assert!(consumer.receive(ReceiveOptions::new()).unwrap().is_empty());
    let _ = consumer.reject(&LockToken::new("a")).unwrap();
    for wire in transport.seen() {
        body(&wire);
    }
}

#[test]
fn the_callers_trace_wins_over_the_source() {
    let transport = Scripted::new([response(200, "")]);
    let other = TraceContext::new("00-11111111111111111111111111111111-2222222222222222-00").unwrap();
    Publisher::new(traced(&transport), topic()).send_traced(&event(), &other).unwrap();
    let wire = &transport.seen()[0];
    assert_eq!(wire.matches(other.traceparent()).count(), 2, "{wire}");
    assert!(!wire.contains("tracestate") && !wire.contains(PARENT), "{wire}");
}

#[test]
fn the_application_stands_before_this_crate() {
    let transport = Scripted::new([response(200, "")]);
    let client = Client::new(&transport, Still::default(), AccessKey::new("k")).application_id("billing/2.1");
    Publisher::new(client, topic()).send(&event()).unwrap();
    let expected = format!("\nuser-agent: billing/2.1 eventgrid-rust/{}\n", env!("CARGO_PKG_VERSION"));
    assert!(transport.seen()[0].contains(&expected));

    let client = Client::new(&transport, Still::default(), AccessKey::new("k")).application_id("a\nb: c");
    let error = Publisher::new(client, topic()).send(&event()).unwrap_err();
    assert!(matches!(error, Error::Request(RequestError::Header { name: "user-agent" })), "{error:?}");
}

#[test]
fn versions_without_an_operation_are_told_before_anything_is_sent() {
    let settle = |version, action| {
        let transport = Scripted::new([response(200, "{}")]);
        let client = Client::new(&transport, Still::default(), AccessKey::new("k")).api_version(version);
        let consumer = Consumer::new(client, Subscription::new("h", "t", "s").unwrap());
        let result = consumer.settle(action, &LockToken::new("a"));
        match result {
            Ok(_) => Ok(transport.seen().remove(0)),
            Err(Error::Request(error)) => {
                assert_eq!(transport.requests(), 0);
                Err(error.to_string())
            }
            Err(other) => panic!("{other:?}"),
        }
    };
    let old = ApiVersion::V2023_06_01_PREVIEW;
    let delayed = SettleAction::Release(ReleaseDelay::TenSeconds);
    assert_eq!(
        settle(old, SettleAction::RenewLocks).unwrap_err(),
        "API version 2023-06-01-preview does not have renewing locks: use 2023-10-01-preview or newer"
    );
    assert_eq!(
        settle(old, delayed).unwrap_err(),
        "API version 2023-06-01-preview does not have a release delay: use 2023-10-01-preview or newer"
    );
    for action in
        [SettleAction::Acknowledge, SettleAction::Reject, SettleAction::Release(ReleaseDelay::NoDelay)]
    {
        assert!(settle(old, action).unwrap().contains("?api-version=2023-06-01-preview HTTP"));
    }
    for version in
        [ApiVersion::V2023_10_01_PREVIEW, ApiVersion::V2023_11_01, ApiVersion::new("2030-01-01-preview")]
    {
        assert!(settle(version, SettleAction::RenewLocks).is_ok() && settle(version, delayed).is_ok());
    }
}
