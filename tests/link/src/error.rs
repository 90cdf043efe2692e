//! Why a link accepts or returns no more bytes.

use std::io;

use thiserror::Error as ThisError;

/// Why a link takes or hands out no bytes any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ThisError)]
#[non_exhaustive]
pub enum Error {
    /// The connection was reset: by the link, or by the other end. Bytes that had not arrived are
    /// lost.
    #[error("the connection was reset by the link or by the other end")]
    Reset,
    /// This end pushed bytes after it had closed its direction.
    #[error("bytes cannot be pushed after this end has closed its direction")]
    Closed,
}

impl From<Error> for io::Error {
    /// Converts into the error that a socket would report: [`io::ErrorKind::ConnectionReset`] or
    /// [`io::ErrorKind::BrokenPipe`].
    fn from(error: Error) -> Self {
        let kind = match error {
            Error::Reset => io::ErrorKind::ConnectionReset,
            Error::Closed => io::ErrorKind::BrokenPipe,
        };
        Self::new(kind, error)
    }
}
