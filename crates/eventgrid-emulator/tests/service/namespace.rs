//! An emulator with a clock to move, and short ways to send requests to it.

use std::time::Duration;

use bytes::Bytes;
use eventgrid_emulator::{AttributeOrder, Emulator, EmulatorBuilder, Outcome, UnixTime, WaiterId};
use http::{Request, Response, StatusCode};
use serde_json::Value;

pub(crate) const PUBLISH: &str = "/topics/orders:publish?api-version=2024-06-01";
pub(crate) const ONE: &str = "application/cloudevents+json; charset=utf-8";
pub(crate) const BATCH: &str = "application/cloudevents-batch+json; charset=utf-8";
pub(crate) const JSON: &str = "application/json";

/// The path of an operation on `orders/billing`, with its API version.
pub(crate) fn billing(operation: &str) -> String {
    format!("/topics/orders/eventsubscriptions/billing:{operation}?api-version=2024-06-01")
}

/// A good event of which the id is all that matters.
pub(crate) fn event(id: &str) -> String {
    format!(r#"{{"specversion":"1.0","id":"{id}","source":"/shop","type":"Ordered"}}"#)
}

pub(crate) struct Namespace {
    pub(crate) emulator: Emulator,
    pub(crate) now: UnixTime,
}

impl Namespace {
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder)
    }

    /// One with more settings.
    pub(crate) fn with(settings: impl FnOnce(EmulatorBuilder) -> EmulatorBuilder) -> Self {
        let builder = Emulator::builder().key("c2VjcmV0").seed(1);
        let builder =
            builder.subscription("orders", "billing").subscription("orders", "shipping").topic("lonely");
        let emulator = settings(builder).build().unwrap();
        Self { emulator, now: UnixTime::from_secs(1_699_012_800) }
    }

    /// One whose events keep the order of their attributes, so that they can be compared as text.
    pub(crate) fn in_published_order() -> Self {
        Self::with(|builder| builder.attribute_order(AttributeOrder::Published))
    }

    pub(crate) fn pass(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
        self.emulator.advance(self.now);
    }

    pub(crate) fn begin(&mut self, path: &str, content_type: &str, body: impl Into<Bytes>) -> Outcome {
        let request = Request::post(path)
            .header("authorization", "SharedAccessKey c2VjcmV0")
            .header("content-type", content_type)
            .body(body.into())
            .unwrap();
        self.emulator.begin(self.now, &request)
    }

    /// A request that gets its response at once.
    pub(crate) fn send(&mut self, path: &str, content_type: &str, body: impl Into<Bytes>) -> Response<Bytes> {
        match self.begin(path, content_type, body) {
            Outcome::Done(reply) => reply,
            other => panic!("{path}: {other:?}"),
        }
    }

    /// A receive that waits.
    pub(crate) fn wait(&mut self, path: &str) -> WaiterId {
        match self.begin(path, JSON, "") {
            Outcome::Waiting(waiter) => waiter,
            other => panic!("{path} does not wait: {other:?}"),
        }
    }

    pub(crate) fn publish(&mut self, ids: &[&str]) {
        let events: Vec<_> = ids.iter().map(|id| event(id)).collect();
        let reply = self.send(PUBLISH, BATCH, format!("[{}]", events.join(",")));
        assert_eq!(reply.status(), StatusCode::OK);
    }

    /// Receives what is there, up to ten.
    pub(crate) fn receive(&mut self) -> Vec<Received> {
        let reply = self.send(&format!("{}&maxEvents=10", billing("receive")), JSON, "");
        received(&reply)
    }

    /// Settles by tokens; gives the reply's text.
    pub(crate) fn settle(&mut self, operation: &str, tokens: &[&str]) -> String {
        let body = serde_json::json!({ "lockTokens": tokens }).to_string();
        let reply = self.send(&billing(operation), JSON, body);
        assert_eq!(reply.status(), StatusCode::OK);
        text(&reply)
    }
}

/// A received event.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) id: String,
    pub(crate) delivery_count: u64,
    pub(crate) lock_token: String,
}

pub(crate) fn received(reply: &Response<Bytes>) -> Vec<Received> {
    assert_eq!(reply.status(), StatusCode::OK, "{reply:?}");
    let body: Value = serde_json::from_slice(reply.body()).unwrap();
    let details = body["value"].as_array().unwrap().iter();
    details
        .map(|details| Received {
            id: details["event"]["id"].as_str().unwrap().to_owned(),
            delivery_count: details["brokerProperties"]["deliveryCount"].as_u64().unwrap(),
            lock_token: details["brokerProperties"]["lockToken"].as_str().unwrap().to_owned(),
        })
        .collect()
}

pub(crate) fn text(reply: &Response<Bytes>) -> String {
    String::from_utf8(reply.body().to_vec()).unwrap()
}
