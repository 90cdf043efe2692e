//! Why a request is refused.

use core::fmt;

use super::response::WebhookResponse;
use crate::event::MalformedEvent;
use crate::json::JsonError;

/// Why a request is not accepted as a delivery.
///
/// The sender does not see it, and learns only the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// It does not have the secret, so it was not read. The status is 401, after which Event Grid
    /// does not retry.
    Unauthorized,
    /// Its method is neither `POST` nor `OPTIONS`. 405.
    Method,
    /// Its media type is not one of events. 415, as CloudEvents demands.
    MediaType,
    /// Its body is not the expected JSON. The status is 400, after which Event Grid does not retry.
    Body(JsonError),
    /// It asks for validation or reports a deletion by an event that cannot be read. 400.
    Event(MalformedEvent),
    /// It asks for validation, without a code. 400.
    NoValidationCode,
    /// It asks for consent (`OPTIONS`) without naming its origin, so it is not a handshake. 400.
    NoOrigin,
    /// It asks for consent on behalf of an origin that is not allowed here. 403.
    Origin,
}

impl Refusal {
    /// The response to send.
    pub fn response(self) -> WebhookResponse<'static> {
        match self {
            Self::Unauthorized => WebhookResponse::new(401),
            Self::Origin => WebhookResponse::new(403),
            Self::Method => WebhookResponse::new(405).with_header("allow", "POST, OPTIONS"),
            Self::MediaType => WebhookResponse::new(415),
            Self::Body(_) | Self::Event(_) | Self::NoValidationCode | Self::NoOrigin => {
                WebhookResponse::new(400)
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unauthorized => {
                "the request does not bring the secret: does the subscription's endpoint or delivery property have it?"
            }
            Self::Method => "the request is neither a delivery nor a handshake: its method is not POST or OPTIONS",
            Self::MediaType => {
                "the request has no events: its media type is not application/json or application/cloudevents+json"
            }
            Self::Body(_) => "the body is not the JSON of events",
            Self::Event(_) => "the event that validates or deletes a subscription cannot be read",
            Self::NoValidationCode => "the event that validates a subscription has no code",
            Self::NoOrigin => "the handshake does not say for which origin it asks",
            Self::Origin => "the handshake asks for an origin that is not allowed: is it one of yours?",
        })
    }
}

impl core::error::Error for Refusal {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Body(error) => Some(error),
            Self::Event(error) => Some(error),
            _ => None,
        }
    }
}

impl From<JsonError> for Refusal {
    fn from(error: JsonError) -> Self {
        Self::Body(error)
    }
}
