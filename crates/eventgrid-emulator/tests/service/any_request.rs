//! Random requests, nearly valid and far from it: each gets a response, or waits.

use eventgrid_emulator::Outcome;
use http::{HeaderValue, Request, Uri};
use proptest::prelude::*;

use crate::basic::{Basic, CLOUD, CUSTOM, EVENT_GRID, KEY, NOON};
use crate::namespace::{Namespace, event};
use crate::well_formed;

fn path() -> impl Strategy<Value = String> {
    let segments = prop::sample::select(vec![
        "topics",
        "orders",
        "orders:publish",
        "eventsubscriptions",
        "billing:receive",
        "billing:release",
        "%FF:publish",
        "%zz",
        ":",
        "",
        "fake:acknowledge",
    ]);
    prop_oneof![
        2 => Just("/topics/orders:publish".to_owned()),
        2 => "receive|acknowledge|release|reject|renewLock"
            .prop_map(|operation| format!("/topics/orders/eventsubscriptions/billing:{operation}")),
        1 => prop::collection::vec(segments, 0..6).prop_map(|segments| format!("/{}", segments.join("/"))),
    ]
}

fn query() -> impl Strategy<Value = String> {
    let parameter = (
        prop::sample::select(vec![
            "maxEvents",
            "maxWaitTime",
            "releaseDelayInSeconds",
            "api-version",
            "%6daxEvents",
            "",
        ]),
        prop_oneof![any::<i64>().prop_map(|number| number.to_string()), "[ -~&&[^#\"<>` ]]{0,8}"],
    );
    prop::collection::vec(parameter, 0..3).prop_map(|parameters| {
        let parameters: Vec<_> = parameters.iter().map(|(name, value)| format!("&{name}={value}")).collect();
        format!("?api-version=2024-06-01{}", parameters.concat())
    })
}

fn namespace_body() -> impl Strategy<Value = Vec<u8>> {
    nearly(vec![
        event("1"),
        format!("[{},{}]", event("1"), event("2")),
        r#"{"lockTokens":["faketoken","CgMKATESCQoHdG9rZW4tMQ=="]}"#.to_owned(),
        String::new(),
    ])
}

fn basic_body() -> impl Strategy<Value = Vec<u8>> {
    nearly(vec![
        format!("[{EVENT_GRID}]"),
        format!(r#"[{},"topic":"orders"}}]"#, EVENT_GRID.strip_suffix('}').unwrap()),
        format!("[{CLOUD},{CLOUD}]"),
        CLOUD.to_owned(),
        format!("[{CUSTOM}]"),
    ])
}

/// Headers that mean something, with values that may or may not.
fn headers() -> impl Strategy<Value = Vec<(&'static str, Vec<u8>)>> {
    let name = prop::sample::select(vec![
        "host",
        "content-type",
        "aeg-channel-name",
        "aeg-sas-key",
        "aeg-sas-token",
        "authorization",
        "ce-id",
        "ce-source",
        "ce-specversion",
        "ce-type",
        "ce-time",
        "ce-ext",
        "traceparent",
    ]);
    let value = prop_oneof![
        4 => prop::sample::select(vec![
            "application/json",
            "application/cloudevents-batch+json",
            "text/plain",
            "cloud",
            KEY,
            "Bearer a-bearer-token",
            "SharedAccessSignature r=a&e=b&s=c",
            "1.0",
            "\"quoted\\\"%E2%82",
        ]).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..20),
    ];
    prop::collection::vec((name, value), 0..8)
}

/// Good bodies with a few bytes changed, cut out or put in.
fn nearly(good: Vec<String>) -> impl Strategy<Value = Vec<u8>> {
    let good = prop::sample::select(good);
    let change = (any::<prop::sample::Index>(), any::<u8>(), 0..3);
    (good, prop::collection::vec(change, 0..3)).prop_map(|(good, changes)| {
        let mut body = good.into_bytes();
        for (at, byte, kind) in changes {
            let at = at.index(body.len() + 1);
            match kind {
                0 => body.insert(at, byte),
                1 => body.truncate(at),
                _ => body.iter_mut().skip(at).take(1).for_each(|old| *old = byte),
            }
        }
        body
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_request_gets_a_response_or_waits(
        path in path(),
        query in query(),
        content_type in "(application/(cloudevents(-batch)?[+])?json)?",
        body in namespace_body(),
    ) {
        let Ok(uri) = Uri::try_from(format!("{path}{query}")) else { return Ok(()) };
        let request = Request::post(uri)
            .header("aeg-sas-key", "c2VjcmV0")
            .header("content-type", content_type)
            .body(body.into())
            .unwrap();
        let mut namespace = Namespace::new();
        match namespace.emulator.begin(namespace.now, &request) {
            Outcome::Done(reply) => {
                well_formed::check(&reply);
                let status = reply.status().as_u16();
                prop_assert!(matches!(status, 200 | 400 | 404 | 415), "{status}");
                prop_assert_eq!(reply.headers().contains_key("broker-errorcode"), status != 200);
                prop_assert!(serde_json::from_slice::<serde_json::Value>(reply.body()).is_ok());
            }
            Outcome::Waiting(_) => prop_assert_eq!(namespace.emulator.waiting(), 1),
            other => panic!("{other:?}"),
        }
        // Whatever was taken in comes out again as an event that can be read.
        let stored = namespace.emulator.stats("orders", "billing").unwrap().queued;
        if stored > 0 {
            prop_assert_eq!(namespace.receive().len() as u64, stored);
        }
    }

    #[test]
    fn every_basic_request_gets_a_response(
        path in "(/(grid|cloud|custom|grid-domain|cloud-domain|partner|fake|emulator))?/(api/events|accepted|%FF)",
        query in query(),
        method in "(POST|GET|DELETE)",
        headers in headers(),
        body in basic_body(),
        has_key in any::<bool>(),
    ) {
        let key = if has_key { format!("&aeg-sas-key={KEY}") } else { String::new() };
        let query = query.replace("2024-06-01", "2018-01-01");
        let Ok(uri) = Uri::try_from(format!("{path}{query}{key}")) else { return Ok(()) };
        let mut request = Request::builder().method(&*method).uri(uri);
        for (name, value) in headers {
            let Ok(value) = HeaderValue::from_bytes(&value) else { continue };
            request = request.header(name, value);
        }
        let mut basic = Basic::new();
        let outcome = basic.emulator.begin(NOON, &request.body(body.into()).unwrap());
        let Outcome::Done(reply) = outcome else { panic!("it waits") };
        well_formed::check(&reply);
        let status = reply.status().as_u16();
        let is_publish = method == "POST" && path.ends_with("/api/events");
        prop_assert_eq!(basic.emulator.accepted().is_empty(), !(is_publish && status == 200));
    }

    #[test]
    fn every_binary_mode_request_gets_a_response(headers in headers(), body in prop::collection::vec(any::<u8>(), 0..9)) {
        let mut request = Request::post("/topics/orders:publish?api-version=2024-06-01");
        let required = [("ce-id", "1"), ("ce-source", "/"), ("ce-type", "t"), ("ce-specversion", "1.0")];
        for (name, value) in required {
            if headers.iter().all(|(other, _)| *other != name) {
                request = request.header(name, value);
            }
        }
        for (name, value) in headers.into_iter().filter(|(name, _)| !name.starts_with('a')) {
            let Ok(value) = HeaderValue::from_bytes(&value) else { continue };
            request = request.header(name, value);
        }
        let mut namespace = Namespace::new();
        let request = request.header("aeg-sas-key", "c2VjcmV0").body(body.into()).unwrap();
        let Outcome::Done(reply) = namespace.emulator.begin(namespace.now, &request) else { panic!("it waits") };
        well_formed::check(&reply);
        let status = reply.status().as_u16();
        prop_assert!(matches!(status, 200 | 400 | 415), "{status}");
        let stored = namespace.emulator.stats("orders", "billing").unwrap().queued;
        prop_assert_eq!(stored, u64::from(status == 200));
        prop_assert_eq!(namespace.emulator.accepted().len() as u64, stored);
        if stored > 0 {
            prop_assert_eq!(namespace.receive().len(), 1);
        }
    }
}
