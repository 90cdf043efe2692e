//! Why the state of an emulator cannot be kept.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use redb::{DatabaseError, StorageError};

use super::rows::InvalidRow;

/// The data directory of an emulator cannot be opened, or can no longer be read or written. The
/// text says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{}{what}", shown(.folder.as_deref()))]
pub struct DataError {
    /// Known once the directory is.
    folder: Option<PathBuf>,
    what: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

fn shown(folder: Option<&Path>) -> String {
    folder.map(|folder| format!("the data directory {} ", folder.display())).unwrap_or_default()
}

impl DataError {
    fn new(what: impl Into<String>, source: Option<Box<dyn Error + Send + Sync>>) -> Self {
        Self { folder: None, what: what.into(), source }
    }

    /// The same, of a directory.
    pub(super) fn of(self, folder: &Path) -> Self {
        Self { folder: Some(folder.to_owned()), ..self }
    }

    pub(super) fn io(folder: &Path, error: io::Error) -> Self {
        let what = "cannot be used: give one that this user may write to, or change its permissions";
        Self::new(what, Some(error.into())).of(folder)
    }

    pub(super) fn opening(folder: &Path, error: DatabaseError) -> Self {
        let error = match error {
            DatabaseError::DatabaseAlreadyOpen => Self::in_use(),
            DatabaseError::UpgradeRequired(_) => Self::foreign(),
            DatabaseError::Storage(StorageError::Io(error)) if error.kind() != io::ErrorKind::InvalidData => {
                return Self::io(folder, error);
            }
            error => Self { source: Some(error.into()), ..Self::foreign() },
        };
        error.of(folder)
    }

    pub(super) fn in_use() -> Self {
        Self::new("is in use by another emulator: stop that one, or give another directory", None)
    }

    pub(super) fn newer(form: u64, known: u64) -> Self {
        let what = format!(
            "was written by a newer version (form {form}, and this one reads {known}): use that version, or give another \
             directory"
        );
        Self::new(what, None)
    }

    pub(super) fn foreign() -> Self {
        Self::new("is damaged or belongs to another program: give another directory", None)
    }

    pub(super) fn damaged() -> Self {
        Self::new("is damaged: give another directory, or a copy of this one that is not", None)
    }

    /// A copy without the cause.
    pub(super) fn again(of: &Self) -> Self {
        Self { folder: of.folder.clone(), what: of.what.clone(), source: None }
    }

    pub(super) fn closed() -> Self {
        Self::new("is closed since it failed before", None)
    }

    pub(crate) fn impossible(what: &str) -> Self {
        Self { what: format!("is damaged: {what}; give another directory"), ..Self::damaged() }
    }
}

/// What fails within the store. The database's errors become one of ours here, and are in nobody's
/// API.
#[derive(Debug)]
pub(super) struct Failed(pub(super) DataError);

impl From<DataError> for Failed {
    fn from(error: DataError) -> Self {
        Self(error)
    }
}

impl From<InvalidRow> for Failed {
    fn from(error: InvalidRow) -> Self {
        Self(DataError { source: Some(error.into()), ..DataError::damaged() })
    }
}

macro_rules! from_redb {
    ($($error:ident),*) => {
        $(impl From<redb::$error> for Failed {
            fn from(error: redb::$error) -> Self {
                Self::from(redb::Error::from(error))
            }
        })*
    };
}

from_redb!(StorageError, TransactionError, TableError, CommitError, CompactionError);

impl From<redb::Error> for Failed {
    fn from(error: redb::Error) -> Self {
        let what = match &error {
            redb::Error::Corrupted(_) => {
                return Self(DataError { source: Some(error.into()), ..DataError::damaged() });
            }
            redb::Error::Io(cause) if cause.kind() == io::ErrorKind::StorageFull => {
                "cannot be written, since the disk is full: make room and start again"
            }
            _ => "can no longer be read or written: check its disk and start again",
        };
        Self(DataError::new(what, Some(error.into())))
    }
}
