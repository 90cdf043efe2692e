//! One HTTP request, borrowed from the buffer it was encoded into.

use core::fmt;
use core::time::Duration;

use crate::text::split_at_byte;

/// One HTTP request, borrowed from the buffer it was encoded into.
///
/// A [`Transport`](crate::Transport) sends it. `Debug` shows neither credentials nor the body.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) url: &'a str,
    pub(crate) headers: &'a str,
    pub(crate) authorization: &'a str,
    pub(crate) body: &'a [u8],
    pub(crate) hold: Duration,
    pub(crate) replay: Replay,
}

impl<'a> Request<'a> {
    /// The method: `POST` for every operation of the data plane.
    pub fn method(&self) -> &'a str {
        self.method
    }

    /// The whole URL.
    pub fn url(&self) -> &'a str {
        self.url
    }

    /// Whether the connection must be secured by TLS.
    pub fn is_https(&self) -> bool {
        self.url.starts_with("https:")
    }

    /// The host, with its port if the URL has one: what the `Host` header says.
    pub fn authority(&self) -> &'a str {
        self.split_url().0
    }

    /// The path and query: what the request line says.
    pub fn path_and_query(&self) -> &'a str {
        self.split_url().1
    }

    fn split_url(&self) -> (&'a str, &'a str) {
        let start = if self.is_https() { "https://".len() } else { "http://".len() };
        let rest = self.url.get(start..).unwrap_or_default();
        let path = rest.bytes().position(|byte| byte == b'/');
        path.and_then(|path| rest.split_at_checked(path)).unwrap_or((rest, ""))
    }

    /// The headers, credentials included; `Host` and `Content-Length` are left to the transport.
    pub fn headers(&self) -> Headers<'a> {
        Headers { public: self.headers, sensitive: self.authorization }
    }

    /// The body; empty for a receive.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// How long the service may hold the answer back on purpose (a long poll); zero for anything else. A transport waits
    /// for the answer's head at least this long and some slack.
    pub fn hold(&self) -> Duration {
        self.hold
    }

    /// What sending this request twice does.
    pub fn replay(&self) -> Replay {
        self.replay
    }
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method())
            .field("url", &self.url)
            .field("headers", &self.headers())
            .field("body_len", &self.body.len())
            .field("hold", &self.hold)
            .field("replay", &self.replay)
            .finish()
    }
}

/// What sending a request again does, when it is not known whether the service has seen it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replay {
    /// It does no harm that the service does not already allow for: it is sent again after any transient failure.
    Always,
    /// It may do something twice: it is sent again only when it is certain that the service did not act on it.
    OnlyIfNotActedOn,
}

/// The headers of a [`Request`].
#[derive(Clone)]
pub struct Headers<'a> {
    /// Lines of `name:value\n`, as [`HeaderWriter`](crate::encode::HeaderWriter) writes them.
    public: &'a str,
    sensitive: &'a str,
}

impl<'a> Iterator for Headers<'a> {
    type Item = Header<'a>;

    fn next(&mut self) -> Option<Header<'a>> {
        let sensitive = self.public.is_empty();
        let lines = if sensitive { &mut self.sensitive } else { &mut self.public };
        let (line, rest) = split_at_byte(lines, b'\n')?;
        *lines = rest;
        let (name, value) = split_at_byte(line, b':')?;
        Some(Header { name, value, sensitive })
    }
}

impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// One header of a [`Request`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    name: &'a str,
    value: &'a str,
    sensitive: bool,
}

impl<'a> Header<'a> {
    /// The name, in lower case.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The value: printable ASCII, spaces and tabs.
    pub fn value(&self) -> &'a str {
        self.value
    }

    /// Whether the value is a credential, which must not be logged, indexed or shown.
    pub fn is_sensitive(&self) -> bool {
        self.sensitive
    }
}

impl fmt::Debug for Header<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if self.sensitive { "(redacted)" } else { self.value };
        write!(f, "{}: {value}", self.name)
    }
}
