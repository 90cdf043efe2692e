//! The spans of feature `tracing`: their fields, their parents, and what they must never contain.

#![cfg(feature = "tracing")]

#[path = "it/support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use eventgrid::target::{BasicTopic, PartnerChannel};
use eventgrid::{
    AccessKey, Client, CloudEvent, Consumer, Credential, CredentialError, Data, NamespaceTopic, Publisher,
    RawRequest, ReceiveOptions, ReleaseDelay, SasToken, Subscription, blocking,
};
use support::{Scripted, Step, Still, interrupted, ready, response};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// A span as it was when it ended, or an event.
#[derive(Debug, Clone, Default, PartialEq)]
struct Seen {
    name: &'static str,
    /// The name of the span that it is in, for OpenTelemetry.
    parent: Option<String>,
    fields: BTreeMap<&'static str, String>,
}

impl Seen {
    fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }
}

impl Visit for Seen {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name(), value.to_owned());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.fields.insert(field.name(), value.to_string());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        panic!("{} = {value}: OpenTelemetry has no unsigned numbers, and gets them as text", field.name());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.fields.insert(field.name(), format!("{value:?}"));
    }
}

/// Keeps all spans, and the events, in the order in which they ended.
#[derive(Clone, Default)]
struct Capture(Arc<Mutex<Vec<Seen>>>);

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Capture {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let span = context.span(id).unwrap();
        let parent = span.parent().map(|parent| {
            let extensions = parent.extensions();
            extensions.get::<Seen>().unwrap().field("otel.name").unwrap().to_owned()
        });
        let mut seen = Seen { name: attributes.metadata().name(), parent, ..Seen::default() };
        attributes.record(&mut seen);
        span.extensions_mut().insert(seen);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let span = context.span(id).unwrap();
        values.record(span.extensions_mut().get_mut::<Seen>().unwrap());
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut seen = Seen { name: event.metadata().name(), ..Seen::default() };
        event.record(&mut seen);
        self.0.lock().unwrap().push(seen);
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let seen = context.span(&id).unwrap().extensions_mut().remove::<Seen>().unwrap();
        self.0.lock().unwrap().push(seen);
    }
}

/// What is seen of some work, at every level.
fn seen(work: impl FnOnce()) -> Vec<Seen> {
    let capture = Capture::default();
    tracing::subscriber::with_default(tracing_subscriber::registry().with(capture.clone()), work);
    let seen = capture.0.lock().unwrap();
    seen.clone()
}

/// What is seen of a publish to that endpoint with these responses, which is the same in both
/// colours.
fn publish(endpoint: &'static str, steps: &[Step]) -> Vec<Seen> {
    let client = || Client::new(Scripted::new(steps.to_vec()), Still::default(), AccessKey::new("a2V5"));
    let topic = || NamespaceTopic::new(endpoint, "orders").unwrap();
    let events = [CloudEvent::new("1", "s", "t"), CloudEvent::new("2", "s", "t")];
    let blocking = seen(|| drop(blocking::Publisher::new(client(), topic()).send(&events)));
    let asynchronous = seen(|| drop(ready(Publisher::new(client(), topic()).send(&events))));
    assert_eq!(blocking, asynchronous);
    blocking
}

fn fields(pairs: &[(&'static str, &str)]) -> BTreeMap<&'static str, String> {
    pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

#[test]
fn a_publish_with_one_retry_is_a_span_with_two_in_it() {
    let seen = publish("https://ns.example", &[response(503, ""), response(200, "{}")]);
    let [first, second, operation] = &seen[..] else { panic!("{seen:#?}") };
    let of_both = [
        ("otel.name", "POST"),
        ("otel.kind", "client"),
        ("http.request.method", "POST"),
        ("url.full", "https://ns.example/topics/orders:publish"),
        ("server.address", "ns.example"),
        ("server.port", "443"),
    ];
    let with = |more: &[(&'static str, &str)]| fields(&[&of_both[..], more].concat());
    let failed = [("http.response.status_code", "503"), ("error.type", "503"), ("otel.status_code", "ERROR")];
    assert_eq!(first.fields, with(&failed));
    let succeeded = [("http.response.status_code", "200"), ("http.request.resend_count", "1")];
    assert_eq!(second.fields, with(&succeeded));
    for request in [first, second] {
        assert_eq!((request.name, request.parent.as_deref()), ("http_request", Some("send orders")));
    }
    assert_eq!((operation.name, &operation.parent), ("operation", &None));
    let expected = [
        ("otel.name", "send orders"),
        ("otel.kind", "producer"),
        ("messaging.system", "eventgrid"),
        ("messaging.operation.name", "send"),
        ("messaging.operation.type", "send"),
        ("messaging.destination.name", "orders"),
        ("messaging.batch.message_count", "2"),
        ("server.address", "ns.example"),
        ("server.port", "443"),
    ];
    assert_eq!(operation.fields, fields(&expected));
}

#[test]
fn a_span_says_how_it_failed() {
    let error_types = |endpoint, steps: &[Step]| -> Vec<Option<String>> {
        let seen = publish(endpoint, steps);
        for span in &seen {
            let status = span.field("error.type").map(|_| "ERROR");
            assert_eq!(span.field("otel.status_code"), status);
        }
        seen.iter().map(|span| span.field("error.type").map(str::to_owned)).collect()
    };
    let some = |text: &str| Some(text.to_owned());
    let https = "https://ns.example";
    assert_eq!(error_types(https, &[response(403, "")]), [some("403"), some("403")]);
    assert_eq!(error_types(https, &[interrupted(), response(200, "")]), [some("Interrupted"), None, None]);
    assert_eq!(error_types("http://ns.example", &[]), [some("Request")]);
}

#[test]
fn a_credential_that_fails_and_an_unreadable_response_are_failures_of_the_operation() {
    struct Nothing;

    impl Credential for Nothing {
        fn authorize(
            &self,
            _: &eventgrid::credential::CredentialRequest<'_>,
            _: &mut eventgrid::credential::AuthorizationWriter<'_, '_>,
        ) -> Result<(), CredentialError> {
            Err(CredentialError::UnknownTime)
        }
    }

    let subscription = || Subscription::new("http://127.0.0.1:6500", "orders", "billing").unwrap();
    let without_credential = seen(|| {
        let client = Client::new(Scripted::default(), Still::default(), Nothing);
        blocking::Consumer::new(client, subscription()).receive(ReceiveOptions::new()).unwrap_err();
    });
    assert_eq!(without_credential.len(), 1);
    assert_eq!(without_credential[0].field("error.type"), Some("Credential"));
    let malformed = seen(|| {
        let client =
            Client::new(Scripted::new([response(200, "none")]), Still::default(), AccessKey::new("k"));
        blocking::Consumer::new(client, subscription()).receive(ReceiveOptions::new()).unwrap_err();
    });
    assert_eq!(malformed[0].field("error.type"), None);
    assert_eq!(malformed[0].field("server.port"), Some("6500"));
    assert_eq!(malformed[1].field("error.type"), Some("Decode"));
}

const EVENTS: &str = r#"{"value":[
    {"brokerProperties":{"lockToken":"l0ck","deliveryCount":1},"event":{"specversion":"1.0","id":"1","source":"s","type":"t","data":"d4ta"}},
    {"brokerProperties":{"lockToken":"l0ck2","deliveryCount":1},"event":{"specversion":"1.0","id":"2","source":"s","type":"t"}}]}"#;

const SETTLED: &str = r#"{"succeededLockTokens":["l0ck","l0ck2"],"failedLockTokens":[]}"#;

/// Receives two events and settles them in each way.
fn consume() {
    let steps = std::iter::once(EVENTS).chain([SETTLED; 4]).map(|body| response(200, body));
    let client = Client::new(Scripted::new(steps), Still::default(), AccessKey::new("c2VjcmV0"));
    let consumer =
        Consumer::new(client, Subscription::new("https://ns.example", "orders", "billing").unwrap());
    ready(async {
        let batch = consumer.receive(ReceiveOptions::new()).await.unwrap();
        assert!(consumer.renew_locks(&batch).await.unwrap().is_complete());
        assert!(consumer.acknowledge(&batch).await.unwrap().is_complete());
        assert!(consumer.release(&batch, ReleaseDelay::NoDelay).await.unwrap().is_complete());
        assert!(consumer.reject(&batch).await.unwrap().is_complete());
    });
}

#[test]
fn receives_and_settlements_name_the_subscription_and_count_the_events() {
    let seen = seen(consume);
    let operations: Vec<_> = seen.iter().filter(|span| span.name == "operation").collect();
    let said = |name| -> Vec<_> { operations.iter().map(|span| span.field(name)).collect() };
    let names = ["receive", "renew_locks", "acknowledge", "release", "reject"];
    assert_eq!(said("messaging.operation.name"), names.map(Some));
    let settle = Some("settle");
    assert_eq!(said("messaging.operation.type"), [Some("receive"), None, settle, settle, settle]);
    for (name, value) in [
        ("messaging.batch.message_count", "2"),
        ("messaging.destination.name", "orders"),
        ("messaging.destination.subscription.name", "billing"),
        ("otel.kind", "client"),
    ] {
        assert_eq!(said(name), [Some(value); 5], "{name}");
    }
}

#[test]
fn where_no_topic_has_a_name_the_host_stands_for_it() {
    let client = || Client::new(Scripted::new([response(200, "")]), Still::default(), AccessKey::new("k"));
    let event = CloudEvent::new("1", "s", "t");
    let basic = seen(|| {
        let topic = BasicTopic::new("https://topic.example").unwrap();
        blocking::Publisher::new(client(), topic).send(&event).unwrap();
    });
    assert_eq!(basic[1].field("otel.name"), Some("send topic.example"));
    assert_eq!(basic[1].field("messaging.destination.name"), None);
    let partner = seen(|| {
        let channel = PartnerChannel::new("https://partner.example", "news").unwrap();
        blocking::Publisher::new(client(), channel).send(&event).unwrap();
    });
    assert_eq!(partner[1].field("otel.name"), Some("send news"));
}

#[test]
fn a_dropped_call_ends_its_spans() {
    struct Never;

    impl eventgrid::SendAsyncTransport for Never {
        type Error = support::ScriptedError;

        async fn send(
            &self,
            _: &eventgrid::Request<'_>,
            _: &mut eventgrid::Response<'_>,
        ) -> Result<(), Self::Error> {
            std::future::pending().await
        }
    }

    let seen = seen(|| {
        let client = Client::new(Never, Still::default(), AccessKey::new("k"));
        let publisher = Publisher::new(client, NamespaceTopic::new("https://ns.example", "orders").unwrap());
        let event = CloudEvent::new("1", "s", "t");
        let mut call = std::pin::pin!(publisher.send(&event));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(call.as_mut().poll(&mut context).is_pending());
        // Between two polls, no span is the current one.
        assert!(tracing::Span::current().is_none());
    });
    assert_eq!(seen.iter().map(|span| span.name).collect::<Vec<_>>(), ["http_request", "operation"]);
}

#[test]
fn nothing_secret_is_in_any_of_them() {
    let mut everything = seen(consume);
    let credentials: [Box<dyn Credential>; 2] = [
        Box::new(AccessKey::new("c2VjcmV0")),
        Box::new(SasToken::new("r=x&e=2999-12-31T00:00:00Z&s=s1gnature")),
    ];
    for credential in credentials {
        everything.extend(seen(|| {
            let steps = [response(401, "wr0ng"), response(503, ""), response(200, ""), response(200, "d4ta")];
            let client = Client::new(Scripted::new(steps), Still::default(), credential);
            let topic = NamespaceTopic::new("https://ns.example", "orders").unwrap();
            let publisher = blocking::Publisher::new(client, topic);
            let event = CloudEvent::new("1", "s", "t").with_data(Data::raw_json(r#""d4ta""#).unwrap());
            publisher.send(&event).unwrap_err();
            assert_eq!(publisher.send_all(&[event]).accepted(), 1);
            let request = RawRequest::new("GET", "/path").query("code", "qu3ry").header("x", "he4der");
            assert_eq!(publisher.send_request(&request.body(b"d4ta")).unwrap().status(), 200);
        }));
    }
    assert_eq!(everything.iter().filter(|seen| seen.name == "operation").count(), 5 + 2 * 3);
    let everything = format!("{everything:?}");
    for secret in ["c2VjcmV0", "s1gnature", "l0ck", "d4ta", "qu3ry", "he4der", "wr0ng"] {
        assert!(!everything.contains(secret), "{secret} in {everything}");
    }
}
