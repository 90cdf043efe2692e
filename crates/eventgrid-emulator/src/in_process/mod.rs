//! The in-process transport: an emulator without a socket, whose clock a test moves.

mod environment;
mod state;
mod transport;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use eventgrid::{AccessKey, Client};

use self::state::State;
pub use self::transport::InProcessError;
use crate::broker::SubscriptionStats;
use crate::{Accepted, Emulator, UnixTime};

/// When the clock starts: 2024-06-01 00:00 UTC.
const START: UnixTime = UnixTime::from_secs(1_717_200_000);

/// An emulator inside the process: transport and environment of a client, without a socket and without waiting.
///
/// Its clock stands still until it is moved:
/// - [`advance`](Self::advance) moves it, as a test does;
/// - a **blocking** call that waits moves it itself, from deadline to deadline, until an event is there or its wait is
///   over; a blocking sleep moves it by its duration. So they return at once, and time has passed.
///
/// An **asynchronous** receive or sleep is woken when the clock has come to its end, by whoever moved it, and a receive
/// also by whatever brings an event. It needs no particular runtime.
///
/// Clones share the emulator and the clock. Made by [`EmulatorBuilder::in_process`](crate::EmulatorBuilder::in_process).
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
    state: Arc<Mutex<State>>,
}

impl InProcess {
    /// An endpoint for clients. Hosts are of no concern but to shared access signatures, so any other does as well.
    pub const ENDPOINT: &'static str = "https://in-process";

    pub(crate) fn new(emulator: Emulator) -> Self {
        Self { state: Arc::new(Mutex::new(State::new(emulator, START))) }
    }

    /// A client that sends through it, tells the time by it and holds its access key.
    pub fn client(&self) -> Client<Self, Self, AccessKey<'static>> {
        let key = self.work(|state| state.emulator.key().to_owned());
        Client::new(self.clone(), self.clone(), AccessKey::new(key))
    }

    /// What time it is on its clock. It begins at 2024-06-01 00:00 UTC.
    pub fn now(&self) -> UnixTime {
        self.work(|state| state.now)
    }

    /// Moves the clock. Whatever ends meanwhile ends at its own moment; who waited for it is woken.
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

    /// How many receives wait for an event.
    pub fn waiting(&self) -> usize {
        self.work(|state| state.emulator.waiting())
    }

    /// Works on the state, then wakes whoever this finished, with the state free again.
    fn work<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let (result, wakers) = {
            // A panic in one test thread does not end the others: the emulator's calls are done or not done.
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            (work(&mut state), state.finished())
        };
        for waker in wakers {
            waker.wake();
        }
        result
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcess").field("now", &self.now()).finish_non_exhaustive()
    }
}
