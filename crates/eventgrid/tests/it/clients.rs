//! What the clients do around a call: check, retry, wait, and report.

#![cfg(feature = "std")]

use std::time::Duration;

use crate::support::{Scripted, Step, Still, interrupted, ready, refused, response, response_with};
use eventgrid::event::Extension;
use eventgrid::{
    AccessKey, Client, CloudEvent, Error, FailureReason, LockToken, NamespaceTopic, ReceiveOptions,
    ReleaseDelay, RequestError, RetryPolicy, Subscription, TransportErrorKind, blocking,
};

type TestClient<'a> = Client<&'a Scripted, &'a Still, AccessKey<'static>>;
type TestError = Error<'static, crate::support::ScriptedError>;

const ENDPOINT: &str = "https://ns.example";

fn client<'a>(transport: &'a Scripted, environment: &'a Still) -> TestClient<'a> {
    Client::new(transport, environment, AccessKey::new("c2VjcmV0"))
}

fn event() -> CloudEvent<'static> {
    CloudEvent::new("1", "s", "t")
}

/// What came of an operation, how many requests it took, and how long it slept in milliseconds: in
/// both colours.
#[allow(clippy::needless_pass_by_value, reason = "an async closure is easier to write as a value")]
fn both<O: std::fmt::Debug>(
    steps: &[Step],
    blocking: impl Fn(TestClient<'_>) -> Result<O, TestError>,
    asynchronous: impl AsyncFn(TestClient<'_>) -> Result<O, TestError>,
) -> (Result<O, TestError>, usize, Vec<u128>) {
    let run = |operation: &dyn Fn(TestClient<'_>) -> Result<O, TestError>| {
        let (transport, environment) = (Scripted::new(steps.to_vec()), Still::default());
        let result = operation(client(&transport, &environment));
        let slept = environment.slept().iter().map(Duration::as_millis).collect();
        (result, transport.requests(), slept)
    };
    let first = run(&blocking);
    let second = run(&|client| ready(asynchronous(client)));
    assert_eq!(format!("{first:?}"), format!("{second:?}"), "the two colours differ");
    first
}

fn topic() -> NamespaceTopic<'static> {
    NamespaceTopic::new(ENDPOINT, "orders").unwrap()
}

fn subscription() -> Subscription<'static> {
    Subscription::new(ENDPOINT, "orders", "billing").unwrap()
}

fn publish(steps: &[Step], replay: bool) -> (Result<(), TestError>, usize, Vec<u128>) {
    both(
        steps,
        |client| blocking::Publisher::new(client.replay_publish(replay), topic()).send(&event()),
        async |client| eventgrid::Publisher::new(client.replay_publish(replay), topic()).send(&event()).await,
    )
}

#[test]
fn a_publish_is_sent_again_after_any_transient_failure() {
    for step in [
        interrupted(),
        refused(),
        response(408, ""),
        response(429, ""),
        response(500, ""),
        response(502, ""),
        response(503, ""),
        response(504, ""),
    ] {
        let (result, requests, slept) = publish(&[step, response(200, "{}")], true);
        assert!(result.is_ok());
        assert_eq!((requests, slept), (2, vec![400]));
    }
}

#[test]
fn a_publish_that_must_not_be_doubled_is_sent_again_only_when_nothing_was_done() {
    for (step, requests) in [
        (refused(), 2),
        (response(429, ""), 2),
        (response(503, ""), 2),
        (interrupted(), 1),
        (response(408, ""), 1),
        (response(500, ""), 1),
        (response(502, ""), 1),
        (response(504, ""), 1),
    ] {
        let (result, sent, _) = publish(&[step, response(200, "{}")], false);
        assert_eq!(sent, requests);
        assert_eq!(result.is_ok(), requests == 2);
        assert!(result.is_ok() || result.unwrap_err().may_have_been_acted_on());
    }
}

#[test]
fn a_publish_is_certain_not_to_have_happened_only_if_no_try_may_have_been_acted_on() {
    let cases: &[(&[Step], bool)] = &[
        (&[refused(), refused()], false),
        (&[interrupted(), refused(), refused(), refused()], true),
        (&[interrupted(), interrupted(), refused(), refused()], true),
        (&[response(500, ""), response(503, ""), response(503, ""), response(503, "")], true),
        (&[response(503, ""), response(503, ""), response(503, ""), response(503, "")], false),
        (&[interrupted(), response(400, "")], true),
        (&[response(400, "")], false),
    ];
    for (steps, expected) in cases {
        let (result, requests, _) = publish(steps, true);
        assert_eq!((result.unwrap_err().may_have_been_acted_on(), requests), (*expected, steps.len()));
    }
}

#[test]
fn what_is_no_transient_failure_is_reported_at_once() {
    for status in [300, 302, 400, 401, 403, 404, 409, 413, 501] {
        let (result, requests, _) = publish(&[response(status, "")], true);
        assert_eq!(result.unwrap_err().status(), Some(status));
        assert_eq!(requests, 1);
    }
    let tls = Step::Fail { kind: TransportErrorKind::Tls, may_have_been_sent: false };
    let (result, requests, _) = publish(&[tls], true);
    assert_eq!(result.unwrap_err().transport_kind(), Some(TransportErrorKind::Tls));
    assert_eq!(requests, 1);
}

#[test]
fn three_retries_with_growing_delays_then_the_last_outcome() {
    let (result, requests, slept) =
        publish(&[refused(), response(500, ""), interrupted(), response(503, "")], true);
    assert_eq!((result.unwrap_err().status(), requests, slept), (Some(503), 4, vec![400, 800, 1600]));
}

#[test]
fn a_refused_connection_is_retried_once_and_one_that_was_there_before_three_times() {
    let (result, requests, slept) = publish(&[refused(), refused()], true);
    let kind = result.unwrap_err().transport_kind();
    assert_eq!((kind, requests, slept), (Some(TransportErrorKind::Connect), 2, vec![400]));
    let (_, requests, _) = publish(&[interrupted(), refused(), refused(), refused()], true);
    assert_eq!(requests, 4);
}

#[test]
fn the_services_delay_is_respected_and_one_beyond_the_total_ends_the_call() {
    let (result, _, slept) = publish(&[response_with(429, "retry-after", "30"), response(200, "")], true);
    assert!(result.is_ok());
    assert_eq!(slept, [30_000]);

    let (result, _, slept) = publish(&[response_with(429, "retry-after", "300"), response(200, "")], true);
    assert!(result.is_ok(), "no later than the total is not beyond it");
    assert_eq!(slept, [300_000]);

    let (result, requests, slept) = publish(&[response_with(429, "retry-after", "301")], true);
    let error = result.unwrap_err();
    assert!(error.is_throttled() && error.is_retryable());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(301)));
    assert_eq!((requests, slept), (1, vec![]));

    // 200 seconds of waiting are behind it; another 200 would be more than the total.
    let busy = response_with(503, "retry-after", "200");
    let (result, requests, slept) = publish(&[busy.clone(), busy], true);
    assert_eq!((result.unwrap_err().status(), requests, slept), (Some(503), 2, vec![200_000]));
}

fn acknowledge(steps: &[Step]) -> Vec<FailureReason> {
    let tokens = [LockToken::new("a"), LockToken::new("b")];
    let (result, ..) = both(
        steps,
        |client| blocking::Consumer::new(client, subscription()).acknowledge(&tokens),
        async |client| eventgrid::Consumer::new(client, subscription()).acknowledge(&tokens).await,
    );
    result.unwrap().failed().map(|failed| failed.reason()).collect()
}

const LOST: &str = r#"{"failedLockTokens":[{"lockToken":"a","error":{"code":"TokenLost","message":"Token has expired."}}],"succeededLockTokens":["b"]}"#;

#[test]
fn a_token_lost_after_a_lost_response_is_told_apart() {
    assert_eq!(acknowledge(&[response(200, LOST)]), [FailureReason::TokenLost]);
    assert_eq!(acknowledge(&[interrupted(), response(200, LOST)]), [FailureReason::AlreadySettledOrLost]);
    assert_eq!(acknowledge(&[response(500, ""), response(200, LOST)]), [FailureReason::AlreadySettledOrLost]);
    assert_eq!(
        acknowledge(&[interrupted(), refused(), response(200, LOST)]),
        [FailureReason::AlreadySettledOrLost],
        "whichever try it was"
    );
    assert_eq!(
        acknowledge(&[refused(), response(200, LOST)]),
        [FailureReason::TokenLost],
        "nothing was sent"
    );
    assert_eq!(acknowledge(&[response(503, ""), response(200, LOST)]), [FailureReason::TokenLost]);
}

#[test]
fn a_renewal_that_finds_its_lock_lost_has_lost_it() {
    let (result, requests, _) = both(
        &[interrupted(), response(200, LOST)],
        |client| blocking::Consumer::new(client, subscription()).renew_locks(&LockToken::new("a")),
        async |client| {
            eventgrid::Consumer::new(client, subscription()).renew_locks(&LockToken::new("a")).await
        },
    );
    assert_eq!(result.unwrap().failed().next().unwrap().reason(), FailureReason::TokenLost);
    assert_eq!(requests, 2);
}

#[test]
fn a_receive_is_sent_again() {
    let (result, requests, _) = both(
        &[interrupted(), response(200, r#"{"value":[]}"#)],
        |client| blocking::Consumer::new(client, subscription()).receive(ReceiveOptions::new()),
        async |client| eventgrid::Consumer::new(client, subscription()).receive(ReceiveOptions::new()).await,
    );
    assert!(result.unwrap().is_empty());
    assert_eq!(requests, 2);
}

#[test]
fn nothing_to_do_sends_nothing() {
    let none: [LockToken<'_>; 0] = [];
    let (result, requests, _) = both(
        &[],
        |client| {
            blocking::Publisher::new(client.clone(), topic()).send(&Vec::<CloudEvent<'_>>::new())?;
            blocking::Consumer::new(client, subscription()).release(&none, ReleaseDelay::NoDelay)
        },
        async |client| {
            eventgrid::Publisher::new(client.clone(), topic()).send(&Vec::<CloudEvent<'_>>::new()).await?;
            eventgrid::Consumer::new(client, subscription()).release(&none, ReleaseDelay::NoDelay).await
        },
    );
    let settlement = result.unwrap();
    assert_eq!((settlement.succeeded().count(), settlement.failed().count(), requests), (0, 0, 0));
}

fn refusal(result: Result<impl std::fmt::Debug, TestError>) -> RequestError {
    match result.unwrap_err() {
        Error::Request(error) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn arguments_are_checked_before_anything_is_sent() {
    let (transport, environment) = (Scripted::new([]), Still::default());
    let consumer = blocking::Consumer::new(client(&transport, &environment), subscription());
    let s = Duration::from_secs;
    for events in [0, 101, u32::MAX] {
        assert_eq!(
            refusal(consumer.receive(ReceiveOptions::new().max_events(events))),
            RequestError::MaxEvents(events)
        );
    }
    for time in [s(0), s(9), Duration::from_millis(120_001), Duration::MAX] {
        assert_eq!(
            refusal(consumer.receive(ReceiveOptions::new().max_wait_time(time))),
            RequestError::MaxWaitTime(time)
        );
    }
    let publisher = blocking::Publisher::new(client(&transport, &environment), topic());
    let name = "must have a name of lower-case letters and digits";
    let shadows = "has the name of another attribute: rename it";
    let cases = [
        (CloudEvent::new("", "s", "t"), "its attribute `id` must not be empty".to_owned()),
        (CloudEvent::new("1", "", "t"), "its attribute `source` must not be empty".to_owned()),
        (CloudEvent::new("1", "s", ""), "its attribute `type` must not be empty".to_owned()),
        (event().with_extension("", "v"), format!("its extension attribute `` {name}")),
        (event().with_extension("a", 1).with_extension("Upper", 2), format!("its extension attribute `Upper` {name}")),
        (event().with_extension("with_underscore", 1), format!("its extension attribute `with_underscore` {name}")),
        (event().with_extension("é\n", "v"), format!("its extension attribute `??` {name}")),
        (
            event().with_extension("a23456789012345678901", "v"),
            "the name of its extension attribute `a23456789012345678901` has more than 20 characters: shorten it, or allow it"
                .to_owned(),
        ),
        (event().with_extension("data", "v"), format!("its extension attribute `data` {shadows}")),
        (event().with_extension("specversion", "v"), format!("its extension attribute `specversion` {shadows}")),
        (event().with_extension("a", "v").with_extension("a", "w"), format!("its extension attribute `a` {shadows}")),
    ];
    for (bad, words) in cases {
        let error = refusal(publisher.send(&[event(), bad]));
        let RequestError::Event { index: 1, reason } = error else { panic!("{error}") };
        assert_eq!(reason.to_string(), words);
    }
    assert_eq!(transport.requests(), 0);
    assert!(event().with_extensions(&[Extension::new("a2345678901234567890", true)]).check().is_ok());
}

#[test]
fn the_limits_have_a_way_out() {
    let (transport, environment) = (Scripted::new([response(200, "{}")]), Still::default());
    let consumer = blocking::Consumer::new(client(&transport, &environment), subscription());
    let options =
        ReceiveOptions::new().max_events(1000).max_wait_time(Duration::from_secs(1)).without_limits();
    assert!(consumer.receive(options).unwrap().is_empty());
    assert!(transport.seen()[0].contains("&maxEvents=1000&maxWaitTime=1 HTTP"));
}

#[test]
fn a_credential_never_goes_over_plain_http_to_another_machine_unless_allowed() {
    let send = |endpoint: &'static str, allowed: bool| {
        let (transport, environment) = (Scripted::new([response(200, "{}")]), Still::default());
        let mut client = client(&transport, &environment);
        if allowed {
            client = client.allow_plain_http();
        }
        let topic = NamespaceTopic::new(endpoint, "t").unwrap();
        let result = blocking::Publisher::new(client, topic).send(&event());
        assert_eq!(result.is_ok(), transport.requests() == 1);
        result
    };
    assert_eq!(refusal(send("http://ns.example", false)), RequestError::PlainHttp);
    assert_eq!(refusal(send("http://10.0.2.2:8080", false)), RequestError::PlainHttp);
    for (endpoint, allowed) in [
        ("http://ns.example", true),
        ("http://127.0.0.1:1", false),
        ("http://[::1]:1", false),
        ("ns.example", false),
    ] {
        send(endpoint, allowed).unwrap();
    }
}

#[test]
fn a_key_that_no_header_can_carry_is_refused_without_showing_it() {
    let (transport, environment) = (Scripted::new([]), Still::default());
    for key in ["c2VjcmV0\n", "c2VjcmV0\r\nx: y", "schlüssel"] {
        let client = Client::new(&transport, &environment, AccessKey::new(key));
        let error = blocking::Publisher::new(client, topic()).send(&event()).unwrap_err();
        let shown = format!("{error:?} {error} {}", std::error::Error::source(&error).unwrap());
        assert!(
            shown.contains("line break") && !shown.contains("c2VjcmV0") && !shown.contains("schl"),
            "{shown}"
        );
    }
    assert_eq!(transport.requests(), 0);
}

#[test]
fn a_body_that_cannot_be_understood_is_the_services_fault() {
    let (result, requests, _) = both(
        &[response(200, "<html>")],
        |client| blocking::Consumer::new(client, subscription()).receive(ReceiveOptions::new()),
        async |client| eventgrid::Consumer::new(client, subscription()).receive(ReceiveOptions::new()).await,
    );
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Decode(_)) && !error.is_retryable(), "{error:?}");
    assert_eq!(requests, 1);
}

#[test]
fn retries_can_be_switched_off() {
    let (transport, environment) = (Scripted::new([refused()]), Still::default());
    let client = client(&transport, &environment).retry(RetryPolicy::none());
    assert!(blocking::Publisher::new(client, topic()).send(&event()).unwrap_err().is_retryable());
}

#[test]
fn a_body_over_the_limit_is_reported() {
    let body = r#"{"value":[]}"#;
    for (limit, fits) in [(400, true), (11, false)] {
        let (transport, environment) = (Scripted::new([response(200, body)]), Still::default());
        let client = client(&transport, &environment).body_limit(limit);
        let result = blocking::Consumer::new(client, subscription()).receive(ReceiveOptions::new());
        assert_eq!(result.is_ok(), fits, "{result:?}");
    }
}

#[test]
fn a_device_brings_its_own_buffers() {
    use eventgrid::Buf;
    let body = r#"{"value":[{"brokerProperties":{"lockToken":"CgM=","deliveryCount":2},"event":{"id":"1","source":"s","type":"t"}}]}"#;
    let (transport, environment) =
        (Scripted::new([response(200, "{}"), response(200, body), response(200, LOST)]), Still::default());
    let (mut tx, mut rx) = ([0; 512], [0; 256]);
    let (mut tx, mut rx) = (Buf::new(&mut tx), Buf::new(&mut rx));
    let client = client(&transport, &environment);
    blocking::Publisher::new(client.clone(), topic()).send_in(&event(), &mut tx, &mut rx).unwrap();
    let consumer = blocking::Consumer::new(client, subscription());
    let batch = consumer.receive_in(ReceiveOptions::new(), &mut tx, &mut rx).unwrap();
    let received = batch.iter().next().unwrap();
    assert_eq!((received.delivery_count(), received.event().unwrap().id().as_str()), (2, Some("1")));
    let mut rx2 = [0; 256];
    let mut rx2 = Buf::new(&mut rx2);
    let settlement =
        consumer.settle_in(eventgrid::SettleAction::Acknowledge, &received, &mut tx, &mut rx2).unwrap();
    assert!(!settlement.is_complete());
}

#[test]
fn closing_closes_the_transport_of_whatever_is_closed() {
    let transport = Scripted::new([]);
    let client = || Client::new(&transport, Still::default(), AccessKey::new("c2VjcmV0"));
    let topic = || NamespaceTopic::new("https://h", "t").unwrap();
    let subscription = || Subscription::new("https://h", "t", "s").unwrap();
    client().close_blocking();
    blocking::Publisher::new(client(), topic()).close();
    blocking::Consumer::new(client(), subscription()).close();
    ready(client().close());
    ready(eventgrid::Publisher::new(client(), topic()).close());
    ready(eventgrid::Consumer::new(client(), subscription()).close());
    assert_eq!(*transport.closed.lock().unwrap(), 6);
}
