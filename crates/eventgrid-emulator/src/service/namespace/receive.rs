//! The response to a receive.

use bytes::Bytes;
use http::Response;

use crate::broker::Delivery;
use crate::event::EventWriter;

/// What a delivery has beside its event and its lock token.
const OVERHEAD: usize = 80;

/// The deliveries, or none at the end of a wait.
pub(super) fn reply(deliveries: &[Delivery], writer: &mut EventWriter) -> Response<Bytes> {
    let size = |delivery: &Delivery| delivery.event.json().len() + delivery.lock_token.len() + OVERHEAD;
    let mut body = Vec::with_capacity(12 + deliveries.iter().map(size).sum::<usize>());
    body.extend_from_slice(br#"{"value":["#);
    for (index, delivery) in deliveries.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        // A lock token is base64 text, so it needs no escapes.
        let (token, count) = (&delivery.lock_token, delivery.delivery_count);
        let properties = format!(
            r#"{comma}{{"brokerProperties":{{"lockToken":"{token}","deliveryCount":{count}}},"event":"#
        );
        body.extend_from_slice(properties.as_bytes());
        writer.write(&delivery.event, &mut body);
        body.push(b'}');
    }
    body.extend_from_slice(b"]}");
    super::reply("application/json; charset=utf-8", body.into())
}
