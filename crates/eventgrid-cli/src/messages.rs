//! Messages on stderr.

use std::fmt;
use std::io::{self, Write as _};

/// Prints a line on stderr. Where that is closed or full, there is nowhere to say so: what the
/// program does, and the code that it ends with, are the same.
macro_rules! message {
    ($($text:tt)*) => {
        $crate::messages::print_line(::std::format_args!($($text)*))
    };
}

/// What `message!` does.
pub(crate) fn print_line(text: fmt::Arguments<'_>) {
    print(format_args!("{text}\n"));
}

/// Prints a text on stderr as it is, if that can be written.
pub(crate) fn print(text: fmt::Arguments<'_>) {
    // In one piece, so that others who write to it do not come in between.
    let _ = io::stderr().write_all(text.to_string().as_bytes());
}
