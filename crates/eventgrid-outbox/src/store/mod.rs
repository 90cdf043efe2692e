//! The file of an outbox, which is a database of redb.
//!
//! Only this module uses redb. It writes changes, all of them or none, and reads events back. When
//! that is done, and who gets the result, is decided elsewhere.

mod error;
mod reserve;
mod rows;
mod tables;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use eventgrid::SendLimits;
use redb::backends::FileBackend;
use redb::{Builder, Database, DatabaseError, ReadableDatabase as _};

use self::error::Failed;
pub(crate) use self::rows::StoredEvent;
use self::tables::Tables;
use crate::error::{OutboxError, OutboxErrorKind};
use crate::load::Load;
use crate::refused::{RefusalReason, RefusedEvent};
use crate::state::Totals;

/// The version of the format of the tables and rows that this crate writes. It reads no later one.
const FORM: u64 = 1;

/// How much of the file is cached in memory, in bytes.
const CACHE: usize = 16 << 20;

/// Up to this size, in bytes, a file is read completely when it is opened after a kill. That takes
/// tens of milliseconds, and each commit then needs only one sync of the disk instead of two.
const QUICK_REPAIR_FROM: u64 = 48 << 20;

/// From this size on, in bytes, a file with few events is made smaller.
const WORTH_COMPACTING: u64 = 8 << 20;

/// A file with more events than this is not made smaller, since that would take too long.
const MOST_TO_COMPACT: u64 = 1024;

/// How many links are followed from one to the next, as by Linux.
const MOST_LINKS: usize = 40;

/// Where the file is stored.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    File(PathBuf),
    /// A disk that fails as a test demands, and has the size that the test says.
    #[cfg(test)]
    Disk {
        disk: disk::Disk,
        size: u64,
    },
}

/// An event that is put.
#[derive(Debug, Clone)]
pub(crate) struct NewEvent {
    /// In milliseconds since 1970.
    pub(crate) put_at: u64,
    pub(crate) key: Option<Arc<str>>,
    pub(crate) json: String,
}

/// An event to set aside, and why.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) sequence: u64,
    pub(crate) reason: RefusalReason,
    pub(crate) message: String,
}

/// A change of the stored events.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    Put(NewEvent),
    /// Removes events that were published, and sets aside events that never will be.
    Settle {
        published: Vec<u64>,
        refused: Vec<Refusal>,
    },
    /// Removes events that were set aside.
    RemoveRefused(Vec<u64>),
    /// Puts events that were set aside into the queue again.
    Requeue(Vec<u64>),
}

/// An open file.
#[derive(Debug)]
pub(crate) struct Store {
    place: Place,
    database: Database,
    totals: Totals,
    /// The size of the file after it was last made smaller, in bytes.
    compacted_to: u64,
}

impl NewEvent {
    pub(crate) fn load(&self) -> Load {
        Load::of_event(self.json.as_bytes(), self.key.as_deref().map(str::as_bytes))
    }
}

impl Place {
    /// The file at this path. If the path is a link, the file is the one that it leads to, even if
    /// that does not exist yet: a new file, and the reserve, belong on the disk of that file.
    pub(crate) fn file(path: &Path) -> Self {
        let mut file = path.to_owned();
        for _ in 0..MOST_LINKS {
            let Ok(target) = fs::read_link(&file) else { break };
            file = file.parent().unwrap_or(Path::new("")).join(target);
        }
        Self::File(file)
    }

    /// The path that errors name.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            #[cfg(test)]
            Self::Disk { .. } => Path::new("memory"),
        }
    }

    /// Reserves some room on the disk next to the file, if there is any.
    pub(crate) fn take_reserve(&self) {
        match self {
            Self::File(path) => reserve::take(path),
            #[cfg(test)]
            Self::Disk { .. } => {}
        }
    }

    /// Frees the reserved room. Returns whether there was any.
    pub(crate) fn release_reserve(&self) -> bool {
        match self {
            Self::File(path) => reserve::release(path),
            #[cfg(test)]
            Self::Disk { disk, .. } => disk.release_reserve(),
        }
    }

    /// The size of the file, in bytes.
    fn size(&self) -> u64 {
        match self {
            Self::File(path) => fs::metadata(path).map_or(0, |metadata| metadata.len()),
            #[cfg(test)]
            Self::Disk { size, .. } => *size,
        }
    }
}

impl Store {
    /// Opens the file, and creates it if it does not exist.
    ///
    /// # Errors
    /// If the file cannot be created, read or written, is in use, or is that of a later version,
    /// another schema or another program.
    pub(crate) fn open(place: &Place, schema: &str) -> Result<Self, OutboxError> {
        match place {
            Place::File(path) => {
                if !path.exists() {
                    Self::create(path, schema)?;
                }
            }
            #[cfg(test)]
            Place::Disk { .. } => {}
        }
        Self::reopen(place, schema)
    }

    /// Opens the file, which must exist. If it has been removed, or its disk has, a new file in its
    /// place would hide the events of the old one.
    ///
    /// # Errors
    /// As for [`open`](Self::open).
    pub(crate) fn reopen(place: &Place, schema: &str) -> Result<Self, OutboxError> {
        match place {
            Place::File(path) => Self::open_by(place, schema, |builder| builder.open(path)),
            #[cfg(test)]
            Place::Disk { disk, .. } => {
                Self::open_by(place, schema, |builder| builder.create_with_backend(disk.clone()))
            }
        }
    }

    /// Creates the file. It gets its name only when it is complete. If the process ended before
    /// that, a file with this name could not be told from one of another program.
    fn create(path: &Path, schema: &str) -> Result<(), OutboxError> {
        let of_file = |error| error::of_io(path, error);
        let mut new = path.as_os_str().to_owned();
        new.push(".new");
        let new = PathBuf::from(new);
        let mut options = File::options();
        let file = options.read(true).write(true).create(true).truncate(false).open(&new).map_err(of_file)?;
        if file.try_lock().is_err() {
            return Err(OutboxError::new(path, OutboxErrorKind::InUse));
        }
        if path.exists() {
            // Another process was faster. This may be its file, which already has its final name.
            return match fs::remove_file(&new) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(of_file(error)),
                _ => Ok(()),
            };
        }
        // A file that an earlier process began has no events yet.
        file.set_len(0).map_err(of_file)?;
        // On other systems the database could not lock the file again.
        #[cfg(not(unix))]
        file.unlock().map_err(of_file)?;
        let backend = FileBackend::new(file).map_err(|error| error::of_opening(path, error))?;
        let place = Place::File(path.to_owned());
        let store = Self::open_by(&place, schema, |builder| builder.create_with_backend(backend))?;
        // The file is renamed while it is locked.
        fs::rename(&new, path).map_err(of_file)?;
        store.close();
        // The name must survive a loss of power.
        #[cfg(unix)]
        {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let folder = folder.unwrap_or_else(|| Path::new("."));
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(of_file)?;
        }
        Ok(())
    }

    fn open_by(
        place: &Place,
        schema: &str,
        open: impl FnOnce(&Builder) -> Result<Database, DatabaseError>,
    ) -> Result<Self, OutboxError> {
        let path = place.path();
        let work = || {
            let mut builder = Builder::new();
            builder.set_cache_size(CACHE);
            let database = open(&builder).map_err(|error| error::of_opening(path, error))?;
            let mut store =
                Self { place: place.clone(), database, totals: Totals::default(), compacted_to: 0 };
            if check(&store.database, schema).map_err(|failed| failed.of(path))? {
                store.write(|tables| tables.begin(FORM, schema))?;
            }
            // Without changes, no byte is written, because the disk may be full.
            store.totals = store.read(|database| tables::totals(&database.begin_read()?))?;
            Ok(store)
        };
        // The database does not check what it reads, so a damaged file may make it panic.
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(damaged(path)))
    }

    /// Makes all of the changes or none. After it has returned, they survive a loss of power.
    /// Returns how many events each change affected.
    ///
    /// # Errors
    /// If writing failed. The changes may or may not have been made, and the file must be opened
    /// again.
    pub(crate) fn apply(&mut self, changes: &[&Change]) -> Result<Vec<u64>, OutboxError> {
        self.write(|tables| changes.iter().map(|change| tables.apply(change)).collect())
    }

    /// The totals of the file.
    pub(crate) fn totals(&self) -> Totals {
        self.totals
    }

    /// Reads events from the number `from` on, as many as the limits allow, but at least one.
    ///
    /// # Errors
    /// If that failed. Then the file must be opened again.
    pub(crate) fn events(&self, from: u64, limits: SendLimits) -> Result<Vec<StoredEvent>, OutboxError> {
        self.read(|database| {
            let transaction = database.begin_read()?;
            let (mut events, mut bytes) = (Vec::new(), 0_usize);
            for row in transaction.open_table(tables::EVENTS)?.range(from..)? {
                let (sequence, row) = row?;
                bytes += rows::load_of(&row).map_or(0, |load| usize::try_from(load.bytes).unwrap_or(0));
                if !events.is_empty() && (events.len() >= limits.max_events || bytes > limits.max_bytes) {
                    break;
                }
                events.push(rows::read_event(sequence.value(), &row));
            }
            Ok(events)
        })
    }

    /// Reads events that were set aside, from the number `from` on.
    ///
    /// # Errors
    /// If that failed. Then the file must be opened again.
    pub(crate) fn refused(&self, from: u64, max_events: usize) -> Result<Vec<RefusedEvent>, OutboxError> {
        self.read(|database| {
            let transaction = database.begin_read()?;
            let mut events = Vec::new();
            for row in transaction.open_table(tables::REFUSED)?.range(from..)?.take(max_events) {
                let (sequence, row) = row?;
                events.push(rows::read_refused(sequence.value(), &row));
            }
            Ok(events)
        })
    }

    /// Makes the file smaller, if it has few events, so that this is fast, and has grown since this
    /// was last done. Returns whether it was done.
    ///
    /// # Errors
    /// If that failed. Then the file must be opened again.
    pub(crate) fn compact(&mut self) -> Result<bool, OutboxError> {
        let size = self.place.size();
        let events = self.totals.queued.plus(self.totals.refused).events;
        if size < WORTH_COMPACTING.max(self.compacted_to.saturating_mul(2)) || events > MOST_TO_COMPACT {
            return Ok(false);
        }
        let path = self.place.path().to_owned();
        let database = &mut self.database;
        // Each call moves a few pages, until no page is left to be moved.
        let work = || loop {
            match database.compact() {
                Ok(true) => {}
                Ok(false) => return Ok(true),
                Err(error) => return Err(Failed::from(error).of(&path)),
            }
        };
        let result = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(damaged(&path)));
        self.compacted_to = self.place.size();
        result
    }

    /// Closes the file cleanly, so that the next opening has nothing to repair.
    pub(crate) fn close(self) {
        // A database that has failed may panic when it is dropped. All that was committed is stored
        // all the same.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(self.database)));
    }

    fn write<T>(
        &mut self,
        work: impl FnOnce(&mut Tables<'_>) -> Result<T, Failed>,
    ) -> Result<T, OutboxError> {
        let write = || {
            let mut transaction = self.database.begin_write()?;
            transaction.set_quick_repair(self.place.size() >= QUICK_REPAIR_FROM);
            let mut tables = Tables::open(&transaction)?;
            let result = work(&mut tables)?;
            let totals = tables.finish()?;
            transaction.commit()?;
            Ok((result, totals))
        };
        let (result, totals) = guarded(self.place.path(), write)?;
        self.totals = totals;
        Ok(result)
    }

    fn read<T>(&self, work: impl FnOnce(&Database) -> Result<T, Failed>) -> Result<T, OutboxError> {
        guarded(self.place.path(), || work(&self.database))
    }
}

fn guarded<T>(path: &Path, work: impl FnOnce() -> Result<T, Failed>) -> Result<T, OutboxError> {
    let result = catch_unwind(AssertUnwindSafe(work));
    result.map_or_else(|_| Err(damaged(path)), |result| result.map_err(|failed: Failed| failed.of(path)))
}

fn damaged(path: &Path) -> OutboxError {
    OutboxError::new(path, OutboxErrorKind::Damaged)
}

/// Returns whether the database is still empty.
///
/// # Errors
/// If the file has another format or schema, or is that of another program.
fn check(database: &Database, schema: &str) -> Result<bool, Failed> {
    let transaction = database.begin_read()?;
    if transaction.list_tables()?.next().is_none() {
        return Ok(true);
    }
    let Ok(numbers) = transaction.open_table(tables::NUMBERS) else {
        return Err(OutboxErrorKind::Foreign.into());
    };
    match numbers.get(tables::FORM)?.map(|row| row.value()) {
        Some(FORM) => {}
        Some(form) if form > FORM => return Err(OutboxErrorKind::Newer { form, known: FORM }.into()),
        _ => return Err(OutboxErrorKind::Foreign.into()),
    }
    let Ok(names) = transaction.open_table(tables::NAMES) else {
        return Err(OutboxErrorKind::Foreign.into());
    };
    let of_events = names.get(tables::SCHEMA)?;
    if of_events.is_some_and(|row| row.value() == schema) {
        Ok(false)
    } else {
        Err(OutboxErrorKind::OtherSchema.into())
    }
}
