//! The code whose instructions are counted: `instructions NAME` runs a part of the protocol twice,
//! so that the second run finds its buffers grown, or ten attempts over an adapter. Run by
//! `tests/instructions/check`.

mod adapters;

use std::convert::Infallible;
use std::hint::black_box;

use eventgrid::calls::RequestContext;
use eventgrid::calls::{Call, Publish, Settle, SettleAction};
use eventgrid::{
    AccessKey, Batch, Buf, Client, CloudEvent, Data, NamespaceTopic, Request, Response, SendLimits,
    Settlement, Std, Subscription, Transport, TransportError, TransportErrorKind, blocking,
};
use serde::Serialize;

use adapters::{ByHyper, ByReqwless, ByUreq};

const ENDPOINT: &str = "https://ns.westeurope-1.eventgrid.azure.net";
const EVENTS: usize = 100;

fn main() {
    let name = std::env::args().nth(1).unwrap_or_default();
    match name.as_str() {
        "hyper" => {
            let adapter = ByHyper::new();
            adapter.publish();
            hyper(&adapter);
        }
        "ureq" => {
            let adapter = ByUreq::new();
            adapter.publish();
            ureq(&adapter);
        }
        "reqwless" => {
            let adapter = ByReqwless::new();
            adapter.publish();
            reqwless(&adapter);
        }
        protocol => without_io(protocol),
    }
}

fn without_io(name: &str) {
    let inputs = Inputs::new();
    for _ in 0..2 {
        match name {
            "encode" => encode(&inputs, &mut vec![0; 1 << 18]),
            "parse" => parse(&inputs),
            "settle" => settle(&inputs, &mut vec![0; 1 << 18]),
            "split" => split(&inputs),
            _ => panic!("which of them: encode, parse, settle, split, hyper, ureq or reqwless?"),
        }
    }
}

/// How many attempts are counted together.
const ATTEMPTS: usize = 10;

/// Publishes by hyper, on a connection that is open.
#[inline(never)]
fn hyper(adapter: &ByHyper) {
    (0..ATTEMPTS).for_each(|_| adapter.publish());
}

/// Publishes by ureq, on a connection that is open.
#[inline(never)]
fn ureq(adapter: &ByUreq) {
    (0..ATTEMPTS).for_each(|_| adapter.publish());
}

/// Publishes by reqwless, on a connection that is open.
#[inline(never)]
fn reqwless(adapter: &ByReqwless) {
    (0..ATTEMPTS).for_each(|_| adapter.publish());
}

#[derive(Serialize)]
struct Order {
    number: u32,
    total: f64,
    note: String,
}

struct Inputs {
    orders: Vec<Order>,
    received: String,
    settled: String,
}

impl Inputs {
    fn new() -> Self {
        let order = |number| Order { number, total: f64::from(number) * 10.99, note: "x".repeat(960) };
        let orders: Vec<_> = (0..).take(EVENTS).map(order).collect();
        let note = "x".repeat(960);
        let deliveries: Vec<_> = (0..EVENTS)
            .map(|n| {
                format!(
                    r#"{{"brokerProperties":{{"lockToken":"CgMKATESCQoHdG9rZW4t{n:06}","deliveryCount":1}},"event":{{"specversion":"1.0","id":"{n}","source":"urn:shop","type":"Order.Created","subject":"orders/{n}","time":"2026-01-01T00:00:00Z","data":{{"number":{n},"total":10.99,"note":"{note}"}}}}}}"#
                )
            })
            .collect();
        let tokens: Vec<_> = (0..EVENTS).map(|n| format!(r#""CgMKATESCQoHdG9rZW4t{n:06}""#)).collect();
        Self {
            orders,
            received: format!(r#"{{"value":[{}]}}"#, deliveries.join(",")),
            settled: format!(r#"{{"succeededLockTokens":[{}],"failedLockTokens":[]}}"#, tokens.join(",")),
        }
    }

    fn events(&self) -> Vec<CloudEvent<'_>> {
        let event = |order| {
            CloudEvent::new("1", "urn:shop", "Order.Created")
                .with_subject("orders/1")
                .with_data(Data::json(order))
        };
        self.orders.iter().map(event).collect()
    }
}

/// A request with all the events.
#[inline(never)]
fn encode(inputs: &Inputs, storage: &mut [u8]) {
    let target = NamespaceTopic::new(ENDPOINT, "orders").expect("it is valid");
    let events = inputs.events();
    let mut tx = Buf::new(storage);
    let call = Publish::new(&target, &events);
    black_box(call.encode(&RequestContext::default(), &mut tx).expect("it fits"));
}

/// The response to a receive, and each event of it.
#[inline(never)]
fn parse(inputs: &Inputs) {
    let batch = Batch::parse(inputs.received.as_bytes()).expect("it is valid");
    for received in &batch {
        black_box(received.lock_token());
        let event = received.event().expect("it is valid");
        black_box((event.id(), event.source(), event.event_type(), event.subject(), event.data()));
    }
}

/// A request that acknowledges a batch, and its response.
#[inline(never)]
fn settle(inputs: &Inputs, storage: &mut [u8]) {
    let batch = Batch::parse(inputs.received.as_bytes()).expect("it is valid");
    let subscription = Subscription::new(ENDPOINT, "orders", "all").expect("it is valid");
    let mut tx = Buf::new(storage);
    let call = Settle::new(&subscription, SettleAction::Acknowledge, &batch);
    black_box(call.encode(&RequestContext::default(), &mut tx).expect("it fits"));
    let settlement = Settlement::parse(inputs.settled.as_bytes(), false).expect("it is valid");
    assert!(settlement.is_complete());
}

/// All the events, in requests of 20 KB.
#[inline(never)]
fn split(inputs: &Inputs) {
    let target = NamespaceTopic::new(ENDPOINT, "orders").expect("it is valid");
    let client = Client::new(Taken, Std, AccessKey::new("a2V5"));
    let limits = SendLimits { max_bytes: 20_000, max_events: EVENTS };
    let report = blocking::Publisher::new(client, target).limits(limits).send_all(&inputs.events());
    assert!(report.failures().is_empty());
}

/// Takes everything.
struct Taken;

impl Transport for Taken {
    type Error = Never;

    fn send(&self, _: &Request<'_>, response: &mut Response<'_>) -> Result<(), Never> {
        response.begin(200);
        Ok(())
    }
}

#[derive(Debug)]
struct Never(Infallible);

impl std::fmt::Display for Never {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {}
    }
}

impl std::error::Error for Never {}

impl TransportError for Never {
    fn kind(&self) -> TransportErrorKind {
        match self.0 {}
    }

    fn may_have_been_sent(&self) -> bool {
        match self.0 {}
    }
}
