//! The entries of a queue, read when somebody reaches them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError};

use redb::ReadableDatabase as _;

use super::error::Failed;
use super::rows::{self, EntryRow, InvalidRow, Text};
use super::{DataError, Shared, tables};
use crate::broker::{Entry, EntrySource, QueueNumber, SEGMENT, Sequence};

/// The entries of the queue of that number.
#[derive(Debug)]
pub(super) struct Source {
    shared: Arc<Shared>,
    number: QueueNumber,
}

impl Source {
    pub(super) fn new(shared: Arc<Shared>, number: QueueNumber) -> Self {
        Self { shared, number }
    }

    fn read(&self, first: Sequence, count: usize) -> Result<Vec<(Sequence, Entry)>, Failed> {
        let database = self.shared.database.read().unwrap_or_else(PoisonError::into_inner);
        let transaction = database.as_ref().ok_or_else(DataError::closed)?.begin_read()?;
        let last = first.checked_add(SEGMENT as u64 - 1).ok_or(InvalidRow)?;
        let range = (self.number, first)..=(self.number, last);
        let events = transaction.open_table(tables::EVENTS)?;
        let mut entries = Vec::with_capacity(count);
        for row in transaction.open_table(tables::ENTRIES)?.range(range.clone())? {
            let (key, row) = row?;
            let row = EntryRow::read(row.value())?;
            let event = match row.text {
                Text::Own(text) => rows::read_event(text, row.is_canonical)?,
                Text::Shared(number) => {
                    let shared = events.get(number)?.ok_or(InvalidRow)?;
                    let text = std::str::from_utf8(shared.value()).map_err(|_| InvalidRow)?;
                    rows::read_event(text, row.is_canonical)?
                }
            };
            entries.push((key.value().1, Entry::new(event, row.published)));
        }
        let mut delivered = entries.iter_mut();
        for row in transaction.open_table(tables::DELIVERIES)?.range(range)? {
            let (key, row) = row?;
            let of = |(sequence, _): &&mut (Sequence, Entry)| *sequence == key.value().1;
            let (_, entry) = delivered.by_ref().find(of).ok_or(InvalidRow)?;
            rows::read_delivery(row.value(), entry)?;
        }
        if entries.len() == count { Ok(entries) } else { Err(InvalidRow.into()) }
    }
}

impl EntrySource for Source {
    fn load(&self, first: Sequence, count: usize) -> Vec<(Sequence, Entry)> {
        let read = catch_unwind(AssertUnwindSafe(|| self.read(first, count)));
        read.unwrap_or_else(|_| Err(DataError::damaged().into())).unwrap_or_else(|Failed(error)| {
            self.shared.fail(error);
            Vec::new()
        })
    }
}
