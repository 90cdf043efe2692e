//! Decodes the percent-encoding of the parts of a shared access signature.

use crate::text::percent::hex_digit;

/// Decodes percent-encoding of any dialect: hex digits in upper or lower case, and `+` for a space.
#[cfg(all(feature = "sas", feature = "alloc"))]
pub(super) fn decode(text: &str) -> Option<alloc::string::String> {
    let mut decoded = alloc::vec![0; text.len()];
    decode_into(text, &mut decoded).map(Into::into)
}

/// The same in a buffer of the caller; also `None` if it does not fit.
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

#[cfg(all(test, feature = "sas", feature = "alloc"))]
mod tests {
    use super::*;

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
