//! The tables, and what a change does to them.

use std::collections::HashMap;

use redb::{ReadableTable as _, Table, TableDefinition, WriteTransaction};

use super::error::Failed;
use super::rows::{self, EntryRow, InvalidRow, Text};
use crate::broker::{Entry, OptionChange, QueueChanges, QueueNumber, Sequence};
use crate::service::EmulatorChanges;

/// An entry of a queue: which queue, and the sequence number.
type EntryKey = (QueueNumber, Sequence);

/// What there is once: the keys are below.
pub(super) const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");
/// Names of topics, by these in lower case.
pub(super) const TOPICS: TableDefinition<'_, &str, &str> = TableDefinition::new("topics");
pub(super) const QUEUES: TableDefinition<'_, QueueNumber, &[u8]> = TableDefinition::new("queues");
/// Segments, by their first sequence numbers.
pub(super) const SEGMENTS: TableDefinition<'_, EntryKey, &[u8]> = TableDefinition::new("segments");
/// What never changes of an entry.
pub(super) const ENTRIES: TableDefinition<'_, EntryKey, &[u8]> = TableDefinition::new("entries");
/// What changes, of those that were delivered.
pub(super) const DELIVERIES: TableDefinition<'_, EntryKey, &[u8]> = TableDefinition::new("deliveries");
/// Texts of events that several queues have.
pub(super) const EVENTS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("events");
/// How many entries have each of these.
const REFERENCES: TableDefinition<'_, u64, u64> = TableDefinition::new("references");
/// Filters of event subscriptions, as JSON.
pub(super) const FILTERS: TableDefinition<'_, QueueNumber, &str> = TableDefinition::new("filters");
/// Where dead letters go, as JSON.
pub(super) const DEAD_LETTERING: TableDefinition<'_, QueueNumber, &str> =
    TableDefinition::new("dead lettering");
/// Dead letters that wait or stay, each with its event.
pub(super) const DEAD_LETTERS: TableDefinition<'_, EntryKey, &[u8]> = TableDefinition::new("dead letters");
/// Messages that the MQTT broker retains, by their topics.
pub(super) const RETAINED_MESSAGES: TableDefinition<'_, &str, &[u8]> =
    TableDefinition::new("retained messages");
/// Queues that are gone, but not all of their rows.
pub(super) const DISCARDED: TableDefinition<'_, QueueNumber, ()> = TableDefinition::new("discarded");

/// The form of tables and rows.
pub(super) const FORM: &str = "form";
/// How often it was opened.
const OPENINGS: &str = "openings";
pub(super) const CLOCK: &str = "clock";
pub(super) const BASIC_RESOURCES: &str = "basic resources";

/// All the tables, to be written.
pub(super) struct Tables<'t> {
    meta: Table<'t, &'static str, &'static [u8]>,
    topics: Table<'t, &'static str, &'static str>,
    queues: Table<'t, QueueNumber, &'static [u8]>,
    segments: Table<'t, EntryKey, &'static [u8]>,
    entries: Table<'t, EntryKey, &'static [u8]>,
    deliveries: Table<'t, EntryKey, &'static [u8]>,
    events: Table<'t, u64, &'static [u8]>,
    references: Table<'t, u64, u64>,
    filters: Table<'t, QueueNumber, &'static str>,
    dead_lettering: Table<'t, QueueNumber, &'static str>,
    dead_letters: Table<'t, EntryKey, &'static [u8]>,
    retained_messages: Table<'t, &'static str, &'static [u8]>,
    discarded: Table<'t, QueueNumber, ()>,
}

impl<'t> Tables<'t> {
    pub(super) fn open(transaction: &'t WriteTransaction) -> Result<Self, Failed> {
        Ok(Self {
            meta: transaction.open_table(META)?,
            topics: transaction.open_table(TOPICS)?,
            queues: transaction.open_table(QUEUES)?,
            segments: transaction.open_table(SEGMENTS)?,
            entries: transaction.open_table(ENTRIES)?,
            deliveries: transaction.open_table(DELIVERIES)?,
            events: transaction.open_table(EVENTS)?,
            references: transaction.open_table(REFERENCES)?,
            filters: transaction.open_table(FILTERS)?,
            dead_lettering: transaction.open_table(DEAD_LETTERING)?,
            dead_letters: transaction.open_table(DEAD_LETTERS)?,
            retained_messages: transaction.open_table(RETAINED_MESSAGES)?,
            discarded: transaction.open_table(DISCARDED)?,
        })
    }

    /// Says of which form all rows are.
    pub(super) fn begin(&mut self, form: u64) -> Result<(), Failed> {
        self.meta.insert(FORM, &form.to_le_bytes()[..])?;
        Ok(())
    }

    /// Counts that it is opened. Returns how often it was before.
    pub(super) fn count_opening(&mut self) -> Result<u64, Failed> {
        let row = self.meta.get(OPENINGS)?.map(|row| row.value().try_into().map(u64::from_le_bytes));
        let openings = row.transpose().map_err(|_| InvalidRow)?.unwrap_or(0);
        self.meta.insert(OPENINGS, &openings.wrapping_add(1).to_le_bytes()[..])?;
        Ok(openings)
    }

    pub(super) fn apply(&mut self, changes: EmulatorChanges) -> Result<(), Failed> {
        if let Some(clock) = changes.clock {
            self.meta.insert(CLOCK, &rows::write_clock(&clock)[..])?;
        }
        if let Some(text) = changes.basic_resources {
            self.meta.insert(BASIC_RESOURCES, text.as_bytes())?;
        }
        for (topic, message) in &changes.retained_messages {
            match message {
                Some(message) => {
                    drop(self.retained_messages.insert(&**topic, &rows::write_retained(message)[..])?);
                }
                None => drop(self.retained_messages.remove(&**topic)?),
            }
        }
        for (name, is_there) in changes.broker.topics {
            let key = name.to_ascii_lowercase();
            if is_there {
                self.topics.insert(&*key, &*name)?;
            } else {
                self.topics.remove(&*key)?;
            }
        }
        for number in changes.broker.discarded {
            self.queues.remove(number)?;
            self.filters.remove(number)?;
            self.dead_lettering.remove(number)?;
            self.discarded.insert(number, ())?;
        }
        let mut shared = Shared::of(&changes.broker.queues);
        for queue in changes.broker.queues {
            self.apply_queue(queue, &mut shared)?;
        }
        Ok(())
    }

    fn apply_queue(&mut self, changes: QueueChanges, shared: &mut Shared) -> Result<(), Failed> {
        let QueueChanges { number, subscription, filter, dead_lettering, entries, dead_letters } = changes;
        for (table, change) in [(&mut self.filters, filter), (&mut self.dead_lettering, dead_lettering)] {
            match change {
                OptionChange::Set(text) => drop(table.insert(number, &*text)?),
                OptionChange::Removed => drop(table.remove(number)?),
                OptionChange::Unchanged => {}
            }
        }
        for (sequence, letter) in &dead_letters {
            let key = (number, *sequence);
            match letter {
                Some(letter) => drop(self.dead_letters.insert(key, &rows::write_dead_letter(letter)[..])?),
                None => drop(self.dead_letters.remove(key)?),
            }
        }
        self.queues.insert(number, &rows::write_subscription(&subscription)[..])?;
        for (sequence, entry) in &entries.added {
            let event = self.share(entry, shared)?;
            self.entries.insert((number, *sequence), &EntryRow::of(entry, event).write()[..])?;
            if !entry.is_as_published() {
                self.deliveries.insert((number, *sequence), &rows::write_delivery(entry)[..])?;
            }
        }
        for (sequence, entry) in &entries.changed {
            self.deliveries.insert((number, *sequence), &rows::write_delivery(entry)[..])?;
        }
        for sequence in entries.removed {
            self.remove_entry((number, sequence))?;
        }
        for first in entries.freed {
            self.segments.remove((number, first))?;
        }
        for (first, segment) in &entries.segments {
            self.segments.insert((number, *first), &rows::write_segment(segment)[..])?;
        }
        Ok(())
    }

    /// The number of the event of a new entry, if other entries have it, too.
    fn share(&mut self, entry: &Entry, shared: &mut Shared) -> Result<Option<u64>, Failed> {
        let text = entry.event.json();
        let Some((count, number)) = shared.0.get_mut(&text.as_ptr().addr()).filter(|(count, _)| *count > 1)
        else {
            return Ok(None);
        };
        if number.is_none() {
            let next = self.events.last()?.map_or(0, |(last, _)| last.value() + 1);
            self.events.insert(next, text.as_bytes())?;
            self.references.insert(next, *count)?;
            *number = Some(next);
        }
        Ok(*number)
    }

    fn remove_entry(&mut self, key: EntryKey) -> Result<(), Failed> {
        let removed = self.entries.remove(key)?;
        let text = match &removed {
            Some(row) => EntryRow::read(row.value())?.text,
            None => return Err(InvalidRow.into()),
        };
        if let Text::Shared(number) = text {
            drop(removed);
            let count = self.references.get(number)?.map_or(0, |row| row.value());
            if count > 1 {
                self.references.insert(number, count - 1)?;
            } else {
                self.references.remove(number)?;
                self.events.remove(number)?;
            }
        } else {
            drop(removed);
        }
        self.deliveries.remove(key)?;
        Ok(())
    }

    /// Removes that many rows of discarded queues at most. Returns whether there are more.
    pub(super) fn remove_discarded(&mut self, max_rows: usize) -> Result<bool, Failed> {
        let Some(number) = self.discarded.first()?.map(|(number, _)| number.value()) else {
            return Ok(false);
        };
        let all = (number, 0)..=(number, u64::MAX);
        let mut keys = Vec::new();
        for row in self.entries.range(all.clone())?.take(max_rows) {
            keys.push(row?.0.value());
        }
        let is_last = keys.len() < max_rows;
        for key in keys {
            self.remove_entry(key)?;
        }
        if is_last {
            self.dead_letters.retain_in(all.clone(), |_, _| false)?;
            self.segments.retain_in(all, |_, _| false)?;
            self.discarded.remove(number)?;
        }
        Ok(!is_last || self.discarded.first()?.is_some())
    }
}

/// How many new entries have each event, by where its text is in memory, and its number once it has
/// one.
struct Shared(HashMap<usize, (u64, Option<u64>)>);

impl Shared {
    fn of(queues: &[QueueChanges]) -> Self {
        let with_new = queues.iter().filter(|queue| !queue.entries.added.is_empty());
        let mut shared = HashMap::new();
        if with_new.clone().nth(1).is_some() {
            for (_, entry) in with_new.flat_map(|queue| &queue.entries.added) {
                shared.entry(entry.event.json().as_ptr().addr()).or_insert((0, None)).0 += 1;
            }
        }
        Self(shared)
    }
}
