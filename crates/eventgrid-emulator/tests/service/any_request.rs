//! Requests made at random, near to good ones and far from them: each gets an answer, or waits.

use eventgrid_emulator::Outcome;
use http::{Request, Uri};
use proptest::prelude::*;

use crate::namespace::{Namespace, event};

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

/// Good bodies with a few bytes changed, cut out or put in.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let good = prop::sample::select(vec![
        event("1"),
        format!("[{},{}]", event("1"), event("2")),
        r#"{"lockTokens":["faketoken","CgMKATESCQoHdG9rZW4tMQ=="]}"#.to_owned(),
        String::new(),
    ]);
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
    fn every_request_is_answered_or_waits(
        path in path(),
        query in query(),
        content_type in "(application/(cloudevents(-batch)?[+])?json)?",
        body in body(),
    ) {
        let Ok(uri) = Uri::try_from(format!("{path}{query}")) else { return Ok(()) };
        let request = Request::post(uri)
            .header("aeg-sas-key", "secret")
            .header("content-type", content_type)
            .body(body.into())
            .unwrap();
        let mut namespace = Namespace::new();
        match namespace.emulator.begin(namespace.now, &request) {
            Outcome::Done(reply) => {
                let status = reply.status().as_u16();
                prop_assert!(matches!(status, 200 | 400 | 404 | 415), "{status}");
                prop_assert_eq!(reply.headers().contains_key("broker-errorcode"), status != 200);
                prop_assert!(serde_json::from_slice::<serde_json::Value>(reply.body()).is_ok());
            }
            Outcome::Waiting(_) => prop_assert_eq!(namespace.emulator.waiting(), 1),
        }
        // Whatever was taken in comes out again as an event that can be read.
        let stored = namespace.emulator.stats("orders", "billing").unwrap().queued;
        if stored > 0 {
            prop_assert_eq!(namespace.receive().len() as u64, stored);
        }
    }
}
