//! Everything that parses what comes from the network, down to the last accessor.

use core::hint::black_box;

use eventgrid::event::EventGridEventView;
use eventgrid::json::{JsonStr, Kind, RawJson, Reader};
use eventgrid::{Batch, Settlement};

pub(crate) fn every_one() {
    let body: &[u8] = black_box(b"");
    if let Ok(batch) = Batch::parse(body) {
        read_batch(&batch);
    }
    for token in Batch::salvage(body) {
        read_text(token);
    }
    if let Ok(settlement) = Settlement::parse(body, black_box(false)) {
        black_box(settlement.is_complete());
        for token in settlement.succeeded() {
            black_box(token);
        }
        for failed in settlement.failed() {
            black_box((failed.lock_token(), failed.reason()));
        }
    }
    read_json(body);
    let text: &str = black_box("");
    if let Ok(event) = RawJson::parse(text).map(EventGridEventView::parse) {
        let _ = black_box(event);
    }
}

fn read_batch(batch: &Batch<'_>) {
    black_box((batch.len(), batch.without_lock_token()));
    for received in batch {
        black_box((received.lock_token(), received.delivery_count()));
        let Ok(event) = received.event() else { continue };
        for text in [event.id(), event.source(), event.event_type()] {
            read_text(text);
        }
        for text in [event.subject(), event.time(), event.data_content_type(), event.data_schema()] {
            if let Some(text) = text {
                read_text(text);
            }
        }
        for (name, value) in event.extensions() {
            read_text(name);
            let _ = black_box(value);
        }
        let data = event.data();
        let _ = black_box((data.as_json(), data.as_text()));
    }
}

fn read_text(text: JsonStr<'_>) {
    let mut decoded = [0; 64];
    let _ = black_box(text.decode_into(&mut decoded));
    black_box((text == *black_box("text"), text.chars().count(), text.len_decoded()));
}

/// Walks a document by every method of the reader.
fn read_json(body: &[u8]) {
    let Ok(mut reader) = Reader::from_bytes(body) else { return };
    while let Ok(kind) = reader.kind() {
        let read = match kind {
            Kind::Object => reader.begin_object().and_then(|()| reader.next_member()).map(drop),
            Kind::Array => reader.begin_array().and_then(|()| reader.next_element()).map(drop),
            Kind::String => reader.string().map(read_text),
            Kind::Number => reader.number().map(|number| {
                black_box((number.as_i64(), number.as_u64(), number.as_i32(), number.as_u32()));
            }),
            Kind::Boolean => reader.boolean().map(drop),
            Kind::Null => reader.null(),
        };
        if read.is_err() && reader.skip_too_deep().is_err() {
            break;
        }
    }
    let _ = black_box(reader.value());
    let _ = black_box(reader.end());
}
