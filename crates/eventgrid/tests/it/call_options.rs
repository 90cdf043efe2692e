//! Options of one call that differ from its client's.

#![cfg(feature = "std")]

use std::sync::Mutex;
use std::time::Duration;

use crate::support::{Scripted, Still, interrupted, refused, response};
use eventgrid::blocking::{Consumer, Publisher};
use eventgrid::calls::{Call, Publish, Receive, RequestContext, RequestId};
use eventgrid::event::BinaryMode;
use eventgrid::target::BasicTopic;
use eventgrid::{
    AccessKey, ApiVersion, Buf, CallOptions, Client, CloudEvent, Error, Limits, LockToken, NamespaceTopic,
    ReceiveOptions, Request, RequestError, Response, RetryPolicy, SettleAction, Subscription, Transport,
    TransportErrorKind,
};

fn client(transport: &Scripted) -> Client<&Scripted, Still, AccessKey<'static>> {
    Client::new(transport, Still::default(), AccessKey::new("c2VjcmV0"))
}

fn topic() -> NamespaceTopic<'static> {
    NamespaceTopic::new("https://h", "t").unwrap()
}

fn event() -> CloudEvent<'static> {
    CloudEvent::new("1", "s", "t")
}

fn publisher(transport: &Scripted) -> Publisher<&Scripted, Still, AccessKey<'static>> {
    Publisher::new(client(transport), topic())
}

fn consumer(transport: &Scripted) -> Consumer<&Scripted, Still, AccessKey<'static>> {
    Consumer::new(client(transport), Subscription::new("https://h", "t", "s").unwrap())
}

#[test]
fn the_request_is_the_same_but_for_what_the_options_say() {
    let transport = Scripted::new([response(200, "{}"), response(200, "{}"), response(200, "{}")]);
    let publisher = publisher(&transport);
    publisher.send(&event()).unwrap();
    publisher.send_with(&event(), &CallOptions::new()).unwrap();
    let options = CallOptions::new()
        .headers(&[("X-Tenant", "17"), ("accept", "*/*")])
        .query(&[("trace me", "a&b"), ("x", "")])
        .request_id(RequestId(1, 2))
        .application_id("billing/2.1")
        .api_version(ApiVersion::V2023_11_01);
    publisher.send_with(&event(), &options).unwrap();
    let seen = transport.seen();
    assert_eq!(seen[0], seen[1]);
    let agent = concat!("eventgrid-rust/", env!("CARGO_PKG_VERSION"));
    let expected = format!(
        "POST /topics/t:publish?api-version=2023-11-01&trace%20me=a%26b&x= HTTP/1.1\nhost: h\n\
         user-agent: billing/2.1 {agent}\nx-ms-client-request-id: 00000000000000010000000000000002\n\
         content-type: application/cloudevents+json; charset=utf-8\nx-tenant: 17\naccept: */*\n\
         authorization: SharedAccessKey c2VjcmV0\n\n\
         {{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\"}}"
    );
    assert_eq!(seen[2], expected);
}

#[test]
fn every_operation_takes_them() {
    let transport = Scripted::new([
        response(200, r#"{"value":[]}"#),
        response(200, "{}"),
        response(200, "{}"),
        response(200, ""),
    ]);
    let options = CallOptions::new().headers(&[("x-tenant", "17")]).query(&[("a", "b")]);
    let consumer = consumer(&transport);
    assert!(consumer.receive_with(ReceiveOptions::new(), &options).unwrap().is_empty());
    let _ = consumer.settle_with(SettleAction::Reject, &LockToken::new("a"), &options).unwrap();
    let nothing: [LockToken<'_>; 0] = [];
    let _ = consumer.settle_with(SettleAction::Reject, &nothing[..], &options).unwrap();
    assert!(publisher(&transport).send_all_with(&[event(), event()], &options).is_complete());
    let basic = Publisher::new(client(&transport), BasicTopic::new("https://h").unwrap());
    basic.send_with(&event(), &options).unwrap();
    basic.send_with(&[] as &[CloudEvent<'_>], &options).unwrap();
    let seen = transport.seen();
    assert_eq!(seen.len(), 4);
    for wire in seen {
        assert!(wire.contains("\nx-tenant: 17\n") && wire.contains("&a=b HTTP/1.1\n"), "{wire}");
    }
}

#[test]
fn the_content_type_is_the_callers() {
    let transport = Scripted::new([response(200, "{}"), response(200, r#"{"value":[]}"#)]);
    let options = CallOptions::new().content_type("application/json");
    publisher(&transport).send_with(&event(), &options).unwrap();
    let wire = &transport.seen()[0];
    assert_eq!(wire.matches("content-type").count(), 1);
    assert!(wire.contains("\ncontent-type: application/json\n"), "{wire}");
    assert!(consumer(&transport).receive_with(ReceiveOptions::new(), &options).unwrap().is_empty());
    assert!(!transport.seen()[1].contains("content-type"), "a receive has no body");
}

#[test]
fn what_cannot_be_sent_is_told_before_anything_is() {
    let transport = Scripted::default();
    let text = event().with_data_content_type("text/plain");
    let refused =
        |options: &CallOptions<'_>| match publisher(&transport).send_with(&event(), options).unwrap_err() {
            Error::Request(RequestError::Options { index, reason }) => (index, reason),
            other => panic!("{other:?}"),
        };
    let refused_header = |name, value| refused(&CallOptions::new().headers(&[("ok", "ok"), (name, value)]));
    for name in ["", "a b", "a:", "ü", "a\r\nb"] {
        assert_eq!(
            refused_header(name, "v"),
            (1, "a header of the call's options has a name that no header can have"),
            "{name:?}"
        );
    }
    for name in
        ["Host", "content-length", "Authorization", "aeg-sas-key", "AEG-channel-name", "ce-id", "cookie"]
    {
        assert_eq!(
            refused_header(name, "v"),
            (1, "a header of the call's options is one that only the client sets"),
            "{name:?}"
        );
    }
    for value in ["a\r\nb: c", "ü", "\0"] {
        assert_eq!(
            refused_header("a", value),
            (1, "a header of the call's options has a value that no header can have"),
            "{value:?}"
        );
        let content_type = CallOptions::new().content_type(value);
        assert_eq!(
            refused(&content_type),
            (0, "no header can have the content type of the call's options"),
            "{value:?}"
        );
    }
    for name in ["api-version", ""] {
        let (index, _) = refused(&CallOptions::new().query(&[("a", "b"), ("a", "b"), (name, "v")]));
        assert_eq!(index, 2, "{name:?}");
    }
    let maximum = CallOptions::new().query(&[("maxEvents", "1")]);
    let options = ReceiveOptions::new().max_events(2);
    let error = consumer(&transport).receive_with(options, &maximum).unwrap_err();
    assert!(matches!(error, Error::Request(RequestError::Options { index: 0, .. })), "{error:?}");
    let binary = CallOptions::new().content_type("text/plain");
    let error = publisher(&transport).send_with(&BinaryMode(&text), &binary).unwrap_err();
    assert!(matches!(error, Error::Request(RequestError::Options { .. })), "{error:?}");
    assert_eq!(transport.requests(), 0);
}

#[test]
fn they_fit_exactly_or_not_at_all() {
    let target = topic();
    let event = event();
    let options = CallOptions::new()
        .headers(&[("x-tenant", "17")])
        .query(&[("a", "b c")])
        .content_type("application/cloudevents+json");
    let call = Publish::new(&target, &event);
    let context = RequestContext::default();
    let mut storage = [0; 1024];
    let len = {
        let mut tx = Buf::new(&mut storage);
        call.with_options(&options).encode(&context, &mut tx).unwrap();
        tx.len()
    };
    let mut counting = Buf::counting();
    call.with_options(&options).encode(&context, &mut counting).unwrap();
    assert!(counting.len() >= len);
    // What is replaced is there twice for a moment.
    let mut tx = Buf::new(&mut storage[..counting.len()]);
    call.with_options(&options).encode(&context, &mut tx).unwrap();
    for size in 0..len {
        let mut tx = Buf::new(&mut storage[..size]);
        let error = call.with_options(&options).encode(&context, &mut tx).unwrap_err();
        assert_eq!(error, RequestError::TooLarge);
    }
    let subscription = Subscription::new("https://h", "t", "s").unwrap();
    let receive = Receive::new(&subscription, ReceiveOptions::new());
    let mut counting = Buf::counting();
    receive.with_options(&options).encode(&context, &mut counting).unwrap();
}

/// Keeps the limits of each request.
struct Limited(Mutex<Vec<Limits>>);

impl Transport for Limited {
    type Error = crate::support::ScriptedError;

    fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Self::Error> {
        self.0.lock().unwrap().push(request.limits());
        response.begin(503);
        Ok(())
    }
}

#[test]
fn attempts_and_times_are_the_calls() {
    const SECOND: Duration = Duration::from_secs(1);
    let transport = Limited(Mutex::default());
    let client = Client::new(&transport, Still::default(), AccessKey::new("c2VjcmV0"))
        .limits(Limits::new().with_connect(SECOND).with_idle(SECOND));
    let publisher = Publisher::new(client, topic());
    let once = CallOptions::new().retry(RetryPolicy::none().with_total(30 * SECOND));
    let limits = Limits::new().with_idle(2 * SECOND).with_response(3 * SECOND);
    assert!(publisher.send_with(&event(), &once.limits(limits)).is_err());
    let expected = limits.with_connect(SECOND).with_total(30 * SECOND);
    assert_eq!(transport.0.lock().unwrap().drain(..).collect::<Vec<_>>(), [expected]);
    let six = CallOptions::new().retry(RetryPolicy::new().with_max_retries(5));
    assert!(publisher.send_with(&event(), &six).is_err());
    assert_eq!(transport.0.lock().unwrap().drain(..).count(), 6);
    assert!(publisher.send(&event()).is_err());
    assert_eq!(transport.0.lock().unwrap().len(), 4);
}

#[test]
fn each_attempt_is_told_without_secrets() {
    let transport = Scripted::new([refused(), interrupted(), response(503, "busy"), response(200, "{}")]);
    let told = Mutex::new(Vec::new());
    let tell = |attempt: &eventgrid::Attempt<'_>| {
        assert!(attempt.headers().all(|header| header.name() != "authorization"));
        assert!(!format!("{attempt:?}").contains("c2VjcmV0"));
        assert_eq!((attempt.method(), attempt.body_len()), ("POST", 54));
        assert_eq!(attempt.url(), "https://h/topics/t:publish?api-version=2024-06-01");
        told.lock().unwrap().push((attempt.number(), attempt.head().status(), attempt.failure()));
    };
    let options = CallOptions::new().on_attempt(&tell);
    publisher(&transport).send_with(&event(), &options).unwrap();
    let expected = [
        (1, 0, Some(TransportErrorKind::Connect)),
        (2, 0, Some(TransportErrorKind::Interrupted)),
        (3, 503, None),
        (4, 200, None),
    ];
    assert_eq!(*told.lock().unwrap(), expected);
}

#[test]
fn values_stay_out_of_debug() {
    let options = CallOptions::new().headers(&[("x-token", "geheim")]).query(&[("code", "geheim")]);
    let shown = format!("{options:?}");
    assert!(shown.contains("x-token") && shown.contains("code") && !shown.contains("geheim"), "{shown}");
}
