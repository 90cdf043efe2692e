//! The body, the last part of an encoded request.

use core::time::Duration;

use eventgrid_transport::{Buf, Replay};

use crate::http::{Encoded, RequestError};
use crate::json::{JsonWriter, decode_string_in_place};

/// A request's body, being written.
#[derive(Debug)]
pub struct BodyWriter<'w, 'b> {
    tx: &'w mut Buf<'b>,
    method: usize,
    url: usize,
    headers: usize,
}

impl<'w, 'b> BodyWriter<'w, 'b> {
    /// Goes on after headers that are whole; the method and the URL in front of them end there.
    pub(super) fn new(tx: &'w mut Buf<'b>, method: usize, url: usize) -> Self {
        Self { method, url, headers: tx.len(), tx }
    }

    /// A writer that appends JSON to the body.
    pub fn json(&mut self) -> JsonWriter<'_, 'b> {
        JsonWriter::new(self.tx)
    }

    /// Appends bytes to the body as they are.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`] if they do not fit.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), RequestError> {
        Ok(self.tx.extend(bytes)?)
    }

    /// Whether nothing was appended.
    pub(crate) fn is_empty(&self) -> bool {
        self.tx.len() == self.headers
    }

    /// Whether all that was appended is ASCII.
    pub(crate) fn is_ascii(&self) -> bool {
        self.tx.filled().get(self.headers..).unwrap_or_default().is_ascii()
    }

    /// Makes text of the body if it is a JSON string; otherwise returns `false`.
    ///
    /// A counting buffer has no body to look at: it keeps the length of the JSON string, which a
    /// buffer must have room for.
    pub(crate) fn decode_json_string(&mut self) -> bool {
        let body = self.tx.filled_mut().get_mut(self.headers..).unwrap_or_default();
        if body.is_empty() {
            return true;
        }
        let len = decode_string_in_place(body);
        if let Some(len) = len {
            self.tx.truncate(self.headers + len);
        }
        len.is_some()
    }

    /// Completes the request, but for its credential. `wait` is how long the service may hold the
    /// response back on purpose.
    pub fn end(self, wait: Duration, replay: Replay) -> Encoded {
        Encoded {
            method: self.method,
            url: self.url,
            headers: self.headers,
            body: self.tx.len(),
            wait,
            replay,
        }
    }
}
