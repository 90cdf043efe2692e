//! The result of a handshake.

use std::num::NonZeroU32;
use std::time::Duration;

/// What the response to a handshake means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HandshakeResult {
    /// The endpoint accepts the events.
    Consented {
        /// How many requests it accepts.
        rate: AllowedRate,
    },
    /// The endpoint may still consent, by a request to the URL that the handshake has.
    Pending {
        /// For how long, after the response.
        within: Duration,
    },
    /// The endpoint did not consent. The handshake may be made again after
    /// [`ValidationHandshake::RETRY_WAIT`](super::ValidationHandshake::RETRY_WAIT).
    Refused(HandshakeFailure),
}

/// How many requests an endpoint accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AllowedRate {
    /// Any number.
    Unlimited,
    /// This many requests a minute. Namespaces ignore it.
    PerMinute(NonZeroU32),
}

/// Why a handshake failed. The text says what the endpoint did and what it must do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HandshakeFailure {
    /// The response has a wrong status.
    #[error("the response to the handshake has the status {status}: respond with 200")]
    Status {
        /// The status.
        status: u16,
    },
    /// The body has no `validationResponse`, and there is no URL to consent by.
    #[error("the body of the response has no `validationResponse`: send the code back")]
    NoCode,
    /// The response has another code than the request.
    #[error(
        "the code that came back is not the one that was sent: send back the `validationCode` of this event"
    )]
    OtherCode,
    /// The request to the URL came too late.
    #[error("the validation URL was called after its time: call it within five minutes")]
    TooLate,
    /// There is no `WebHook-Allowed-Origin`, and no callback to consent by.
    #[error("the response has no `WebHook-Allowed-Origin`: send the requested origin back")]
    NoOrigin,
    /// The allowed origin is neither the requested one nor an asterisk.
    #[error("the allowed origin is another one: send the requested origin back, or an asterisk")]
    OtherOrigin,
    /// The allowed rate is neither a number of requests nor an asterisk.
    #[error("the `WebHook-Allowed-Rate` is not valid: send a number of requests a minute, or an asterisk")]
    Rate,
}
