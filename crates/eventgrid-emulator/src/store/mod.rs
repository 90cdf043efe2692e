//! What outlives the process: the state of an emulator in a directory, by redb.
//!
//! This room alone knows redb. It writes what the broker and the service say has changed, all of it
//! or nothing, and reads it back. What a change is, and when it may be told to anybody, is decided
//! elsewhere. Keys and tokens never come here.

mod again;
mod error;
mod rows;
mod source;
mod tables;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use redb::backends::FileBackend;
use redb::{
    Builder, Database, DatabaseError, ReadableDatabase as _, ReadableTable as _, ReadableTableMetadata as _,
};

pub use self::again::rows_written_again;
pub use self::error::DataError;
use self::error::Failed;
use self::source::Source;
use self::tables::Tables;
use crate::broker::{QueueNumber, StoredBroker, StoredQueue};
use crate::service::{EmulatorChanges, StoredEmulator};

/// The file in the directory.
const FILE: &str = "eventgrid-emulator.redb";

/// The same before it is whole.
const NEW_FILE: &str = "eventgrid-emulator.redb.new";

/// The form of the tables and rows that this version writes. It reads no later one.
const FORM: u64 = 1;

/// How much of the file is kept in memory, in bytes.
const CACHE: usize = 32 * 1024 * 1024;

/// Up to this size, in bytes, a file is read as a whole when it is opened after a kill. That takes
/// some ten milliseconds, and each commit needs one sync of the disk instead of two.
const QUICK_REPAIR_FROM: u64 = 48 * 1024 * 1024;

/// How many rows of discarded queues are removed at once.
const DISCARDED_ROWS: usize = 4096;

/// From this size on, in bytes, a file with few entries is made smaller.
const WORTH_COMPACTING: u64 = 8 * 1024 * 1024;

/// With more entries than these it is not, since that would take its time.
const MOST_TO_COMPACT: u64 = 1024;

/// The state of an emulator on disk. Clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    shared: Arc<Shared>,
    /// `None` if it is not a file.
    path: Option<PathBuf>,
}

/// What those who read and those who write have in common.
#[derive(Debug)]
struct Shared {
    /// `None` after a failure that ended it.
    database: RwLock<Option<Database>>,
    /// Why it does not work any more.
    failure: OnceLock<Arc<DataError>>,
    /// How large the file was when it had been made smaller, in bytes.
    compacted_to: AtomicU64,
    /// From which size on it is written so that an opening after a kill need not read all of it.
    quick_repair_from: u64,
    /// What errors name.
    folder: PathBuf,
}

impl Store {
    /// Opens the state in a directory, which is made if it is not there. Returns what it has: the
    /// entries of queues are read later.
    ///
    /// # Errors
    /// If it cannot be made, read or written, is in use, or is of a later version or another
    /// program.
    pub(crate) fn open(folder: &Path) -> Result<(Self, StoredEmulator), DataError> {
        fs::create_dir_all(folder).map_err(|error| DataError::io(folder, error))?;
        let path = folder.join(FILE);
        if !path.exists() {
            Self::create(folder, &path)?;
        }
        let (mut store, stored) = Self::open_by(folder, QUICK_REPAIR_FROM, |builder| builder.open(&path))?;
        store.path = Some(path);
        Ok((store, stored))
    }

    /// Makes the file. It gets its name when it is whole: had the process ended before, nobody
    /// could tell it from a file of another program.
    #[clippy::msrv = "1.90"] // That of redb.
    fn create(folder: &Path, path: &Path) -> Result<(), DataError> {
        let of_folder = |error: io::Error| DataError::io(folder, error);
        let new = folder.join(NEW_FILE);
        let mut options = File::options();
        let file =
            options.read(true).write(true).create(true).truncate(false).open(&new).map_err(of_folder)?;
        if file.try_lock().is_err() {
            return Err(DataError::in_use().of(folder));
        }
        if path.exists() {
            // Another process was faster; this may be its file, which has its name by now.
            return match fs::remove_file(&new) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(of_folder(error)),
                _ => Ok(()),
            };
        }
        // What an earlier process began is nothing yet.
        file.set_len(0).map_err(of_folder)?;
        // Elsewhere the database could not lock it again.
        #[cfg(not(unix))]
        file.unlock().map_err(of_folder)?;
        let backend = FileBackend::new(file).map_err(|error| DataError::opening(folder, error))?;
        let (store, _) = Self::open_by(folder, 0, |builder| builder.create_with_backend(backend))?;
        // Under its lock.
        fs::rename(&new, path).map_err(of_folder)?;
        store.close();
        // A machine that loses its power must not lose the name.
        #[cfg(unix)]
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(of_folder)?;
        Ok(())
    }

    /// Opens the state in a storage of any kind, which `folder` names in errors.
    #[cfg(test)]
    pub(crate) fn open_backend(
        backend: impl redb::StorageBackend,
        quick_repair_from: u64,
    ) -> Result<(Self, StoredEmulator), DataError> {
        Self::open_by(Path::new("memory"), quick_repair_from, |builder| builder.create_with_backend(backend))
    }

    fn open_by(
        folder: &Path,
        quick_repair_from: u64,
        open: impl FnOnce(&Builder) -> Result<Database, DatabaseError>,
    ) -> Result<(Self, StoredEmulator), DataError> {
        let work = || {
            let mut builder = Builder::new();
            builder.set_cache_size(CACHE);
            let database = open(&builder).map_err(|error| DataError::opening(folder, error))?;
            let (database, failure) = (RwLock::new(Some(database)), OnceLock::new());
            let compacted_to = AtomicU64::new(0);
            let named = folder.to_owned();
            let shared = Shared { database, failure, compacted_to, quick_repair_from, folder: named };
            let store = Self { shared: Arc::new(shared), path: None };
            let stored = store.read().map_err(|Failed(error)| error.of(folder))?;
            Ok((store, stored))
        };
        // The database trusts what it reads, so a damaged file may make it panic.
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(DataError::damaged().of(folder)))
    }

    /// Writes what changed, all of it or nothing. When this returns it survives a loss of power.
    /// What it is given later is written when it comes.
    ///
    /// # Errors
    /// If that failed; from then on everything does.
    pub(crate) fn commit(
        &self,
        changes: impl IntoIterator<Item = EmulatorChanges>,
    ) -> Result<(), Arc<DataError>> {
        self.write(|tables| changes.into_iter().try_for_each(|changes| tables.apply(changes)))
    }

    /// Removes some of what discarded queues had. Returns whether there is more.
    ///
    /// # Errors
    /// If that failed; from then on everything does.
    pub(crate) fn remove_discarded(&self) -> Result<bool, Arc<DataError>> {
        self.check()?;
        let look = || {
            let database = self.shared.database.read().unwrap_or_else(PoisonError::into_inner);
            let transaction = database.as_ref().ok_or_else(DataError::closed)?.begin_read()?;
            Ok(transaction.open_table(tables::DISCARDED)?.is_empty()?)
        };
        // There is none most of the time, and then nothing is worth a sync of the disk.
        match catch_unwind(AssertUnwindSafe(look)).unwrap_or_else(|_| Err(DataError::damaged().into())) {
            Ok(true) => Ok(false),
            Ok(false) => self.write(|tables| tables.remove_discarded(DISCARDED_ROWS)),
            Err(Failed(error)) => Err(self.fail(error)),
        }
    }

    /// Makes the file smaller if there are few entries in it, so that this takes no time worth
    /// mentioning, and it grew since it was last done. Returns whether it was.
    ///
    /// # Errors
    /// If that failed; from then on everything does.
    pub(crate) fn compact(&self) -> Result<bool, Arc<DataError>> {
        self.check()?;
        let before = self.shared.compacted_to.load(Ordering::Relaxed);
        if self.size() < WORTH_COMPACTING.max(before.saturating_mul(2)) {
            return Ok(false);
        }
        let compact = || {
            let mut database = self.shared.database.write().unwrap_or_else(PoisonError::into_inner);
            let database = database.as_mut().ok_or_else(DataError::closed)?;
            let transaction = database.begin_read()?;
            let entries = transaction.open_table(tables::ENTRIES)?.len()?
                + transaction.open_table(tables::DEAD_LETTERS)?.len()?
                + transaction.open_table(tables::RETAINED_MESSAGES)?.len()?;
            let is_tidy = transaction.open_table(tables::DISCARDED)?.is_empty()?;
            transaction.close()?;
            if entries > MOST_TO_COMPACT || !is_tidy {
                return Ok(false);
            }
            // It moves pages a few at a time, until nothing is left to be moved.
            while database.compact()? {}
            self.shared.compacted_to.store(self.size(), Ordering::Relaxed);
            Ok(true)
        };
        let result =
            catch_unwind(AssertUnwindSafe(compact)).unwrap_or_else(|_| Err(DataError::damaged().into()));
        result.map_err(|Failed(error)| self.fail(error))
    }

    /// Ends it cleanly, so that the next opening has nothing to repair.
    pub(crate) fn close(&self) {
        let database = self.shared.database.write().unwrap_or_else(PoisonError::into_inner).take();
        // A database that failed may panic when it ends. What was committed is there all the same.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(database)));
    }

    /// Why it does not work any more; `None` if it does.
    pub(crate) fn failure(&self) -> Option<Arc<DataError>> {
        self.shared.failure.get().cloned()
    }

    /// How large the file is, in bytes.
    fn size(&self) -> u64 {
        let metadata = self.path.as_ref().and_then(|path| fs::metadata(path).ok());
        metadata.map_or(0, |metadata| metadata.len())
    }

    fn check(&self) -> Result<(), Arc<DataError>> {
        self.failure().map_or(Ok(()), Err)
    }

    fn fail(&self, error: DataError) -> Arc<DataError> {
        self.shared.fail(error)
    }

    fn write<T>(&self, work: impl FnOnce(&mut Tables<'_>) -> Result<T, Failed>) -> Result<T, Arc<DataError>> {
        self.check()?;
        let write = || {
            let database = self.shared.database.read().unwrap_or_else(PoisonError::into_inner);
            let database = database.as_ref().ok_or_else(DataError::closed)?;
            let mut transaction = database.begin_write()?;
            transaction.set_quick_repair(self.size() >= self.shared.quick_repair_from);
            let result = work(&mut Tables::open(&transaction)?)?;
            // What was read in the meantime may have failed: then this follows from nothing.
            self.check().map_err(|_| DataError::closed())?;
            transaction.commit()?;
            Ok(result)
        };
        let result =
            catch_unwind(AssertUnwindSafe(write)).unwrap_or_else(|_| Err(DataError::damaged().into()));
        result.map_err(|Failed(error)| self.fail(error))
    }

    fn read(&self) -> Result<StoredEmulator, Failed> {
        let is_new = self.check_form()?;
        let begin = |tables: &mut Tables<'_>| {
            if is_new {
                tables.begin(FORM)?;
            }
            tables.count_opening()
        };
        let openings = self.write(begin).map_err(|error| DataError::again(&error))?;
        let database = self.shared.database.read().unwrap_or_else(PoisonError::into_inner);
        let transaction = database.as_ref().ok_or_else(DataError::closed)?.begin_read()?;
        let meta = transaction.open_table(tables::META)?;
        let clock = meta.get(tables::CLOCK)?;
        let clock = clock.map(|row| rows::read_clock(row.value())).transpose()?;
        let basic = meta.get(tables::BASIC_RESOURCES)?;
        let basic = basic.map(|row| String::from_utf8(row.value().to_vec())).transpose();
        let basic_resources = basic.map_err(|_| rows::InvalidRow)?;
        let mut retained_messages = Vec::new();
        for row in transaction.open_table(tables::RETAINED_MESSAGES)?.iter()? {
            let (topic, row) = row?;
            retained_messages.push((topic.value().to_owned(), rows::read_retained(row.value())?));
        }
        let mut broker = StoredBroker::default();
        for row in transaction.open_table(tables::TOPICS)?.iter()? {
            broker.topics.push(row?.1.value().to_owned());
        }
        let segments = transaction.open_table(tables::SEGMENTS)?;
        let filters = transaction.open_table(tables::FILTERS)?;
        let dead_lettering = transaction.open_table(tables::DEAD_LETTERING)?;
        let dead_letters = transaction.open_table(tables::DEAD_LETTERS)?;
        for row in transaction.open_table(tables::QUEUES)?.iter()? {
            let (number, row) = row?;
            let number: QueueNumber = number.value();
            let subscription = rows::read_subscription(row.value())?;
            let mut of_queue = Vec::new();
            for row in segments.range((number, 0)..=(number, u64::MAX))? {
                let (key, row) = row?;
                of_queue.push((key.value().1, rows::read_segment(row.value())?));
            }
            let source = Source::new(Arc::clone(&self.shared), number);
            broker.next_number = broker.next_number.max(number.saturating_add(1));
            let source = Arc::new(source);
            let filter = filters.get(number)?.map(|row| row.value().to_owned());
            let dead_lettering = dead_lettering.get(number)?.map(|row| row.value().to_owned());
            let mut dead = Vec::new();
            for row in dead_letters.range((number, 0)..=(number, u64::MAX))? {
                let (key, row) = row?;
                dead.push((key.value().1, rows::read_dead_letter(row.value())?));
            }
            broker.queues.push(StoredQueue {
                number,
                subscription,
                filter,
                dead_lettering,
                dead_letters: dead,
                segments: of_queue,
                source,
            });
        }
        if let Some((number, _)) = transaction.open_table(tables::DISCARDED)?.last()? {
            broker.next_number = broker.next_number.max(number.value().saturating_add(1));
        }
        Ok(StoredEmulator { broker, clock, basic_resources, retained_messages, openings })
    }

    /// Returns whether there is nothing in it yet.
    ///
    /// # Errors
    /// If the tables are not of this form.
    fn check_form(&self) -> Result<bool, Failed> {
        let database = self.shared.database.read().unwrap_or_else(PoisonError::into_inner);
        let transaction = database.as_ref().ok_or_else(DataError::closed)?.begin_read()?;
        if transaction.list_tables()?.next().is_none() {
            return Ok(true);
        }
        let Ok(meta) = transaction.open_table(tables::META) else { return Err(DataError::foreign().into()) };
        let form = meta.get(tables::FORM)?;
        let form = form.and_then(|row| Some(u64::from_le_bytes(row.value().try_into().ok()?)));
        match form {
            Some(FORM) => Ok(false),
            Some(form) if form > FORM => Err(DataError::newer(form, FORM).into()),
            _ => Err(DataError::foreign().into()),
        }
    }
}

impl Shared {
    /// Remembers the first failure.
    fn fail(&self, error: DataError) -> Arc<DataError> {
        Arc::clone(self.failure.get_or_init(|| Arc::new(error.of(&self.folder))))
    }
}
