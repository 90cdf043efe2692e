//! What `serde_json` alone takes for the same events.

use std::borrow::Cow;
use std::hint::black_box;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::AnyError;
use crate::orders::{EVENT_TYPE, Order, SOURCE, TIME, happenings};
use crate::raw;

/// An event as `serde_json` writes it.
#[derive(Serialize)]
pub(crate) struct Written<'a> {
    pub(crate) specversion: &'a str,
    pub(crate) id: &'a str,
    pub(crate) source: &'a str,
    #[serde(rename = "type")]
    pub(crate) event_type: &'a str,
    pub(crate) subject: &'a str,
    pub(crate) time: &'a str,
    pub(crate) data: &'a Order,
}

impl<'a> Written<'a> {
    pub(crate) fn new(happening: &'a crate::orders::Happening) -> Self {
        Self {
            specversion: "1.0",
            id: &happening.id,
            source: SOURCE,
            event_type: EVENT_TYPE,
            subject: &happening.subject,
            time: TIME,
            data: &happening.order,
        }
    }
}

/// Writes 100 typed events into the same buffer again and again.
pub(crate) fn write(times: usize) -> Result<(), AnyError> {
    let happenings = happenings(100);
    let mut out = Vec::new();
    for _ in 0..times {
        out.clear();
        for happening in &happenings {
            serde_json::to_writer(&mut out, &Written::new(happening))?;
        }
        black_box(&out);
    }
    Ok(())
}

#[derive(Deserialize)]
struct Response<'a> {
    #[serde(borrow)]
    value: Vec<Delivery<'a>>,
}

#[derive(Deserialize)]
struct Delivery<'a> {
    #[serde(borrow, rename = "brokerProperties")]
    broker_properties: BrokerProperties<'a>,
    #[serde(borrow)]
    event: &'a RawValue,
}

#[derive(Deserialize)]
struct BrokerProperties<'a> {
    #[serde(borrow, rename = "lockToken")]
    lock_token: Cow<'a, str>,
    #[serde(rename = "deliveryCount")]
    delivery_count: u32,
}

/// Reads the response with 100 events, down to tokens and the text of each event.
pub(crate) fn read(times: usize) -> Result<(), AnyError> {
    let body = raw::received()?;
    for _ in 0..times {
        let response: Response<'_> = serde_json::from_slice(black_box(&body))?;
        for delivery in &response.value {
            let broker = &delivery.broker_properties;
            black_box((&broker.lock_token, broker.delivery_count, delivery.event.get()));
        }
    }
    Ok(())
}
