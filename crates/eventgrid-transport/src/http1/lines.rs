//! The lines of a head.

use core::str;

use super::error::HttpError;
use crate::bytes::position;

/// Returns the end of a head, if `bytes` begin with a complete one. It ends after the first empty
/// line that follows another line.
///
/// `scanned` is how many bytes were searched before, and have no end in them.
pub(super) fn end_of_head(bytes: &[u8], scanned: usize) -> Option<usize> {
    // The end may have begun in the last two bytes.
    let mut start = scanned.saturating_sub(2);
    loop {
        let rest = bytes.get(start..)?;
        let after = start + position(rest, b'\n')? + 1;
        match bytes.get(after..)? {
            [b'\n', ..] => return Some(after + 1),
            [b'\r', b'\n', ..] => return Some(after + 2),
            _ => start = after,
        }
    }
}

/// The lines of a complete head, without their line ends. Where a line is folded, the line end
/// within it becomes spaces.
pub(super) struct Lines<'h>(pub(super) &'h mut [u8]);

impl<'h> Lines<'h> {
    /// The next line; an empty one ends the head.
    pub(super) fn next(&mut self) -> &'h mut [u8] {
        let head = core::mem::take(&mut self.0);
        let mut from = 0;
        loop {
            let Some(length) = head.get(from..).and_then(|rest| position(rest, b'\n')) else {
                return head;
            };
            let line_end = from + length;
            let returns = line_end > from && head.get(line_end - 1) == Some(&b'\r');
            let end = line_end - usize::from(returns);
            if end == 0 || !matches!(head.get(line_end + 1), Some(b' ' | b'\t')) {
                let (line, rest) = head.split_at_mut_checked(line_end + 1).unwrap_or_default();
                self.0 = rest;
                return line.get_mut(..end).unwrap_or_default();
            }
            head.get_mut(end..=line_end).unwrap_or_default().fill(b' ');
            from = line_end + 1;
        }
    }
}

/// The status of a status line, and whether the line says HTTP/1.0.
pub(super) fn status_line(line: &[u8]) -> Result<(u16, bool), HttpError> {
    let [b'H', b'T', b'T', b'P', b'/', b'1', b'.', minor @ b'0'..=b'9', b' ', status @ ..] = line else {
        return Err(HttpError::NotHttp);
    };
    let [hundreds @ b'1'..=b'9', tens @ b'0'..=b'9', ones @ b'0'..=b'9', reason @ ..] = status else {
        return Err(HttpError::StatusLine);
    };
    if !matches!(reason, [] | [b' ', ..]) {
        return Err(HttpError::StatusLine);
    }
    is_text(reason)?;
    let digit = |byte: &u8| u16::from(byte - b'0');
    Ok((digit(hundreds) * 100 + digit(tens) * 10 + digit(ones), *minor == b'0'))
}

/// The name and the value of a header line.
pub(super) fn header(line: &[u8]) -> Result<(&str, &[u8]), HttpError> {
    let colon = position(line, b':').ok_or(HttpError::HeaderLine)?;
    let (name, value) = line.split_at_checked(colon).unwrap_or_default();
    let value = trimmed(value.get(1..).unwrap_or_default());
    if let [.., b' ' | b'\t'] = name {
        return Err(HttpError::SpaceBeforeColon);
    }
    if name.is_empty() || !name.iter().all(|&byte| is_token(byte)) {
        return Err(HttpError::HeaderLine);
    }
    is_text(value)?;
    let name = str::from_utf8(name).map_err(|_| HttpError::HeaderLine)?;
    Ok((name, value))
}

/// Removes the spaces and tabs around a value.
pub(super) fn trimmed(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// Checks that there are no control characters but tabs.
fn is_text(bytes: &[u8]) -> Result<(), HttpError> {
    let is_control = |byte: u8| byte.is_ascii_control() && byte != b'\t';
    // Every byte is checked, without an early end, so that the compiler can check many at a time.
    let has_control = bytes.iter().fold(false, |found, &byte| found | is_control(byte));
    if has_control { Err(HttpError::ControlCharacter) } else { Ok(()) }
}

/// Whether a name may have this byte (RFC 9110, 5.6.2).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_have_the_bytes_that_http_allows() {
        for byte in 0..=u8::MAX {
            let is_symbol = b"!#$%&'*+-.^_`|~".contains(&byte);
            assert_eq!(is_token(byte), is_symbol || byte.is_ascii_alphanumeric(), "{byte}");
            let is_control = byte < b' ' && byte != b'\t' || byte == 127;
            for text in [[byte, b' ', b'a'], [b' ', byte, b'a'], [b'a', b'\t', byte]] {
                assert_eq!(is_text(&text).is_err(), is_control, "{byte}");
            }
        }
    }
}
