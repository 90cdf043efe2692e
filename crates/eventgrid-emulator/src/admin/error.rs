//! Errors of the admin API: `{"error":{"code","message"}}`. A message says what to do.

use std::fmt::Write as _;

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header};
use schemars::JsonSchema;
use serde::Serialize;

use super::query::QueryParameter;
use super::reply;
use super::view::Counts;
#[cfg(feature = "data")]
use crate::service::DATA_FAILED;
use crate::topic_id::TopicId;

/// Why a request of the admin API is refused.
#[derive(Debug)]
pub(crate) struct AdminError {
    status: StatusCode,
    code: &'static str,
    message: String,
    allow: Option<String>,
    counts: Option<Box<Counts>>,
}

/// The body of every response with an error.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Error")]
pub(super) struct ErrorBody {
    error: ErrorDetail,
    /// The state of the event subscription, where that is the error.
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<Box<Counts>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct ErrorDetail {
    /// Which error it is, for programs.
    code: String,
    /// What is wrong and what to do, for people.
    message: String,
}

impl AdminError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), allow: None, counts: None }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    pub(super) fn unhealthy(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Unhealthy", message)
    }

    /// What the request did cannot be kept.
    #[cfg(feature = "data")]
    pub(crate) fn data_failed() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", DATA_FAILED)
    }

    pub(super) fn unauthorized() -> Self {
        let message = "the request needs the header `Authorization: Bearer TOKEN`; the token is the one that the \
                       emulator was given for its admin API, or else that it printed on stderr when it started";
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", message)
    }

    pub(super) fn wrong_host() -> Self {
        let message = "the Host header must be localhost, a loopback address or the address that the admin API \
                       listens on: call it by one of these";
        Self::new(StatusCode::MISDIRECTED_REQUEST, "WrongHost", message)
    }

    pub(super) fn wrong_origin() -> Self {
        let message = "the Origin header must have the host and port of the Host header: no page of another site may \
                       call the admin API";
        Self::new(StatusCode::FORBIDDEN, "WrongOrigin", message)
    }

    pub(super) fn path_not_found(path: &str) -> Self {
        let message = format!("there is no path {:?}: GET /openapi.json has all of them", shortened(path));
        Self::new(StatusCode::NOT_FOUND, "PathNotFound", message)
    }

    pub(super) fn method_not_allowed(method: &Method, path: &str, allow: &str) -> Self {
        let (method, path) = (shortened(method.as_str()), shortened(path));
        let message = format!("{path:?} does not take {method}: it takes {allow}");
        let error = Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message);
        Self { allow: Some(allow.to_owned()), ..error }
    }

    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "Conflict", message)
    }

    /// A text that names no topic.
    pub(super) fn no_topic_id(text: &str) -> Self {
        let text = shortened(text);
        Self::bad_request(format!("{text:?} names no channel: write partnerChannel:NAMESPACE:CHANNEL"))
    }

    pub(super) fn no_topic(id: &TopicId) -> Self {
        let message =
            format!("there is no topic {:?}: GET /topics has all of them", shortened(&id.to_string()));
        Self::new(StatusCode::NOT_FOUND, "TopicNotFound", message)
    }

    pub(super) fn no_subscription(topic: &TopicId, name: &str) -> Self {
        let (topic, name) = (shortened(&topic.to_string()), shortened(name));
        let message =
            format!("{topic:?} has no event subscription {name:?}: create it by PUT, or see GET /topics");
        Self::new(StatusCode::NOT_FOUND, "EventSubscriptionNotFound", message)
    }

    pub(super) fn no_dead_letter(sequence_number: u64) -> Self {
        let message = format!(
            "there is no dead letter {sequence_number} in the list: it was sent again or removed, has left for its \
             folder or topic, or never was there"
        );
        Self::new(StatusCode::NOT_FOUND, "DeadLetterNotFound", message)
    }

    pub(super) fn no_push_endpoint(topic: &TopicId, name: &str) -> Self {
        let (topic, name) = (shortened(&topic.to_string()), shortened(name));
        let message = format!(
            "the events of the event subscription {name:?} of {topic:?} are received: give it an endpoint by PUT"
        );
        Self::new(StatusCode::NOT_FOUND, "PushEndpointNotFound", message)
    }

    /// A wait is over, and what it was for has not come.
    pub(super) fn not_reached(message: String, counts: Counts) -> Self {
        let error = Self::new(StatusCode::CONFLICT, "NotReached", message);
        Self { counts: Some(Box::new(counts)), ..error }
    }

    pub(super) fn too_many_waits(message: String) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyWaits", message)
    }

    pub(super) fn body_too_large(max_size: usize) -> Self {
        let message = format!("the body is larger than the {max_size} bytes that this request may have");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "BodyTooLarge", message)
    }

    pub(super) fn unknown_parameter(name: &str, known: &[QueryParameter]) -> Self {
        let mut message = format!("the query has the unknown parameter {:?}; ", shortened(name));
        if known.is_empty() {
            message.push_str("this request takes no parameters");
        } else {
            let names: Vec<_> = known.iter().map(|parameter| parameter.name).collect();
            // Writing to a `String` does not fail.
            let _ = write!(message, "it can have {}", names.join(", "));
        }
        Self::bad_request(message)
    }

    /// The response.
    pub(crate) fn into_response(self) -> Response<Bytes> {
        let error = ErrorDetail { code: self.code.to_owned(), message: self.message };
        let mut response = reply::json(self.status, &ErrorBody { error, counts: self.counts });
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(allow) = self.allow.and_then(|allow| allow.try_into().ok()) {
            headers.insert(header::ALLOW, allow);
        }
        response
    }
}

/// At most 64 characters of a text that a request chose.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}
