//! Base64 (RFC 4648, 4) of what a request's buffer has at its end.

use eventgrid_transport::{Buf, BufFull};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Encodes what `buf` has from `start` on, in its place.
pub(crate) fn encode_in_place(buf: &mut Buf<'_>, start: usize) -> Result<(), BufFull> {
    let len = buf.len().saturating_sub(start);
    let groups = len.div_ceil(3);
    for _ in len..groups.saturating_mul(4) {
        buf.extend(b"=")?;
    }
    let bytes = buf.filled_mut().get_mut(start..).unwrap_or_default();
    // From the end: a group never moves to where one before it is still to be read.
    for group in (0..groups).rev() {
        let byte = |at: usize| if at < len { bytes.get(at).copied() } else { None };
        let (first, second, third) = (byte(group * 3), byte(group * 3 + 1), byte(group * 3 + 2));
        let bits =
            [first, second, third].into_iter().fold(0, |bits, byte| bits << 8 | u32::from(byte.unwrap_or(0)));
        let digit = |shift: u32| ALPHABET.get((bits >> shift & 63) as usize).copied().unwrap_or_default();
        let digits =
            [digit(18), digit(12), second.map_or(b'=', |_| digit(6)), third.map_or(b'=', |_| digit(0))];
        for (at, digit) in digits.into_iter().enumerate() {
            if let Some(place) = bytes.get_mut(group * 4 + at) {
                *place = digit;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(bytes: &[u8]) -> std::vec::Vec<u8> {
        let mut storage = [0; 64];
        let mut buf = Buf::new(&mut storage);
        buf.extend(b"name: ").unwrap();
        buf.extend(bytes).unwrap();
        encode_in_place(&mut buf, 6).unwrap();
        let mut counted = Buf::counting();
        counted.extend(b"name: ").unwrap();
        counted.extend(bytes).unwrap();
        encode_in_place(&mut counted, 6).unwrap();
        assert_eq!(counted.len(), buf.len());
        buf.filled().strip_prefix(b"name: ").unwrap().to_vec()
    }

    /// RFC 4648, 10.
    #[test]
    fn the_test_vectors_of_the_standard() {
        for (text, expected) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encoded(text.as_bytes()), expected.as_bytes(), "{text}");
        }
        assert_eq!(encoded(&[0xfb, 0xff, 0xbf, 0, 0x10, 0x83]), b"+/+/ABCD");
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let mut storage = [0; 7];
        let mut buf = Buf::new(&mut storage);
        buf.extend(b"foob").unwrap();
        assert_eq!(encode_in_place(&mut buf, 0), Err(BufFull));
    }
}
