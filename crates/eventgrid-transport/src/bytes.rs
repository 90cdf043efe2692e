//! Finding a byte.

/// The position of the first such byte.
///
/// With `std`, eight bytes are compared at a time. A device compares them one by one, which takes
/// less code.
pub(crate) fn position(bytes: &[u8], byte: u8) -> Option<usize> {
    if cfg!(not(feature = "std")) {
        return bytes.iter().position(|other| *other == byte);
    }
    let mut words = bytes.chunks_exact(8);
    for (index, word) in words.by_ref().enumerate() {
        let word = word.try_into().map_or(0, u64::from_le_bytes);
        let found = zeros(word ^ (EACH * u64::from(byte)));
        if found != 0 {
            return Some(8 * index + found.trailing_zeros() as usize / 8);
        }
    }
    let rest = words.remainder();
    Some(bytes.len() - rest.len() + rest.iter().position(|other| *other == byte)?)
}

/// One in each byte of a word.
const EACH: u64 = u64::MAX / 255;

/// The highest bit of each byte that is zero, and perhaps of bytes above the lowest of them.
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(EACH) & !word & (EACH << 7)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    #[test]
    fn a_byte_is_found_wherever_it_is() {
        for length in 0..100 {
            // Those that differ from it in one bit, and what borrows when one is subtracted.
            for other in [b'\n' ^ 1, b'\n' ^ 128, 0, 255] {
                let mut bytes = vec![other; length];
                assert_eq!(position(&bytes, b'\n'), None);
                for at in (0..length).rev() {
                    bytes[at] = b'\n';
                    assert_eq!(position(&bytes, b'\n'), Some(at), "{length} of {other}");
                }
            }
        }
    }
}
