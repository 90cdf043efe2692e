//! The body of a response as JSON.

use core::fmt;

use serde::Deserialize;
use serde_json::error::Category;

use super::response::RawResponse;

/// Some servers write it before the text, although JSON must not have it (RFC 8259, 8.1).
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl RawResponse {
    /// Reads the body as JSON into a type of your own, which may borrow from it.
    ///
    /// ```
    /// # use eventgrid::{Error, RawRequest, Sleep, Transport, AccessKey, blocking};
    /// #[derive(serde::Deserialize)]
    /// struct Page {
    ///     next: Option<String>,
    /// }
    ///
    /// # fn example<T: Transport, E: Sleep>(
    /// #     consumer: &blocking::Consumer<T, E, AccessKey<'_>>,
    /// # ) -> Result<(), Box<dyn std::error::Error>> {
    /// let response = consumer.send_request(&RawRequest::new("GET", "/pages/1"))?;
    /// let page: Page = response.json()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`JsonBodyError`] if it is not JSON, or does not fit the type.
    pub fn json<'b, D: Deserialize<'b>>(&'b self) -> Result<D, JsonBodyError> {
        let body = self.body();
        let text = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
        serde_json::from_slice(text).map_err(|error| JsonBodyError::of(&error))
    }
}

/// Why the body of a response could not be read as JSON into a type.
///
/// It says where the problem is, but shows no part of the body, which may be as confidential as
/// events. `serde_json::from_slice` of [`RawResponse::body`] says more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonBodyError {
    /// The body is not JSON, or ends too early.
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column in bytes, from 1; 0 right after a line break.
        column: usize,
    },
    /// The body is JSON, but does not fit the type.
    Mismatch {
        /// The line, from 1.
        line: usize,
        /// The column in bytes, from 1; 0 right after a line break.
        column: usize,
    },
}

impl JsonBodyError {
    fn of(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        match error.classify() {
            Category::Data => Self::Mismatch { line, column },
            Category::Io | Category::Syntax | Category::Eof => Self::Syntax { line, column },
        }
    }
}

impl fmt::Display for JsonBodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { line, column } => {
                write!(f, "the response's body is not JSON at line {line}, column {column}")
            }
            Self::Mismatch { line, column } => {
                write!(f, "the response's body is not of the type expected at line {line}, column {column}")
            }
        }
    }
}

impl core::error::Error for JsonBodyError {}
