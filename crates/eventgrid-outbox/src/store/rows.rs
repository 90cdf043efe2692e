//! The rows of events. They are tuples that the database encodes. Each has a checksum, so that an
//! event that was damaged on the disk is never sent.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use redb::{AccessGuard, Value};

use super::NewEvent;
use crate::load::Load;
use crate::refused::{RefusalReason, RefusedEvent, RefusedId};
use crate::state::time_of;

/// The row of an event: when it was put, in milliseconds since 1970; the checksum; the key; the
/// JSON.
pub(super) type EventRow = (u64, u32, Option<&'static [u8]>, &'static [u8]);

/// The row of an event that was set aside: the same columns, then the reason as a number and as
/// text.
pub(super) type RefusedRow = (u64, u32, Option<&'static [u8]>, &'static [u8], u16, &'static [u8]);

/// The contents of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoredEvent {
    /// The event is the one that was put.
    Whole {
        /// Its place among all that were put.
        sequence: u64,
        key: Option<Arc<str>>,
        json: String,
    },
    /// The event was damaged.
    Damaged {
        /// Its place among all that were put.
        sequence: u64,
    },
}

impl StoredEvent {
    pub(crate) fn sequence(&self) -> u64 {
        match self {
            Self::Whole { sequence, .. } | Self::Damaged { sequence } => *sequence,
        }
    }
}

pub(super) fn row_of(event: &NewEvent) -> (u64, u32, Option<&[u8]>, &[u8]) {
    let (key, json) = (event.key.as_deref().map(str::as_bytes), event.json.as_bytes());
    (event.put_at, checksum(event.put_at, key, json), key, json)
}

fn checksum(put_at: u64, key: Option<&[u8]>, json: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&put_at.to_le_bytes());
    // The length is a part of the checksum, so that moving bytes between key and JSON changes it.
    hasher.update(&key.map_or(u64::MAX, |key| key.len() as u64).to_le_bytes());
    hasher.update(key.unwrap_or_default());
    hasher.update(json);
    hasher.finalize()
}

/// Reads a row by a function. The database does not check what it decodes, so a damaged row may
/// make it panic.
pub(super) fn readable<V: Value, T>(
    row: &AccessGuard<'_, V>,
    read: impl FnOnce(V::SelfType<'_>) -> T,
) -> Option<T> {
    catch_unwind(AssertUnwindSafe(|| read(row.value()))).ok()
}

pub(super) fn load_of(row: &AccessGuard<'_, EventRow>) -> Option<Load> {
    readable(row, |(_, _, key, json)| Load::of_event(json, key))
}

pub(super) fn read_event(sequence: u64, row: &AccessGuard<'_, EventRow>) -> StoredEvent {
    let read = |(put_at, sum, key, json): (u64, u32, Option<&[u8]>, &[u8])| {
        let text = |bytes: &[u8]| std::str::from_utf8(bytes).map(str::to_owned).ok();
        if checksum(put_at, key, json) != sum {
            return None;
        }
        let key = match key {
            Some(key) => Some(text(key)?.into()),
            None => None,
        };
        Some(StoredEvent::Whole { sequence, key, json: text(json)? })
    };
    readable(row, read).flatten().unwrap_or(StoredEvent::Damaged { sequence })
}

pub(super) fn number_of(reason: RefusalReason) -> u16 {
    match reason {
        RefusalReason::TooLarge => 0,
        RefusalReason::Invalid => 1,
        RefusalReason::Damaged => 2,
        RefusalReason::Status(status) => status,
    }
}

fn reason_of(number: u16) -> RefusalReason {
    match number {
        0 => RefusalReason::TooLarge,
        1 => RefusalReason::Invalid,
        2 => RefusalReason::Damaged,
        status => RefusalReason::Status(status),
    }
}

pub(super) fn read_refused(sequence: u64, row: &AccessGuard<'_, RefusedRow>) -> RefusedEvent {
    let id = RefusedId(sequence);
    let read = |(put_at, _, key, event, reason, message): (u64, _, Option<&[u8]>, &[u8], u16, &[u8])| {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        RefusedEvent {
            id,
            reason: reason_of(reason),
            message: text(message),
            key: key.map(text),
            event: event.to_vec(),
            put_at: time_of(put_at),
        }
    };
    readable(row, read).unwrap_or_else(|| RefusedEvent {
        id,
        reason: RefusalReason::Damaged,
        message: String::new(),
        key: None,
        event: Vec::new(),
        put_at: time_of(0),
    })
}
