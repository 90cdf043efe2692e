//! The file that keeps what was not accepted.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;

use crate::failure::Failure;

/// JSON lines that can be published again. The file is made when there is something to keep.
pub(super) struct FailedFile {
    path: Option<PathBuf>,
    file: Option<BufWriter<File>>,
}

impl FailedFile {
    /// A file at that path; without one, nothing is kept.
    pub(super) fn new(path: Option<PathBuf>) -> Self {
        Self { path, file: None }
    }

    /// Whether anything is kept.
    pub(super) fn keeps(&self) -> bool {
        self.path.is_some()
    }

    /// Appends an event.
    ///
    /// # Errors
    /// [`Failure`] if that cannot be done.
    pub(super) fn keep(&mut self, event: &[u8]) -> Result<(), Failure> {
        let Some(path) = &self.path else { return Ok(()) };
        if self.file.is_none() {
            let opened = OpenOptions::new().append(true).create(true).open(path);
            self.file = Some(BufWriter::new(opened.map_err(|error| self.failure(&error))?));
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        // Line breaks in JSON are white space between its parts.
        let line: Vec<u8> =
            event.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }).collect();
        let kept = file.write_all(&line).and_then(|()| file.write_all(b"\n"));
        kept.map_err(|error| self.failure(&error))
    }

    /// Writes what is still on its way to the file.
    ///
    /// # Errors
    /// [`Failure`] if that cannot be done.
    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        let flushed = self.file.as_mut().map_or(Ok(()), io::Write::flush);
        flushed.map_err(|error| self.failure(&error))
    }

    fn failure(&self, error: &io::Error) -> Failure {
        let path = self.path.as_deref().unwrap_or_else(|| "".as_ref());
        Failure::local(format!("cannot keep events that failed in {}", path.display()), error)
    }
}
