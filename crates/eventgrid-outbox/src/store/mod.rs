//! The file of an outbox, by redb.
//!
//! This room alone knows redb. It writes changes, all of them or none, and reads events back. When
//! it does so, and who is told of it, is decided elsewhere.

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

/// The form of the tables and rows that this version writes. It reads no later one.
const FORM: u64 = 1;

/// How much of the file is kept in memory, in bytes.
const CACHE: usize = 16 << 20;

/// Up to this size, in bytes, a file is read as a whole when it is opened after a kill. That takes
/// some ten milliseconds, and each commit needs one sync of the disk instead of two.
const QUICK_REPAIR_FROM: u64 = 48 << 20;

/// From this size on, in bytes, a file with few events is made smaller.
const WORTH_COMPACTING: u64 = 8 << 20;

/// With more events than these it is not, since that would take its time.
const MOST_TO_COMPACT: u64 = 1024;

/// Where the bytes are.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    File(PathBuf),
    /// A disk that fails as a test wants, and says that it is so large.
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

/// Why an event is set aside.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) sequence: u64,
    pub(crate) reason: RefusalReason,
    pub(crate) message: String,
}

/// What is done to the events.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    Put(NewEvent),
    /// These were published, and these never will be.
    Settle {
        published: Vec<u64>,
        refused: Vec<Refusal>,
    },
    /// These, which were set aside, are taken away.
    RemoveRefused(Vec<u64>),
    /// These, which were set aside, are put again.
    Requeue(Vec<u64>),
}

/// An open file.
#[derive(Debug)]
pub(crate) struct Store {
    place: Place,
    database: Database,
    totals: Totals,
    /// How large the file was when it had been made smaller, in bytes.
    compacted_to: u64,
}

impl NewEvent {
    pub(crate) fn load(&self) -> Load {
        Load::of_event(self.json.as_bytes(), self.key.as_deref().map(str::as_bytes))
    }
}

impl Place {
    /// What errors name.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            #[cfg(test)]
            Self::Disk { .. } => Path::new("memory"),
        }
    }

    /// Keeps some room on the disk beside the file, as far as that can be had.
    pub(crate) fn take_reserve(&self) {
        match self {
            Self::File(path) => reserve::take(path),
            #[cfg(test)]
            Self::Disk { .. } => {}
        }
    }

    /// Gives that room back to the disk. Returns whether there was any.
    pub(crate) fn release_reserve(&self) -> bool {
        match self {
            Self::File(path) => reserve::release(path),
            #[cfg(test)]
            Self::Disk { disk, .. } => disk.release_reserve(),
        }
    }

    /// How large it is, in bytes.
    fn size(&self) -> u64 {
        match self {
            Self::File(path) => fs::metadata(path).map_or(0, |metadata| metadata.len()),
            #[cfg(test)]
            Self::Disk { size, .. } => *size,
        }
    }
}

impl Store {
    /// Opens the file, which is made if it is not there.
    ///
    /// # Errors
    /// If it cannot be made, read or written, is in use, or is of a later version, another schema
    /// or another program.
    pub(crate) fn open(place: &Place, schema: &str) -> Result<Self, OutboxError> {
        match place {
            Place::File(path) => {
                if !path.exists() {
                    Self::create(path, schema)?;
                }
                Self::open_by(place, schema, |builder| builder.open(path))
            }
            #[cfg(test)]
            Place::Disk { disk, .. } => {
                Self::open_by(place, schema, |builder| builder.create_with_backend(disk.clone()))
            }
        }
    }

    /// Makes the file. It gets its name when it is whole: had the process ended before, nobody
    /// could tell it from a file of another program.
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
            // Another process was faster; this may be its file, which has its name by now.
            return match fs::remove_file(&new) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(of_file(error)),
                _ => Ok(()),
            };
        }
        // What an earlier process began is nothing yet.
        file.set_len(0).map_err(of_file)?;
        // Elsewhere the database could not lock it again.
        #[cfg(not(unix))]
        file.unlock().map_err(of_file)?;
        let backend = FileBackend::new(file).map_err(|error| error::of_opening(path, error))?;
        let place = Place::File(path.to_owned());
        let store = Self::open_by(&place, schema, |builder| builder.create_with_backend(backend))?;
        // Under its lock.
        fs::rename(&new, path).map_err(of_file)?;
        store.close();
        // A machine that loses its power must not lose the name.
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
            // Nothing is written where there is nothing new: the disk may be full.
            store.totals = store.read(|database| tables::totals(&database.begin_read()?))?;
            Ok(store)
        };
        // The database trusts what it reads, so a damaged file may make it panic.
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(damaged(path)))
    }

    /// Does all of this or none. When it returns, it survives a loss of power. Returns how many
    /// events each of them concerned.
    ///
    /// # Errors
    /// If that failed. Then it is done or not, and the file must be opened again.
    pub(crate) fn apply(&mut self, changes: &[&Change]) -> Result<Vec<u64>, OutboxError> {
        self.write(|tables| changes.iter().map(|change| tables.apply(change)).collect())
    }

    /// What there is.
    pub(crate) fn totals(&self) -> Totals {
        self.totals
    }

    /// Reads events from a place on, as many as fit within the limits, and at least one.
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

    /// Reads events that were set aside, from a place on.
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

    /// Makes the file smaller if there are few events in it, so that this takes no time worth
    /// mentioning, and it grew since it was last done. Returns whether it was.
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
        // It moves pages a few at a time, until nothing is left to be moved.
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

    /// Ends it in good order, so that the next opening has nothing to repair.
    pub(crate) fn close(self) {
        // A database that failed may panic when it ends. What was committed is there all the same.
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

/// Returns whether there is nothing in it yet.
///
/// # Errors
/// If it is of another form, schema or program.
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
