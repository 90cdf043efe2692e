//! What can go wrong.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use eventgrid::RequestError;

/// The file of an outbox cannot be opened, read or written. It says what to do.
///
/// Clones share the cause.
#[derive(Debug, Clone)]
pub struct OutboxError {
    path: PathBuf,
    kind: OutboxErrorKind,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// What is wrong with the file of an outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutboxErrorKind {
    /// Another outbox has it open, in this process or in another.
    InUse,
    /// It is no file of an outbox, or the file is damaged in its first part.
    Foreign,
    /// A newer version of this crate wrote it.
    Newer {
        /// The form of the file.
        form: u64,
        /// The newest form that this version reads.
        known: u64,
    },
    /// Its events have another schema than the outbox was opened for.
    OtherSchema,
    /// What was read cannot be right.
    Damaged,
    /// The disk is full.
    DiskFull,
    /// It cannot be made, read or written.
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

    /// What is wrong.
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
    /// The service would refuse the event: change it.
    #[error("the service would refuse the event")]
    Invalid(#[from] RequestError),
    /// The event is larger than any request may be, or than the whole outbox.
    #[error(
        "the event has {bytes} bytes, more than the {limit} bytes that can be sent or kept: make it smaller"
    )]
    TooLarge {
        /// Its size as JSON, in bytes, with its key.
        bytes: usize,
        /// How large it may be, in bytes.
        limit: usize,
    },
    /// There is no room.
    #[error(
        "the outbox is full: wait until some of its {queued} events are published, and take away the {refused} that the \
         service refused"
    )]
    Full {
        /// How many events wait to be published.
        queued: u64,
        /// How many were refused by the service and are still kept.
        refused: u64,
    },
    /// The event could not be stored. If the disk failed at the last moment it may be stored all
    /// the same; then it is published, too.
    #[error(transparent)]
    Storage(#[from] OutboxError),
    /// The outbox was closed.
    #[error("the outbox takes no more events: it was closed")]
    Closed,
}

/// Why events are not forwarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ForwardError {
    /// Another future forwards the events of the outbox: two would publish each of them twice.
    #[error("the events of the outbox are forwarded already: await the future that does it, or drop it")]
    AlreadyForwarding,
}
