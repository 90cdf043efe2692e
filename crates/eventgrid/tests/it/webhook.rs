//! How an endpoint responds, in golden bytes, and how it copes with hostile requests.

#![cfg(feature = "webhook")]

use std::fmt::Write;
use std::num::NonZeroU32;

use eventgrid::event::{DataView, MalformedEvent};
use eventgrid::system_events::SystemEvent;
use eventgrid::webhook::{
    AllowedOrigins, DeliveredEvent, Delivery, Events, IncomingRequest, Refusal, Secret, Webhook,
    WebhookResponse,
};

type Headers<'a> = &'a [(&'a str, &'a [u8])];

const CLOUD_EVENT: &str =
    r#"{"specversion":"1.0","id":"1","source":"urn:shop","type":"Order.Created","data":{"total":9}}"#;
const EVENT_GRID_EVENT: &str = r#"{"id":"2","topic":"/subscriptions/s","subject":"orders/17","eventType":"Microsoft.Storage.BlobCreated","eventTime":"2024-06-01T12:00:00Z","dataVersion":"1","data":[]}"#;
const VALIDATION: &str = r#"[{"id":"3","topic":"/subscriptions/s","subject":"","data":{"validationCode":"512d38b6","validationUrl":"https://rp.example.com:553/validate?id=512d38b6&token=1A"},"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","eventTime":"2018-01-25T22:12:19.4556811Z","metadataVersion":"1","dataVersion":"1"}]"#;
const DELETION: &str = r#"[{"id":"4","subject":"","data":{"eventSubscriptionId":"/subscriptions/s/es"},"eventType":"Microsoft.EventGrid.SubscriptionDeletedEvent","eventTime":"2018-01-25T22:12:19Z"}]"#;

const JSON: (&str, &[u8]) = ("Content-Type", b"application/json; charset=utf-8");
const CLOUD_EVENTS: (&str, &[u8]) = ("content-type", b"application/cloudevents+json; charset=utf-8");

fn post<'a>(headers: Headers<'a>, body: &'a [u8]) -> IncomingRequest<'a> {
    IncomingRequest { method: "POST", query: "", headers, body }
}

fn open() -> Webhook<'static> {
    Webhook::without_secret()
}

/// The response as it goes over the wire, without its length.
fn wire(response: WebhookResponse<'_>) -> String {
    let mut headers = String::new();
    for (name, value) in response.headers() {
        writeln!(headers, "{name}: {value}").unwrap();
    }
    assert_eq!(response.body().len(), response.body().to_string().len());
    assert_eq!(response.body().is_empty(), response.body().to_string().is_empty());
    format!("{}\n{headers}\n{}", response.status(), response.body())
}

fn events<'a>(delivery: &Delivery<'a>) -> Events<'a> {
    match delivery {
        Delivery::Events(events) => *events,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_validation_gets_its_code_back() {
    let webhook = open();
    let typed = [JSON, ("aeg-event-type", b"SubscriptionValidation"), ("aeg-subscription-name", b"BILLING")];
    for headers in [&typed[..], &[JSON]] {
        let delivery = webhook.receive(&post(headers, VALIDATION.as_bytes())).unwrap();
        let Delivery::Validation(validation) = delivery else { panic!("{delivery:?}") };
        assert_eq!(validation.code(), "512d38b6");
        assert_eq!(validation.url().unwrap(), "https://rp.example.com:553/validate?id=512d38b6&token=1A");
        assert_eq!(validation.event().source().unwrap(), "/subscriptions/s");
        assert_eq!(validation.headers().subscription_name().is_some(), headers.len() > 1);
        assert_eq!(
            wire(delivery.response()),
            "200\ncontent-type: application/json\n\n{\"validationResponse\":\"512d38b6\"}"
        );
        assert_eq!(wire(validation.deferred_response()), "200\n\n");
    }
}

#[test]
fn a_code_goes_back_as_it_came() {
    let body = VALIDATION.replace("\"512d38b6\"", r#""a\"\\\u0041""#);
    let delivery = open().receive(&post(&[JSON], body.as_bytes())).unwrap().response().body().to_string();
    assert_eq!(delivery, r#"{"validationResponse":"a\"\\\u0041"}"#);
}

#[test]
fn a_validation_that_cannot_be_read_is_refused() {
    let webhook = open();
    let headers = [JSON, ("aeg-event-type", &b"SubscriptionValidation"[..])];
    for (body, refusal) in [
        ("[]".to_owned(), Refusal::Event(MalformedEvent::NoEvent)),
        (VALIDATION.replace("validationCode", "other"), Refusal::NoValidationCode),
        (VALIDATION.replace("\"512d38b6\"", "7"), Refusal::NoValidationCode),
        (VALIDATION.replace("\"id\":\"3\",", ""), Refusal::Event(MalformedEvent::Missing("id"))),
        (VALIDATION.replace("\"data\"", "\"other\""), Refusal::NoValidationCode),
        (EVENT_GRID_EVENT.to_owned(), Refusal::NoValidationCode),
    ] {
        assert_eq!(webhook.receive(&post(&headers, body.as_bytes())).unwrap_err(), refusal, "{body}");
        assert_eq!(wire(refusal.response()), "400\n\n");
    }
}

#[test]
fn nobodys_event_passes_for_a_validation() {
    let webhook = open();
    let headers = [JSON, ("aeg-event-type", &b"Notification"[..])];
    let delivery = webhook.receive(&post(&headers, VALIDATION.as_bytes())).unwrap();
    assert_eq!(events(&delivery).len(), 1);
    assert_eq!(wire(delivery.response()), "200\n\n");
    // Event Grid sends it alone.
    let two = VALIDATION.replace("}]", &format!("}},{EVENT_GRID_EVENT}]"));
    assert_eq!(events(&webhook.receive(&post(&[JSON], two.as_bytes())).unwrap()).len(), 2);
}

#[test]
fn a_handshake_gets_consent() {
    let ask = |webhook: &Webhook<'_>, headers: Headers<'_>| {
        let request = IncomingRequest { method: "OPTIONS", query: "", headers, body: b"" };
        match webhook.receive(&request) {
            Ok(delivery) => wire(delivery.response()),
            Err(refusal) => wire(refusal.response()),
        }
    };
    let origin = ("WebHook-Request-Origin", &b"eventgrid.azure.net"[..]);
    let consent =
        "200\nallow: POST\nwebhook-allowed-origin: eventgrid.azure.net\nwebhook-allowed-rate: *\n\n";
    assert_eq!(ask(&open(), &[origin]), consent);
    assert_eq!(ask(&open(), &[("WEBHOOK-REQUEST-RATE", b"120"), origin]), consent);
    let limited = open().with_allowed_rate(NonZeroU32::new(60).unwrap());
    assert_eq!(ask(&limited, &[origin]), consent.replace('*', "60"));

    let choosy =
        open().with_allowed_origins(AllowedOrigins::Only(&["other.example.com", "EventGrid.Azure.net"]));
    assert_eq!(ask(&choosy, &[origin]), consent);
    let stranger = [("webhook-request-origin", &b"stranger.example.com"[..])];
    assert_eq!(ask(&choosy, &stranger), "403\n\n");
    let nobody = open().with_allowed_origins(AllowedOrigins::Only(&[]));
    assert_eq!(ask(&nobody, &[origin]), "403\n\n");

    assert_eq!(ask(&open(), &[]), "400\n\n");
    for value in [&b""[..], b"a b", b"a\r\nset-cookie: x", b"\xff", "\u{e9}".as_bytes(), b"\x7f"] {
        assert_eq!(ask(&open(), &[("webhook-request-origin", value)]), "400\n\n", "{value:?}");
    }
}

#[test]
fn consent_may_come_later() {
    let webhook = open();
    let headers: Headers<'_> = &[
        ("webhook-request-origin", b"eventgrid.azure.net"),
        ("webhook-request-callback", b"https://rp.example.com/validate?id=1"),
        ("webhook-request-rate", b"120"),
    ];
    let request = IncomingRequest { method: "OPTIONS", query: "", headers, body: b"" };
    let Delivery::Handshake(handshake) = webhook.receive(&request).unwrap() else { panic!("a handshake") };
    assert_eq!(handshake.origin(), "eventgrid.azure.net");
    assert_eq!(handshake.callback(), Some("https://rp.example.com/validate?id=1"));
    assert_eq!(handshake.requested_rate(), NonZeroU32::new(120));
    assert_eq!(wire(handshake.deferred_response()), "200\nallow: POST\n\n");

    for rate in [&b"0"[..], b"-1", b"*", b"many", b"4294967296"] {
        let headers = [("webhook-request-origin", &b"o"[..]), ("webhook-request-rate", rate)];
        let request = IncomingRequest { method: "OPTIONS", query: "", headers: &headers, body: b"" };
        let Delivery::Handshake(handshake) = webhook.receive(&request).unwrap() else {
            panic!("a handshake")
        };
        assert_eq!((handshake.requested_rate(), handshake.callback()), (None, None));
    }
}

#[test]
fn a_deletion_is_told() {
    let webhook = open();
    for headers in [&[JSON, ("aeg-event-type", &b"SubscriptionDeletion"[..])][..], &[JSON]] {
        let delivery = webhook.receive(&post(headers, DELETION.as_bytes())).unwrap();
        let Delivery::SubscriptionDeletion(deletion) = delivery else { panic!("{delivery:?}") };
        assert_eq!(deletion.subscription_id().unwrap(), "/subscriptions/s/es");
        assert_eq!(deletion.event().id(), "4");
        assert_eq!(wire(delivery.response()), "200\n\n");
    }
}

#[test]
fn events_of_either_schema_are_read_alone_and_in_batches() {
    let webhook = open();
    let batch = ("content-type", &b"application/cloudevents-batch+json"[..]);
    for (header, body, ids) in [
        (CLOUD_EVENTS, CLOUD_EVENT.to_owned(), &["1"][..]),
        (CLOUD_EVENTS, format!("[{CLOUD_EVENT}]"), &["1"]),
        (batch, format!("[{CLOUD_EVENT},{CLOUD_EVENT}]"), &["1", "1"]),
        (JSON, format!("[{EVENT_GRID_EVENT}]"), &["2"]),
        (JSON, EVENT_GRID_EVENT.to_owned(), &["2"]),
        (JSON, format!("\u{feff} [{EVENT_GRID_EVENT} , {CLOUD_EVENT}] \r\n"), &["2", "1"]),
        (JSON, CLOUD_EVENT.to_owned(), &["1"]),
        (JSON, "[]".to_owned(), &[]),
    ] {
        let headers = [header, ("aeg-delivery-count", b"2")];
        let delivery = webhook.receive(&post(&headers, body.as_bytes())).unwrap();
        let events = events(&delivery);
        assert_eq!((events.len(), events.is_empty()), (ids.len(), ids.is_empty()));
        assert_eq!(events.iter().len(), ids.len());
        assert!(events.iter().map(|event| event.unwrap().id().to_string()).eq(ids.iter().copied()), "{body}");
        assert_eq!(events.headers().delivery_count(), Some(2));
        assert_eq!(wire(delivery.response()), "200\n\n");
    }
}

#[test]
fn what_both_schemas_have_is_asked_in_one_way() {
    let webhook = open();
    let body = format!("[{CLOUD_EVENT},{EVENT_GRID_EVENT}]");
    let delivery = webhook.receive(&post(&[JSON], body.as_bytes())).unwrap();
    let mut events = events(&delivery).iter().map(Result::unwrap);

    let event = events.next().unwrap();
    assert!(matches!(event, DeliveredEvent::CloudEvent(_)));
    assert_eq!(event.source().unwrap(), "urn:shop");
    assert_eq!(event.event_type(), "Order.Created");
    assert_eq!(event.system_event(), None);
    assert_eq!((event.subject(), event.time()), (None, None));
    assert_eq!(event.data().as_json().unwrap().as_str(), r#"{"total":9}"#);

    let event = events.next().unwrap();
    assert!(matches!(event, DeliveredEvent::EventGridEvent(_)));
    assert_eq!(event.source().unwrap(), "/subscriptions/s");
    assert_eq!(event.system_event(), Some(SystemEvent::StorageBlobCreated));
    assert_eq!(event.subject().unwrap(), "orders/17");
    assert_eq!(event.time().unwrap(), "2024-06-01T12:00:00Z");
    assert_eq!(event.data().as_json().unwrap().as_str(), "[]");
    assert!(events.next().is_none());
}

#[test]
fn binary_mode_is_one_event() {
    let webhook = open();
    let headers: Headers<'_> = &[
        ("ce-specversion", b"1.0"),
        ("Ce-Id", b"5"),
        ("ce-source", b"urn:shop"),
        ("ce-type", b"%4dicrosoft.Maps.GeofenceEntered"),
        ("ce-subject", b"a%20b"),
        ("ce-time", b"2024-06-01 12:00:00Z"),
        ("content-type", b"text/plain"),
    ];
    let delivery = webhook.receive(&post(headers, b"[1")).unwrap();
    let events = events(&delivery);
    assert_eq!(events.len(), 1);
    let event = events.iter().next().unwrap().unwrap();
    assert_eq!(event.id(), "5");
    assert_eq!(event.subject().unwrap(), "a b");
    assert_eq!(event.system_event(), Some(SystemEvent::MapsGeofenceEntered));
    assert!(matches!(event.data(), DataView::Bytes(b"[1")));
    assert_eq!(wire(delivery.response()), "200\n\n");

    let delivery = webhook.receive(&post(&headers[2..], b"[1"));
    assert_eq!(delivery.unwrap_err(), Refusal::MediaType);
    let delivery = webhook.receive(&post(&headers[..1], b"")).unwrap();
    assert_eq!(wire(delivery.response()), "400\n\n");
}

#[test]
fn one_malformed_event_does_not_lose_the_others() {
    let webhook = open();
    let deep = format!("{{\"specversion\":\"1.0\",\"data\":{}{}}}", "[".repeat(500), "]".repeat(500));
    let body = format!(
        r#"[{CLOUD_EVENT},7,{{"specversion":"1.0","id":1}},{deep},{{"id":"\ud800","specversion":"1.0"}},{{}},{EVENT_GRID_EVENT}]"#
    );
    let delivery = webhook.receive(&post(&[JSON], body.as_bytes())).unwrap();
    let all: Vec<_> = events(&delivery).iter().collect();
    assert_eq!(all.len(), 7);
    assert!(all[0].is_ok() && all[6].is_ok());
    assert_eq!(all[1].unwrap_err(), MalformedEvent::NotAnObject);
    assert_eq!(all[2].unwrap_err(), MalformedEvent::WrongType("id"));
    assert!(matches!(all[3], Err(MalformedEvent::Json(_))));
    assert!(matches!(all[4], Err(MalformedEvent::Json(_))));
    assert_eq!(all[5].unwrap_err(), MalformedEvent::Missing("id"));
    assert_eq!(wire(delivery.response()), "200\n\n");
}

#[test]
fn a_delivery_without_a_readable_event_is_not_taken() {
    let webhook = open();
    for body in [r#"{"specversion":"1.0"}"#, "{}", "[{},[],null]", r#"[{"custom":true}]"#] {
        let delivery = webhook.receive(&post(&[JSON], body.as_bytes())).unwrap();
        assert_eq!(wire(delivery.response()), "400\n\n", "{body}");
    }
}

#[test]
fn what_is_no_delivery_is_refused() {
    let webhook = open();
    for body in
        ["", " ", "7", "\"text\"", "null", "{", "[", "[{}", "[{},]", "{} {}", "[] x", "{\"a\":}", "\u{0}"]
    {
        for header in [JSON, CLOUD_EVENTS] {
            let refusal = webhook.receive(&post(&[header], body.as_bytes())).unwrap_err();
            assert!(matches!(refusal, Refusal::Body(_)), "{body}");
            assert_eq!(wire(refusal.response()), "400\n\n");
        }
    }
    let refusal = webhook.receive(&post(&[JSON], b"[\"\xff\"]")).unwrap_err();
    assert!(matches!(refusal, Refusal::Body(_)));

    let refusal = webhook.receive(&post(&[("content-type", b"text/xml")], b"<a/>")).unwrap_err();
    assert_eq!(wire(refusal.response()), "415\n\n");
    let refusal = webhook.receive(&post(&[], CLOUD_EVENT.as_bytes())).unwrap_err();
    assert_eq!(wire(refusal.response()), "415\n\n");

    for method in ["GET", "PUT", "DELETE", "HEAD", "post", "options", "", "POST "] {
        let request = IncomingRequest { method, query: "", headers: &[JSON], body: b"[]" };
        let refusal = webhook.receive(&request).unwrap_err();
        assert_eq!(wire(refusal.response()), "405\nallow: POST, OPTIONS\n\n", "{method}");
    }
}

#[test]
fn nothing_is_read_without_the_secret() {
    let webhook =
        Webhook::new(Secret::in_query("code", "new")).with_old_secret(Secret::in_header("x-code", "old"));
    let strict = webhook.clone().require_secret_in_handshake();
    // Each of these would be refused for another reason, if it were looked at.
    for (webhook, methods) in
        [(&webhook, &["POST", "GET", "options"][..]), (&strict, &["POST", "OPTIONS", "GET"])]
    {
        for method in methods {
            for query in ["", "code=", "code=old", "code=newer", "x-code=old"] {
                let headers = [("x-code", &b"new"[..])];
                let request = IncomingRequest { method, query, headers: &headers, body: b"\xff" };
                let refusal = webhook.receive(&request).unwrap_err();
                assert_eq!(refusal, Refusal::Unauthorized, "{method} {query}");
                assert_eq!(wire(refusal.response()), "401\n\n");
            }
        }
    }
    let old = [JSON, ("X-Code", &b"old"[..])];
    for (query, headers) in
        [("code=new", &[JSON][..]), ("code=wrong", &old), ("", &old), ("a&code=%6Eew", &[JSON])]
    {
        let request = IncomingRequest { method: "POST", query, headers, body: b"[]" };
        assert!(webhook.receive(&request).is_ok(), "{query}");
    }
}

/// `OPTIONS` reveals nothing and grants only what was asked for; whether it brings delivery
/// properties is not documented.
#[test]
fn the_handshake_needs_no_secret_unless_it_is_demanded() {
    let origin = ("webhook-request-origin", &b"eventgrid.azure.net"[..]);
    let in_header = Webhook::new(Secret::in_header("x-code", "new"));
    let in_query = Webhook::new(Secret::in_query("code", "new"));
    for webhook in [&in_header, &in_query] {
        for query in ["", "code=wrong", "code=new"] {
            let headers = [origin];
            let request = IncomingRequest { method: "OPTIONS", query, headers: &headers, body: b"" };
            let response = webhook.receive(&request).unwrap().response();
            assert!(
                response.headers().any(|header| header == ("webhook-allowed-origin", "eventgrid.azure.net"))
            );
            // Its consent opens nothing: a delivery brings the secret or is refused.
            let headers = [origin, JSON];
            let request =
                IncomingRequest { method: "POST", query: "code=wrong", headers: &headers, body: b"[]" };
            assert_eq!(webhook.receive(&request).unwrap_err(), Refusal::Unauthorized);
        }
    }
    let choosy = in_query.clone().with_allowed_origins(AllowedOrigins::Only(&["other.example.com"]));
    let headers = [origin];
    let mut request = IncomingRequest { method: "OPTIONS", query: "", headers: &headers, body: b"" };
    assert_eq!(choosy.receive(&request).unwrap_err(), Refusal::Origin);
    let strict = in_query.require_secret_in_handshake();
    assert_eq!(strict.receive(&request).unwrap_err(), Refusal::Unauthorized);
    request.query = "code=new";
    assert!(strict.receive(&request).is_ok());
}

#[test]
fn secrets_are_not_shown() {
    let webhook =
        Webhook::new(Secret::in_query("code", "hunter2")).with_old_secret(Secret::in_header("x", "hunter3"));
    let shown = format!("{webhook:?}");
    assert!(shown.contains("code") && shown.contains("redacted") && !shown.contains("hunter"), "{shown}");
}

#[test]
fn refusals_say_why() {
    let refusal = open().receive(&post(&[JSON], b"{")).unwrap_err();
    assert_eq!(refusal.to_string(), "the body is not the JSON of events");
    let source = std::error::Error::source(&refusal).unwrap();
    assert_eq!(source.to_string(), "unexpected end of the text at byte 1");
    assert!(std::error::Error::source(&Refusal::Unauthorized).is_none());
}

#[test]
fn no_request_makes_it_panic() {
    let webhook = Webhook::new(Secret::in_query("code", "s"));
    let long = vec![b'%'; 100_000];
    let mut bodies: Vec<Vec<u8>> = vec![Vec::new(), long.clone(), vec![b'['; 100_000], vec![b'"'; 1000]];
    bodies.push([b"{\"a\":".repeat(100_000), b"}".repeat(100_000)].concat());
    for whole in [VALIDATION, DELETION, CLOUD_EVENT, EVENT_GRID_EVENT] {
        for cut in 0..whole.len() {
            bodies.push(whole.as_bytes()[..cut].to_vec());
            for byte in [0, b'"', b'\\', b'{', b'}', b'0', 0xff] {
                let mut changed = whole.as_bytes().to_vec();
                changed[cut] = byte;
                bodies.push(changed);
            }
        }
    }
    for body in &bodies {
        let headers: [Headers<'_>; 4] = [
            &[JSON],
            &[CLOUD_EVENTS, ("aeg-event-type", b"SubscriptionValidation")],
            &[JSON, ("aeg-event-type", b"SubscriptionDeletion")],
            &[
                ("ce-specversion", b"1.0"),
                ("ce-id", b"%e2%82%ac"),
                ("ce-source", b"s"),
                ("ce-type", b"t"),
                JSON,
            ],
        ];
        for headers in headers {
            let request = IncomingRequest { method: "POST", query: "code=s", headers, body };
            let Ok(delivery) = webhook.receive(&request) else { continue };
            wire(delivery.response());
            if let Delivery::Events(events) = delivery {
                assert_eq!(events.iter().count(), events.len());
                for event in events.iter().flatten() {
                    let _ = (event.id().to_string(), event.system_event(), event.data());
                }
            }
        }
    }
    for header in [&long[..], &vec![0; 100_000], &vec![0xff; 100_000], b"\"", b"%", b""] {
        for name in
            ["content-type", "webhook-request-origin", "aeg-event-type", "ce-specversion", "ce-id", ""]
        {
            for method in ["POST", "OPTIONS"] {
                let headers =
                    [(name, header), ("ce-specversion", b"1.0"), ("ce-source", b"s"), ("ce-type", b"t")];
                let request = IncomingRequest { method, query: "code=s", headers: &headers, body: b"[]" };
                let _ = webhook.receive(&request).map(|delivery| wire(delivery.response()));
            }
        }
    }
}
