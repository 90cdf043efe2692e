//! Converts errors of the database to errors of this crate.

use std::io;
use std::path::Path;

use redb::{DatabaseError, StorageError};

use crate::error::{OutboxError, OutboxErrorKind};

/// An error within the store, before the name of the file is added. Errors of the database are
/// converted here, so that they are in no API.
#[derive(Debug)]
pub(super) struct Failed {
    kind: OutboxErrorKind,
    source: Option<redb::Error>,
}

impl Failed {
    pub(super) fn of(self, path: &Path) -> OutboxError {
        let error = OutboxError::new(path, self.kind);
        match self.source {
            Some(source) => error.because(source),
            None => error,
        }
    }
}

impl From<OutboxErrorKind> for Failed {
    fn from(kind: OutboxErrorKind) -> Self {
        Self { kind, source: None }
    }
}

pub(super) fn of_io(path: &Path, error: io::Error) -> OutboxError {
    OutboxError::new(path, kind_of(&error)).because(error)
}

fn kind_of(error: &io::Error) -> OutboxErrorKind {
    if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
        OutboxErrorKind::DiskFull
    } else {
        OutboxErrorKind::Io
    }
}

pub(super) fn of_opening(path: &Path, error: DatabaseError) -> OutboxError {
    let kind = match &error {
        DatabaseError::DatabaseAlreadyOpen => OutboxErrorKind::InUse,
        DatabaseError::Storage(StorageError::Io(error)) if error.kind() != io::ErrorKind::InvalidData => {
            kind_of(error)
        }
        _ => OutboxErrorKind::Foreign,
    };
    OutboxError::new(path, kind).because(error)
}

macro_rules! from_database {
    ($($error:ident),*) => {
        $(impl From<redb::$error> for Failed {
            fn from(error: redb::$error) -> Self {
                Self::from(redb::Error::from(error))
            }
        })*
    };
}

from_database!(StorageError, TransactionError, TableError, CommitError, CompactionError);

impl From<redb::Error> for Failed {
    fn from(error: redb::Error) -> Self {
        let kind = match &error {
            redb::Error::Corrupted(_) => OutboxErrorKind::Damaged,
            redb::Error::Io(error) => kind_of(error),
            _ => OutboxErrorKind::Io,
        };
        Self { kind, source: Some(error) }
    }
}
