//! Numbers as text. With `std` by the crates that `serde_json` uses, which are several times as
//! fast as core and write a floating point number to the letter as it does; without it by core,
//! which needs no tables of their own.

#[cfg(any(feature = "serde", not(feature = "std")))]
use core::fmt;

use super::error::WriteError;
use super::writer::JsonWriter;

#[cfg(feature = "std")]
impl JsonWriter<'_, '_> {
    pub(super) fn integer(&mut self, number: impl itoa::Integer) -> Result<(), WriteError> {
        self.value(itoa::Buffer::new().format(number).as_bytes())
    }

    pub(super) fn signed(&mut self, number: i64) -> Result<(), WriteError> {
        self.integer(number)
    }

    /// A number that is finite.
    pub(super) fn float(&mut self, number: impl zmij::Float) -> Result<(), WriteError> {
        self.value(zmij::Buffer::new().format_finite(number).as_bytes())
    }
}

#[cfg(not(feature = "std"))]
impl JsonWriter<'_, '_> {
    pub(super) fn integer(&mut self, number: impl fmt::Display) -> Result<(), WriteError> {
        self.formatted(format_args!("{number}"))
    }

    /// With the digits of `u64`, so that a device has that code once.
    pub(super) fn signed(&mut self, number: i64) -> Result<(), WriteError> {
        let sign = if number < 0 { "-" } else { "" };
        self.formatted(format_args!("{sign}{}", number.unsigned_abs()))
    }

    /// A number that is finite.
    pub(super) fn float(&mut self, number: impl fmt::Debug) -> Result<(), WriteError> {
        self.formatted(format_args!("{number:?}"))
    }
}

/// Displays a floating point number that is finite, as it is written.
#[cfg(feature = "serde")]
pub(super) struct Float<T>(pub(super) T);

#[cfg(all(feature = "serde", feature = "std"))]
impl<T: zmij::Float + Copy> fmt::Display for Float<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(zmij::Buffer::new().format_finite(self.0))
    }
}

#[cfg(all(feature = "serde", not(feature = "std")))]
impl<T: fmt::Debug> fmt::Display for Float<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}
