//! A network with faults on a running clock, and a folder for the file.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use eventgrid_outbox::eventgrid::CloudEvent;
use eventgrid_outbox::{Outbox, OutboxOptions};

pub(crate) use self::batcher::{End, Network};

// The network of the batcher's own tests.
#[path = "../../../eventgrid-worker/tests/batcher/support.rs"]
#[expect(dead_code, reason = "the batcher's tests use more of it")]
mod batcher;

/// A folder that is removed with this.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("outbox-{name}"));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.join("events.outbox")
    }

    pub(crate) fn open(&self) -> Outbox {
        self.open_with(OutboxOptions::new())
    }

    pub(crate) fn open_with(&self, options: OutboxOptions) -> Outbox {
        Outbox::open(self.file(), options).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Moves the clock of a network while it is there: whatever waits, waits for a moment.
pub(crate) struct RunningClock {
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl RunningClock {
    pub(crate) fn start(network: &Network) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let (seen, network) = (Arc::clone(&is_over), network.clone());
        let thread = std::thread::spawn(move || {
            while !seen.load(Ordering::SeqCst) {
                network.advance(Duration::from_millis(200));
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        Self { is_over, thread: Some(thread) }
    }
}

impl Drop for RunningClock {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// What was told.
#[derive(Clone, Default)]
pub(crate) struct Notices(Arc<Mutex<Vec<String>>>);

impl Notices {
    pub(crate) fn options(&self) -> OutboxOptions {
        let notices = self.clone();
        OutboxOptions::new().on_notice(move |notice| notices.0.lock().unwrap().push(notice.to_string()))
    }

    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

pub(crate) fn event(id: &str) -> CloudEvent<'static> {
    CloudEvent::new(id.to_owned(), "urn:shop", "Ordered")
}

/// Each of them once, in the order in which they came first, by the part of their ids before the
/// first `/`.
pub(crate) fn first_arrivals(ids: &[String]) -> HashMap<String, Vec<String>> {
    let mut arrivals = HashMap::<_, Vec<_>>::new();
    for id in ids {
        let key = id.split('/').next().unwrap().to_owned();
        let of_key = arrivals.entry(key).or_default();
        if !of_key.contains(id) {
            of_key.push(id.clone());
        }
    }
    arrivals
}
