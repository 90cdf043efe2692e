//! The events that are published: orders, about 1 KiB each.

use eventgrid::{CloudEvent, Data};
use serde::Serialize;

pub(crate) const SOURCE: &str = "urn:bench/orders";
pub(crate) const EVENT_TYPE: &str = "Order.Created";
pub(crate) const TIME: &str = "2026-01-01T00:00:00Z";

/// The data of an event.
#[derive(Serialize)]
pub(crate) struct Order {
    #[serde(rename = "order_id")]
    pub(crate) number: u32,
    pub(crate) total: f64,
    pub(crate) note: String,
}

/// What there is to say about an order.
pub(crate) struct Happening {
    pub(crate) id: String,
    pub(crate) subject: String,
    pub(crate) order: Order,
}

/// So many orders.
pub(crate) fn happenings(count: usize) -> Vec<Happening> {
    let happening = |number: u32| Happening {
        id: format!("{number:08}-43d1-4ac8-9f00-9b6f3f1f0c11"),
        subject: format!("orders/{number}"),
        order: Order { number, total: f64::from(number) * 10.99, note: "x".repeat(960) },
    };
    (0..).take(count).map(happening).collect()
}

impl Happening {
    pub(crate) fn event(&self) -> CloudEvent<'_> {
        CloudEvent::new(self.id.as_str(), SOURCE, EVENT_TYPE)
            .with_subject(self.subject.as_str())
            .with_time(TIME)
            .with_data(Data::json(&self.order))
    }
}

/// The lock tokens of the events that are received.
pub(crate) fn lock_tokens() -> impl Iterator<Item = String> {
    (0..100).map(|number| format!("CgMKATESCQoHdG9rZW4t{number:06}LTQ2ZTctOGQ5Ni1iNDZmYTA5NGRkMGI"))
}
