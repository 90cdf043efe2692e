//! The URL, the first part of an encoded request.

use core::fmt;

use eventgrid_transport::Buf;

use crate::endpoint::{ApiVersion, Endpoint};
use crate::http::headers::{HeaderWriter, format, write_text_header};
use crate::http::{RequestContext, RequestError};
use crate::text::percent::{self, Plain};
use crate::trace::TraceContext;

/// The name of this crate in the `User-Agent` header.
const USER_AGENT: &str = concat!("eventgrid-rust/", env!("CARGO_PKG_VERSION"));

/// A request's URL, being written.
#[derive(Debug)]
pub struct UrlWriter<'w, 'b> {
    tx: &'w mut Buf<'b>,
    method: usize,
    has_query: bool,
}

impl<'w, 'b> UrlWriter<'w, 'b> {
    /// Starts a `POST` to an endpoint; what the buffer held is forgotten.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`] if it does not fit.
    pub fn new(tx: &'w mut Buf<'b>, endpoint: &Endpoint<'_>) -> Result<Self, RequestError> {
        Self::with_method(tx, "POST", endpoint)
    }

    /// Starts a request by any method.
    pub(crate) fn with_method(
        tx: &'w mut Buf<'b>,
        method: &str,
        endpoint: &Endpoint<'_>,
    ) -> Result<Self, RequestError> {
        Self::with_base_path(tx, method, endpoint, endpoint.base_path())
    }

    /// The same with another path than the endpoint's own.
    pub(crate) fn with_base_path(
        tx: &'w mut Buf<'b>,
        method: &str,
        endpoint: &Endpoint<'_>,
        base_path: &str,
    ) -> Result<Self, RequestError> {
        tx.clear();
        tx.extend(method.as_bytes())?;
        for part in [endpoint.scheme(), endpoint.authority(), base_path] {
            tx.extend(part.as_bytes())?;
        }
        Ok(Self { tx, method: method.len(), has_query: false })
    }

    /// Appends a part of the path as it is.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`] if it does not fit.
    pub fn path(&mut self, part: &str) -> Result<(), RequestError> {
        Ok(self.tx.extend(part.as_bytes())?)
    }

    /// Appends the path and the query of another URL of the endpoint, which need no encoding.
    pub(crate) fn path_and_query(&mut self, url: impl Iterator<Item = char>) -> Result<(), RequestError> {
        for character in url {
            self.has_query |= character == '?';
            self.tx.extend(character.encode_utf8(&mut [0; 4]).as_bytes())?;
        }
        Ok(())
    }

    /// Appends a name as one segment of the path, percent-encoded where it must be.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`] if it does not fit.
    pub fn segment(&mut self, name: &str) -> Result<(), RequestError> {
        Ok(percent::encode(name, Plain::UNRESERVED, |piece| self.tx.extend(piece))?)
    }

    /// Appends a query parameter; neither its name nor its value may need encoding. Numbers are
    /// best given as `u64`: what writes those in decimal is there anyway.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`] if it does not fit.
    pub fn query(&mut self, name: &str, value: impl fmt::Display) -> Result<(), RequestError> {
        self.parameter(name)?;
        format(self.tx, format_args!("{value}"))
    }

    /// Appends the parameter that says which version of the REST contract is spoken.
    pub(crate) fn api_version(&mut self, version: ApiVersion) -> Result<(), RequestError> {
        self.parameter("api-version")?;
        self.path(version.as_str())
    }

    /// Appends a query parameter, percent-encoded where it must be.
    pub(crate) fn encoded_query(&mut self, name: &str, value: &str) -> Result<(), RequestError> {
        self.begin_parameter()?;
        self.segment(name)?;
        self.path("=")?;
        self.segment(value)
    }

    fn parameter(&mut self, name: &str) -> Result<(), RequestError> {
        self.begin_parameter()?;
        self.path(name)?;
        self.path("=")
    }

    fn begin_parameter(&mut self) -> Result<(), RequestError> {
        let separator = if self.has_query { "&" } else { "?" };
        self.has_query = true;
        self.path(separator)
    }

    /// Goes on to the headers, and writes those that every request has.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`] if they do not fit.
    pub fn headers(self, context: &RequestContext<'_>) -> Result<HeaderWriter<'w, 'b>, RequestError> {
        self.headers_except(context, |_| false)
    }

    /// [`headers`](Self::headers), but for those that the caller will write.
    pub(crate) fn headers_except(
        self,
        context: &RequestContext<'_>,
        except: impl Fn(&str) -> bool,
    ) -> Result<HeaderWriter<'w, 'b>, RequestError> {
        let mut headers = HeaderWriter::new(self.tx, self.method);
        if !except("accept") {
            headers.text("accept", "application/json")?;
        }
        if !except("user-agent") {
            let separator = if context.application_id.is_empty() { "" } else { " " };
            write_text_header(headers.tx, "user-agent", &[context.application_id, separator, USER_AGENT])?;
        }
        if !except("x-ms-client-request-id") {
            let id = context.request_id.digits();
            headers.text("x-ms-client-request-id", core::str::from_utf8(&id).unwrap_or_default())?;
        }
        for (name, value) in context.trace.into_iter().flat_map(TraceContext::members) {
            if !except(name) {
                headers.text(name, value)?;
            }
        }
        Ok(headers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_path_cannot_carry_is_percent_encoded() {
        for (name, segment) in [
            ("", ""),
            ("orders-2.of_today~", "orders-2.of_today~"),
            ("a b/c", "a%20b%2Fc"),
            ("%ü?", "%25%C3%BC%3F"),
        ] {
            let mut storage = [0; 64];
            let mut tx = Buf::new(&mut storage);
            let endpoint = Endpoint::new("http://h").unwrap();
            UrlWriter::new(&mut tx, &endpoint).unwrap().segment(name).unwrap();
            assert_eq!(tx.filled().strip_prefix(b"POSThttp://h"), Some(segment.as_bytes()));
        }
    }
}
