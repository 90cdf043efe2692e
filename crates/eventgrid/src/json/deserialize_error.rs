//! Why a value could not be read.

use core::fmt;

use super::error::{JsonError, Message};

/// Why a value could not be read from JSON text into a type.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeserializeError {
    /// The text is not JSON.
    Json(JsonError),
    /// A string has escapes, and decoded it is longer than the scratch buffer: lend more.
    ScratchTooSmall {
        /// How many bytes this string takes.
        needed: usize,
    },
    /// A member that the type needs is not there.
    MissingField(&'static str),
    /// The value is not one of the type.
    Mismatch {
        /// What the type said about it.
        message: Message,
        /// About where the reader was, in bytes from the start of the text.
        offset: usize,
    },
}

impl DeserializeError {
    /// The error with its place: types do not know where they are.
    pub(super) fn at(self, offset: usize) -> Self {
        match self {
            Self::Mismatch { message, .. } => Self::Mismatch { message, offset },
            other => other,
        }
    }
}

impl From<JsonError> for DeserializeError {
    fn from(error: JsonError) -> Self {
        Self::Json(error)
    }
}

impl serde::de::Error for DeserializeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Mismatch { message: Message::new(message), offset: 0 }
    }

    fn missing_field(name: &'static str) -> Self {
        Self::MissingField(name)
    }
}

impl fmt::Display for DeserializeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(_) => f.write_str("the text cannot be read as JSON"),
            Self::ScratchTooSmall { needed } => {
                write!(
                    f,
                    "the scratch buffer is too small for a string with escapes: lend {needed} bytes or more"
                )
            }
            Self::MissingField(name) => write!(f, "missing field `{name}`"),
            Self::Mismatch { message, offset } => {
                write!(f, "the value is not of the type expected at byte {offset}: {message}")
            }
        }
    }
}

impl core::error::Error for DeserializeError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Json(error) => Some(error),
            _ => None,
        }
    }
}
