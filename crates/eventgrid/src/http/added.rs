//! What is added to a request that is encoded already, where it belongs: parameters at the end of
//! the URL, headers at the end of the others.
//!
//! A [counting](Buf::counting) buffer has no request to look into, so what is replaced is counted
//! twice there: it tells no less than is needed.

use core::ops::Range;

use eventgrid_transport::Buf;

use crate::http::{Encoded, RequestError};
use crate::text::percent::{self, Plain};

impl Encoded {
    /// Adds parameters to the URL.
    ///
    /// # Errors
    /// If one of them is there already, or the buffer is too small.
    pub(crate) fn add_query(&mut self, tx: &mut Buf<'_>, query: &[(&str, &str)]) -> Result<(), RequestError> {
        let own = self.method..self.url;
        for (index, (name, value)) in query.iter().enumerate() {
            if name.is_empty() {
                return Err(RequestError::Options {
                    index,
                    reason: "a query parameter of the call's options has no name",
                });
            }
            if parameters(tx, own.clone()).any(|own| own == name.as_bytes()) {
                let reason = "the call writes a query parameter of its options itself";
                return Err(RequestError::Options { index, reason });
            }
            let is_first = tx.filled().get(self.method..self.url).is_some_and(|url| !url.contains(&b'?'));
            let added = insert(tx, self.url, |tx| {
                tx.extend(if is_first { b"?" } else { b"&" })?;
                percent::encode(name, Plain::UNRESERVED, |piece| tx.extend(piece))?;
                tx.extend(b"=")?;
                Ok(percent::encode(value, Plain::UNRESERVED, |piece| tx.extend(piece))?)
            })?;
            self.url += added;
            self.headers += added;
            self.body += added;
        }
        Ok(())
    }

    /// Adds headers, each in place of one with the same name.
    ///
    /// # Errors
    /// If one of them has a name or a value that no header can have, or is one that only the client
    /// sets, or if the buffer is too small.
    pub(crate) fn add_headers(
        &mut self,
        tx: &mut Buf<'_>,
        headers: &[(&str, &str)],
    ) -> Result<(), RequestError> {
        for (index, (name, value)) in headers.iter().enumerate() {
            let refused = |reason| RequestError::Options { index, reason };
            if name.is_empty() || !name.bytes().all(is_token) {
                return Err(refused("a header of the call's options has a name that no header can have"));
            }
            if is_reserved(name) || starts_with(name, "ce-") || starts_with(name, "aeg-") {
                return Err(refused("a header of the call's options is one that only the client sets"));
            }
            self.set_header(tx, name, value).ok_or_else(|| {
                refused("a header of the call's options has a value that no header can have")
            })??;
        }
        Ok(())
    }

    /// Sets the content type, if the request has one.
    ///
    /// # Errors
    /// If the request is in binary mode, no header can have this value, or the buffer is too small.
    pub(crate) fn set_content_type(&mut self, tx: &mut Buf<'_>, value: &str) -> Result<(), RequestError> {
        let refused = |reason| RequestError::Options { index: 0, reason };
        if self.line(tx, "ce-specversion").is_some() {
            return Err(refused(
                "in binary mode the content type is that of the event's data: leave it out of the options",
            ));
        }
        // A counting buffer has no lines.
        if !tx.filled().is_empty() && self.line(tx, "content-type").is_none() {
            return Ok(());
        }
        self.set_header(tx, "content-type", value)
            .ok_or_else(|| refused("no header can have the content type of the call's options"))?
    }

    /// `None` if no header can have the value.
    fn set_header(&mut self, tx: &mut Buf<'_>, name: &str, value: &str) -> Option<Result<(), RequestError>> {
        if !value.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t')) {
            return None;
        }
        if let Some(line) = self.line(tx, name) {
            let len = line.len();
            if let Some(tail) = tx.filled_mut().get_mut(line.start..) {
                tail.rotate_left(len.min(tail.len()));
            }
            tx.truncate(tx.len() - len);
            self.headers -= len;
            self.body -= len;
        }
        let added = insert(tx, self.headers, |tx| {
            for byte in name.bytes() {
                tx.extend(&[byte.to_ascii_lowercase()])?;
            }
            tx.extend(b": ")?;
            tx.extend(value.as_bytes())?;
            Ok(tx.extend(b"\r\n")?)
        });
        Some(added.map(|added| {
            self.headers += added;
            self.body += added;
        }))
    }

    /// Where the line of a header is.
    fn line(&self, tx: &Buf<'_>, name: &str) -> Option<Range<usize>> {
        let mut start = self.url;
        for line in tx.filled().get(self.url..self.headers)?.split_inclusive(|byte| *byte == b'\n') {
            let is_it = line.get(..name.len()).is_some_and(|own| own.eq_ignore_ascii_case(name.as_bytes()))
                && line.get(name.len()) == Some(&b':');
            if is_it {
                return Some(start..start + line.len());
            }
            start += line.len();
        }
        None
    }
}

/// The names of the parameters in a URL.
fn parameters<'t>(tx: &'t Buf<'_>, url: Range<usize>) -> impl Iterator<Item = &'t [u8]> {
    let url = tx.filled().get(url).unwrap_or_default();
    let query = url.split(|byte| *byte == b'?').nth(1).unwrap_or_default();
    query.split(|byte| *byte == b'&').filter_map(|parameter| parameter.split(|byte| *byte == b'=').next())
}

/// Inserts what `write` appends. Returns how many bytes that are.
fn insert(
    tx: &mut Buf<'_>,
    at: usize,
    write: impl FnOnce(&mut Buf<'_>) -> Result<(), RequestError>,
) -> Result<usize, RequestError> {
    let end = tx.len();
    write(tx)?;
    let added = tx.len() - end;
    if let Some(tail) = tx.filled_mut().get_mut(at..) {
        tail.rotate_right(added.min(tail.len()));
    }
    Ok(added)
}

/// The characters of methods and of header names (RFC 9110, 5.6.2).
pub(crate) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// What the transport and the credential write.
pub(crate) fn is_reserved(name: &str) -> bool {
    const RESERVED: [&str; 9] = [
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "authorization",
        "proxy-authorization",
        "cookie",
        "aeg-sas-key",
        "aeg-sas-token",
    ];
    RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved))
}

fn starts_with(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
