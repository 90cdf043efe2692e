//! Percent-encoding, undone.

use crate::text::percent::hex_digit;

/// The bytes of `encoded`, each `%` with two hex digits after it decoded; any other `%` stands for
/// itself.
#[derive(Debug, Clone)]
pub(super) struct PercentDecoded<I>(pub(super) I);

impl<I: Iterator<Item = u8> + Clone> Iterator for PercentDecoded<I> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let byte = self.0.next()?;
        if byte == b'%' {
            let mut after = self.0.clone();
            let mut digit = || after.next().and_then(hex_digit);
            if let (Some(high), Some(low)) = (digit(), digit()) {
                self.0 = after;
                return Some(high << 4 | low);
            }
        }
        Some(byte)
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    #[test]
    fn one_round_is_undone() {
        for (encoded, decoded) in [
            ("", ""),
            ("plain", "plain"),
            ("a%20b", "a b"),
            ("%2525", "%25"),
            ("%c3%A9", "\u{e9}"),
            ("%", "%"),
            ("%2", "%2"),
            ("%zz%41", "%zzA"),
            ("%%41", "%A"),
            ("a+b", "a+b"),
        ] {
            let bytes: Vec<u8> = PercentDecoded(encoded.bytes()).collect();
            assert_eq!(bytes, decoded.as_bytes(), "{encoded}");
        }
    }
}
