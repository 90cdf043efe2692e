//! The errors of an outbox.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use eventgrid::RequestError;

/// An error of the file of an outbox, which cannot be opened, read or written. The text says what
/// to do.
///
/// Clones share the cause.
#[derive(Debug, Clone)]
pub struct OutboxError {
    path: PathBuf,
    kind: OutboxErrorKind,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// The kind of an [`OutboxError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutboxErrorKind {
    /// Another outbox has the file open, in this process or in another.
    InUse,
    /// The file is not that of an outbox, or its first part is damaged.
    Foreign,
    /// A newer version of this crate wrote the file.
    Newer {
        /// The version of the file's format.
        form: u64,
        /// The newest version of the format that this crate reads.
        known: u64,
    },
    /// The events in the file have another schema than the one for which the outbox was opened.
    OtherSchema,
    /// The contents of the file are damaged.
    Damaged,
    /// The disk is full.
    DiskFull,
    /// The file cannot be created, read or written.
    Io,
    /// The outbox was closed.
    Closed,
}

impl OutboxError {
    pub(crate) fn new(path: &Path, kind: OutboxErrorKind) -> Self {
        Self { path: path.to_owned(), kind, source: None }
    }

    pub(crate) fn because(self, source: impl Error + Send + Sync + 'static) -> Self {
        Self { source: Some(Arc::new(source)), ..self }
    }

    /// The kind of the error.
    pub fn kind(&self) -> OutboxErrorKind {
        self.kind
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl fmt::Display for OutboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the outbox {} ", self.path.display())?;
        match self.kind {
            OutboxErrorKind::InUse => f.write_str("is open already: close it there, or choose another file"),
            OutboxErrorKind::Foreign => {
                f.write_str("is damaged or a file of another program: choose another file")
            }
            OutboxErrorKind::Newer { form, known } => write!(
                f,
                "was written by a newer version (form {form}, and this one reads {known}): use that version, or choose \
                 another file"
            ),
            OutboxErrorKind::OtherSchema => {
                f.write_str("has events of another schema: open it for that schema, or choose another file")
            }
            OutboxErrorKind::Damaged => {
                f.write_str("is damaged: choose another file, or a copy of this one that is not")
            }
            OutboxErrorKind::DiskFull => f.write_str("cannot be written, since the disk is full: make room"),
            OutboxErrorKind::Io => {
                f.write_str("cannot be read or written: look at its disk and at its permissions")
            }
            OutboxErrorKind::Closed => f.write_str("was closed: open it again"),
        }
    }
}

impl Error for OutboxError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn Error + 'static))
    }
}

/// Why an event was not put into an outbox.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum PutError {
    /// The service would refuse the event. Change it.
    #[error("the service would refuse the event")]
    Invalid(#[from] RequestError),
    /// The event is larger than a request may be, or than the capacity of the outbox.
    #[error(
        "the event has {bytes} bytes, more than the {limit} bytes that can be sent or kept: make it smaller"
    )]
    TooLarge {
        /// The size of the event as JSON and of its key, in bytes.
        bytes: usize,
        /// The largest size that is possible, in bytes.
        limit: usize,
    },
    /// The outbox is full.
    #[error(
        "the outbox is full: wait until some of its {queued} events are published, and remove the {refused} that the \
         service refused"
    )]
    Full {
        /// How many events wait to be published.
        queued: u64,
        /// How many were refused by the service and are still kept.
        refused: u64,
    },
    /// The event could not be stored. If the disk failed at the last moment, the event may be
    /// stored all the same, and is then published.
    #[error(transparent)]
    Storage(#[from] OutboxError),
    /// The outbox was closed.
    #[error("the outbox takes no more events: it was closed")]
    Closed,
}

/// Why the events of an outbox are not forwarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ForwardError {
    /// Another future already forwards the events of the outbox. Two would publish each event
    /// twice.
    #[error("the events of the outbox are forwarded already: await the future that does it, or drop it")]
    AlreadyForwarding,
}
