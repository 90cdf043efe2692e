//! Compares the JSON of the crate with `serde_json`, alternating in one process: how many times as fast it reads the answer to a
//! receive and writes typed data. The best of several rounds counts, since other work on the machine only ever adds.

use std::borrow::Cow;
use std::cell::RefCell;
use std::hint::black_box;
use std::time::{Duration, Instant};

use eventgrid::json::{JsonWriter, WriteJson};
use eventgrid::{Batch, Buf};
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;

const ROUNDS: usize = 15;
const SIZES: [usize; 3] = [100, 1024, 10240];

fn main() {
    println!(
        "read: text, bytes of data, data, events; than serde_json to raw events; than it to attributes and raw data"
    );
    for text in [ASCII, ESCAPED, OTHER] {
        for bytes in SIZES {
            for (object, events) in
                [(false, 1), (false, 10), (false, 100), (true, 1), (true, 10), (true, 100)]
            {
                let body = received(events, text, bytes, object);
                let times = best(
                    1 + 1_000_000 / body.len(),
                    [&|| read(&body), &|| read_raw(&body), &|| {
                        read_attributes(&body);
                    }],
                );
                let data = if object { "object" } else { "string" };
                println!(
                    "{:8} {bytes:5} {data:7} {events:4} {:6.2} {:6.2}",
                    text.0,
                    times[1] / times[0],
                    times[2] / times[0]
                );
            }
        }
    }
    println!("\nwritten: text, bytes of it; than serde_json to a Vec");
    for text in [ASCII, ESCAPED, OTHER] {
        for bytes in SIZES {
            let note = text.of(bytes);
            let order = Order { number: 17, total: 186.83, note: &note };
            let storage = RefCell::new(vec![0; 1 << 16]);
            let times = best(
                100,
                [
                    &|| {
                        let mut storage = storage.borrow_mut();
                        let mut buf = Buf::growable(&mut storage, usize::MAX);
                        order.write_json(&mut JsonWriter::new(&mut buf)).expect("it fits");
                        black_box(buf.filled());
                    },
                    &|| {
                        let mut storage = storage.borrow_mut();
                        storage.clear();
                        serde_json::to_writer(&mut *storage, &order).expect("it is valid");
                        black_box(&*storage);
                    },
                ],
            );
            println!("{:8} {bytes:5} {:6.2}", text.0, times[1] / times[0]);
        }
    }
}

/// The best time of each, of several rounds in which they take turns.
fn best<const N: usize>(repeat: usize, work: [&dyn Fn(); N]) -> [f64; N] {
    let mut best = [Duration::MAX; N];
    for _ in 0..ROUNDS {
        for (work, best) in work.iter().zip(&mut best) {
            // Once aside, so that each finds its buffers as it leaves them itself.
            work();
            let start = Instant::now();
            (0..repeat).for_each(|_| work());
            *best = start.elapsed().min(*best);
        }
    }
    best.map(|time| time.as_secs_f64())
}

/// A kind of text, by its name and a piece of it.
#[derive(Clone, Copy)]
struct Text(&'static str, &'static str);

const ASCII: Text = Text("ascii", "The quick brown fox jumps over the lazy dog. ");
const ESCAPED: Text = Text("escaped", "line \"one\"\n\tpath C:\\temp; ");
const OTHER: Text = Text("other", "Größenänderung für 東京 und Ελλάδα; ");

impl Text {
    /// So many bytes of it, or a few less.
    fn of(self, bytes: usize) -> String {
        let mut text = self.1.repeat(bytes / self.1.len() + 1);
        text.truncate((0..=bytes).rev().find(|&end| text.is_char_boundary(end)).unwrap_or_default());
        text
    }
}

/// The answer to a receive, with so many bytes of data in each event.
fn received(events: usize, text: Text, bytes: usize, object: bool) -> Vec<u8> {
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
fn read(body: &[u8]) {
    let batch = Batch::parse(body).expect("it is valid");
    for received in &batch {
        black_box((received.lock_token(), received.delivery_count()));
        let event = received.event().expect("it is valid");
        black_box((event.id(), event.source(), event.event_type(), event.subject(), event.time()));
        black_box(event.data());
    }
}

/// Tokens, and each event as one piece of text.
fn read_raw(body: &[u8]) {
    let answer: Answer<'_, &RawValue> = serde_json::from_slice(body).expect("it is valid");
    black_box(answer);
}

/// Tokens, attributes, and the data as one piece of text.
fn read_attributes(body: &[u8]) {
    let answer: Answer<'_, Attributes<'_>> = serde_json::from_slice(body).expect("it is valid");
    black_box(answer);
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "it is read for the time that takes")]
struct Answer<'a, E> {
    #[serde(borrow, bound(deserialize = "E: Deserialize<'de>"))]
    value: Vec<Delivery<'a, E>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "it is read for the time that takes")]
struct Delivery<'a, E> {
    #[serde(borrow)]
    broker_properties: BrokerProperties<'a>,
    event: E,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "it is read for the time that takes")]
struct BrokerProperties<'a> {
    #[serde(borrow)]
    lock_token: Cow<'a, str>,
    delivery_count: u32,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "it is read for the time that takes")]
struct Attributes<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    source: Cow<'a, str>,
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    #[serde(borrow)]
    subject: Option<Cow<'a, str>>,
    #[serde(borrow)]
    time: Option<Cow<'a, str>>,
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Serialize)]
struct Order<'a> {
    number: u32,
    total: f64,
    note: &'a str,
}
