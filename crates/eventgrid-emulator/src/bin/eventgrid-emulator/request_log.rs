//! The log of requests on stderr: a line each, written by a thread of its own.

use std::fmt::Write as _;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use clap::ValueEnum;
use eventgrid_emulator::ServedRequest;

/// How many lines wait at most for stderr to take them. Those that come meanwhile are dropped, so
/// that the emulator goes on whatever reads its stderr.
const WAITING: usize = 4096;

/// How long the last lines may take at the end.
const GRACE: Duration = Duration::from_secs(1);

/// Which requests are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    /// None.
    Off,
    /// Those whose status is not a success, and those that got no response.
    Refused,
    /// All.
    All,
}

/// Where lines go in.
#[derive(Clone)]
pub(crate) struct LogSender {
    level: LogLevel,
    lines: SyncSender<String>,
    dropped: Arc<AtomicU64>,
}

/// The thread that writes.
pub(crate) struct LogWriter {
    is_done: Receiver<()>,
}

/// Begins to write to `output`.
pub(crate) fn request_log(level: LogLevel, output: impl Write + Send + 'static) -> (LogSender, LogWriter) {
    let (lines, to_write) = sync_channel(WAITING);
    let (done, is_done) = sync_channel(1);
    let dropped = Arc::new(AtomicU64::new(0));
    thread::spawn({
        let dropped = Arc::clone(&dropped);
        move || {
            write_all(&to_write, &dropped, output);
            // It fails if nobody waited so long.
            let _ = done.send(());
        }
    });
    (LogSender { level, lines, dropped }, LogWriter { is_done })
}

impl LogSender {
    pub(crate) fn log(&self, request: &ServedRequest) {
        let is_logged = match self.level {
            LogLevel::Off => false,
            LogLevel::Refused => request.is_refused(),
            LogLevel::All => true,
        };
        if is_logged {
            self.send(request.to_string());
        }
    }

    fn send(&self, mut line: String) {
        line.push('\n');
        if self.lines.try_send(line).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl LogWriter {
    /// Waits until all is written once every sender is dropped, but not for an output that takes
    /// nothing.
    pub(crate) fn finish(self) {
        let _ = self.is_done.recv_timeout(GRACE);
    }
}

/// Writes until every sender is dropped. What waits is written at once.
fn write_all(lines: &Receiver<String>, dropped: &AtomicU64, mut output: impl Write) {
    while let Ok(mut text) = lines.recv() {
        text.extend(lines.try_iter().take(WAITING));
        let count = dropped.swap(0, Ordering::Relaxed);
        if count > 0 {
            // Writing to a `String` does not fail.
            let _ = writeln!(
                text,
                "eventgrid-emulator: {count} requests are not in this log, since stderr was read too slowly"
            );
        }
        // There is nobody to tell that stderr is closed.
        let _ = output.write_all(text.as_bytes()).and_then(|()| output.flush());
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Mutex;
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    /// An output that takes one piece for each permission.
    struct Reluctant {
        begun: Sender<()>,
        permissions: Receiver<()>,
        written: Arc<Mutex<String>>,
    }

    impl Write for Reluctant {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.begun.send(());
            let _ = self.permissions.recv();
            self.written.lock().unwrap().push_str(std::str::from_utf8(bytes).unwrap());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_slow_output_stops_nobody_and_what_was_dropped_is_said() {
        let ((begun, has_begun), (permit, permissions)) = (channel(), channel());
        let written = Arc::new(Mutex::new(String::new()));
        let output = Reluctant { begun, permissions, written: Arc::clone(&written) };
        let (sender, writer) = request_log(LogLevel::All, output);
        sender.send("first".to_owned());
        has_begun.recv().unwrap();
        // The output now takes nothing, so these fill the queue, and ten find no room.
        (0..WAITING + 10).for_each(|number| sender.send(number.to_string()));
        drop(permit);
        drop(sender);
        writer.finish();
        let written = written.lock().unwrap();
        let lines: Vec<_> = written.lines().collect();
        assert_eq!(lines.len(), 1 + WAITING + 1);
        assert_eq!((lines[0], lines[1], lines[WAITING]), ("first", "0", &*(WAITING - 1).to_string()));
        assert!(lines[WAITING + 1].contains(": 10 requests are not in this log"), "{}", lines[WAITING + 1]);
    }
}
