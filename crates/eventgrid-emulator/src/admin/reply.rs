//! What becomes of a request of the admin API.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use super::barriers::Wait;

/// What a handler comes to.
#[derive(Debug)]
pub(crate) enum Reply {
    /// The response is there.
    Done(Response<Bytes>),
    /// The response is there, to be sent when the work is done that is due by the emulator's clock.
    WhenDue(Response<Bytes>),
    /// The response comes when the wait ends.
    Wait(Wait),
}

impl Reply {
    /// A response with status 200.
    pub(super) fn ok(body: &impl Serialize) -> Self {
        Self::Done(json(StatusCode::OK, body))
    }

    /// The same, when the work is done that is due by the emulator's clock.
    pub(super) fn when_due(self) -> Self {
        match self {
            Self::Done(response) => Self::WhenDue(response),
            other => other,
        }
    }

    /// A response with that status.
    pub(super) fn with_status(status: StatusCode, body: &impl Serialize) -> Self {
        Self::Done(json(status, body))
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
