//! The handshake of CloudEvents, by which a sender asks whether its events are wanted.

use core::fmt;
use core::num::NonZeroU32;

use super::refusal::Refusal;
use super::request::DeliveryHeaders;
use super::response::WebhookResponse;

/// Which senders may deliver here, by the origin that they name in their handshake.
///
/// The origin is a DNS name that anyone can claim. Only a [`Secret`](super::Secret) keeps strangers
/// out.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum AllowedOrigins<'s> {
    /// Any of them.
    Any,
    /// Only these, compared without regard to case. Event Grid calls itself `eventgrid.azure.net`.
    Only(&'s [&'s str]),
}

impl AllowedOrigins<'_> {
    fn allow(&self, origin: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Only(allowed) => allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin)),
        }
    }
}

/// A sender of CloudEvents asks whether its events are wanted: an `OPTIONS` request (CloudEvents
/// 1.0, HTTP webhook 4). `Debug` does not show the callback, because anyone who has it can respond.
#[derive(Clone, Copy)]
pub struct Handshake<'a> {
    origin: &'a str,
    callback: Option<&'a str>,
    requested_rate: Option<NonZeroU32>,
    allowed_rate: &'a str,
}

impl<'a> Handshake<'a> {
    pub(super) fn read(
        headers: DeliveryHeaders<'a>,
        origins: AllowedOrigins<'_>,
        allowed_rate: &'a AllowedRate,
    ) -> Result<Self, Refusal> {
        let printable = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        // The origin goes back as a header.
        let origin = headers.text("webhook-request-origin").filter(printable).ok_or(Refusal::NoOrigin)?;
        if !origins.allow(origin) {
            return Err(Refusal::Origin);
        }
        Ok(Self {
            origin,
            callback: headers.text("webhook-request-callback").filter(|url| !url.is_empty()),
            requested_rate: headers.text("webhook-request-rate").and_then(|rate| rate.parse().ok()),
            allowed_rate: allowed_rate.as_str(),
        })
    }

    /// The DNS name of the system that asks, such as `eventgrid.azure.net`. It is allowed here, or
    /// this would be a [`Refusal::Origin`].
    pub fn origin(&self) -> &'a str {
        self.origin
    }

    /// The URL at which consent may be given later, by a `GET`. Namespace topics have none.
    ///
    /// It contains a secret of the sender, and a host that the sender chooses. Unless the [secret
    /// is required](super::Webhook::require_secret_in_handshake), anyone can choose it: call only
    /// hosts that you know.
    pub fn callback(&self) -> Option<&'a str> {
        self.callback
    }

    /// How many requests a minute the sender asks for.
    pub fn requested_rate(&self) -> Option<NonZeroU32> {
        self.requested_rate
    }

    /// The response that gives consent: events may come, at the rate that the
    /// [`Webhook`](super::Webhook) allows.
    pub fn response(&self) -> WebhookResponse<'a> {
        WebhookResponse::new(200)
            .with_header("allow", "POST")
            .with_header("webhook-allowed-origin", self.origin)
            .with_header("webhook-allowed-rate", self.allowed_rate)
    }

    /// The response without consent: events come only after [`callback`](Self::callback) was
    /// called.
    pub fn deferred_response(&self) -> WebhookResponse<'a> {
        WebhookResponse::new(200).with_header("allow", "POST")
    }
}

impl fmt::Debug for Handshake<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handshake")
            .field("origin", &self.origin)
            .field("has_callback", &self.callback.is_some())
            .field("requested_rate", &self.requested_rate)
            .field("allowed_rate", &self.allowed_rate)
            .finish()
    }
}

/// The rate that is allowed, as text.
#[derive(Debug, Clone)]
pub(super) struct AllowedRate {
    digits: [u8; 10],
    start: usize,
}

impl AllowedRate {
    /// No limit: an asterisk.
    pub(super) const fn unlimited() -> Self {
        Self { digits: *b"         *", start: 9 }
    }

    pub(super) fn per_minute(requests: NonZeroU32) -> Self {
        let mut rate = Self { digits: [0; 10], start: 10 };
        let mut rest = requests.get();
        for (position, digit) in rate.digits.iter_mut().enumerate().rev() {
            if rest > 0 {
                // A digit fits into a byte.
                *digit = b'0' + (rest % 10) as u8;
                rate.start = position;
            }
            rest /= 10;
        }
        rate
    }

    fn as_str(&self) -> &str {
        self.digits.get(self.start..).and_then(|digits| core::str::from_utf8(digits).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_written_as_numbers() {
        for (requests, text) in [(1, "1"), (120, "120"), (1000, "1000"), (u32::MAX, "4294967295")] {
            assert_eq!(AllowedRate::per_minute(NonZeroU32::new(requests).unwrap()).as_str(), text);
        }
        assert_eq!(AllowedRate::unlimited().as_str(), "*");
    }
}
