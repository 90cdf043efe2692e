//! What becomes of a request of the admin API.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

/// What a handler comes to.
#[derive(Debug)]
pub(crate) enum Reply {
    /// The response is there.
    Done(Response<Bytes>),
}

impl Reply {
    /// A response with status 200.
    pub(super) fn ok(body: &impl Serialize) -> Self {
        Self::Done(json(StatusCode::OK, body))
    }

    /// A response with status 204, without a body.
    pub(super) fn no_content() -> Self {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::NO_CONTENT;
        Self::Done(response)
    }
}

/// A response with a JSON body. No cache keeps it.
pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Response<Bytes> {
    let body = serde_json::to_vec(body).expect("all keys are text");
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
