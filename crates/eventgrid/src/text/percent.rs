//! Percent-encoding: text as URLs, shared access signatures and headers have it.

use core::fmt::{self, Write};

/// The characters that an encoding leaves as they are, besides letters and digits of ASCII.
#[derive(Clone, Copy)]
pub(crate) struct Plain(&'static [u8]);

impl Plain {
    /// In a segment of a path, or a query parameter (RFC 3986, 2.3).
    pub(crate) const UNRESERVED: Self = Self(b"-._~");

    /// What JavaScript's `encodeURIComponent` leaves as it is, in a part of a shared access
    /// signature.
    #[cfg(feature = "sas")]
    pub(crate) const COMPONENT: Self = Self(b"-_.!~*'()");

    /// In a header: what is printable ASCII, but for space, quote and percent (CloudEvents 1.0,
    /// HTTP protocol binding 3.1.3.2).
    pub(crate) const HEADER: Self = Self(b"!#$&'()*+,-./:;<=>?@[\\]^_`{|}~");

    fn has(self, byte: u8) -> bool {
        byte.is_ascii_alphanumeric() || self.0.contains(&byte)
    }
}

/// Gives `text` to `write`, piece by piece, with each byte of UTF-8 that is not plain as `%` and
/// two hex digits.
pub(crate) fn encode<E>(
    text: &str,
    plain: Plain,
    mut write: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or_default();
    let mut rest = text.as_bytes();
    loop {
        let len = rest.iter().position(|&byte| !plain.has(byte)).unwrap_or(rest.len());
        let (unchanged, special) = rest.split_at_checked(len).unwrap_or_default();
        write(unchanged)?;
        let Some((&byte, after)) = special.split_first() else { return Ok(()) };
        write(&[b'%', digit(byte >> 4), digit(byte & 15)])?;
        rest = after;
    }
}

/// Displays a value percent-encoded.
#[derive(Clone, Copy)]
pub(crate) struct PercentEncoded<T> {
    pub(crate) value: T,
    pub(crate) plain: Plain,
}

impl<T: fmt::Display> fmt::Display for PercentEncoded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Encoder { f, plain: self.plain }, "{}", self.value)
    }
}

struct Encoder<'f, 'a> {
    f: &'f mut fmt::Formatter<'a>,
    plain: Plain,
}

impl Write for Encoder<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // What is plain is ASCII, and so are the hex digits.
        encode(text, self.plain, |piece| self.f.write_str(core::str::from_utf8(piece).unwrap_or_default()))
    }
}

/// The value of a hex digit in either case.
pub(crate) fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn each_byte_that_is_not_plain_is_encoded() {
        let encoded = |value, plain| PercentEncoded { value, plain }.to_string();
        assert_eq!(encoded("", Plain::UNRESERVED), "");
        assert_eq!(encoded("a.b~c!d:e", Plain::UNRESERVED), "a.b~c%21d%3Ae");
        assert_eq!(encoded("%ü?", Plain::UNRESERVED), "%25%C3%BC%3F");
        assert_eq!(encoded("ü\n", Plain::HEADER), "%C3%BC%0A");
    }

    #[cfg(feature = "sas")]
    #[test]
    fn a_part_of_a_signature_is_encoded_as_by_java_script() {
        let encoded = |value| PercentEncoded { value, plain: Plain::COMPONENT }.to_string();
        assert_eq!(encoded("aZ09-_.!~*'()"), "aZ09-_.!~*'()");
        assert_eq!(encoded(" +/:=?&%"), "%20%2B%2F%3A%3D%3F%26%25");
    }

    #[test]
    fn a_header_keeps_all_that_is_printable_but_space_quote_and_percent() {
        for byte in 0..=0x7f_u8 {
            let kept = matches!(byte, b'!'..=b'~') && !matches!(byte, b'"' | b'%');
            assert_eq!(Plain::HEADER.has(byte), kept, "{byte:#x}");
        }
    }
}
