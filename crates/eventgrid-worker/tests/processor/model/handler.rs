//! Handlers of every kind, and which of them run.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use eventgrid::ReleaseDelay;
use eventgrid_emulator::InProcess;
use eventgrid_worker::{BoxError, ProcessorEvent, Verdict};

use super::network::{Dice, Network};
use crate::support::sleep;

/// What the handlers of all workers share.
pub(super) struct Handlers {
    namespace: InProcess,
    network: Network,
    dice: Dice,
    /// From now on every event is acknowledged at once.
    is_easy: Cell<bool>,
    running: RefCell<BTreeMap<u64, ProcessorEvent>>,
    next: Cell<u64>,
    /// How often each event was handled to a good end, by topic and id.
    handled: RefCell<BTreeMap<(String, String), u32>>,
}

/// A handler that runs.
struct Running<'h> {
    handlers: &'h Handlers,
    number: u64,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.handlers.running.borrow_mut().remove(&self.number);
    }
}

impl Handlers {
    pub(super) fn new(namespace: InProcess, network: Network, seed: u64) -> Self {
        Self {
            namespace,
            network,
            dice: Dice::new(!seed),
            is_easy: Cell::new(false),
            running: RefCell::default(),
            next: Cell::new(0),
            handled: RefCell::default(),
        }
    }

    pub(super) fn become_easy(&self) {
        self.is_easy.set(true);
    }

    pub(super) async fn handle(&self, event: ProcessorEvent) -> Result<Verdict, BoxError> {
        let number = self.next.replace(self.next.get() + 1);
        self.running.borrow_mut().insert(number, event.clone());
        let _running = Running { handlers: self, number };
        let verdict = self.verdict(&event).await?;
        let key = (event.subscription().topic().to_owned(), event.id().to_string());
        *self.handled.borrow_mut().entry(key).or_default() += 1;
        if verdict == Verdict::Acknowledge {
            self.network.may_acknowledge(event.lock_token().to_string());
        }
        Ok(verdict)
    }

    async fn verdict(&self, event: &ProcessorEvent) -> Result<Verdict, BoxError> {
        let seconds = |seconds| sleep(&self.namespace, Duration::from_secs(seconds));
        match if self.is_easy.get() { 0 } else { self.dice.below(14) } {
            0..=3 => {}
            4 => seconds(self.dice.below(6)).await,
            5 => seconds(45).await,
            6 => seconds(200).await,
            7 => seconds(1_000).await,
            8 => return Err("it failed".into()),
            // As `panic!` does, but without a message on the standard error.
            9 => std::panic::resume_unwind(Box::new("it panicked")),
            10 => return Ok(Verdict::Release(ReleaseDelay::NoDelay)),
            11 => return Ok(Verdict::Release(ReleaseDelay::OneMinute)),
            12 => return Ok(Verdict::Reject),
            _ => drop(event.lock_lost().await),
        }
        Ok(Verdict::Acknowledge)
    }

    /// No two of them have a live lock on one event.
    pub(super) fn check(&self) {
        let mut live = Vec::new();
        for event in self.running.borrow().values().filter(|event| event.lock_loss().is_none()) {
            let key = (event.subscription().topic().to_owned(), event.id().to_string());
            assert!(!live.contains(&key), "two handlers have a live lock on {key:?}");
            live.push(key);
        }
    }

    pub(super) fn was_handled(&self, topic: &str, id: u32) -> bool {
        self.handled.borrow().contains_key(&(topic.to_owned(), id.to_string()))
    }
}
