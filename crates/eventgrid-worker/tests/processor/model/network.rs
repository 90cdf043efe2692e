//! A network that is slow and fails at random.

use std::cell::Cell;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use eventgrid::{Request, Response, SendAsyncTransport};
use eventgrid_emulator::InProcess;

use crate::support::{Cut, cut_short, sleep};

/// Random numbers that follow from a seed (xorshift).
#[derive(Debug)]
pub(super) struct Dice(Cell<u64>);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(Cell::new(seed | 1))
    }

    /// A number below that one.
    pub(super) fn below(&self, end: u64) -> u64 {
        let mut state = self.0.get();
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        self.0.set(state);
        (state >> 11) % end
    }
}

#[derive(Clone)]
pub(super) struct Network {
    namespace: InProcess,
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    dice: Dice,
    fault_percent: u64,
    /// The lock tokens of events whose handlers have ended well.
    handled: Vec<String>,
    max_events: u64,
}

/// What becomes of a request.
#[derive(PartialEq)]
enum Fate {
    Arrives,
    IsLost,
    ResponseIsLost,
    /// Of the response's body, that many percent come.
    IsCut(usize),
    IsRefused(u16),
}

impl Network {
    pub(super) fn new(namespace: InProcess, seed: u64, fault_percent: u64, max_events: usize) -> Self {
        let shared = Shared {
            dice: Dice::new(seed),
            fault_percent,
            handled: Vec::new(),
            max_events: u64::try_from(max_events).unwrap(),
        };
        Self { namespace, shared: Arc::new(Mutex::new(shared)) }
    }

    /// From now on it is fast and nothing fails.
    pub(super) fn recover(&self) {
        self.shared.lock().unwrap().fault_percent = 0;
    }

    /// That event was handled to a good end: from now on it may be acknowledged.
    pub(super) fn may_acknowledge(&self, lock_token: String) {
        self.shared.lock().unwrap().handled.push(lock_token);
    }

    /// What becomes of a request, and how long it and its response take.
    fn fate(&self, path: &str) -> (Fate, Duration, Duration) {
        let shared = self.shared.lock().unwrap();
        if shared.fault_percent == 0 {
            return (Fate::Arrives, Duration::ZERO, Duration::ZERO);
        }
        let fate = match shared.dice.below(100) {
            dice if dice >= shared.fault_percent => Fate::Arrives,
            dice => match dice % 6 {
                0 | 1 => Fate::IsLost,
                2 => Fate::ResponseIsLost,
                3 => Fate::IsCut(usize::try_from(shared.dice.below(100)).unwrap()),
                4 => Fate::IsRefused(503),
                _ => Fate::IsRefused(500),
            },
        };
        let time = || Duration::from_millis(shared.dice.below(1_000));
        // When a lock begins, no response tells: one that comes late makes it seem to last longer.
        let back = if path.contains(":receive") { Duration::ZERO } else { time() };
        (fate, time(), back)
    }

    fn check(&self, path: &str, body: &[u8]) {
        let shared = self.shared.lock().unwrap();
        if path.contains(":acknowledge") {
            let body: serde_json::Value = serde_json::from_slice(body).unwrap();
            for token in body["lockTokens"].as_array().unwrap() {
                assert!(
                    shared.handled.iter().any(|handled| *token == **handled),
                    "not handled, but acknowledged"
                );
            }
        }
        if let Some((_, rest)) = path.split_once("maxEvents=") {
            let asked: u64 = rest.split('&').next().unwrap().parse().unwrap();
            assert!((1..=shared.max_events).contains(&asked), "{asked} events asked for");
        }
    }
}

impl SendAsyncTransport for Network {
    type Error = Cut;

    async fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Cut> {
        self.check(request.path_and_query(), request.body());
        let (fate, there, back) = self.fate(request.path_and_query());
        sleep(&self.namespace, there).await;
        match fate {
            Fate::IsLost => return Err(Cut::BEFORE),
            Fate::IsRefused(status) => response.begin(status),
            Fate::IsCut(percent) => cut_short(&self.namespace, request, response, percent).await?,
            Fate::Arrives | Fate::ResponseIsLost => {
                let sent = SendAsyncTransport::send(&self.namespace, request, response).await;
                sent.map_err(|_| Cut::AFTER)?;
            }
        }
        sleep(&self.namespace, back).await;
        if matches!(fate, Fate::ResponseIsLost | Fate::IsCut(_)) { Err(Cut::AFTER) } else { Ok(()) }
    }
}
