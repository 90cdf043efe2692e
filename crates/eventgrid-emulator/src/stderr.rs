//! What is told to whoever runs the emulator.

use std::fmt::Display;
use std::io::{self, Write as _};

/// Writes a line to stderr. Where nothing can be written to it, nobody reads it.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(io::stderr(), "eventgrid-emulator: {line}");
}
