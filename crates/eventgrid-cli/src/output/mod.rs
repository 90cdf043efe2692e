//! What goes to stdout, which is data and nothing else, in the form that the user asks for.
//!
//! This module covers the forms and how records are written in each of them. What a record has is
//! the command's to say; messages go to stderr by `failure` or by the command itself.

mod format;
mod records;
mod table;

pub(crate) use self::format::OutputFormat;
pub(crate) use self::records::{Record, RecordWriter};
pub(crate) use self::table::shortened;

use std::io;

use crate::failure::{Failure, FailureKind};

/// Why stdout could not be written.
pub(crate) fn cannot_write(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        Failure::new(FailureKind::ClosedPipe, "stdout was closed")
    } else {
        Failure::local("cannot write to stdout", error)
    }
}
