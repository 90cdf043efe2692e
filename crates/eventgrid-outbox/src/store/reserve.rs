//! Reserved room on the disk that is freed when the disk is full, because removing events is a
//! write, too.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The size of the reserve in bytes: several times what a removal writes.
const RESERVE: usize = 256 << 10;

fn path_of(file: &Path) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(".reserve");
    path.into()
}

/// Reserves the room, if it is not yet reserved. If that fails, there is no reserve.
pub(super) fn take(file: &Path) {
    let path = path_of(file);
    if fs::metadata(&path).is_ok_and(|metadata| metadata.len() == RESERVE as u64) {
        return;
    }
    // The bytes are not zero, because a file system may store zeros as a hole.
    let write = || -> io::Result<()> {
        let mut file = File::create(&path)?;
        file.write_all(&vec![0xa5; RESERVE])?;
        file.sync_all()
    };
    if write().is_err() {
        release(file);
    }
}

/// Frees the reserved room. Returns whether there was any.
pub(super) fn release(file: &Path) -> bool {
    fs::remove_file(path_of(file)).is_ok()
}
