//! Errors in the service's words and shape.
//!
//! Recorded from the service (api-versions 2023-10-01-preview and 2024-06-01): the shape, and the
//! messages of [`ServiceError::topic_not_found`], [`ServiceError::query`],
//! [`ServiceError::query_because`] and [`ServiceError::argument`]. The bodies of 401, 405, 413 and
//! 415 and of a missing subscription are unconfirmed; they are worded alike.

use std::num::ParseIntError;

use bytes::Bytes;
use eventgrid::sas::InvalidSas;
use http::{HeaderName, HeaderValue, Method, Response, StatusCode, header};
use serde::Serialize;
use uuid::Uuid;

use crate::observe::Refusal;
use crate::role::Permission;
use crate::service::authentication::Denial;
#[cfg(feature = "data")]
use crate::service::failure::DATA_FAILED;
use crate::service::injected_error::{INJECTED, error_code};
use crate::time::UnixTime;

/// A request refused as a whole.
#[derive(Debug)]
pub(in crate::service) struct ServiceError {
    status: StatusCode,
    code: &'static str,
    message: String,
    allow: Option<HeaderValue>,
    /// What a 401 says is taken.
    schemes: &'static str,
}

/// What a namespace takes, and what its MQTT broker takes.
const SCHEMES: &str = "Bearer, SharedAccessKey, SharedAccessSignature";
const BEARER: &str = "Bearer";

impl ServiceError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), allow: None, schemes: SCHEMES }
    }

    /// What is wrong, in words.
    pub(in crate::service) fn into_message(self) -> String {
        self.message
    }

    /// The request is not what the operation takes.
    pub(in crate::service) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// A query parameter cannot be read.
    pub(super) fn query() -> Self {
        Self::bad_request("Error parsing query parameters")
    }

    /// A query parameter cannot be read, and why (api-version 2023-06-01-preview).
    pub(super) fn query_because(error: &ParseIntError) -> Self {
        Self::bad_request(format!("Error parsing query parameters: {error}"))
    }

    /// A query parameter is out of its range.
    pub(in crate::service) fn argument(parameter: &str) -> Self {
        let message = format!("Invalid {parameter} parameter");
        Self::new(StatusCode::BAD_REQUEST, "ArgumentInvalid", message)
    }

    /// The credential is missing or gives no access. The words are unconfirmed.
    pub(in crate::service) fn unauthorized(denial: Denial) -> Self {
        let message = match denial {
            Denial::Missing => "The request has no authorization",
            Denial::Scheme => {
                "The authorization scheme is not supported, expected SharedAccessKey, SharedAccessSignature or Bearer"
            }
            Denial::Key(_) => "The request authorization key is not authorized",
            Denial::Signature(InvalidSas::Expired) => "The shared access signature has expired",
            Denial::Signature(InvalidSas::Resource) => {
                "The shared access signature is not for the requested resource"
            }
            Denial::Signature(_) => "The shared access signature is not valid",
            Denial::NotBearer => NOT_BEARER,
            Denial::BearerToken => "The bearer token is not authorized",
            // A user reports 401 for a role that is not there: Azure/azure-sdk-for-net#40812.
            Denial::Role(Permission::Send) => {
                "The bearer token is not authorized, it needs the role EventGrid Data Sender"
            }
            Denial::Role(Permission::Receive) => {
                "The bearer token is not authorized, it needs the role EventGrid Data Receiver"
            }
            Denial::Role(Permission::PublishMessages) => NEEDS_PUBLISHER,
            Denial::Role(Permission::ReadMessages) => NEEDS_SUBSCRIBER,
        };
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", message)
    }

    /// The credential gives no access to the MQTT broker, which takes bearer tokens alone. A role
    /// that is missing is 403 there, as documented. The words are unconfirmed.
    pub(in crate::service) fn mqtt_denied(denial: Denial) -> Self {
        let is_known = matches!(denial, Denial::Role(_));
        let denial = if denial == Denial::Scheme { Denial::NotBearer } else { denial };
        let error = Self { schemes: BEARER, ..Self::unauthorized(denial) };
        if is_known { Self::forbidden(error.message) } else { error }
    }

    /// The sender may not do that.
    pub(in crate::service) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message)
    }

    /// The MQTT broker retains no message for that topic.
    pub(in crate::service) fn message_not_found(topic: &str) -> Self {
        let message = format!("Retained message of topic '{topic}' is not found");
        Self::new(StatusCode::NOT_FOUND, "NotFound", message)
    }

    /// A fault was injected on purpose. Such responses of the service were not recorded.
    pub(in crate::service) fn injected(status: StatusCode) -> Self {
        Self::new(status, error_code(status), INJECTED)
    }

    /// What the request did cannot be kept.
    #[cfg(feature = "data")]
    pub(in crate::service) fn data_failed() -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::new(status, error_code(status), DATA_FAILED)
    }

    pub(super) fn topic_not_found(topic: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", format!("Topic '{topic}' is not found"))
    }

    pub(super) fn subscription_not_found(subscription: &str) -> Self {
        let message = format!("Event subscription '{subscription}' is not found");
        Self::new(StatusCode::NOT_FOUND, "NotFound", message)
    }

    /// Nobody can receive or settle what is pushed. The response is unconfirmed.
    pub(super) fn subscription_is_pushed(subscription: &str) -> Self {
        Self::bad_request(format!(
            "Event subscription '{subscription}' has the delivery mode Push, expected Queue"
        ))
    }

    pub(in crate::service) fn resource_not_found(path: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", format!("Resource '{path}' is not found"))
    }

    /// `allowed` are the methods that are, with commas between them.
    pub(in crate::service) fn method_not_allowed(method: &Method, allowed: &'static str) -> Self {
        let message = format!("Method '{method}' is not allowed, only {allowed}");
        let error = Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message);
        Self { allow: Some(HeaderValue::from_static(allowed)), ..error }
    }

    pub(in crate::service) fn too_large(limit: usize) -> Self {
        let message = format!("The maximum size ({limit}) has been exceeded.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", message)
    }

    pub(super) fn unsupported_media_type(content_type: &str, expected: &str) -> Self {
        let message = format!("CONTENT-TYPE '{content_type}' is not supported, expected {expected}");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message)
    }

    pub(in crate::service) fn message(&self) -> &str {
        &self.message
    }

    /// The response that says it.
    pub(in crate::service) fn into_reply(self, now: UnixTime, tracking_id: Uuid) -> Response<Bytes> {
        let body = Body {
            error: Detail {
                code: self.code,
                message: &self.message,
                timestamp_utc: now.to_string(),
                tracking_id: format!("{:X}", tracking_id.hyphenated()),
            },
        };
        let mut reply = super::json_reply("application/json; charset=utf-8", &body);
        *reply.status_mut() = self.status;
        let headers = reply.headers_mut();
        headers.insert(HeaderName::from_static("broker-errorcode"), HeaderValue::from_static(self.code));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(self.schemes));
        }
        headers.extend(self.allow.map(|methods| (header::ALLOW, methods)));
        reply.extensions_mut().insert(Refusal { code: self.code, message: self.message });
        reply
    }
}

const NOT_BEARER: &str = "The authorization scheme is not supported, expected Bearer";
const NEEDS_PUBLISHER: &str =
    "The bearer token is not authorized, it needs the role EventGrid TopicSpaces Publisher";
const NEEDS_SUBSCRIBER: &str =
    "The bearer token is not authorized, it needs the role EventGrid TopicSpaces Subscriber";

#[derive(Serialize)]
struct Body<'a> {
    error: Detail<'a>,
}

#[derive(Serialize)]
struct Detail<'a> {
    code: &'a str,
    message: &'a str,
    timestamp_utc: String,
    tracking_id: String,
}
