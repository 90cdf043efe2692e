//! Where a value is in the text that it was found in.

use core::num::NonZeroUsize;

use super::error::{JsonError, JsonErrorKind};
use super::raw::RawJson;
use super::string::JsonStr;
use super::{lexer, walk};

/// Where a value is in a text: what stays of it when the text moves. It is only good for the text it was made from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// One more than the start, so that an optional place takes no more room.
    behind_start: NonZeroUsize,
    /// The end, and in the lowest bit whether it is a string with escapes: no text is so long that the bit is missed.
    end_and_escaped: usize,
}

impl Place {
    /// That of the string at `at`, without its quotes, and what comes behind it. Half of a surrogate pair is an error.
    #[inline]
    pub(crate) fn of_string(text: &str, at: usize) -> Result<(Self, usize), JsonError> {
        let start = at + 1;
        let string = lexer::string(text.as_bytes(), start)?;
        if string.escaped {
            JsonStr::found_escaped(text.get(start..string.end).unwrap_or_default())
                .map_err(|at| JsonError::new(JsonErrorKind::LoneSurrogate, start + at))?;
        }
        Ok((Self::new(start, string.end, string.escaped), string.end + 1))
    }

    /// That of the value at `at`, and what comes behind it.
    #[inline]
    pub(crate) fn of_value(bytes: &[u8], at: usize, max_depth: usize) -> Result<(Self, usize), JsonError> {
        let end = walk::value(bytes, at, max_depth)?;
        Ok((Self::new(at, end, false), end))
    }

    /// That of the value between two offsets.
    #[inline]
    pub(crate) fn between(start: usize, end: usize) -> Self {
        Self::new(start, end, false)
    }

    #[inline]
    fn new(start: usize, end: usize, escaped: bool) -> Self {
        Self {
            behind_start: NonZeroUsize::MIN.saturating_add(start),
            end_and_escaped: end << 1 | usize::from(escaped),
        }
    }

    /// Where it starts.
    #[cfg(feature = "alloc")]
    pub(crate) fn start(self) -> usize {
        self.behind_start.get() - 1
    }

    /// The same place in a text without its first bytes, so many of them.
    #[cfg(feature = "alloc")]
    pub(crate) fn moved_back(self, bytes: usize) -> Self {
        Self::new(
            self.start().saturating_sub(bytes),
            (self.end_and_escaped >> 1).saturating_sub(bytes),
            self.end_and_escaped & 1 == 1,
        )
    }

    /// The string at this place.
    #[inline]
    pub(crate) fn string(self, text: &str) -> JsonStr<'_> {
        JsonStr::found(self.text(text), self.end_and_escaped & 1 == 1)
    }

    /// The value at this place.
    #[inline]
    pub(crate) fn value(self, text: &str) -> RawJson<'_> {
        RawJson::found(self.text(text))
    }

    #[inline]
    fn text(self, text: &str) -> &str {
        text.get(self.behind_start.get() - 1..self.end_and_escaped >> 1).unwrap_or_default()
    }
}
