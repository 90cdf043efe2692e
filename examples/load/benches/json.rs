//! How long the JSON takes, for people to read: `cargo bench -p load`. The binary `json-ratios`
//! compares it with `serde_json`.

use bodies::{ASCII, ESCAPED, OTHER, Order, Text};
use divan::{Bencher, counter::BytesCount};
use eventgrid::Buf;
use eventgrid::json::{JsonWriter, WriteJson};

#[path = "../src/bodies.rs"]
mod bodies;

const TEXTS: [Text; 3] = [ASCII, ESCAPED, OTHER];

fn main() {
    divan::main();
}

/// The response to a receive: checked, and every attribute and token taken.
#[divan::bench(args = TEXTS, consts = [1, 10, 100])]
fn read<const EVENTS: usize>(bencher: Bencher<'_, '_>, text: Text) {
    let body = bodies::received(EVENTS, text, 1024, false);
    bencher.counter(BytesCount::of_slice(&body)).bench(|| bodies::read(&body));
}

/// Typed data, into a buffer that is used again.
#[divan::bench(args = TEXTS, consts = [100, 1024, 10240])]
fn write<const BYTES: usize>(bencher: Bencher<'_, '_>, text: Text) {
    let note = text.of(BYTES);
    let order = Order { number: 17, total: 186.83, note: &note };
    let mut storage = vec![0; 1 << 16];
    bencher.bench_local(|| {
        let mut buf = Buf::growable(&mut storage, usize::MAX);
        order.write_json(&mut JsonWriter::new(&mut buf)).expect("it fits");
        buf.len()
    });
}
