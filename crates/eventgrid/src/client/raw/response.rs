//! A complete response, and the head that is the same for responses that are read in pieces.

use alloc::string::String;
use alloc::vec::Vec;

use crate::client::exchange::HeaderLog;
use crate::http::reason;

/// The response to a [`RawRequest`](crate::RawRequest), whatever its status.
#[derive(Debug, Clone)]
#[must_use = "only its status says whether the service did what was asked"]
pub struct RawResponse {
    head: RawHead,
    body: Vec<u8>,
}

impl RawResponse {
    pub(in crate::client) fn new(head: RawHead, body: Vec<u8>) -> Self {
        Self { head, body }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.head.status()
    }

    /// The standard phrase for the status, such as `Not Found`; `None` if the status is not a
    /// registered one.
    ///
    /// It is not the phrase that the server sent: HTTP/2 has no such phrase, and a client should
    /// ignore that of HTTP/1.1 (RFC 9112, 4).
    pub fn reason(&self) -> Option<&'static str> {
        reason(self.status())
    }

    /// The value of the first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.head.header(name)
    }

    /// All headers, in the order they came.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.head.headers()
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body, owned.
    pub fn into_body(self) -> Vec<u8> {
        self.body
    }
}

/// Names and values.
pub(in crate::client) type HeaderList = Vec<(String, Vec<u8>)>;

impl HeaderLog for HeaderList {
    fn clear(&mut self) {
        Self::clear(self);
    }

    fn push(&mut self, name: &str, value: &[u8]) {
        Self::push(self, (name.into(), value.into()));
    }
}

/// The head of a response, with all of its headers.
#[derive(Debug, Clone)]
pub(in crate::client) struct RawHead {
    status: u16,
    headers: HeaderList,
}

impl RawHead {
    pub(in crate::client) fn new(status: u16, headers: HeaderList) -> Self {
        Self { status, headers }
    }

    pub(in crate::client) fn status(&self) -> u16 {
        self.status
    }

    pub(in crate::client) fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers().find(|(candidate, _)| candidate.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(in crate::client) fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()))
    }
}
