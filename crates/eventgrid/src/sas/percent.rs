//! Percent-encoding, as the parts of a shared access signature have it.

use core::fmt::{self, Write};

/// What `encodeURIComponent` leaves as it is, besides letters and digits.
pub(super) const COMPONENT: &[u8] = b"-_.!~*'()";

/// What a name keeps as a segment of a path, besides letters and digits.
pub(super) const SEGMENT: &[u8] = b"-._~";

/// Shows text percent-encoded.
pub(super) struct PercentEncoded<T> {
    pub(super) text: T,
    /// What is left as it is, besides letters and digits.
    pub(super) safe: &'static [u8],
}

impl<T: fmt::Display> fmt::Display for PercentEncoded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Encoder { f, safe: self.safe }, "{}", self.text)
    }
}

struct Encoder<'f, 'a> {
    f: &'f mut fmt::Formatter<'a>,
    safe: &'static [u8],
}

impl Write for Encoder<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() || self.safe.contains(&byte) {
                self.f.write_char(char::from(byte))?;
            } else {
                write!(self.f, "%{byte:02X}")?;
            }
        }
        Ok(())
    }
}

/// Undoes the percent-encoding of any dialect: hex digits in either case, and a space that was written as `+`.
#[cfg(feature = "alloc")]
pub(super) fn decode(text: &str) -> Option<alloc::string::String> {
    let mut decoded = alloc::vec::Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => hex_digit(bytes.next()?)? << 4 | hex_digit(bytes.next()?)?,
            byte => byte,
        });
    }
    alloc::string::String::from_utf8(decoded).ok()
}

#[cfg(feature = "alloc")]
fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn each_byte_that_is_not_safe_is_encoded() {
        let encoded = |text, safe| PercentEncoded { text, safe }.to_string();
        assert_eq!(encoded("aZ09-_.!~*'()", COMPONENT), "aZ09-_.!~*'()");
        assert_eq!(encoded(" +/:=?&%", COMPONENT), "%20%2B%2F%3A%3D%3F%26%25");
        assert_eq!(encoded("ü\n", COMPONENT), "%C3%BC%0A");
        assert_eq!(encoded("a.b~c!d:e", SEGMENT), "a.b~c%21d%3Ae");
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn every_dialect_is_decoded_and_nothing_else() {
        let cases = [
            ("", Some("")),
            ("a%2fb%2Fc", Some("a/b/c")),
            ("a+b%20c%2Bd", Some("a b c+d")),
            ("%C3%BC", Some("ü")),
            ("%", None),
            ("%2", None),
            ("%2g", None),
            ("%+1", None),
            ("%ü1", None),
            ("%C3", None),
            ("%C0%A0", None),
        ];
        for (text, decoded) in cases {
            assert_eq!(decode(text).as_deref(), decoded, "{text}");
        }
    }
}
