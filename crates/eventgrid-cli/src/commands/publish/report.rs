//! What became of the events.

use std::io;

use serde::Serialize;

use super::progress::Progress;
use crate::events::InputPlace;
use crate::failure::{Failure, FailureKind, in_words_of_arguments, one_line};
use crate::output::{OutputFormat, Record, RecordWriter, cannot_write};

/// How many failures are printed.
const MOST_SHOWN: usize = 100;

/// Counts, and failures as they are printed on stderr.
#[derive(Debug)]
pub(super) struct Report {
    progress: Progress,
    accepted: u64,
    failed: u64,
    shown: usize,
    /// Of the first event that failed.
    kind: Option<FailureKind>,
    /// Why it all ended early.
    end: Option<Failure>,
}

impl Report {
    /// Without any event. What it prints does not come in between the parts of that bar.
    pub(super) fn new(progress: Progress) -> Self {
        Self { progress, accepted: 0, failed: 0, shown: 0, kind: None, end: None }
    }

    /// Counts events that the service has stored.
    pub(super) fn accept(&mut self, events: usize) {
        self.accepted += events as u64;
    }

    /// Counts neighbours that were not accepted for the same reason, and prints it.
    pub(super) fn fail(&mut self, places: &[InputPlace], kind: FailureKind, message: &str) {
        self.fail_quietly(places.len(), kind);
        self.shown += 1;
        if self.shown > MOST_SHOWN {
            if self.shown == MOST_SHOWN + 1 {
                self.progress.print("more failures are counted, but not shown");
            }
            return;
        }
        let message = in_words_of_arguments(&one_line(message));
        match places {
            [] => {}
            [place] => self.progress.print(&format!("{place}: {message}")),
            [first, .., last] => self.progress.print(&format!("{first} to {last}: {message}")),
        }
    }

    /// Counts events that were not accepted for a reason that was printed before.
    pub(super) fn fail_quietly(&mut self, events: usize, kind: FailureKind) {
        self.fail_unmade(events as u64, kind);
    }

    /// Counts events that were not even made.
    pub(super) fn fail_unmade(&mut self, events: u64, kind: FailureKind) {
        self.failed += events;
        if events > 0 {
            self.kind.get_or_insert(kind);
        }
    }

    /// Whether an event was not accepted.
    pub(super) fn has_failures(&self) -> bool {
        self.failed > 0
    }

    /// Ends early for that reason, after `read` events of which the last one is at `last`. Those
    /// from the first to the last of `unsent` were neither sent nor kept.
    pub(super) fn end(
        &mut self,
        failure: Option<Failure>,
        unsent: Option<(InputPlace, InputPlace)>,
        last: Option<InputPlace>,
        read: u64,
    ) {
        self.end = failure.map(|failure| {
            failure.advice(match (unsent, last) {
                (Some((first, last)), _) => format!(
                    "{first} to {last} were read and not sent, and nothing after that was read: begin again \
                     with {first}"
                ),
                (None, Some(place)) => format!("nothing after {place} was read or sent"),
                (None, None) if read == 0 => "no event was read or sent".to_owned(),
                (None, None) => format!("nothing after event {read} was read or sent"),
            })
        });
    }

    /// Prints the counts; with a form of JSON, on stdout.
    ///
    /// # Errors
    /// [`Failure`] if not all events were accepted.
    pub(super) fn finish(self, done: &str, format: Option<OutputFormat>) -> Result<(), Failure> {
        let counts = Counts { accepted: self.accepted, failed: self.failed };
        match format {
            Some(format @ (OutputFormat::Json | OutputFormat::Jsonl)) => {
                let mut out = RecordWriter::new(format, io::stdout().lock());
                let written = out.write(&counts).and_then(|()| out.finish());
                written.map_err(|error| cannot_write(&error))?;
            }
            _ => message!("{done} {}", events(self.accepted)),
        }
        if let Some(failure) = self.end {
            return Err(failure);
        }
        let Some(kind) = self.kind else { return Ok(()) };
        let message = match self.failed {
            1 => "1 event was not accepted".to_owned(),
            failed => format!("{failed} events were not accepted"),
        };
        let failure = Failure::new(if self.accepted > 0 { FailureKind::Partial } else { kind }, message);
        Err(match kind.advice() {
            Some(advice) => failure.advice(advice),
            None => failure,
        })
    }
}

fn events(count: u64) -> String {
    if count == 1 { "1 event".to_owned() } else { format!("{count} events") }
}

/// What a script needs to know.
#[derive(Debug, Serialize)]
struct Counts {
    accepted: u64,
    failed: u64,
}

impl Record for Counts {
    const COLUMNS: &'static [&'static str] = &["ACCEPTED", "FAILED"];

    fn cells(&self) -> Vec<String> {
        vec![self.accepted.to_string(), self.failed.to_string()]
    }

    fn write_raw(&self, out: &mut dyn io::Write) -> io::Result<()> {
        write!(out, "{}", self.accepted)
    }
}
