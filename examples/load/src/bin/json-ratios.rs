//! Compares the JSON of the crate with `serde_json`, alternating in one process: how many times as
//! fast it reads the response to a receive and writes typed data. The best of several rounds
//! counts, since other work on the machine can only slow a round down.

use std::borrow::Cow;
use std::cell::RefCell;
use std::hint::black_box;
use std::time::{Duration, Instant};

use bodies::{ASCII, ESCAPED, OTHER, Order, read, received};
use eventgrid::Buf;
use eventgrid::json::{JsonWriter, WriteJson};
use serde::Deserialize;
use serde_json::value::RawValue;

#[path = "../bodies.rs"]
mod bodies;

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
                    text,
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
            println!("{:8} {bytes:5} {:6.2}", text, times[1] / times[0]);
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

/// Tokens, and each event as one piece of text.
fn read_raw(body: &[u8]) {
    let response: Response<'_, &RawValue> = serde_json::from_slice(body).expect("it is valid");
    black_box(response);
}

/// Tokens, attributes, and the data as one piece of text.
fn read_attributes(body: &[u8]) {
    let response: Response<'_, Attributes<'_>> = serde_json::from_slice(body).expect("it is valid");
    black_box(response);
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "it is read for the time that takes")]
struct Response<'a, E> {
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
