//! One HTTP request, borrowed from the buffer it was encoded into: what a transport sends.
//!
//! How a request comes to be is not here: that is the protocol's.

mod headers;
mod limits;

pub use headers::{Header, Headers};
pub use limits::Limits;

use core::fmt;
use core::time::Duration;

/// One HTTP request, borrowed from the buffer it was encoded into.
///
/// A [`Transport`](crate::Transport) sends it. `Debug` shows neither credentials nor the body.
///
/// ```
/// use eventgrid_transport::Request;
///
/// let request = Request::new("POST", "https://ns.example:8443/topics/orders:publish?api-version=2024-06-01")
///     .with_headers("accept: application/json\r\n")
///     .with_credential("authorization: SharedAccessKey c2VjcmV0\r\n")
///     .with_body(b"[]");
/// assert_eq!(request.authority(), "ns.example:8443");
/// assert_eq!(request.path_and_query(), "/topics/orders:publish?api-version=2024-06-01");
/// assert!(!format!("{request:?}").contains("c2VjcmV0"));
/// ```
#[derive(Clone, Copy)]
pub struct Request<'a> {
    method: &'a str,
    url: &'a str,
    headers: &'a str,
    credential: &'a str,
    body: &'a [u8],
    wait: Duration,
    replay: Replay,
    limits: Limits,
}

impl<'a> Request<'a> {
    /// A request without headers and body. `url` is a whole URL that begins with `https://` or
    /// `http://`, percent-encoded where it must be.
    pub const fn new(method: &'a str, url: &'a str) -> Self {
        Self {
            method,
            url,
            headers: "",
            credential: "",
            body: &[],
            wait: Duration::ZERO,
            replay: Replay::OnlyIfNotActedOn,
            limits: Limits::new(),
        }
    }

    /// Sets the headers, as lines of `name: value\r\n`, the names in lower case and the values
    /// printable ASCII. `Host` and `Content-Length` are left to the transport.
    #[must_use]
    pub const fn with_headers(self, lines: &'a str) -> Self {
        Self { headers: lines, ..self }
    }

    /// Sets the headers that are kept secret, in the same form.
    #[must_use]
    pub const fn with_credential(self, lines: &'a str) -> Self {
        Self { credential: lines, ..self }
    }

    /// Sets the body. Default: none.
    #[must_use]
    pub const fn with_body(self, body: &'a [u8]) -> Self {
        Self { body, ..self }
    }

    /// Sets the wait time of a long poll, see [`wait`](Self::wait). Default: zero.
    #[must_use]
    pub const fn with_wait(self, wait: Duration) -> Self {
        Self { wait, ..self }
    }

    /// Sets what sending it twice does. Default: [`Replay::OnlyIfNotActedOn`], since nothing is
    /// known of it.
    #[must_use]
    pub const fn with_replay(self, replay: Replay) -> Self {
        Self { replay, ..self }
    }

    /// Sets the limits of this one request. Default: the transport's own.
    #[must_use]
    pub const fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

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
        path.and_then(|path| rest.split_at_checked(path)).unwrap_or((rest, "/"))
    }

    /// The headers, those of the credential last; `Host` and `Content-Length` are left to the
    /// transport.
    pub fn headers(&self) -> Headers<'a> {
        Headers::new(self.headers, self.credential)
    }

    /// Whether there is a header of that name, in any case.
    pub fn has_header(&self, name: &str) -> bool {
        headers::has_header(self.headers.as_bytes(), name)
            || headers::has_header(self.credential.as_bytes(), name)
    }

    /// The headers but for those of the credential, as HTTP/1.1 has them: lines of `name:
    /// value\r\n`. A transport that writes its requests itself copies them as they are.
    pub fn header_lines(&self) -> &'a str {
        self.headers
    }

    /// The headers of the credential, as HTTP/1.1 has them. They are secret: kept out of logs,
    /// errors and `Debug`.
    pub fn credential_lines(&self) -> &'a str {
        self.credential
    }

    /// The body; empty for a receive.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// How long the service may hold the response back on purpose (a long poll); zero for anything
    /// else. A transport waits for the response's head this much longer than it does otherwise.
    pub fn wait(&self) -> Duration {
        self.wait
    }

    /// What sending this request twice does.
    pub fn replay(&self) -> Replay {
        self.replay
    }

    /// The limits of this one request. What they leave unset is the transport's own.
    pub fn limits(&self) -> Limits {
        self.limits
    }
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method())
            .field("url", &self.url)
            .field("headers", &self.headers())
            .field("body_len", &self.body.len())
            .field("wait", &self.wait)
            .field("replay", &self.replay)
            .field("limits", &self.limits)
            .finish()
    }
}

/// What sending a request again does, when it is not known whether the service has seen it.
// Either it does harm or it does not: there is no third case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replay {
    /// It does no harm that the service does not already allow for: it is sent again after any
    /// transient failure.
    Always,
    /// It may do something twice: it is sent again only when it is certain that the service did not
    /// act on it.
    OnlyIfNotActedOn,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_found_by_its_whole_name_in_any_case() {
        let request = Request::new("GET", "http://h")
            .with_headers("accept: a\r\nX-Long: accept-encoding: b\r\n")
            .with_credential("authorization: key\r\n");
        for name in ["accept", "x-long", "authorization", "Accept"] {
            assert!(request.has_header(name), "{name}");
        }
        for name in ["", "acc", "accept:", "accept-encoding", "long", "key"] {
            assert!(!request.has_header(name), "{name}");
        }
    }

    #[test]
    fn a_url_without_a_path_asks_for_the_root() {
        let request = Request::new("GET", "http://localhost:6500");
        assert_eq!((request.authority(), request.path_and_query()), ("localhost:6500", "/"));
    }
}
