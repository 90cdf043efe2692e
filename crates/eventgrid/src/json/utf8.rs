//! The check that bytes are text.

use super::error::{JsonError, JsonErrorKind};

/// The text that the bytes are.
pub(crate) fn check(bytes: &[u8]) -> Result<&str, JsonError> {
    // Where there is text that is not ASCII, checking it would otherwise take longer than reading
    // it.
    #[cfg(feature = "std")]
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        return Ok(text);
    }
    core::str::from_utf8(bytes).map_err(|error| JsonError::new(JsonErrorKind::NotUtf8, error.valid_up_to()))
}
