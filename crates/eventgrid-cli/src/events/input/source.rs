//! Where input comes from.

use std::fmt;
use std::fs::{self, File, Metadata};
#[cfg(not(unix))]
use std::io::ErrorKind;
use std::io::{self, IsTerminal as _, Read};
use std::path::{Path, PathBuf};

/// Where input comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum InputSource {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
}

impl InputSource {
    /// Whether it is the file at that path, by whatever name.
    #[cfg(unix)]
    pub(crate) fn is_file_at(&self, path: &Path) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        matches!((self.metadata(), fs::metadata(path)), (Ok(source), Ok(file))
            if file.is_file() && (source.dev(), source.ino()) == (file.dev(), file.ino()))
    }

    /// Whether it is the file at that path. Elsewhere what stdin is cannot be told.
    #[cfg(not(unix))]
    pub(crate) fn is_file_at(&self, path: &Path) -> bool {
        let Self::File(file) = self else { return false };
        matches!((fs::canonicalize(file), fs::canonicalize(path)), (Ok(source), Ok(file)) if source == file)
    }

    /// Whether it is typed at a terminal.
    pub(crate) fn is_typed(&self) -> bool {
        *self == Self::Stdin && io::stdin().is_terminal()
    }

    /// Whether no part of it is waited for, since it is a file.
    pub(super) fn is_regular_file(&self) -> bool {
        self.metadata().is_ok_and(|metadata| metadata.is_file())
    }

    #[cfg(unix)]
    fn metadata(&self) -> io::Result<Metadata> {
        use std::os::fd::AsFd as _;
        match self {
            Self::Stdin => File::from(io::stdin().as_fd().try_clone_to_owned()?).metadata(),
            // It is not opened: what writes into a pipe would see it closed again.
            Self::File(path) => fs::metadata(path),
        }
    }

    #[cfg(not(unix))]
    fn metadata(&self) -> io::Result<Metadata> {
        match self {
            Self::Stdin => Err(ErrorKind::Unsupported.into()),
            Self::File(path) => fs::metadata(path),
        }
    }

    /// Opens it to be read.
    pub(super) fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Self::Stdin => Box::new(io::stdin()),
            Self::File(path) => Box::new(File::open(path)?),
        })
    }
}

impl fmt::Display for InputSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str("stdin"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}
