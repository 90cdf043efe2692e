//! Percent-encoding, as the parts of a shared access signature have it.

#[cfg(feature = "sas")]
use core::fmt::{self, Write};

/// What `encodeURIComponent` leaves as it is, besides letters and digits.
#[cfg(feature = "sas")]
pub(super) const COMPONENT: &[u8] = b"-_.!~*'()";

/// What a name keeps as a segment of a path, besides letters and digits.
#[cfg(feature = "sas")]
pub(super) const SEGMENT: &[u8] = b"-._~";

/// Shows text percent-encoded.
#[cfg(feature = "sas")]
pub(super) struct PercentEncoded<T> {
    pub(super) text: T,
    /// What is left as it is, besides letters and digits.
    pub(super) safe: &'static [u8],
}

#[cfg(feature = "sas")]
impl<T: fmt::Display> fmt::Display for PercentEncoded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Encoder { f, safe: self.safe }, "{}", self.text)
    }
}

#[cfg(feature = "sas")]
struct Encoder<'f, 'a> {
    f: &'f mut fmt::Formatter<'a>,
    safe: &'static [u8],
}

#[cfg(feature = "sas")]
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
#[cfg(all(feature = "sas", feature = "alloc"))]
pub(super) fn decode(text: &str) -> Option<alloc::string::String> {
    let mut decoded = alloc::vec![0; text.len()];
    decode_into(text, &mut decoded).map(Into::into)
}

/// The same in a buffer of the caller's; `None` also if it does not fit.
pub(super) fn decode_into<'b>(text: &str, buffer: &'b mut [u8]) -> Option<&'b str> {
    let mut len = 0;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        *buffer.get_mut(len)? = match byte {
            b'+' => b' ',
            b'%' => hex_digit(bytes.next()?)? << 4 | hex_digit(bytes.next()?)?,
            byte => byte,
        };
        len += 1;
    }
    core::str::from_utf8(buffer.get(..len)?).ok()
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16)?.try_into().ok()
}

#[cfg(all(test, feature = "sas"))]
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
