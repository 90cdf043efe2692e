//! The escapes of JSON strings: by a table where time counts for more than two kilobytes, and else
//! byte by byte.

use super::lexer::plain_prefix;
use eventgrid_transport::{Buf, BufFull};

#[cfg(feature = "std")]
pub(super) use by_table::escape_into;

/// Appends `text` with the escapes it needs within a JSON string, and no others.
#[cfg(not(feature = "std"))]
pub(super) fn escape_into(buf: &mut Buf<'_>, text: &[u8]) -> Result<(), BufFull> {
    let mut rest = text;
    loop {
        let (plain, special) = rest.split_at_checked(plain_prefix(rest)).unwrap_or_default();
        buf.extend(plain)?;
        let Some((&byte, behind)) = special.split_first() else { return Ok(()) };
        let escape = escape(byte);
        buf.extend(escape.to_le_bytes().get(..(escape >> 56) as usize).unwrap_or_default())?;
        rest = behind;
    }
}

/// A byte as it stands in a string, its first character lowest. The highest byte says how many they
/// are.
const fn escape(byte: u8) -> u64 {
    let letter = match byte {
        0..32 => CONTROL_LETTERS[byte as usize],
        b'"' | b'\\' => byte,
        _ => return 1 << 56 | byte as u64,
    };
    u64::from_le_bytes(if letter == b'u' {
        [b'\\', b'u', b'0', b'0', b'0' | byte >> 4, HEX_DIGITS[(byte & 0xf) as usize], 0, 6]
    } else {
        [b'\\', letter, 0, 0, 0, 0, 0, 2]
    })
}

/// By which letter each control character is escaped.
const CONTROL_LETTERS: &[u8; 32] = b"uuuuuuuubtnufruuuuuuuuuuuuuuuuuu";

const HEX_DIGITS: &[u8; 16] = b"0123456789abcdef";

#[cfg(feature = "std")]
mod by_table {
    use super::{Buf, BufFull, escape, plain_prefix};

    /// Appends `text` with the escapes it needs within a JSON string, and no others.
    pub(in crate::json) fn escape_into(buf: &mut Buf<'_>, text: &[u8]) -> Result<(), BufFull> {
        let mut rest = text;
        loop {
            // Escapes seldom come alone.
            let (near, far) = rest.split_at(rest.len().min(NEAR));
            if !buf.fill(|room| escape_near(near, room)) {
                let mut escaped = [0; MOST_ESCAPED];
                let len = escape_near(near, &mut escaped);
                buf.extend(escaped.get(..len).unwrap_or_default())?;
            }
            let (plain, special) = far.split_at_checked(plain_prefix(far)).unwrap_or_default();
            buf.extend(plain)?;
            if special.is_empty() {
                return Ok(());
            }
            rest = special;
        }
    }

    /// Writes `text` with its escapes, and says how much that is.
    #[inline(never)]
    fn escape_near(text: &[u8], out: &mut [u8; MOST_ESCAPED]) -> usize {
        let mut len = 0;
        for &byte in text {
            let escape = ESCAPES[usize::from(byte)];
            if let Some(place) = out.get_mut(len..).and_then(<[u8]>::first_chunk_mut) {
                *place = escape.to_le_bytes();
            }
            len += (escape >> 56) as usize;
        }
        len
    }

    /// The most that the near bytes can take, and where the last escape is put as a word.
    const MOST_ESCAPED: usize = NEAR * LONGEST_ESCAPE + 2;

    /// How many bytes behind an escape are likely to have another one.
    const NEAR: usize = 128;

    /// The length of an escape by its code.
    const LONGEST_ESCAPE: usize = 6;

    /// The escapes of all bytes.
    static ESCAPES: [u64; 256] = {
        let mut escapes = [0; 256];
        let mut byte = u8::MAX;
        while byte > 0 {
            escapes[byte as usize] = escape(byte);
            byte -= 1;
        }
        escapes[0] = escape(0);
        escapes
    };
}
