//! The thread that commits turns to a store.
//!
//! The engine goes on with the next turn meanwhile, so memory runs ahead of the disk. But turns are
//! committed in their order, and nobody is told of one before it is. All turns that wait are
//! committed together.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{io, iter};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use tokio::sync::watch;
use uuid::Builder;

use super::clock::wall_time;
use super::outgoing::{ErrorStyle, Outgoing};
use crate::admin::AdminError;
use crate::service::{EmulatorChanges, Receipt, basic_failed, namespace_failed};
use crate::store::{DataError, Store};

/// How long nothing has to be committed before the file is looked after.
const QUIET: Duration = Duration::from_millis(200);

/// How long the file is not looked after where there is always something to be committed.
const BUSY: Duration = Duration::from_secs(1);

/// The most turns that are committed together, so that the first of them does not wait long.
const TURNS: usize = 1024;

/// The longest that a commit waits for those who were told of the one before.
const LONGEST_GATHERING: Duration = Duration::from_millis(2);

/// Commits turns. When it is dropped all of them are committed, and the store is closed.
pub(super) struct Committing {
    store: Store,
    turns: Option<Sender<Turn>>,
    /// How many turns are on their way.
    under_way: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

struct Turn {
    changes: EmulatorChanges,
    outgoing: Outgoing,
}

impl Committing {
    /// Starts the thread. `give_back` is called with what did not arrive, and `failed` is told when
    /// the store fails.
    ///
    /// # Errors
    /// If there is no thread to be had.
    pub(super) fn start(
        store: Store,
        give_back: impl Fn(Receipt) + Send + 'static,
        failed: watch::Sender<Option<Arc<DataError>>>,
    ) -> io::Result<Self> {
        let (turns, waiting) = mpsc::channel();
        let under_way = Arc::new(AtomicUsize::new(0));
        let worker = Worker {
            store: store.clone(),
            waiting,
            under_way: Arc::clone(&under_way),
            failed,
            latest: (0, Duration::ZERO),
        };
        let name = "emulator-data".to_owned();
        let thread = thread::Builder::new().name(name).spawn(move || worker.run(give_back))?;
        Ok(Self { store, turns: Some(turns), under_way, thread: Some(thread) })
    }

    /// Hands over a turn. One that changed nothing is told of at once if it cannot have seen what
    /// is not committed: then this returns what did not arrive.
    pub(super) fn commit(&mut self, changes: EmulatorChanges, outgoing: Outgoing) -> Vec<Receipt> {
        let is_failed = self.store.failure().is_some();
        if changes.is_empty() && !is_failed {
            if outgoing.is_empty() {
                return Vec::new();
            }
            // In this order: a commit that fails says so before it is no longer under way.
            if self.under_way.load(Ordering::Acquire) == 0 && self.store.failure().is_none() {
                return outgoing.send();
            }
        }
        self.under_way.fetch_add(1, Ordering::AcqRel);
        if let Some(turns) = &self.turns {
            // It fails only if the thread has ended by a panic; then nobody is told.
            let _ = turns.send(Turn { changes, outgoing });
        }
        Vec::new()
    }
}

impl Drop for Committing {
    fn drop(&mut self) {
        self.turns = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Worker {
    store: Store,
    waiting: Receiver<Turn>,
    under_way: Arc<AtomicUsize>,
    failed: watch::Sender<Option<Arc<DataError>>>,
    /// How many were told of the latest commit, and how long that took.
    latest: (usize, Duration),
}

impl Worker {
    fn run(mut self, give_back: impl Fn(Receipt)) {
        let (mut has_work, mut looked_after) = (true, Instant::now());
        loop {
            let next = if has_work {
                self.waiting.recv_timeout(QUIET)
            } else {
                self.waiting.recv().map_err(|_| RecvTimeoutError::Disconnected)
            };
            match next {
                Ok(turn) => {
                    self.commit(turn, &give_back);
                    has_work = true;
                    if looked_after.elapsed() < BUSY {
                        continue;
                    }
                    self.look_after();
                    looked_after = Instant::now();
                }
                Err(RecvTimeoutError::Timeout) => {
                    has_work = self.look_after();
                    looked_after = Instant::now();
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        if self.store.failure().is_none() {
            let _ = self.store.compact();
        }
        self.store.close();
    }

    /// Commits a turn and all others that wait or come soon.
    fn commit(&mut self, first: Turn, give_back: &impl Fn(Receipt)) {
        let mut turns = Gathering::new(&self.waiting, first, self.latest);
        let result = match self.store.failure() {
            Some(error) => {
                turns.by_ref().for_each(drop);
                Err(error)
            }
            None => match turns.next() {
                Some(changes) => self.store.commit(iter::once(changes).chain(turns.by_ref())),
                None => Ok(()),
            },
        };
        let Gathering { outgoing, count, since, .. } = turns;
        self.latest = (count, since.elapsed());
        let turns = outgoing.len();
        let mut undelivered = Vec::new();
        match result {
            Ok(()) => outgoing.into_iter().for_each(|outgoing| undelivered.extend(outgoing.send())),
            Err(error) => {
                let mut random = StdRng::from_os_rng();
                for outgoing in outgoing {
                    let id = Builder::from_random_bytes(random.random()).into_uuid();
                    outgoing.fail(|style| match style {
                        ErrorStyle::Namespace => namespace_failed(wall_time(), id),
                        ErrorStyle::Basic => basic_failed(wall_time(), id),
                        ErrorStyle::Admin => AdminError::data_failed().into_response(),
                    });
                }
                self.failed.send_if_modified(|known| known.replace(error).is_none());
            }
        }
        self.under_way.fetch_sub(turns, Ordering::AcqRel);
        undelivered.into_iter().for_each(give_back);
    }

    /// Removes some of what is no longer needed, and gives room back. Returns whether there is more
    /// to do.
    fn look_after(&self) -> bool {
        match self.store.remove_discarded() {
            Ok(true) => true,
            Ok(false) => self.store.compact().is_err(),
            Err(error) => {
                self.failed.send_if_modified(|known| known.replace(error).is_none());
                false
            }
        }
    }
}

/// What changed in a turn and in those that come soon, so that they are written while others come.
/// Who was told of the latest commit is likely to ask again at once; to commit the first of them
/// alone would let all others wait for a commit of their own.
struct Gathering<'w> {
    waiting: &'w Receiver<Turn>,
    first: Option<Turn>,
    /// How many were told of the latest commit, and how long they are waited for.
    told: usize,
    until: Instant,
    /// What the turns came to.
    outgoing: Vec<Outgoing>,
    /// How many are to be told of that.
    count: usize,
    /// Since when no turn is waited for.
    since: Instant,
}

impl<'w> Gathering<'w> {
    fn new(waiting: &'w Receiver<Turn>, first: Turn, (told, duration): (usize, Duration)) -> Self {
        let now = Instant::now();
        Self {
            waiting,
            first: Some(first),
            told,
            until: now + (duration / 4).min(LONGEST_GATHERING),
            outgoing: Vec::new(),
            count: 0,
            since: now,
        }
    }

    fn next_turn(&mut self) -> Option<Turn> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        let is_awaited = self.count < self.told;
        let left =
            if is_awaited { self.until.saturating_duration_since(Instant::now()) } else { Duration::ZERO };
        let turn = if self.outgoing.len() < TURNS { self.waiting.recv_timeout(left).ok() } else { None };
        self.since = Instant::now();
        turn
    }
}

impl Iterator for Gathering<'_> {
    type Item = EmulatorChanges;

    fn next(&mut self) -> Option<EmulatorChanges> {
        loop {
            let Turn { changes, outgoing } = self.next_turn()?;
            self.count += outgoing.count();
            self.outgoing.push(outgoing);
            if !changes.is_empty() {
                return Some(changes);
            }
        }
    }
}
