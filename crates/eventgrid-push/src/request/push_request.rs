//! A request that is ready to be sent.

use std::fmt;

use http::{HeaderMap, Method};

/// The origin that Event Grid names in requests of CloudEvents.
pub(crate) const EVENT_GRID_ORIGIN: &str = "eventgrid.azure.net";

/// The media type of the Event Grid schema, and of custom schemas.
pub(super) const JSON: &str = "application/json; charset=utf-8";

/// A request that is ready to be sent: method, headers and body.
///
/// It has no URL: send it to the subscription's endpoint. The client adds `Content-Length` and
/// `Host`. Send it without following redirects, and over `https` unless the endpoint is on this
/// machine. `Debug` shows neither the values of headers nor the body: they may be secrets.
#[derive(Clone)]
pub struct PushRequest {
    method: Method,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl PushRequest {
    pub(crate) fn new(method: Method, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self { method, headers, body }
    }

    /// The method: `POST`, or `OPTIONS` for the handshake of CloudEvents.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The headers. The values of secret delivery properties are marked as sensitive.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Method, headers and body, to be sent.
    pub fn into_parts(self) -> (Method, HeaderMap, Vec<u8>) {
        (self.method, self.headers, self.body)
    }
}

impl fmt::Debug for PushRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.keys().collect();
        f.debug_struct("PushRequest")
            .field("method", &self.method)
            .field("headers", &names)
            .field("body_len", &self.body.len())
            .finish()
    }
}
