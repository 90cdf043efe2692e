//! Why a response cannot be read.

use core::fmt;

use crate::json::JsonError;

/// Why the body of a success cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecodeError(JsonError);

impl DecodeError {
    /// What is wrong with the JSON, and where.
    pub fn json(&self) -> JsonError {
        self.0
    }
}

impl From<JsonError> for DecodeError {
    fn from(error: JsonError) -> Self {
        Self(error)
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the body is not what the service promises: {}", self.0)
    }
}

impl core::error::Error for DecodeError {}
