//! The JSON that is measured: responses to a receive, and typed data.

use std::fmt;
use std::hint::black_box;

use eventgrid::Batch;
use serde::Serialize;
use serde_json::json;

/// A kind of text, by its name and a piece of it.
#[derive(Clone, Copy)]
pub(crate) struct Text(&'static str, &'static str);

pub(crate) const ASCII: Text = Text("ascii", "The quick brown fox jumps over the lazy dog. ");
pub(crate) const ESCAPED: Text = Text("escaped", "line \"one\"\n\tpath C:\\temp; ");
pub(crate) const OTHER: Text = Text("other", "Größenänderung für 東京 und Ελλάδα; ");

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl Text {
    /// So many bytes of it, or a few less.
    pub(crate) fn of(self, bytes: usize) -> String {
        let mut text = self.1.repeat(bytes / self.1.len() + 1);
        text.truncate((0..=bytes).rev().find(|&end| text.is_char_boundary(end)).unwrap_or_default());
        text
    }
}

/// The response to a receive, with this many bytes of data in each event.
pub(crate) fn received(events: usize, text: Text, bytes: usize, object: bool) -> Vec<u8> {
    let member = |number: usize| match number % 4 {
        0 => json!(text.of(40)),
        1 => json!(number * 17),
        2 => json!([1.5, true, null]),
        _ => json!({ "a": text.of(16) }),
    };
    let data = if object {
        (0..=bytes / 40).map(|number| (format!("member{number}"), member(number))).collect()
    } else {
        json!(text.of(bytes))
    };
    let delivery = |number: usize| {
        let token = format!("CgMKATESCQoHdG9rZW4t{number:06}LTQ2ZTctOGQ5Ni1iNDZmYTA5NGRkMGI");
        let id = format!("{number:08}-43d1-4ac8-9f00-9b6f3f1f0c11");
        json!({
            "brokerProperties": { "lockToken": token, "deliveryCount": 1 },
            "event": {
                "specversion": "1.0", "id": id, "source": "urn:bench/orders", "type": "Order.Created",
                "subject": format!("orders/{number}"), "time": "2026-01-01T00:00:00Z",
                "datacontenttype": "application/json", "data": data,
            },
        })
    };
    let value: Vec<_> = (0..events).map(delivery).collect();
    json!({ "value": value }).to_string().into_bytes()
}

/// Every attribute and token, by the crate.
pub(crate) fn read(body: &[u8]) {
    let batch = Batch::parse(body).expect("it is valid");
    for received in &batch {
        black_box((received.lock_token(), received.delivery_count()));
        let event = received.event().expect("it is valid");
        black_box((event.id(), event.source(), event.event_type(), event.subject(), event.time()));
        black_box(event.data());
    }
}

/// Typed data of an event.
#[derive(Serialize)]
pub(crate) struct Order<'a> {
    pub(crate) number: u32,
    pub(crate) total: f64,
    pub(crate) note: &'a str,
}
