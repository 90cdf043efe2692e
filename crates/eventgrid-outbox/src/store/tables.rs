//! The tables, and how changes are made in them.

use redb::{ReadTransaction, ReadableTable, Table, TableDefinition, WriteTransaction};

use super::error::Failed;
use super::rows::{self, EventRow, RefusedRow};
use super::{Change, Refusal};
use crate::error::OutboxErrorKind;
use crate::load::Load;
use crate::refused::RefusalReason;
use crate::state::Totals;

/// Single values that are numbers. Their keys are below.
pub(super) const NUMBERS: TableDefinition<'_, &str, u64> = TableDefinition::new("numbers");
/// Single values that are text.
pub(super) const NAMES: TableDefinition<'_, &str, &str> = TableDefinition::new("names");
/// Events that wait, by their numbers.
pub(super) const EVENTS: TableDefinition<'_, u64, EventRow> = TableDefinition::new("events");
/// Events that were set aside, by their numbers.
pub(super) const REFUSED: TableDefinition<'_, u64, RefusedRow> = TableDefinition::new("refused");

/// The key of the version of the format.
pub(super) const FORM: &str = "form";
/// The key of the schema of the events.
pub(super) const SCHEMA: &str = "schema";
const NEXT_SEQUENCE: &str = "next sequence";
const QUEUED_EVENTS: &str = "queued events";
const QUEUED_BYTES: &str = "queued bytes";
const REFUSED_EVENTS: &str = "refused events";
const REFUSED_BYTES: &str = "refused bytes";

/// What there is.
pub(super) fn totals(transaction: &ReadTransaction) -> Result<Totals, Failed> {
    read_totals(&transaction.open_table(NUMBERS)?, &transaction.open_table(EVENTS)?)
}

fn read_totals(
    numbers: &impl ReadableTable<&'static str, u64>,
    events: &impl ReadableTable<u64, EventRow>,
) -> Result<Totals, Failed> {
    let number = |key| numbers.get(key).map(|row| row.map_or(0, |row| row.value()));
    let first = events.first()?;
    Ok(Totals {
        next_sequence: number(NEXT_SEQUENCE)?,
        queued: Load { events: number(QUEUED_EVENTS)?, bytes: number(QUEUED_BYTES)? },
        refused: Load { events: number(REFUSED_EVENTS)?, bytes: number(REFUSED_BYTES)? },
        oldest: first.and_then(|(_, row)| rows::readable(&row, |(put_at, ..)| put_at)),
    })
}

/// All tables, opened for writing.
pub(super) struct Tables<'t> {
    names: Table<'t, &'static str, &'static str>,
    numbers: Table<'t, &'static str, u64>,
    events: Table<'t, u64, EventRow>,
    refused: Table<'t, u64, RefusedRow>,
    totals: Totals,
    /// Whether a row is so damaged that its size is not known.
    must_recount: bool,
}

impl<'t> Tables<'t> {
    pub(super) fn open(transaction: &'t WriteTransaction) -> Result<Self, Failed> {
        let (names, numbers) = (transaction.open_table(NAMES)?, transaction.open_table(NUMBERS)?);
        let (events, refused) = (transaction.open_table(EVENTS)?, transaction.open_table(REFUSED)?);
        let totals = read_totals(&numbers, &events)?;
        Ok(Self { names, numbers, events, refused, totals, must_recount: false })
    }

    /// Writes the version of the format and the schema of the events into an empty file.
    pub(super) fn begin(&mut self, form: u64, schema: &str) -> Result<(), Failed> {
        self.numbers.insert(FORM, form)?;
        self.names.insert(SCHEMA, schema)?;
        Ok(())
    }

    /// Makes a change. Returns how many events it affected.
    pub(super) fn apply(&mut self, change: &Change) -> Result<u64, Failed> {
        match change {
            Change::Put(event) => {
                let sequence = self.take_sequence()?;
                self.events.insert(sequence, rows::row_of(event))?;
                self.totals.queued = self.totals.queued.plus(event.load());
                Ok(1)
            }
            Change::Settle { published, refused } => {
                let mut count = 0;
                for sequence in published {
                    count += u64::from(self.remove(*sequence)?);
                }
                for refusal in refused {
                    self.refuse(refusal)?;
                }
                Ok(count)
            }
            Change::RemoveRefused(sequences) => {
                let mut count = 0;
                for sequence in sequences {
                    count += u64::from(self.remove_refused(*sequence)?);
                }
                Ok(count)
            }
            Change::Requeue(sequences) => {
                let mut count = 0;
                for sequence in sequences {
                    count += u64::from(self.requeue(*sequence)?);
                }
                Ok(count)
            }
        }
    }

    fn take_sequence(&mut self) -> Result<u64, Failed> {
        let sequence = self.totals.next_sequence;
        self.totals.next_sequence = sequence.checked_add(1).ok_or(OutboxErrorKind::Damaged)?;
        Ok(sequence)
    }

    fn remove(&mut self, sequence: u64) -> Result<bool, Failed> {
        let Some(row) = self.events.remove(sequence)? else { return Ok(false) };
        match rows::load_of(&row) {
            Some(load) => self.totals.queued = self.totals.queued.minus(load),
            None => self.must_recount = true,
        }
        Ok(true)
    }

    fn refuse(&mut self, refusal: &Refusal) -> Result<(), Failed> {
        let Some(row) = self.events.remove(refusal.sequence)? else { return Ok(()) };
        let number = rows::number_of(refusal.reason);
        let message = refusal.message.as_bytes();
        let refused = &mut self.refused;
        let moved = rows::readable(&row, |(put_at, sum, key, json)| {
            let load = Load::of_event(json, key);
            refused.insert(refusal.sequence, (put_at, sum, key, json, number, message)).map(|_| load)
        });
        if let Some(load) = moved.transpose()? {
            self.totals.queued = self.totals.queued.minus(load);
            self.totals.refused = self.totals.refused.plus(load);
        } else {
            let damaged = rows::number_of(RefusalReason::Damaged);
            self.refused.insert(refusal.sequence, (0, 0, None, &[][..], damaged, message))?;
            self.must_recount = true;
        }
        Ok(())
    }

    fn remove_refused(&mut self, sequence: u64) -> Result<bool, Failed> {
        let Some(row) = self.refused.remove(sequence)? else { return Ok(false) };
        match rows::readable(&row, |(_, _, key, json, ..)| Load::of_event(json, key)) {
            Some(load) => self.totals.refused = self.totals.refused.minus(load),
            None => self.must_recount = true,
        }
        Ok(true)
    }

    /// Puts an event that was set aside after all others, unchanged: if it was damaged, it still
    /// is.
    fn requeue(&mut self, sequence: u64) -> Result<bool, Failed> {
        if self.refused.get(sequence)?.is_none() {
            return Ok(false);
        }
        let next = self.take_sequence()?;
        let Some(row) = self.refused.remove(sequence)? else { return Ok(false) };
        let events = &mut self.events;
        let moved = rows::readable(&row, |(put_at, sum, key, json, ..)| {
            let load = Load::of_event(json, key);
            events.insert(next, (put_at, sum, key, json)).map(|_| load)
        });
        match moved.transpose()? {
            Some(load) => {
                self.totals.refused = self.totals.refused.minus(load);
                self.totals.queued = self.totals.queued.plus(load);
            }
            None => return Err(OutboxErrorKind::Damaged.into()),
        }
        Ok(true)
    }

    /// Writes the totals, after everything else.
    pub(super) fn finish(mut self) -> Result<Totals, Failed> {
        if self.must_recount {
            self.recount()?;
        }
        let Totals { next_sequence, queued, refused, .. } = self.totals;
        self.numbers.insert(NEXT_SEQUENCE, next_sequence)?;
        self.numbers.insert(QUEUED_EVENTS, queued.events)?;
        self.numbers.insert(QUEUED_BYTES, queued.bytes)?;
        self.numbers.insert(REFUSED_EVENTS, refused.events)?;
        self.numbers.insert(REFUSED_BYTES, refused.bytes)?;
        read_totals(&self.numbers, &self.events)
    }

    /// Counts all rows. A row whose size cannot be read counts with a size of zero.
    fn recount(&mut self) -> Result<(), Failed> {
        let (mut queued, mut refused) = (Load::default(), Load::default());
        let damaged = Load { events: 1, bytes: 0 };
        for row in self.events.iter()? {
            queued = queued.plus(rows::load_of(&row?.1).unwrap_or(damaged));
        }
        for row in self.refused.iter()? {
            let load = rows::readable(&row?.1, |(_, _, key, json, ..)| Load::of_event(json, key));
            refused = refused.plus(load.unwrap_or(damaged));
        }
        (self.totals.queued, self.totals.refused) = (queued, refused);
        Ok(())
    }
}
