//! A request that the caller makes.

use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use eventgrid_transport::Replay;

/// A request of your own, with any method, path, query, headers and body.
///
/// It is sent with the client's credential, retries and transport. The client adds `Accept`,
/// `User-Agent`, the request id, and the `api-version`, unless the request has one or [must not
/// have one](Self::without_api_version). It is the version of the client, or else the newest one of
/// the target.
///
/// ```
/// use eventgrid::RawRequest;
///
/// let request = RawRequest::new("POST", "/topics/orders:publish")
///     .query("api-version", "2024-06-01")
///     .header("content-type", "application/cloudevents+json; charset=utf-8")
///     .body(br#"{"specversion":"1.0","id":"1","source":"urn:shop","type":"Order.Created"}"#);
/// ```
#[derive(Clone)]
pub struct RawRequest<'r> {
    pub(super) method: &'r str,
    pub(super) path: &'r str,
    pub(super) query: Vec<(&'r str, &'r str)>,
    pub(super) headers: Vec<(&'r str, &'r str)>,
    pub(super) body: &'r [u8],
    pub(super) wait: Duration,
    pub(super) replay: Replay,
    pub(super) api_version: bool,
}

impl<'r> RawRequest<'r> {
    /// A request with this method, to this path below the endpoint. The path begins with a slash
    /// and is sent unchanged, so it must be percent-encoded where necessary.
    ///
    /// For a basic topic, a domain or a partner namespace, the path `/api/events` is the endpoint's
    /// own, whether the endpoint was given with this path or not. An empty path is also the
    /// endpoint's own.
    pub fn new(method: &'r str, path: &'r str) -> Self {
        Self {
            method,
            path,
            query: Vec::new(),
            headers: Vec::new(),
            body: &[],
            wait: Duration::ZERO,
            replay: Replay::OnlyIfNotActedOn,
            api_version: true,
        }
    }

    /// Adds a query parameter; its name and value are percent-encoded.
    #[must_use]
    pub fn query(mut self, name: &'r str, value: &'r str) -> Self {
        self.query.push((name, value));
        self
    }

    /// Leaves out the `api-version` that the client would add.
    #[must_use]
    pub fn without_api_version(mut self) -> Self {
        self.api_version = false;
        self
    }

    /// Adds a header; its name is sent in lower case. It replaces a header that the client would
    /// add itself. `Host`, `Content-Length`, `Transfer-Encoding` and the headers of credentials
    /// cannot be set.
    #[must_use]
    pub fn header(mut self, name: &'r str, value: &'r str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Sets the body. Default: none.
    #[must_use]
    pub fn body(mut self, body: &'r [u8]) -> Self {
        self.body = body;
        self
    }

    /// The wait time: how long the service may delay its response, as it does with a long poll.
    /// Default: zero.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Whether sending it twice does harm. Default: [`Replay::OnlyIfNotActedOn`], since that is
    /// safe for every request.
    #[must_use]
    pub fn replay(mut self, replay: Replay) -> Self {
        self.replay = replay;
        self
    }
}

/// Shows neither the headers' values nor the body.
impl fmt::Debug for RawRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}
