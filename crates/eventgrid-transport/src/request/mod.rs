//! One HTTP request, borrowed from the buffer it was encoded into: what a transport sends.
//!
//! How a request is encoded is not here, but in the code of the protocol.

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
    /// A request without headers and body. `url` is a complete URL that begins with `https://` or
    /// `http://`, and is percent-encoded where it must be.
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

    /// Sets the headers, as lines of `name: value\r\n`. Names are in lower case, and values are
    /// printable ASCII. Leave out `Host` and `Content-Length`: the transport adds them. Default:
    /// none.
    #[must_use]
    pub const fn with_headers(self, lines: &'a str) -> Self {
        Self { headers: lines, ..self }
    }

    /// Sets the headers that are secret, in the same form as [`with_headers`](Self::with_headers).
    /// Default: none.
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

    /// Sets whether sending the request twice does harm. Default: [`Replay::OnlyIfNotActedOn`],
    /// since that is safe for every request.
    #[must_use]
    pub const fn with_replay(self, replay: Replay) -> Self {
        Self { replay, ..self }
    }

    /// Sets the limits of this request. Default: all unset, so that the transport's apply.
    #[must_use]
    pub const fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The HTTP method: `POST` for every operation of the data plane.
    pub fn method(&self) -> &'a str {
        self.method
    }

    /// The complete URL.
    pub fn url(&self) -> &'a str {
        self.url
    }

    /// Whether the URL is an https URL, so that the connection must use TLS.
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

    /// The headers, with those of the credential last. `Host` and `Content-Length` are not among
    /// them: the transport adds them.
    pub fn headers(&self) -> Headers<'a> {
        Headers::new(self.headers, self.credential)
    }

    /// Whether there is a header of this name, in upper or lower case.
    pub fn has_header(&self, name: &str) -> bool {
        headers::has_header(self.headers.as_bytes(), name)
            || headers::has_header(self.credential.as_bytes(), name)
    }

    /// The headers without those of the credential, as HTTP/1.1 writes them: lines of `name:
    /// value\r\n`. A transport that writes its requests itself copies them unchanged.
    pub fn header_lines(&self) -> &'a str {
        self.headers
    }

    /// The headers of the credential, as HTTP/1.1 writes them. They are secret: keep them out of
    /// logs, errors and `Debug`.
    pub fn credential_lines(&self) -> &'a str {
        self.credential
    }

    /// The body; empty for a receive.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// The wait time: how long the service may delay its response to a long poll until there are
    /// events. Zero for any other request. A transport adds it to the
    /// [`response`](Limits::response) limit.
    pub fn wait(&self) -> Duration {
        self.wait
    }

    /// Whether sending this request twice does harm.
    pub fn replay(&self) -> Replay {
        self.replay
    }

    /// The limits of this request. Where one is unset, the transport's applies.
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

/// Whether a request may be sent again when it is not known whether the service has seen it.
// It is exhaustive: sending a request again does harm or it does not, and there is no third case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replay {
    /// Sending it twice does no more harm than the service itself may do, such as delivering an
    /// event twice. It is sent again after any transient failure.
    Always,
    /// Sending it twice may have its effect twice. It is sent again only if it is certain that the
    /// service did not act on it.
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
