//! The file that keeps what was not accepted.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// JSON lines that can be published again. The file is made when there is something to keep.
pub(super) struct FailedFile {
    path: Option<PathBuf>,
    file: Option<BufWriter<File>>,
    /// Whether an event could not be kept. Then no more are.
    is_broken: bool,
}

impl FailedFile {
    /// A file at that path; without one, nothing is kept.
    pub(super) fn new(path: Option<PathBuf>) -> Self {
        Self { path, file: None, is_broken: false }
    }

    /// Whether each event that it was given is kept.
    pub(super) fn keeps_all(&self) -> bool {
        self.keeps() && !self.is_broken
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
        let Some(path) = self.path.as_deref().filter(|_| !self.is_broken) else { return Ok(()) };
        if self.file.is_none() {
            match open(path) {
                Ok(file) => self.file = Some(BufWriter::new(file)),
                Err(error) => return Err(self.failure(&error)),
            }
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        // Line breaks in JSON are white space between its parts.
        let line: Vec<u8> =
            event.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }).collect();
        let kept = file.write_all(&line).and_then(|()| file.write_all(b"\n"));
        kept.map_err(|error| self.failure(&error))
    }

    /// Hands what was kept to the operating system, where it survives the end of this program,
    /// however that comes.
    ///
    /// # Errors
    /// [`Failure`] if that cannot be done.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        let file = self.file.as_mut().filter(|_| !self.is_broken);
        let flushed = file.map_or(Ok(()), io::Write::flush);
        flushed.map_err(|error| self.failure(&error))
    }

    fn failure(&mut self, error: &io::Error) -> Failure {
        self.is_broken = true;
        let path = self.path.as_deref().unwrap_or_else(|| "".as_ref());
        Failure::local(format!("cannot keep events that failed in {}", path.display()), error)
    }
}

/// Opens the file to append lines. A program that was killed may have left a line without its end,
/// which must not become one with the first line of this run.
fn open(path: &Path) -> io::Result<File> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    // What cannot be read, or is not a file, has no lines of earlier runs.
    if file.metadata()?.is_file() && last_byte(path).is_ok_and(|last| last != b'\n') {
        file.write_all(b"\n")?;
    }
    Ok(file)
}

fn last_byte(path: &Path) -> io::Result<u8> {
    let mut file = File::open(path)?;
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_was_left_open_is_ended_first() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("failed");
        for (before, after) in [("", "{}\n"), ("{\"a\":1}\n", "{\"a\":1}\n{}\n"), ("{\"a\"", "{\"a\"\n{}\n")]
        {
            std::fs::write(&path, before).unwrap();
            let mut failed = FailedFile::new(Some(path.clone()));
            failed.keep(b"{}").unwrap();
            failed.flush().unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), after);
        }
    }
}
