//! Rows that are read and written again, for tests and for the fuzz target `store_rows`.

use super::rows::{
    EntryRow, Text, read_clock, read_dead_letter, read_delivery, read_event, read_retained, read_segment,
    read_subscription, write_clock, write_dead_letter, write_delivery, write_retained, write_segment,
    write_subscription,
};
use crate::broker::{Entry, Event, Moment};

/// The bytes as each kind of row that they can be read as, written again. All of them are the bytes
/// that were given, or a row was read as something else than was written.
#[doc(hidden)]
pub fn rows_written_again(bytes: &[u8]) -> Vec<Vec<u8>> {
    let entry = EntryRow::read(bytes).ok();
    let event = entry.and_then(|row| match row.text {
        Text::Own(text) => read_event(text, row.is_canonical).ok().map(|event| (row, event)),
        Text::Shared(_) => None,
    });
    let event = event.map(|(row, event)| EntryRow { text: Text::Own(event.json()), ..row }.write());
    [
        entry.map(|row| row.write()),
        event,
        delivery(bytes),
        read_dead_letter(bytes).ok().map(|letter| write_dead_letter(&letter)),
        read_segment(bytes).ok().map(|segment| write_segment(&segment)),
        read_subscription(bytes).ok().map(|subscription| write_subscription(&subscription)),
        read_clock(bytes).ok().map(|clock| write_clock(&clock)),
        read_retained(bytes).ok().map(|message| write_retained(&message)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn delivery(bytes: &[u8]) -> Option<Vec<u8>> {
    let event = Event::from_json("{}".to_owned()).ok()?;
    let mut entry = Entry::new(event, Moment::from_nanoseconds(0));
    read_delivery(bytes, &mut entry).ok()?;
    Some(write_delivery(&entry))
}
