//! Room on the disk that is given up when the disk is full: removing events is a write, too.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// How much, in bytes: several times what a removal writes.
const RESERVE: usize = 256 << 10;

fn path_of(file: &Path) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(".reserve");
    path.into()
}

/// Takes the room, if it is not taken. Where that fails there is none.
pub(super) fn take(file: &Path) {
    let path = path_of(file);
    if fs::metadata(&path).is_ok_and(|metadata| metadata.len() == RESERVE as u64) {
        return;
    }
    // Bytes that no file system stores as a hole.
    let write = || -> io::Result<()> {
        let mut file = File::create(&path)?;
        file.write_all(&vec![0xa5; RESERVE])?;
        file.sync_all()
    };
    if write().is_err() {
        release(file);
    }
}

/// Gives the room back to the disk. Returns whether there was any.
pub(super) fn release(file: &Path) -> bool {
    fs::remove_file(path_of(file)).is_ok()
}
