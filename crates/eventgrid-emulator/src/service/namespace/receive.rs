//! The answer to a receive.

use bytes::Bytes;
use http::Response;
use serde::Serialize;

use crate::broker::{Delivery, Event};

/// The deliveries, or none at the end of a wait.
pub(super) fn reply(deliveries: &[Delivery]) -> Response<Bytes> {
    let value = deliveries.iter().map(ReceiveDetails::from).collect();
    super::json_reply("application/json; charset=utf-8", &ReceiveResult { value })
}

#[derive(Serialize)]
struct ReceiveResult<'a> {
    value: Vec<ReceiveDetails<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReceiveDetails<'a> {
    broker_properties: BrokerProperties<'a>,
    event: &'a Event,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BrokerProperties<'a> {
    lock_token: &'a str,
    delivery_count: u32,
}

impl<'a> From<&'a Delivery> for ReceiveDetails<'a> {
    fn from(delivery: &'a Delivery) -> Self {
        Self {
            broker_properties: BrokerProperties {
                lock_token: &delivery.lock_token,
                delivery_count: delivery.delivery_count,
            },
            event: &delivery.event,
        }
    }
}
