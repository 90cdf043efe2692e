//! A request of the caller, as a call.

use eventgrid_transport::Buf;

use super::request::RawRequest;
use crate::calls::{Call, Operation};
use crate::endpoint::{Endpoint, EndpointKind};
use crate::http::{Encoded, RequestContext, RequestError, UrlWriter, is_reserved, is_token};
use crate::received::DecodeError;
use crate::target::{API_EVENTS, without_api_events};
use crate::text::Bytes;

/// A [`RawRequest`] to an endpoint.
pub(in crate::client) struct RawCall<'c> {
    pub(in crate::client) request: &'c RawRequest<'c>,
    pub(in crate::client) endpoint: &'c Endpoint<'c>,
    pub(in crate::client) endpoint_kind: EndpointKind,
}

impl RawCall<'_> {
    fn is_basic(&self) -> bool {
        matches!(
            self.endpoint_kind,
            EndpointKind::BasicTopic | EndpointKind::Domain | EndpointKind::PartnerNamespace
        )
    }

    /// Whether the path can follow a host or a base path.
    fn path_is_complete(&self) -> bool {
        self.request.path.starts_with('/') || self.request.path.is_empty() && self.is_basic()
    }

    /// The path of the endpoint, which comes before that of the request, without a second
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
