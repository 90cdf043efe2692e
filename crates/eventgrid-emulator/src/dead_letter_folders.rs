//! Writes dead letters into the folders that they go to. Whoever runs an emulator calls this
//! between two turns, never within one.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;

use crate::service::DeadLetterFile;
use crate::stderr::say;

/// How many dead letters are taken from an emulator at once.
pub(crate) const BATCH: usize = 256;

/// Writes files, and says on stderr once if that fails, and again when it works.
#[derive(Debug, Default)]
pub(crate) struct DeadLetterFolders {
    failing: HashSet<PathBuf>,
}

impl DeadLetterFolders {
    /// Writes a dead letter, so that it survives a loss of power. Returns whether that worked.
    pub(crate) fn write(&mut self, file: &DeadLetterFile) -> bool {
        let result = write(file);
        let folder = file.folder.display();
        match &result {
            Ok(()) if self.failing.remove(&file.folder) => {
                say(format_args!("dead letters are written to {folder} again"));
            }
            Err(error) if self.failing.insert(file.folder.clone()) => {
                say(format_args!(
                    "cannot write dead letters to {folder}: {error}; they are kept, with retries for two \
                     days: let this user write there"
                ));
            }
            _ => {}
        }
        result.is_ok()
    }
}

/// A file gets its name when it is whole, so nobody reads half of one.
fn write(file: &DeadLetterFile) -> io::Result<()> {
    let path = file.folder.join(&file.path);
    let folder = path.parent().unwrap_or(&file.folder);
    fs::create_dir_all(folder)?;
    let part = path.with_extension("part");
    let written = File::create(&part).and_then(|mut new| {
        new.write_all(file.content.as_bytes())?;
        new.sync_all()?;
        fs::rename(&part, &path)
    });
    if written.is_err() {
        // Nobody needs it, and where it cannot be written it cannot be removed either.
        let _ = fs::remove_file(&part);
    }
    written?;
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}
