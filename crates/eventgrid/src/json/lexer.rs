//! The tokens of JSON: where they end. Everything works on bytes and offsets; none of it panics.

use super::error::{Expected, JsonError, JsonErrorKind};

/// Every byte of a word set to `byte`.
const fn splat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The highest bit of every byte that needs attention within a string: a quote, a backslash or a
/// control character. Bytes above the lowest one found may be marked wrongly, since the
/// subtractions borrow.
#[inline]
fn attention(word: u64) -> u64 {
    // A flipped bit puts the quote next to the control characters.
    let control_or_quote = (word ^ splat(b'"' ^ 0x20)).wrapping_sub(splat(0x21));
    let backslash = (word ^ splat(b'\\')).wrapping_sub(splat(1));
    (control_or_quote | backslash) & !word & splat(0x80)
}

/// How many bytes at the start of `bytes` are plain text within a JSON string: neither a quote nor
/// a backslash nor a control character.
#[inline]
pub(crate) fn plain_prefix(bytes: &[u8]) -> usize {
    if !BY_WORDS {
        return bytes.iter().position(|&byte| is_special(byte)).unwrap_or(bytes.len());
    }
    if !HAS_VECTORS {
        return plain_words(bytes);
    }
    let near = plain_words(bytes.get(..BLOCK).unwrap_or(bytes));
    if near < BLOCK {
        return near;
    }
    // What is long is likely to be longer.
    let blocks = plain_blocks(bytes);
    blocks + plain_words(bytes.get(blocks..).unwrap_or_default())
}

/// Whether strings are looked at by words, or byte by byte: on devices, flash counts for more than
/// time.
const BY_WORDS: bool = cfg!(feature = "std");

/// Whether every processor of this architecture has vector instructions, which the compiler then
/// uses for blocks.
const HAS_VECTORS: bool = cfg!(any(target_arch = "x86_64", target_arch = "aarch64"));

/// How many bytes are looked at together by vector instructions.
const BLOCK: usize = 64;

/// How many bytes the blocks at the start of `bytes` have that are plain as a whole.
// By words, which are fast also where a program is built for size and the compiler uses no vectors.
#[inline(never)]
fn plain_blocks(bytes: &[u8]) -> usize {
    let found =
        |block: &[u8]| block.chunks_exact(8).fold(0, |found, word| found | attention(first_word(word)));
    let plain = |block: &&[u8]| found(block) == 0;
    BLOCK * bytes.chunks_exact(BLOCK).take_while(plain).count()
}

/// The plain prefix, by words: most strings are names and attributes, a few words long.
#[inline]
fn plain_words(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some((word, behind)) = rest.split_first_chunk() {
        let found = attention(u64::from_le_bytes(*word));
        if found != 0 {
            return bytes.len() - rest.len() + found.trailing_zeros() as usize / 8;
        }
        rest = behind;
    }
    match bytes.last_chunk() {
        // What of it was looked at before is plain.
        Some(word) => bytes.len() - 8 + plain_in_word(u64::from_le_bytes(*word)),
        None => rest.iter().position(|&byte| is_special(byte)).unwrap_or(rest.len()),
    }
}

/// Whether plain text within a string ends at this byte. A flipped bit puts the quote next to the
/// control characters, so that two comparisons do for three.
#[inline]
fn is_special(byte: u8) -> bool {
    (byte ^ 0x02) < 0x21 || byte == b'\\'
}

/// The first offset at or after `at` that is not whitespace.
#[inline]
pub(crate) fn skip_whitespace(bytes: &[u8], at: usize) -> usize {
    // A machine seldom writes any.
    match bytes.get(at) {
        Some(b' ' | b'\n' | b'\r' | b'\t') => behind_whitespace(bytes, at + 1),
        _ => at,
    }
}

fn behind_whitespace(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

/// Where a value ends, a string at its closing quote, and in the lowest bit whether there is an
/// escape in it: results of lexing fit into two registers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StringEnd(usize);

impl StringEnd {
    #[inline]
    pub(crate) fn new(end: usize, escaped: bool) -> Self {
        // No text is so long that the bit is missed.
        Self(end << 1 | usize::from(escaped))
    }

    /// Where it ends, a string at its closing quote.
    #[inline]
    pub(crate) fn end(self) -> usize {
        self.0 >> 1
    }

    /// Whether there is an escape in it.
    #[inline]
    pub(crate) fn escaped(self) -> bool {
        self.0 & 1 == 1
    }
}

/// Steps over a string whose text starts at `at`, after its opening quote. Escapes are checked,
/// but halves of surrogate pairs are not.
#[inline]
pub(crate) fn string(bytes: &[u8], at: usize) -> Result<StringEnd, JsonError> {
    if !BY_WORDS {
        return string_by_bytes(bytes, at);
    }
    // Most strings are names and attributes: a few words, without escapes.
    let block = bytes.get(at..at.saturating_add(BLOCK)).unwrap_or_default();
    let mut start = at;
    for word in block.chunks_exact(8) {
        let found = attention(first_word(word));
        if found != 0 {
            let end = start + found.trailing_zeros() as usize / 8;
            if let Some(b'"') = bytes.get(end) {
                return Ok(StringEnd::new(end, false));
            }
            return long_string(bytes, end);
        }
        start += 8;
    }
    long_string(bytes, at)
}

/// Steps over a string byte by byte.
fn string_by_bytes(bytes: &[u8], mut at: usize) -> Result<StringEnd, JsonError> {
    let mut escaped = false;
    loop {
        match bytes.get(at) {
            Some(b'"') => return Ok(StringEnd::new(at, escaped)),
            Some(b'\\') => {
                escaped = true;
                at = escape(bytes, at)?;
            }
            Some(0x20..) => at += 1,
            Some(_) => return Err(JsonError::new(JsonErrorKind::ControlCharacter, at)),
            None => return Err(JsonError::new(JsonErrorKind::UnexpectedEnd, at)),
        }
    }
}

/// Goes on with a string that is long, or has escapes.
fn long_string(bytes: &[u8], mut at: usize) -> Result<StringEnd, JsonError> {
    let mut escaped = false;
    let mut plain = BLOCK - 8;
    'words: loop {
        let mut found = attention(word_at(bytes, at));
        if found == 0 {
            at += 8;
            plain += 8;
            if HAS_VECTORS && plain == BLOCK {
                at += plain_blocks(bytes.get(at..).unwrap_or_default());
            }
            continue;
        }
        // All that is found in this word before the next is read: escapes seldom come alone.
        while found != 0 {
            let special = at + found.trailing_zeros() as usize / 8;
            match bytes.get(special) {
                Some(b'"') => return Ok(StringEnd::new(special, escaped)),
                Some(b'\\') => {
                    escaped = true;
                    plain = 0;
                    let next = escape(bytes, special)?;
                    if next >= at + 8 {
                        at = next;
                        continue 'words;
                    }
                    found &= u64::MAX << (8 * (next - at));
                }
                Some(0x20..) => found &= found - 1, // It was marked wrongly.
                Some(_) => return Err(JsonError::new(JsonErrorKind::ControlCharacter, special)),
                None => return Err(JsonError::new(JsonErrorKind::UnexpectedEnd, special)),
            }
        }
        at += 8;
    }
}

/// The eight bytes at `at`; behind the end they are zero, which is a control character.
#[inline]
fn word_at(bytes: &[u8], at: usize) -> u64 {
    first_word(bytes.get(at..).unwrap_or_default())
}

/// The first eight bytes.
#[inline]
fn first_word(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(word) => u64::from_le_bytes(*word),
        None => last_word(bytes),
    }
}

/// How many bytes at the start of a word are plain, all eight at most.
#[inline]
fn plain_in_word(word: u64) -> usize {
    attention(word).trailing_zeros() as usize / 8
}

/// Fewer than eight bytes, and zeros behind them.
fn last_word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// Steps over an escape whose backslash is at `at`.
#[inline]
fn escape(bytes: &[u8], at: usize) -> Result<usize, JsonError> {
    match bytes.get(at + 1) {
        Some(b'u') => code_unit(bytes, at),
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(_) => Err(JsonError::new(JsonErrorKind::BadEscape, at)),
        None => Err(JsonError::new(JsonErrorKind::UnexpectedEnd, bytes.len())),
    }
}

/// Steps over an escape by four hexadecimal digits.
fn code_unit(bytes: &[u8], at: usize) -> Result<usize, JsonError> {
    let digits = bytes.get(at + 2..).unwrap_or_default();
    for index in 0..4 {
        match digits.get(index) {
            Some(digit) if digit.is_ascii_hexdigit() => {}
            Some(_) => return Err(JsonError::new(JsonErrorKind::BadEscape, at)),
            None => return Err(JsonError::new(JsonErrorKind::UnexpectedEnd, bytes.len())),
        }
    }
    Ok(at + 6)
}

/// Steps over a number that starts at `at` with a digit or a minus sign.
#[inline]
pub(crate) fn number(bytes: &[u8], mut at: usize) -> Result<usize, JsonError> {
    if let Some(b'-') = bytes.get(at) {
        at += 1;
    }
    let end = digits(bytes, at)?;
    if bytes.get(at) == Some(&b'0') && end > at + 1 {
        return Err(JsonError::new(JsonErrorKind::BadNumber, at + 1));
    }
    match bytes.get(end) {
        Some(b'.' | b'e' | b'E') => fraction(bytes, end),
        _ => Ok(end),
    }
}

/// Steps over what may follow the digits of a number: a fraction and an exponent.
fn fraction(bytes: &[u8], mut at: usize) -> Result<usize, JsonError> {
    if let Some(b'.') = bytes.get(at) {
        at = digits(bytes, at + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        at += 1;
        if let Some(b'+' | b'-') = bytes.get(at) {
            at += 1;
        }
        at = digits(bytes, at)?;
    }
    Ok(at)
}

/// Steps over one digit or more.
#[inline]
fn digits(bytes: &[u8], mut at: usize) -> Result<usize, JsonError> {
    match bytes.get(at) {
        Some(b'0'..=b'9') => {}
        Some(_) => return Err(JsonError::new(JsonErrorKind::BadNumber, at)),
        None => return Err(JsonError::new(JsonErrorKind::UnexpectedEnd, at)),
    }
    while let Some(b'0'..=b'9') = bytes.get(at) {
        at += 1;
    }
    Ok(at)
}

/// Steps over the word `true`, `false` or `null` at `at`.
#[inline]
pub(crate) fn word(bytes: &[u8], at: usize, word: &str, expected: Expected) -> Result<usize, JsonError> {
    let rest = bytes.get(at..).unwrap_or_default();
    if rest.starts_with(word.as_bytes()) {
        Ok(at + word.len())
    } else if word.as_bytes().starts_with(rest) {
        Err(JsonError::new(JsonErrorKind::UnexpectedEnd, bytes.len()))
    } else {
        Err(JsonError::expected(expected, at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_prefix_ends_at_every_special_byte_and_at_no_other() {
        for special in 0..=u8::MAX {
            // Within words, and within and between blocks.
            for position in (0..20).chain(60..68).chain(124..140) {
                let mut bytes = [b'x'; 140];
                bytes[position] = special;
                // What follows must not matter, though it is in the same word.
                if let Some(next) = bytes.get_mut(position + 1) {
                    *next = b'!';
                }
                let plain = special >= 0x20 && special != b'"' && special != b'\\';
                assert_eq!(
                    plain_prefix(&bytes),
                    if plain { bytes.len() } else { position },
                    "{special} at {position}"
                );
            }
        }
    }

    #[test]
    fn numbers_end_where_the_grammar_says() {
        for (text, end) in [("0", 1), ("-0", 2), ("10,", 2), ("0.5e-7]", 6), ("1E+2 ", 4), ("12a", 2)] {
            assert_eq!(number(text.as_bytes(), 0), Ok(end), "{text}");
        }
        for (text, kind, at) in [
            ("01", JsonErrorKind::BadNumber, 1),
            ("-a", JsonErrorKind::BadNumber, 1),
            ("1.e", JsonErrorKind::BadNumber, 2),
            ("1e+", JsonErrorKind::UnexpectedEnd, 3),
            ("-", JsonErrorKind::UnexpectedEnd, 1),
        ] {
            assert_eq!(number(text.as_bytes(), 0), Err(JsonError::new(kind, at)), "{text}");
        }
    }
}
