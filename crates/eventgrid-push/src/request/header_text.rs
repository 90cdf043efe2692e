//! Which text can be the value of a header.

use http::HeaderValue;

/// The value of a header, if the text arrives unchanged: ASCII without control characters, and
/// without white space at its ends, which HTTP removes.
pub(super) fn header_text(text: &str) -> Option<HeaderValue> {
    if text.is_ascii() && text.trim() == text { HeaderValue::from_str(text).ok() } else { None }
}
