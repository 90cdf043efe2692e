//! The thread that writes dead letters to folders.
//!
//! It begins with the first of them. One batch is under way at a time; the others wait in the
//! broker, so nothing is held up but they.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use super::outgoing::Tell;
use crate::dead_letter_folders::{BATCH, DeadLetterFolders};
use crate::service::{DeadLetterFile, Emulator};

/// Dead letters, each with whether it was written.
pub(super) type Written = Vec<(DeadLetterFile, bool)>;

/// Hands dead letters to the thread. When it is dropped the batch that is under way is written.
pub(super) struct DeadLetterWriter {
    on_written: Arc<dyn Fn(Written) + Send + Sync>,
    batches: Option<Sender<Vec<DeadLetterFile>>>,
    thread: Option<JoinHandle<()>>,
    is_under_way: bool,
}

impl DeadLetterWriter {
    /// `on_written` is called with each batch that was dealt with.
    pub(super) fn new(on_written: impl Fn(Written) + Send + Sync + 'static) -> Self {
        Self { on_written: Arc::new(on_written), batches: None, thread: None, is_under_way: false }
    }

    /// Takes what is due. What this returns hands it over, when it is time.
    pub(super) fn take_due(&mut self, emulator: &mut Emulator) -> Option<Tell> {
        if self.is_under_way {
            return None;
        }
        let files = emulator.take_due_dead_letters(BATCH);
        if files.is_empty() {
            return None;
        }
        let Some(batches) = self.batches() else {
            for file in &files {
                emulator.dead_letter_written(file, false);
            }
            return None;
        };
        self.is_under_way = true;
        Some(Box::new(move || {
            // It fails only if the thread has ended by a panic.
            let _ = batches.send(files);
        }))
    }

    /// Whether a batch is under way.
    pub(super) fn is_under_way(&self) -> bool {
        self.is_under_way
    }

    /// Takes note of a batch that was dealt with.
    pub(super) fn end_batch(&mut self, emulator: &mut Emulator, written: &Written) {
        self.is_under_way = false;
        for (file, was_written) in written {
            emulator.dead_letter_written(file, *was_written);
        }
    }

    /// Where batches go; `None` if there is no thread to be had.
    fn batches(&mut self) -> Option<Sender<Vec<DeadLetterFile>>> {
        if self.batches.is_none() {
            let (batches, waiting) = mpsc::channel();
            let on_written = Arc::clone(&self.on_written);
            let thread = thread::Builder::new().name("emulator-folders".to_owned());
            self.thread = Some(thread.spawn(move || write_all(&waiting, &*on_written)).ok()?);
            self.batches = Some(batches);
        }
        self.batches.clone()
    }
}

fn write_all(batches: &Receiver<Vec<DeadLetterFile>>, on_written: &dyn Fn(Written)) {
    let mut folders = DeadLetterFolders::default();
    for files in batches {
        let write = |file| {
            let was_written = folders.write(&file);
            (file, was_written)
        };
        on_written(files.into_iter().map(write).collect());
    }
}

impl Drop for DeadLetterWriter {
    fn drop(&mut self) {
        self.batches = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
