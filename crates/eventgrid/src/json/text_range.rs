//! Where a value is in the text that it was found in.

use core::num::NonZeroUsize;

use super::error::{JsonError, JsonErrorKind};
use super::lexer::StringEnd;
use super::raw::RawJson;
use super::string::JsonStr;
use super::{lexer, walk};

/// Where a value is in a text: what stays of it when the text moves. It is only good for the text
/// it was made from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextRange {
    /// One more than the start, so that an optional place takes no more room.
    behind_start: NonZeroUsize,
    end: StringEnd,
}

/// That of nothing.
impl Default for TextRange {
    fn default() -> Self {
        Self::between(0, 0)
    }
}

impl TextRange {
    /// That of the string at `at`, without its quotes. Half of a surrogate pair is an error.
    #[inline]
    pub(crate) fn of_string(text: &str, at: usize) -> Result<Self, JsonError> {
        let start = at + 1;
        let string = lexer::string(text.as_bytes(), start)?;
        if string.escaped() {
            JsonStr::found_escaped(text.get(start..string.end()).unwrap_or_default())
                .map_err(|at| JsonError::new(JsonErrorKind::LoneSurrogate, start + at))?;
        }
        Ok(Self::new(start, string))
    }

    /// That of the value at `at`.
    #[inline]
    pub(crate) fn of_value(bytes: &[u8], at: usize, max_depth: usize) -> Result<Self, JsonError> {
        Ok(Self::between(at, walk::value(bytes, at, max_depth)?))
    }

    /// That of the value between two offsets.
    #[inline]
    pub(crate) fn between(start: usize, end: usize) -> Self {
        Self::new(start, StringEnd::new(end, false))
    }

    #[inline]
    fn new(start: usize, end: StringEnd) -> Self {
        Self { behind_start: NonZeroUsize::MIN.saturating_add(start), end }
    }

    /// Where it ends: behind a value, and at the closing quote of a string.
    #[inline]
    pub(crate) fn end(self) -> usize {
        self.end.end()
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
            StringEnd::new(self.end().saturating_sub(bytes), self.end.escaped()),
        )
    }

    /// The string at this place.
    #[inline]
    pub(crate) fn string(self, text: &str) -> JsonStr<'_> {
        JsonStr::found(self.text(text), self.end.escaped())
    }

    /// The value at this place.
    #[inline]
    pub(crate) fn value(self, text: &str) -> RawJson<'_> {
        RawJson::found(self.text(text))
    }

    #[inline]
    fn text(self, text: &str) -> &str {
        text.get(self.behind_start.get() - 1..self.end()).unwrap_or_default()
    }
}
