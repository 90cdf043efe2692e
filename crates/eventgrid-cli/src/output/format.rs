//! The forms of output.

use std::io::{self, IsTerminal as _};

use clap::ValueEnum;

/// The form in which data is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// One JSON array of all records.
    Json,
    /// JSON lines: one object a line, as soon as it is known.
    Jsonl,
    /// A table for people; it may change from version to version.
    Table,
    /// What the record is about and nothing else, such as the data of events.
    Raw,
}

impl OutputFormat {
    /// The form that was asked for, or else a table on a terminal and JSON lines elsewhere.
    pub(crate) fn or_default(asked: Option<Self>) -> Self {
        asked.unwrap_or(if io::stdout().is_terminal() { Self::Table } else { Self::Jsonl })
    }
}
