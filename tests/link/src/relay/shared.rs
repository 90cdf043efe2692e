//! What the threads of a relay share.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::carry::{self, Wire};
use super::sockets;
use super::stats::Counters;
use crate::options::LinkOptions;
use crate::pipe::random::{Purpose, random};

/// How long the acceptor waits when the system has no socket or thread left for it.
const SHORTAGE: Duration = Duration::from_millis(10);

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) counters: Counters,
    pub(super) stopping: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    options: LinkOptions,
    open: BTreeMap<u64, Arc<Wire>>,
    threads: Vec<JoinHandle<()>>,
}

impl Shared {
    pub(super) fn new(options: &LinkOptions) -> Self {
        let state = State { options: options.clone(), open: BTreeMap::new(), threads: Vec::new() };
        Self { counters: Counters::default(), stopping: AtomicBool::new(false), state: Mutex::new(state) }
    }

    /// Accepts connections until the relay stops.
    pub(super) fn accept_all(self: &Arc<Self>, listener: &TcpListener, target: SocketAddr) {
        loop {
            let accepted = listener.accept();
            if self.stopping.load(Ordering::SeqCst) {
                return;
            }
            let Ok((client, _)) = accepted else {
                thread::sleep(SHORTAGE);
                continue;
            };
            let number = self.counters.connections.fetch_add(1, Ordering::SeqCst);
            let wire = self.open_wire(number);
            let shared = Arc::clone(self);
            let thread = carry::spawn("link-connection", move || {
                shared.serve(&wire, &client, target);
                shared.close_wire(number);
            });
            match thread {
                Ok(thread) => self.keep(thread),
                // The closure is gone, and with it the client's socket.
                Err(_) => self.close_wire(number),
            }
        }
    }

    fn serve(&self, wire: &Wire, client: &TcpStream, target: SocketAddr) {
        if let Ok(server) = sockets::prepare(client).and_then(|()| sockets::connect(target)) {
            carry::carry(wire, client, &server, &self.counters);
        } else {
            self.counters.unreachable.fetch_add(1, Ordering::SeqCst);
            self.counters.resets.fetch_add(1, Ordering::SeqCst);
            sockets::reset(client);
        }
    }

    pub(super) fn open(&self) -> usize {
        self.state().open.len()
    }

    pub(super) fn cut(&self) -> usize {
        let state = self.state();
        state.open.values().for_each(|wire| wire.cut());
        state.open.len()
    }

    pub(super) fn set_options(&self, options: &LinkOptions) {
        let mut state = self.state();
        state.options = options.clone();
        state.open.values().for_each(|wire| wire.set_options(options));
    }

    /// Waits for the threads of all connections.
    pub(super) fn join(&self) {
        let threads = std::mem::take(&mut self.state().threads);
        for thread in threads {
            let _ = thread.join();
        }
    }

    fn open_wire(&self, number: u64) -> Arc<Wire> {
        let mut state = self.state();
        let seed = random(state.options.seed, Purpose::Seed, number);
        let wire = Arc::new(Wire::new(&state.options.clone().seed(seed)));
        state.open.insert(number, Arc::clone(&wire));
        wire
    }

    fn close_wire(&self, number: u64) {
        self.state().open.remove(&number);
    }

    fn keep(&self, thread: JoinHandle<()>) {
        let mut state = self.state();
        state.threads.retain(|thread| !thread.is_finished());
        state.threads.push(thread);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
