//! The headers of an encoded request.

use core::fmt;

use eventgrid_transport::Buf;

use crate::http::{BodyWriter, RequestError};
use crate::text::base64;

/// A request's headers, being written.
#[derive(Debug)]
pub struct HeaderWriter<'w, 'b> {
    pub(super) tx: &'w mut Buf<'b>,
    method: usize,
    url: usize,
}

impl<'w, 'b> HeaderWriter<'w, 'b> {
    /// Goes on after a URL that is whole; the method in front of it has that many bytes.
    pub(super) fn new(tx: &'w mut Buf<'b>, method: usize) -> Self {
        Self { method, url: tx.len(), tx }
    }

    /// Appends a header; its name is in lower case.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`] if it does not fit, [`RequestError::Header`] if the value has a
    /// line break or anything else that a header cannot carry.
    pub fn header(&mut self, name: &'static str, value: impl fmt::Display) -> Result<(), RequestError> {
        self.prefixed(name, "", value)
    }

    /// Appends a header whose value is text: the same as [`header`](Self::header), for fewer
    /// instructions.
    pub(crate) fn text(&mut self, name: &'static str, value: &str) -> Result<(), RequestError> {
        write_text_header(self.tx, name, &[value])
    }

    /// Appends a header whose name has two parts, both in lower case.
    pub(crate) fn prefixed(
        &mut self,
        prefix: &'static str,
        name: &str,
        value: impl fmt::Display,
    ) -> Result<(), RequestError> {
        write_header(self.tx, prefix, name, format_args!("{value}"))
    }

    /// Appends a header whose value is base64 of what `write` appends.
    pub(crate) fn base64(
        &mut self,
        name: &'static str,
        write: impl FnOnce(&mut Buf<'b>) -> Result<(), RequestError>,
    ) -> Result<(), RequestError> {
        self.tx.extend(name.as_bytes())?;
        self.tx.extend(b": ")?;
        let start = self.tx.len();
        write(self.tx)?;
        base64::encode_in_place(self.tx, start)?;
        Ok(self.tx.extend(b"\r\n")?)
    }

    /// Goes on to the body.
    pub fn body(self) -> BodyWriter<'w, 'b> {
        BodyWriter::new(self.tx, self.method, self.url)
    }
}

pub(crate) fn write_header(
    tx: &mut Buf<'_>,
    prefix: &'static str,
    name: &str,
    value: fmt::Arguments<'_>,
) -> Result<(), RequestError> {
    let start = tx.len();
    tx.extend(prefix.as_bytes())?;
    tx.extend(name.as_bytes())?;
    tx.extend(b": ")?;
    let value_start = tx.len();
    format(tx, value)?;
    end_header(tx, prefix, start, value_start)
}

pub(crate) fn write_text_header(
    tx: &mut Buf<'_>,
    name: &'static str,
    parts: &[&str],
) -> Result<(), RequestError> {
    let start = tx.len();
    tx.extend(name.as_bytes())?;
    tx.extend(b": ")?;
    let value_start = tx.len();
    for part in parts {
        tx.extend(part.as_bytes())?;
    }
    end_header(tx, name, start, value_start)
}

/// Ends the line of a header, unless a header cannot carry its value.
fn end_header(
    tx: &mut Buf<'_>,
    name: &'static str,
    start: usize,
    value_start: usize,
) -> Result<(), RequestError> {
    let value = tx.filled().get(value_start..).unwrap_or_default();
    // All of it, so that many bytes are looked at together.
    if !value.iter().fold(true, |is_valid, byte| is_valid & matches!(byte, b' '..=b'~' | b'\t')) {
        // It may be a secret.
        tx.erase_from(start);
        return Err(RequestError::Header { name });
    }
    Ok(tx.extend(b"\r\n")?)
}

pub(crate) fn format(tx: &mut Buf<'_>, value: fmt::Arguments<'_>) -> Result<(), RequestError> {
    fmt::write(tx, value).map_err(|fmt::Error| RequestError::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_that_cannot_be_sent_leaves_nothing_behind() {
        let mut storage = [0; 64];
        for value in ["a\r\nb: c", "\u{7f}", "ü", "\0"] {
            let mut tx = Buf::new(&mut storage);
            let written = write_text_header(&mut tx, "name", &["value", value]);
            assert_eq!(written, Err(RequestError::Header { name: "name" }), "{value:?}");
            assert!(tx.is_empty());
            assert_eq!(storage, [0; 64]);
        }
        let mut tx = Buf::new(&mut storage);
        write_text_header(&mut tx, "name", &["~ ", "\tvalue"]).unwrap();
        assert_eq!(tx.filled(), b"name: ~ \tvalue\r\n");
    }
}
