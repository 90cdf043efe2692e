//! What is told to whoever runs the emulator.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long stderr may take for a text.
const PATIENCE: Duration = Duration::from_secs(1);

/// Writes a line to stderr, as [`tell`] does.
pub(crate) fn say(line: impl Display) {
    tell(format!("eventgrid-emulator: {line}\n"));
}

/// Writes a text to stderr, on a thread of its own: a pipe that is full takes nothing until it is
/// read, and an emulator must not stop for that. Where nothing can be written, nobody reads it.
pub(crate) fn tell(text: String) {
    let (done, is_done) = mpsc::channel();
    let write = move || {
        let _ = io::stderr().write_all(text.as_bytes());
        // It fails if nobody waited so long.
        let _ = done.send(());
    };
    if thread::Builder::new().name("emulator-stderr".to_owned()).spawn(write).is_ok() {
        let _ = is_done.recv_timeout(PATIENCE);
    }
}
