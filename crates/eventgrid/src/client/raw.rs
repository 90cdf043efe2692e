//! Requests of the caller's own making, with the client's credential, retries and transport.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use eventgrid_transport::{Buf, Replay};

use crate::calls::{Call, Operation};
use crate::client::exchange::HeaderLog;
use crate::endpoint::{Endpoint, EndpointKind};
use crate::http::{Encoded, RequestContext, RequestError, UrlWriter, is_reserved, is_token};
use crate::received::DecodeError;
use crate::target::{API_EVENTS, without_api_events};
use crate::text::Bytes;

/// A request of your own making: any method, path, query, headers and body.
///
/// It is sent with the client's credential, retries and transport. The client adds `Accept`,
/// `User-Agent`, the request id and, unless the request has one or [is to have
/// none](Self::without_api_version), the `api-version` that the client asks for or else the newest
/// one of the target.
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
    method: &'r str,
    path: &'r str,
    query: Vec<(&'r str, &'r str)>,
    headers: Vec<(&'r str, &'r str)>,
    body: &'r [u8],
    wait: Duration,
    replay: Replay,
    api_version: bool,
}

impl<'r> RawRequest<'r> {
    /// A request by that method to that path below the endpoint. The path begins with a slash and is sent as it is, so it must be
    /// percent-encoded where it needs to be.
    ///
    /// For a basic topic, a domain or a partner namespace, the path `/api/events` is that of the
    /// endpoint, whether the endpoint was given with that path or without it; an empty path is that
    /// of the endpoint, too.
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

    /// Adds a header; its name is sent in lower case. One that the client would add itself takes its place. `Host`, `Content-Length`, `Transfer-Encoding` and the headers of credentials are not yours to set.
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

    /// How long the service may hold the response back on purpose, as it does with a long poll. Default: not at all.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// What sending it twice does. Default: [`Replay::OnlyIfNotActedOn`], since nothing is known of it.
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

/// The response to a [`RawRequest`], whatever its status.
#[derive(Debug, Clone)]
#[must_use = "only its status says whether the service did what was asked"]
pub struct RawResponse {
    pub(super) status: u16,
    pub(super) headers: HeaderList,
    pub(super) body: Vec<u8>,
}

impl RawResponse {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The value of the first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers().find(|(candidate, _)| candidate.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// All headers, in the order they came.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()))
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
pub(super) type HeaderList = Vec<(String, Vec<u8>)>;

impl HeaderLog for HeaderList {
    fn clear(&mut self) {
        Self::clear(self);
    }

    fn push(&mut self, name: &str, value: &[u8]) {
        Self::push(self, (name.into(), value.into()));
    }
}

/// A [`RawRequest`] to an endpoint.
pub(super) struct RawCall<'c> {
    pub(super) request: &'c RawRequest<'c>,
    pub(super) endpoint: &'c Endpoint<'c>,
    pub(super) endpoint_kind: EndpointKind,
}

impl RawCall<'_> {
    fn is_basic(&self) -> bool {
        self.endpoint_kind != EndpointKind::Namespace
    }

    /// Whether the path can follow a host or a base path.
    fn path_is_complete(&self) -> bool {
        self.request.path.starts_with('/') || self.request.path.is_empty() && self.is_basic()
    }

    /// What stands before the path of the request: the endpoint's own path, but no second
    /// `/api/events`.
    fn base_path(&self) -> &str {
        let base = self.endpoint.base_path();
        if !self.is_basic() {
            return base;
        }
        let path = self.request.path;
        let names_events =
            path.get(..API_EVENTS.len()).is_some_and(|start| start.eq_ignore_ascii_case(API_EVENTS))
                && path.get(API_EVENTS.len()..).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        match without_api_events(base) {
            Some(before) if names_events => before,
            None if base.is_empty() && path.is_empty() => API_EVENTS,
            _ => base,
        }
    }
}

impl Call for RawCall<'_> {
    type Output<'b> = ();

    fn endpoint(&self) -> &Endpoint<'_> {
        self.endpoint
    }

    fn endpoint_kind(&self) -> EndpointKind {
        self.endpoint_kind
    }

    fn operation(&self) -> Operation<'_> {
        Operation::new("send_request")
    }

    fn encode(&self, context: &RequestContext<'_>, tx: &mut Buf<'_>) -> Result<Encoded, RequestError> {
        let request = self.request;
        if request.method.is_empty() || !request.method.bytes().all(is_token) {
            return Err(RequestError::Method);
        }
        let path_is_valid = request.path.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'?' | b'#'));
        if !self.path_is_complete() || !path_is_valid {
            return Err(RequestError::Path);
        }
        let mut url = UrlWriter::with_base_path(tx, request.method, self.endpoint, self.base_path())?;
        url.path(request.path)?;
        let has_version = request.query.iter().any(|(name, _)| name.eq_ignore_ascii_case("api-version"));
        if request.api_version && !has_version {
            url.query("api-version", context.api_version(self.endpoint_kind))?;
        }
        for (name, value) in &request.query {
            url.encoded_query(name, value)?;
        }
        let mut headers = url.headers_except(context, |own| {
            request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(own))
        })?;
        for (name, value) in &request.headers {
            if name.is_empty() || !name.bytes().all(is_token) || is_reserved(name) {
                return Err(RequestError::Header { name: "of the raw request" });
            }
            headers.prefixed("", &name.to_ascii_lowercase(), value)?;
        }
        let mut body = headers.body();
        body.bytes(request.body)?;
        Ok(body.end(request.wait, request.replay))
    }

    fn decode(&self, _body: Bytes<'_>, _replayed: bool) -> Result<(), DecodeError> {
        Ok(())
    }
}
