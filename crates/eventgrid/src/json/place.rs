//! Where a value is in the text that it was found in.

use super::raw::RawJson;
use super::reader::Reader;
use super::string::JsonStr;

/// Where a value is in a text: what stays of it when the text moves. It is only good for the text it was made from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    start: usize,
    /// The end, and in the lowest bit whether it is a string with escapes: no text is so long that the bit is missed.
    end_and_escaped: usize,
}

impl Place {
    /// That of a string that the reader has read just now, without its quotes.
    #[inline]
    pub(crate) fn of_string(string: JsonStr<'_>, reader: &Reader<'_>) -> Self {
        let end = reader.offset().saturating_sub(1);
        Self {
            start: end.saturating_sub(string.raw().len()),
            end_and_escaped: end << 1 | usize::from(string.as_str().is_none()),
        }
    }

    /// That of a value that the reader has read just now.
    #[inline]
    pub(crate) fn of_value(value: RawJson<'_>, reader: &Reader<'_>) -> Self {
        let end = reader.offset();
        Self { start: end.saturating_sub(value.as_str().len()), end_and_escaped: end << 1 }
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
        text.get(self.start..self.end_and_escaped >> 1).unwrap_or_default()
    }
}
