//! How errors of this crate are logged with `defmt`.

use defmt::{Debug2Format, Display2Format, Format, Formatter, write};

use crate::buffer::BufFull;
use crate::transport::TransportErrorKind;

/// As its `Display`.
impl Format for BufFull {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "{}", Display2Format(self));
    }
}

/// The variant's name.
impl Format for TransportErrorKind {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "{}", Debug2Format(self));
    }
}
