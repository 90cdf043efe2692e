//! Splitting text at a byte.

/// What stands before the first such byte of ASCII, and what after it. That of `str` takes any
/// pattern: 300 bytes of flash.
pub(crate) fn split_at_byte(text: &str, byte: u8) -> Option<(&str, &str)> {
    split_round(text, text.bytes().position(|other| other == byte)?)
}

/// The same for the last one.
pub(crate) fn split_at_last_byte(text: &str, byte: u8) -> Option<(&str, &str)> {
    split_round(text, text.bytes().rposition(|other| other == byte)?)
}

fn split_round(text: &str, position: usize) -> Option<(&str, &str)> {
    let (before, rest) = text.split_at_checked(position)?;
    Some((before, rest.get(1..)?))
}
