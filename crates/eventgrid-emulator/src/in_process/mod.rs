//! The in-process transport: an emulator without a socket, whose clock a test moves.

mod environment;
mod state;
mod transport;
mod workers;

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use eventgrid::{AccessKey, Client};
use eventgrid_push::AttemptResult;
use http::Response;

use self::state::{Next, State};
pub use self::transport::InProcessError;
use self::workers::Worker;
use crate::accepted::Accepted;
use crate::broker::SubscriptionStats;
use crate::dead_letter_folders::{BATCH, DeadLetterFolders};
use crate::observe::{HeaderNotKept, JournaledRequest, RequestCriteria};
use crate::service::{
    Condition, DeadLetterFile, DuePush, Emulator, Snapshot, SnapshotError, WaitError, WaiterId,
};
use crate::target::Target;
use crate::time::UnixTime;

/// When the clock starts: 2024-06-01 00:00 UTC.
const START: UnixTime = UnixTime::from_secs(1_717_200_000);

/// How many pushes are taken at once.
const PUSHES: usize = 64;

/// How long a call that another thread holds back waits before it looks whether that thread has
/// ended.
const LOOK: Duration = Duration::from_millis(20);

/// An emulator inside the process: transport and environment of a client, without a socket and
/// without waiting.
///
/// Its clock stands still until it is moved:
/// - [`advance`](Self::advance) moves it, as a test does;
/// - a **blocking** call that waits moves it itself, from deadline to deadline, until an event is
///   there or its wait is over; a blocking sleep moves it by its duration. So they return at once,
///   and time has passed.
///
/// Where several threads share it, a thread that handles an event loses no lock because another one
/// waits: between a receive and the settlement of its events a thread is at work, and calls of
/// other threads that wait do not move the clock to the end of its locks. They wait until it
/// settles, waits itself, or ends; at the latest, until the lock has lasted its whole duration in
/// real time. [`advance`](Self::advance) moves the clock in any case.
///
/// An **asynchronous** receive or sleep is woken when the clock has come to its end, by whoever
/// moved it, and a receive also by whatever brings an event. It needs no particular runtime.
///
/// Clones share the emulator and the clock. Made by
/// [`EmulatorBuilder::in_process`](crate::builder::EmulatorBuilder::in_process).
///
/// ```
/// use std::time::Duration;
/// use eventgrid::{CloudEvent, NamespaceTopic, ReceiveOptions, Subscription, blocking};
/// use eventgrid_emulator::{Emulator, InProcess};
///
/// let namespace = Emulator::builder().subscription("orders", "billing").in_process()?;
/// let topic = NamespaceTopic::new(InProcess::ENDPOINT, "orders")?;
/// let subscription = Subscription::new(InProcess::ENDPOINT, "orders", "billing")?;
/// let publisher = blocking::Publisher::new(namespace.client(), topic);
/// let consumer = blocking::Consumer::new(namespace.client(), subscription);
///
/// publisher.send(&CloudEvent::new("1", "/shop", "Ordered"))?;
/// let first = consumer.receive(ReceiveOptions::new())?;
/// assert_eq!(first.iter().next().unwrap().delivery_count(), 1);
///
/// // Not settled: the next receive gets it when its lock ends, a minute later, in no time.
/// let before = namespace.now();
/// let second = consumer.receive(ReceiveOptions::new())?;
/// assert_eq!(second.iter().next().unwrap().delivery_count(), 2);
/// assert_eq!(namespace.now(), before + Duration::from_secs(60));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct InProcess {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    dead_letter_folders: Mutex<DeadLetterFolders>,
    /// Told after whatever was done.
    changed: Condvar,
}

impl InProcess {
    /// An endpoint for clients. Any other works as well: the host matters only for shared access
    /// signatures.
    pub const ENDPOINT: &'static str = "https://in-process";

    pub(crate) fn new(emulator: Emulator) -> Self {
        let state = Mutex::new(State::new(emulator, START));
        let dead_letter_folders = Mutex::default();
        Self { shared: Arc::new(Shared { state, dead_letter_folders, changed: Condvar::new() }) }
    }

    /// A client that uses it as transport and clock, with its access key.
    pub fn client(&self) -> Client<Self, Self, AccessKey<'static>> {
        let key = self.work(|state| state.emulator.key().to_owned());
        Client::new(self.clone(), self.clone(), AccessKey::new(key))
    }

    /// The time of its clock, which starts at 2024-06-01 00:00 UTC.
    pub fn now(&self) -> UnixTime {
        self.work(|state| state.now)
    }

    /// Moves the clock. Everything that ends meanwhile ends at its own moment, and receives that
    /// wait for it get their responses.
    pub fn advance(&self, duration: Duration) {
        self.work(|state| state.move_clock(state.now + duration));
    }

    /// What became of the events of a subscription; nothing, if there is no such subscription.
    pub fn stats(&self, topic: &str, subscription: &str) -> Option<SubscriptionStats> {
        self.work(|state| state.emulator.stats(topic, subscription))
    }

    /// The publishes that were accepted, the oldest first; see [`Accepted`] for how many are kept.
    pub fn accepted(&self) -> Vec<Accepted> {
        self.work(|state| state.emulator.accepted())
    }

    /// Forgets what was accepted. The events stay where they are.
    pub fn clear_accepted(&self) {
        self.work(|state| state.emulator.clear_accepted());
    }

    /// The requests that meet the criteria; see [`Emulator::requests`].
    ///
    /// # Errors
    /// [`HeaderNotKept`], if a header is asked for that is left out since it may hold a secret.
    pub fn requests(&self, criteria: &RequestCriteria) -> Result<Vec<JournaledRequest>, HeaderNotKept> {
        self.work(|state| state.emulator.requests(criteria))
    }

    /// Counts in the text format of Prometheus; see [`Emulator::metrics`].
    pub fn metrics(&self) -> String {
        self.work(|state| state.emulator.metrics())
    }

    /// The whole state of the emulator.
    pub fn snapshot(&self) -> Snapshot {
        self.work(|state| state.emulator.snapshot())
    }

    /// Replaces its state by that of a snapshot. Lock tokens of the snapshot stay valid. The clock
    /// moves forward to the time of the snapshot, but never back. Waiting receives end without
    /// events.
    ///
    /// # Errors
    /// If the snapshot is not a state that an emulator can have; nothing is changed then.
    pub fn restore(&self, snapshot: &Snapshot) -> Result<(), SnapshotError> {
        self.work(|state| {
            state.emulator.restore(snapshot)?;
            state.move_clock(snapshot.time().unwrap_or_default());
            Ok(())
        })
    }

    /// Waits, in real time, until other threads have brought an event subscription to a state. It
    /// does not move the clock. Returns the counts of the subscription.
    ///
    /// # Errors
    /// [`WaitError`], if there is no such event subscription, or the time is over; then it has the
    /// state.
    pub fn wait_for(
        &self,
        target: Target<'_>,
        subscription: &str,
        condition: Condition,
        timeout: Duration,
    ) -> Result<SubscriptionStats, WaitError> {
        let end = Instant::now().checked_add(timeout);
        let worker = Worker::current();
        self.work(|state| state.begin_to_sleep(&worker));
        let mut state = self.lock();
        let result = loop {
            let Some(found) = state.emulator.stats_of(target, subscription) else {
                break Err(WaitError::UnknownSubscription);
            };
            if condition.holds(&found) {
                break Ok(found);
            }
            let left = end.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                break Err(WaitError::TimedOut(found));
            }
            let waited = self.shared.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        };
        drop(state);
        self.work(|state| state.end_to_sleep(&worker));
        result
    }

    /// Responds to all pushes that are due, in place of the endpoints: `respond` returns the result
    /// of each. Returns the number of pushes. A retry is due later: move the clock, then call this
    /// again.
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventgrid::{CloudEvent, NamespaceTopic, blocking::Publisher};
    /// use eventgrid_emulator::broker::PushEndpoint;
    /// use eventgrid_emulator::eventgrid_push::AttemptResult;
    /// use eventgrid_emulator::{Emulator, InProcess};
    ///
    /// let namespace = Emulator::builder()
    ///     .subscription("orders", "billing")
    ///     .subscription_push_endpoint("orders", "billing", PushEndpoint::new("http://localhost/events")?)
    ///     .in_process()?;
    /// let topic = NamespaceTopic::new(InProcess::ENDPOINT, "orders")?;
    /// Publisher::new(namespace.client(), topic).send(&CloudEvent::new("1", "/shop", "Ordered"))?;
    ///
    /// namespace.respond_to_pushes(|push| {
    ///     assert_eq!(push.request().headers()["aeg-subscription-name"], "BILLING");
    ///     AttemptResult::Status(503)
    /// });
    /// // The second attempt is ten seconds after the first, and a little more.
    /// assert_eq!(namespace.respond_to_pushes(|_| AttemptResult::Status(200)), 0);
    /// namespace.advance(Duration::from_secs(11));
    /// assert_eq!(namespace.respond_to_pushes(|_| AttemptResult::Status(200)), 1);
    /// assert_eq!(namespace.stats("orders", "billing").unwrap().acknowledged, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn respond_to_pushes(&self, mut respond: impl FnMut(&DuePush) -> AttemptResult) -> usize {
        let mut count = 0;
        loop {
            let due = self.work(|state| state.emulator.take_due_pushes(PUSHES));
            if due.is_empty() {
                return count;
            }
            count += due.len();
            let ended: Vec<_> = due.iter().map(|push| (push, respond(push))).collect();
            self.work(|state| {
                for (push, result) in ended {
                    state.emulator.push_ended(push, result);
                }
            });
        }
    }

    /// How many receives wait for an event.
    pub fn waiting(&self) -> usize {
        self.work(|state| state.emulator.waiting())
    }

    /// Does something with the emulator between two calls: creates or removes an event
    /// subscription, receives from a basic topic, looks at what there is. Returns what `work`
    /// returns.
    pub fn with<T>(&self, work: impl FnOnce(&mut Emulator) -> T) -> T {
        self.work(|state| work(&mut state.emulator))
    }

    /// Moves the clock from one change to the next, such as the end of a lock or of a wait, until
    /// `is_reached`. Returns whether it was reached, before nothing changed by itself any more.
    ///
    /// ```
    /// use eventgrid::{CloudEvent, NamespaceTopic, blocking::Publisher};
    /// use eventgrid_emulator::{Emulator, InProcess};
    ///
    /// let namespace = Emulator::builder().subscription("orders", "billing").in_process()?;
    /// let topic = NamespaceTopic::new(InProcess::ENDPOINT, "orders")?;
    /// Publisher::new(namespace.client(), topic).send(&CloudEvent::new("1", "/shop", "Ordered"))?;
    ///
    /// let expired = |emulator: &Emulator| emulator.stats("orders", "billing").unwrap().expired == 1;
    /// assert!(namespace.advance_until(expired));
    /// assert!(!namespace.advance_until(|emulator| emulator.waiting() == 1), "nothing else happens by itself");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn advance_until(&self, mut is_reached: impl FnMut(&Emulator) -> bool) -> bool {
        loop {
            let next = self.work(|state| {
                if is_reached(&state.emulator) {
                    return Some(true);
                }
                match state.emulator.next_deadline() {
                    Some(next) => state.move_clock(next),
                    None => return Some(false),
                }
                None
            });
            if let Some(is_reached) = next {
                return is_reached;
            }
        }
    }

    /// Waits, in real time, until calls of other threads have brought about what `is_reached` looks
    /// for. The clock is left to them. So a test that runs a program on other threads needs neither
    /// a loop nor a sleep.
    ///
    /// ```
    /// use eventgrid::{CloudEvent, NamespaceTopic, ReceiveOptions, Subscription, blocking};
    /// use eventgrid_emulator::{Emulator, InProcess};
    ///
    /// let namespace = Emulator::builder().subscription("orders", "billing").in_process()?;
    /// let topic = NamespaceTopic::new(InProcess::ENDPOINT, "orders")?;
    /// blocking::Publisher::new(namespace.client(), topic).send(&CloudEvent::new("1", "/shop", "Ordered"))?;
    ///
    /// let subscription = Subscription::new(InProcess::ENDPOINT, "orders", "billing")?;
    /// let consumer = blocking::Consumer::new(namespace.client(), subscription);
    /// let program = std::thread::spawn(move || {
    ///     let batch = consumer.receive(ReceiveOptions::new()).unwrap();
    ///     consumer.acknowledge(&batch).unwrap();
    /// });
    /// namespace.wait_until(|emulator| emulator.stats("orders", "billing").unwrap().acknowledged == 1);
    /// program.join().unwrap();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn wait_until(&self, mut is_reached: impl FnMut(&Emulator) -> bool) {
        let worker = Worker::current();
        self.work(|state| state.begin_to_sleep(&worker));
        let mut state = self.lock();
        while !is_reached(&state.emulator) {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        drop(state);
        self.work(|state| state.end_to_sleep(&worker));
    }

    /// Waits for a receive, and moves the clock where no other thread is at work.
    fn wait(&self, waiter: WaiterId, worker: &Worker) -> Response<Bytes> {
        loop {
            match self.work_unless(|state| state.step(waiter, worker), |next| matches!(next, Next::HeldBack))
            {
                Next::Ready(response) => return response,
                Next::Moved => {}
                Next::HeldBack => self.wait_for_change(|state| !state.has_response(waiter)),
            }
        }
    }

    /// Waits for any other call, if there is still reason to.
    fn wait_for_change(&self, has_reason: impl FnOnce(&State) -> bool) {
        let state = self.lock();
        if has_reason(&state) {
            let result = self.shared.changed.wait_timeout(state, LOOK);
            drop(result.unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Works on the state, then wakes whoever this finished, with the state free again.
    fn work<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        self.work_unless(work, |_| false)
    }

    /// The same, but tells the threads that wait of nothing if nothing was done: two that hold back
    /// each other would never rest.
    fn work_unless<T>(&self, work: impl FnOnce(&mut State) -> T, is_nothing: impl FnOnce(&T) -> bool) -> T {
        let (result, wakers, due) = {
            let mut state = self.lock();
            let result = work(&mut state);
            (result, state.finished(), state.emulator.take_due_dead_letters(BATCH))
        };
        self.write_dead_letters(due);
        if !is_nothing(&result) {
            self.shared.changed.notify_all();
        }
        for waker in wakers {
            waker.wake();
        }
        result
    }

    /// Writes dead letters to their folders, and all that are due. The state is free meanwhile.
    fn write_dead_letters(&self, mut due: Vec<DeadLetterFile>) {
        while !due.is_empty() {
            let mut folders = self.shared.dead_letter_folders.lock().unwrap_or_else(PoisonError::into_inner);
            let written: Vec<_> = due.iter().map(|file| (file, folders.write(file))).collect();
            drop(folders);
            let emulator = &mut self.lock().emulator;
            for (file, was_written) in written {
                emulator.dead_letter_written(file, was_written);
            }
            due = emulator.take_due_dead_letters(BATCH);
        }
    }

    /// A panic in one test thread does not end the others: the emulator's calls are done or not
    /// done.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcess").field("now", &self.now()).finish_non_exhaustive()
    }
}
