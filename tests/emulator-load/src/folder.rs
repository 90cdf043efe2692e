//! A directory for the measurements, on the disk of the target folder.

use std::fs;
use std::path::{Path, PathBuf};

/// Removed with this.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        // A folder for temporary files may be in memory, where a sync costs nothing.
        let program = std::env::current_exe().expect("it runs from a file");
        let parent = program.parent().expect("a file is in a folder").join("data-of-load");
        let path = parent.join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("the disk can be written");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
