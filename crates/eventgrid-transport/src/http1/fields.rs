//! What the headers of a response say about its body and its connection.

use super::body::Framing;
use super::coding::Coding;
use super::error::HttpError;
use super::head::Head;
use super::lines::trimmed;

/// What the headers say so far. An error is kept here until it is known whether it matters: a
/// response without a body is read whatever its headers say of one.
#[derive(Default)]
pub(super) struct Fields {
    length: Option<u64>,
    length_error: Option<HttpError>,
    chunked: bool,
    transfer_error: Option<HttpError>,
    content_error: Option<HttpError>,
    closes: bool,
    keeps_alive: bool,
}

impl Fields {
    pub(super) fn header(&mut self, name: &str, value: &[u8]) {
        let take: fn(&mut Self, &[u8]) = match name.len() {
            10 if name.eq_ignore_ascii_case("connection") => Self::connection,
            14 if name.eq_ignore_ascii_case("content-length") => Self::content_length,
            16 if name.eq_ignore_ascii_case("content-encoding") => Self::content_encoding,
            17 if name.eq_ignore_ascii_case("transfer-encoding") => Self::transfer_encoding,
            _ => return,
        };
        for element in value.split(|&byte| byte == b',').map(trimmed) {
            take(self, element);
        }
    }

    fn connection(&mut self, option: &[u8]) {
        self.closes |= option.eq_ignore_ascii_case(b"close");
        self.keeps_alive |= option.eq_ignore_ascii_case(b"keep-alive");
    }

    fn content_length(&mut self, value: &[u8]) {
        match number(value) {
            None => self.length_error = Some(HttpError::ContentLength),
            Some(length) if self.length.is_some_and(|other| other != length) => {
                self.length_error = Some(HttpError::ContentLengths);
            }
            length => self.length = length,
        }
    }

    fn content_encoding(&mut self, coding: &[u8]) {
        if !is_identity(coding) {
            self.content_error = Some(HttpError::ContentEncoding(Coding::new(coding)));
        }
    }

    fn transfer_encoding(&mut self, coding: &[u8]) {
        if coding.eq_ignore_ascii_case(b"chunked") {
            if self.chunked {
                self.transfer_error = Some(HttpError::ChunkedTwice);
            }
            self.chunked = true;
        } else if !is_identity(coding) {
            self.transfer_error = Some(HttpError::TransferEncoding(Coding::new(coding)));
        }
    }

    /// What follows a head with these headers (RFC 9112, 6.3 and 9.3).
    pub(super) fn head(
        &self,
        status: u16,
        http_1_0: bool,
        is_bodiless: bool,
        any_coding: bool,
    ) -> Result<Head, HttpError> {
        let framing = if is_bodiless || matches!(status, 204 | 304) {
            Framing::Length(0)
        } else if let Some(error) = self.transfer_error {
            return Err(error);
        } else if self.chunked {
            if http_1_0 {
                return Err(HttpError::ChunkedInHttp10);
            }
            Framing::Chunked
        } else if let Some(error) = self.length_error {
            return Err(error);
        } else {
            self.length.map_or(Framing::UntilClose, Framing::Length)
        };
        // The status of a failure says enough, whether or not its body can be read.
        let any_coding = any_coding || framing == Framing::Length(0) || !matches!(status, 200..300);
        if let (Some(error), false) = (self.content_error, any_coding) {
            return Err(error);
        }
        let is_ambiguous =
            framing == Framing::Chunked && (self.length.is_some() || self.length_error.is_some());
        let persists = !self.closes && (!http_1_0 || self.keeps_alive);
        Ok(Head {
            status,
            framing,
            keeps_connection: persists && !is_ambiguous && framing != Framing::UntilClose,
        })
    }
}

/// Whether the coding changes nothing: `identity`, or an empty element of a list.
fn is_identity(coding: &[u8]) -> bool {
    coding.is_empty() || coding.eq_ignore_ascii_case(b"identity")
}

/// Reads a number of decimal digits.
fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u64::from(byte - b'0'));
    digits.iter().try_fold(0_u64, |number, &byte| number.checked_mul(10)?.checked_add(digit(byte)?))
}
