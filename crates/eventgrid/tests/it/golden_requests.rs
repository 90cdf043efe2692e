//! The exact bytes of every request.

#![cfg(feature = "std")]

use std::time::Duration;

use crate::support::{Scripted, Still, refused, response};
use eventgrid::blocking::{Consumer, Publisher};
use eventgrid::calls::{Call, Publish, Publishable, RequestContext};
use eventgrid::credential::CredentialRequest;
use eventgrid::event::{BinaryMode, CustomEvent, EventGridEvent, Extension, ExtensionValue, InvalidEvent};
use eventgrid::target::{Accepts, AnyTarget, BasicTopic, Domain, PartnerChannel, Target};
use eventgrid::{
    AccessKey, Buf, Client, CloudEvent, Data, LockToken, NamespaceTopic, ReceiveOptions, ReleaseDelay,
    RequestError, SettleAction, Subscription,
};

const ENDPOINT: &str = "https://ns.westus2-1.eventgrid.azure.net";

fn user_agent() -> String {
    format!("eventgrid-rust/{}", env!("CARGO_PKG_VERSION"))
}

fn client<'a>(
    transport: &'a Scripted,
    environment: &'a Still,
) -> Client<&'a Scripted, &'a Still, AccessKey<'static>> {
    Client::new(transport, environment, AccessKey::new("c2VjcmV0"))
}

/// The request that publishing `events` makes.
fn published<P: Publishable + ?Sized>(events: &P) -> String
where
    NamespaceTopic<'static>: Accepts<P::Schema>,
{
    published_to(NamespaceTopic::new(ENDPOINT, "orders").unwrap(), events)
}

fn published_to<K, P>(target: K, events: &P) -> String
where
    K: Target + Accepts<P::Schema>,
    P: Publishable + ?Sized,
{
    let (transport, environment) = (Scripted::new([response(200, "{}")]), Still::default());
    Publisher::new(client(&transport, &environment), target).send(events).unwrap();
    transport.seen().remove(0)
}

fn body(wire: &str) -> &str {
    wire.split_once("\n\n").unwrap().1
}

#[test]
fn publish_one() {
    let event = CloudEvent::new("1", "urn:shop", "Order.Created");
    assert_eq!(
        published(&event),
        format!(
            "POST /topics/orders:publish?api-version=2024-06-01 HTTP/1.1\n\
             host: ns.westus2-1.eventgrid.azure.net\n\
             accept: application/json\n\
             user-agent: {}\n\
             x-ms-client-request-id: 00000000000000000000000000000000\n\
             content-type: application/cloudevents+json; charset=utf-8\n\
             authorization: SharedAccessKey c2VjcmV0\n\
             \n\
             {{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"urn:shop\",\"type\":\"Order.Created\"}}",
            user_agent()
        )
    );
}

#[test]
fn publish_a_batch() {
    let events = [CloudEvent::new("1", "s", "t"), CloudEvent::new("2", "s", "t")];
    let wire = published(&events);
    assert!(wire.contains("\ncontent-type: application/cloudevents-batch+json; charset=utf-8\n"), "{wire}");
    assert_eq!(
        body(&wire),
        r#"[{"specversion":"1.0","id":"1","source":"s","type":"t"},{"specversion":"1.0","id":"2","source":"s","type":"t"}]"#
    );
    assert_eq!(published(&events.to_vec()), wire);
    assert_eq!(published(&events[..]), wire);
}

#[test]
fn every_attribute() {
    let event = CloudEvent::new("a\"b\\c\n\u{1}\u{1F600}", "/s", "t")
        .with_data(Data::text("é"))
        .with_subject("sub")
        .with_time("2024-06-01T12:00:00Z")
        .with_data_content_type("text/plain")
        .with_data_schema("http://x/y")
        .with_extension("ext1", "v")
        .with_extension("extint", -5)
        .with_extension("extbool", true);
    assert_eq!(
        body(&published(&event)),
        concat!(
            r#"{"specversion":"1.0","id":"a\"b\\c\n\u0001"#,
            "\u{1F600}",
            r#"","source":"/s","type":"t","subject":"sub","time":"2024-06-01T12:00:00Z","#,
            r#""datacontenttype":"text/plain","dataschema":"http://x/y","ext1":"v","extint":-5,"extbool":true,"#,
            r#""data":"é"}"#
        )
    );
    let borrowed = [Extension::new("ext1", ExtensionValue::Boolean(false))];
    let event = CloudEvent::new("1", "s", "t").with_extensions(&borrowed);
    assert!(published(&event).ends_with(r#""ext1":false}"#));
}

#[test]
fn every_kind_of_data() {
    let data = |data| body(&published(&CloudEvent::new("1", "s", "t").with_data(data))).to_owned();
    let start = r#"{"specversion":"1.0","id":"1","source":"s","type":"t""#;
    assert_eq!(data(Data::None), format!("{start}}}"));
    let exact = r#"{ "big" : 123456789012345678901234567890.10 }"#;
    assert_eq!(data(Data::raw_json(exact).unwrap()), format!(r#"{start},"data":{exact}}}"#));
    assert_eq!(data(Data::raw_json("null").unwrap()), format!(r#"{start},"data":null}}"#));
    assert_eq!(data(Data::text("<\u{7f}\t>")), format!(r#"{start},"data":"<{}\t>"}}"#, '\u{7f}'));
    assert!(Data::raw_json("{} {}").is_err());
}

#[cfg(feature = "serde")]
#[test]
fn data_from_serde() {
    #[derive(serde::Serialize)]
    struct Order<'a> {
        number: u32,
        note: Option<&'a str>,
        lines: Vec<(i8, f64)>,
    }
    let order = Order { number: 17, note: None, lines: vec![(-1, 1.5), (2, 10.0)] };
    assert!(
        published(&CloudEvent::new("1", "s", "t").with_data(Data::json(&order)))
            .ends_with(r#","data":{"number":17,"note":null,"lines":[[-1,1.5],[2,10.0]]}}"#)
    );
}

#[cfg(feature = "base64")]
#[test]
fn data_from_bytes() {
    for (bytes, text) in
        [(&b""[..], ""), (&[1, 2, 0xff], "AQL/"), (&[0xfb], "+w=="), (&[0; 100], &"A".repeat(134))]
    {
        let wire = published(&CloudEvent::new("1", "s", "t").with_data(Data::bytes(bytes)));
        assert!(wire.contains(&format!(r#","data_base64":"{text}"#)), "{wire}");
    }
}

#[test]
fn publish_to_a_basic_topic() {
    let topic = || BasicTopic::new("https://mytopic.westus2-1.eventgrid.azure.net/api/events").unwrap();
    let event = CloudEvent::new("1", "urn:shop", "Order.Created");
    let wire = published_to(topic(), &event);
    assert_eq!(
        wire,
        format!(
            "POST /api/events?api-version=2018-01-01 HTTP/1.1\n\
             host: mytopic.westus2-1.eventgrid.azure.net\n\
             accept: application/json\n\
             user-agent: {}\n\
             x-ms-client-request-id: 00000000000000000000000000000000\n\
             content-type: application/cloudevents-batch+json; charset=utf-8\n\
             aeg-sas-key: c2VjcmV0\n\
             \n\
             [{{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"urn:shop\",\"type\":\"Order.Created\"}}]",
            user_agent()
        )
    );
    let bare_host = BasicTopic::new("mytopic.westus2-1.eventgrid.azure.net").unwrap();
    assert_eq!(
        published_to(bare_host, std::slice::from_ref(&event)),
        wire,
        "the path is completed, one is a batch of one"
    );
    let emulated = BasicTopic::new("http://localhost:6500/orders/api/events/").unwrap();
    assert!(
        published_to(emulated, &event).starts_with("POST /orders/api/events?api-version=2018-01-01 HTTP")
    );
}

#[test]
fn publish_in_the_event_grid_schema() {
    let event = EventGridEvent::new("1", "orders/17", "Order.Created", "2024-06-01T12:00:00Z", "1.0");
    let wire = published_to(BasicTopic::new("h").unwrap(), &event);
    assert!(wire.contains("\ncontent-type: application/json; charset=utf-8\n"), "{wire}");
    assert_eq!(
        body(&wire),
        r#"[{"id":"1","subject":"orders/17","eventType":"Order.Created","eventTime":"2024-06-01T12:00:00Z","dataVersion":"1.0","data":null}]"#
    );
    let event = event.for_domain_topic("north").with_data(Data::raw_json("[1]").unwrap());
    assert_eq!(
        body(&published_to(Domain::new("h").unwrap(), &vec![event])),
        r#"[{"id":"1","topic":"north","subject":"orders/17","eventType":"Order.Created","eventTime":"2024-06-01T12:00:00Z","dataVersion":"1.0","data":[1]}]"#
    );
    let event = CloudEvent::new("1", "s", "t").for_domain_topic("north");
    assert!(body(&published_to(Domain::new("h").unwrap(), &event)).contains(r#""source":"north""#));
}

#[test]
fn publish_a_schema_of_ones_own_to_a_channel() {
    let channel = PartnerChannel::new("h", "north-channel").unwrap();
    let wire = published_to(channel, &[CustomEvent::raw_json(r#"{"a":1.0}"#).unwrap()]);
    assert!(wire.contains("\naeg-channel-name: north-channel\n"), "{wire}");
    assert!(wire.contains("\ncontent-type: application/json; charset=utf-8\n"), "{wire}");
    assert_eq!(body(&wire), r#"[{"a":1.0}]"#);
    for name in ["", "a b", "a\nb", "é"] {
        assert!(PartnerChannel::new("h", name).is_err(), "{name:?}");
    }
}

#[test]
fn publish_in_binary_content_mode() {
    let event = CloudEvent::new("1", "/s p", "t%\"é")
        .with_subject("a b")
        .with_time("2024-06-01T12:00:00+02:00")
        .with_data_content_type("text/xml")
        .with_data_schema("http://x/y")
        .with_extension("ext1", "\u{1F600}")
        .with_extension("extint", -5)
        .with_extension("extbool", true)
        .with_data(Data::text("<a>\n\"é\"</a>"));
    let wire = published(&BinaryMode(&event));
    let (head, body) = wire.split_once("\n\n").unwrap();
    let headers: Vec<&str> = head.lines().skip(5).collect();
    assert_eq!(
        headers,
        [
            "content-type: text/xml",
            "ce-specversion: 1.0",
            "ce-id: 1",
            "ce-source: /s%20p",
            "ce-type: t%25%22%C3%A9",
            "ce-subject: a%20b",
            "ce-time: 2024-06-01T12:00:00+02:00",
            "ce-dataschema: http://x/y",
            "ce-ext1: %F0%9F%98%80",
            "ce-extint: -5",
            "ce-extbool: true",
            "authorization: SharedAccessKey c2VjcmV0",
        ]
    );
    assert_eq!(body, "<a>\n\"é\"</a>", "text is sent as it is, not as JSON");
    let json = CloudEvent::new("1", "s", "t").with_data_content_type("application/json");
    let json = json.with_data(Data::raw_json("{ }").unwrap());
    assert!(published(&BinaryMode(&json)).ends_with("\n\n{ }"));
}

#[test]
fn text_in_binary_content_mode_is_refused_under_a_charset_that_it_does_not_have() {
    let topic = NamespaceTopic::new("h", "t").unwrap();
    for (charset, text, fits) in [
        ("utf-8", "\u{fc}", true),
        ("us-ascii", "u", true),
        ("\"US-ASCII\"", "\u{fc}", false),
        ("iso-8859-1", "u", false),
    ] {
        for data in [Data::text(text), Data::raw_json(format!("\"{text}\"")).unwrap()] {
            let event = CloudEvent::new("1", "s", "t")
                .with_data_content_type(format!("text/plain; charset={charset}"))
                .with_data(data);
            let mut storage = [0; 1024];
            let encoded = Publish::new(&topic, &BinaryMode(&event))
                .encode(&RequestContext::default(), &mut Buf::new(&mut storage));
            let refused = RequestError::Event { index: 0, reason: InvalidEvent::Charset };
            assert_eq!(encoded.err(), (!fits).then_some(refused), "{charset} {text}");
        }
    }
}

#[test]
fn what_a_target_chosen_at_run_time_does_not_take_is_refused() {
    let (transport, environment) = (Scripted::new([]), Still::default());
    let refusal = |target: AnyTarget<'static>,
                   events: &dyn Fn(&Publisher<_, _, _, AnyTarget<'static>>) -> _| {
        let publisher = Publisher::new(client(&transport, &environment), target);
        let result: Result<(), eventgrid::Error<'static, crate::support::ScriptedError>> = events(&publisher);
        match result.unwrap_err() {
            eventgrid::Error::Request(error) => error,
            other => panic!("{other:?}"),
        }
    };
    let namespace = || NamespaceTopic::new("h", "t").unwrap().into();
    let basic = || BasicTopic::new("h").unwrap().into();
    let domain = || Domain::new("h").unwrap().into();
    let grid = EventGridEvent::new("1", "s", "t", "2024-06-01T12:00:00Z", "");
    let cloud = CloudEvent::new("1", "s", "t").with_data_content_type("text/plain");
    let custom = CustomEvent::raw_json("1").unwrap();
    let invalid = |reason| RequestError::Event { index: 0, reason };
    assert_eq!(refusal(namespace(), &|publisher| publisher.send(&grid)), RequestError::NotAccepted);
    assert_eq!(
        refusal(namespace(), &|publisher| publisher.send(std::slice::from_ref(&custom))),
        RequestError::NotAccepted
    );
    assert_eq!(refusal(basic(), &|publisher| publisher.send(&BinaryMode(&cloud))), RequestError::NotAccepted);
    assert_eq!(refusal(domain(), &|publisher| publisher.send(&grid)), invalid(InvalidEvent::NoDomainTopic));
    let no_type = CloudEvent::new("1", "s", "t");
    let structured = no_type.clone().with_data_content_type("Application/CloudEvents+json");
    let missing = invalid(InvalidEvent::EmptyAttribute("datacontenttype"));
    assert_eq!(refusal(namespace(), &|publisher| publisher.send(&BinaryMode(&no_type))), missing);
    let misleading = invalid(InvalidEvent::StructuredContentType);
    assert_eq!(refusal(namespace(), &|publisher| publisher.send(&BinaryMode(&structured))), misleading);
}

#[test]
fn receive() {
    let (transport, environment) = (
        Scripted::new([response(200, r#"{"value":[]}"#), response(200, r#"{"value":[]}"#)]),
        Still::default(),
    );
    let subscription = Subscription::new(ENDPOINT, "my topic/1", "bïlling").unwrap();
    let consumer = Consumer::new(client(&transport, &environment), subscription);
    assert!(consumer.receive(ReceiveOptions::new()).unwrap().is_empty());
    let options = ReceiveOptions::new().max_events(100).max_wait_time(Duration::from_millis(9_001));
    assert!(consumer.receive(options).unwrap().is_empty());
    let start = "POST /topics/my%20topic%2F1/eventsubscriptions/b%C3%AFlling:receive?api-version=2024-06-01";
    let rest = format!(
        " HTTP/1.1\n\
         host: ns.westus2-1.eventgrid.azure.net\n\
         accept: application/json\n\
         user-agent: {}\n\
         x-ms-client-request-id: 00000000000000000000000000000000\n\
         authorization: SharedAccessKey c2VjcmV0\n\n",
        user_agent()
    );
    let [first, second] = &transport.seen()[..] else { panic!() };
    assert_eq!(*first, format!("{start}{rest}"));
    assert_eq!(*second, format!("{start}&maxEvents=100&maxWaitTime=10{rest}"));
}

#[test]
fn settle() {
    let operations = [
        (SettleAction::Acknowledge, ":acknowledge?api-version=2024-06-01"),
        (SettleAction::Reject, ":reject?api-version=2024-06-01"),
        (SettleAction::RenewLocks, ":renewLock?api-version=2024-06-01"),
        (SettleAction::Release(ReleaseDelay::NoDelay), ":release?api-version=2024-06-01"),
        (
            SettleAction::Release(ReleaseDelay::TenSeconds),
            ":release?api-version=2024-06-01&releaseDelayInSeconds=10",
        ),
        (
            SettleAction::Release(ReleaseDelay::OneMinute),
            ":release?api-version=2024-06-01&releaseDelayInSeconds=60",
        ),
        (
            SettleAction::Release(ReleaseDelay::TenMinutes),
            ":release?api-version=2024-06-01&releaseDelayInSeconds=600",
        ),
        (
            SettleAction::Release(ReleaseDelay::OneHour),
            ":release?api-version=2024-06-01&releaseDelayInSeconds=3600",
        ),
        (
            SettleAction::Release(ReleaseDelay::Seconds(7)),
            ":release?api-version=2024-06-01&releaseDelayInSeconds=7",
        ),
    ];
    for (action, target) in operations {
        let (transport, environment) = (Scripted::new([response(200, "{}")]), Still::default());
        let subscription = Subscription::new("http://localhost:6500/base/", "orders", "billing").unwrap();
        let consumer = Consumer::new(client(&transport, &environment), subscription);
        let _ = consumer.settle(action, &[LockToken::new("CgM="), LockToken::new("a\"b")]).unwrap();
        assert_eq!(
            transport.seen()[0],
            format!(
                "POST /base/topics/orders/eventsubscriptions/billing{target} HTTP/1.1\n\
                 host: localhost:6500\n\
                 accept: application/json\n\
                 user-agent: {}\n\
                 x-ms-client-request-id: 00000000000000000000000000000000\n\
                 content-type: application/json\n\
                 authorization: SharedAccessKey c2VjcmV0\n\n\
                 {{\"lockTokens\":[\"CgM=\",\"a\\\"b\"]}}",
                user_agent()
            )
        );
    }
}

#[test]
fn a_received_token_goes_back_exactly_as_it_came() {
    let received =
        r#"{"value":[{"brokerProperties":{"lockToken":"a\/b\u002B=","deliveryCount":1},"event":{}}]}"#;
    let (transport, environment) = (
        Scripted::new([response(200, received), response(200, "{}"), response(200, "{}")]),
        Still::default(),
    );
    let subscription = Subscription::new(ENDPOINT, "t", "s").unwrap();
    let consumer = Consumer::new(client(&transport, &environment), subscription);
    let batch = consumer.receive(ReceiveOptions::new()).unwrap();
    let _ = consumer.acknowledge(&batch).unwrap();
    let token = batch.iter().next().unwrap().lock_token();
    assert_eq!(token, LockToken::new("a/b+="));
    let _ = consumer.reject(&token).unwrap();
    for request in &transport.seen()[1..] {
        assert_eq!(body(request), r#"{"lockTokens":["a\/b\u002B="]}"#);
    }
}

#[test]
fn the_request_id_is_random_and_the_same_for_each_try() {
    let transport = Scripted::new([refused(), response(200, "{}")]);
    let environment = Still { random_value: 0xabc, ..Still::default() };
    let topic = NamespaceTopic::new(ENDPOINT, "t").unwrap();
    Publisher::new(client(&transport, &environment), topic).send(&CloudEvent::new("1", "s", "t")).unwrap();
    let seen = transport.seen();
    assert!(seen[0].contains("x-ms-client-request-id: 0000000000000abc0000000000000abc\n"), "{}", seen[0]);
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn a_counting_buffer_tells_how_large_tx_must_be() {
    let topic = NamespaceTopic::new(ENDPOINT, "orders").unwrap();
    let events = [CloudEvent::new("1", "s", "t").with_data(Data::text("x".repeat(1000)))];
    let call = Publish::new(&topic, &events);
    let context = RequestContext::default();
    let key = AccessKey::new("c2VjcmV0");
    let request = CredentialRequest::new(call.endpoint_kind(), call.endpoint(), None);
    let encode = |tx: &mut Buf<'_>| -> bool {
        call.encode(&context, tx).is_ok_and(|encoded| encoded.authorize(tx, &key, &request).is_ok())
    };
    let mut counting = Buf::counting();
    assert!(encode(&mut counting));
    let needed = counting.len();
    assert!(encode(&mut Buf::new(&mut vec![0; needed])));
    for size in 0..needed {
        assert!(!encode(&mut Buf::new(&mut vec![0; size])), "{size}");
    }
}
