//! The handshake of CloudEvents.

use std::fmt;
use std::num::NonZeroU32;

use http::{HeaderMap, HeaderValue, Method};

use super::result::{AllowedRate, HandshakeFailure, HandshakeResult};
use super::validation::ValidationHandshake;
use crate::request::{EVENT_GRID_ORIGIN, PushRequest};

/// The handshake of CloudEvents: an `OPTIONS` request with an origin, which the endpoint sends back
/// (CloudEvents 1.0, HTTP webhook 4).
///
/// It has no delivery properties, so a secret of the endpoint goes into its URL. Namespaces ask
/// for no rate and have no callback. `Debug` does not show the callback.
///
/// ```
/// use eventgrid_push::{AllowedRate, CloudEventsHandshake, HandshakeResult};
/// use http::{HeaderMap, HeaderValue};
///
/// let handshake = CloudEventsHandshake::new();
/// let request = handshake.request();
/// assert_eq!(request.method(), "OPTIONS");
/// assert_eq!(request.headers()["webhook-request-origin"], "eventgrid.azure.net");
///
/// // The endpoint responds.
/// let headers = HeaderMap::from_iter([("webhook-allowed-origin", "*"), ("webhook-allowed-rate", "120")]
///     .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))));
/// let rate = AllowedRate::PerMinute(120.try_into().unwrap());
/// assert_eq!(handshake.result(200, &headers), HandshakeResult::Consented { rate });
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CloudEventsHandshake {
    rate: Option<NonZeroU32>,
    callback: Option<HeaderValue>,
}

impl CloudEventsHandshake {
    /// A handshake that asks for no rate, and without a callback.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks to be allowed this many requests a minute.
    #[must_use]
    pub fn with_rate(mut self, requests_per_minute: NonZeroU32) -> Self {
        self.rate = Some(requests_per_minute);
        self
    }

    /// Adds the URL by which the endpoint may consent later. Whoever has the URL can consent: put a
    /// random value into it. A URL that cannot be in a header is left out: write it as ASCII,
    /// percent-encoded.
    #[must_use]
    pub fn with_callback(mut self, url: &str) -> Self {
        let is_visible = !url.is_empty() && url.bytes().all(|byte| byte.is_ascii_graphic());
        self.callback = HeaderValue::from_str(url).ok().filter(|_| is_visible);
        if let Some(callback) = &mut self.callback {
            callback.set_sensitive(true);
        }
        self
    }

    /// The request.
    pub fn request(&self) -> PushRequest {
        let mut headers = HeaderMap::new();
        headers.insert("webhook-request-origin", HeaderValue::from_static(EVENT_GRID_ORIGIN));
        if let Some(rate) = self.rate {
            headers.insert("webhook-request-rate", HeaderValue::from(rate.get()));
        }
        if let Some(callback) = &self.callback {
            headers.insert("webhook-request-callback", callback.clone());
        }
        PushRequest::new(Method::OPTIONS, headers, Vec::new())
    }

    /// What the response to the request means: consent is in its headers. With a status that is not
    /// one of success there is no consent, whatever the headers say.
    pub fn result(&self, status: u16, headers: &HeaderMap) -> HandshakeResult {
        if !(200..=299).contains(&status) {
            return HandshakeResult::Refused(HandshakeFailure::Status { status });
        }
        let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default().trim());
        match text("webhook-allowed-origin") {
            None | Some("") if self.callback.is_some() => {
                HandshakeResult::Pending { within: ValidationHandshake::URL_VALID }
            }
            None | Some("") => HandshakeResult::Refused(HandshakeFailure::NoOrigin),
            Some(origin) if origin != "*" && !origin.eq_ignore_ascii_case(EVENT_GRID_ORIGIN) => {
                HandshakeResult::Refused(HandshakeFailure::OtherOrigin)
            }
            Some(_) => match text("webhook-allowed-rate").map(allowed_rate) {
                Some(None) => HandshakeResult::Refused(HandshakeFailure::Rate),
                Some(Some(rate)) => HandshakeResult::Consented { rate },
                None => HandshakeResult::Consented { rate: AllowedRate::Unlimited },
            },
        }
    }
}

fn allowed_rate(text: &str) -> Option<AllowedRate> {
    if text == "*" {
        return Some(AllowedRate::Unlimited);
    }
    // `parse` alone would read a sign, too.
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let rate = if is_number { text.parse().ok()? } else { return None };
    Some(AllowedRate::PerMinute(rate))
}

impl fmt::Debug for CloudEventsHandshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloudEventsHandshake")
            .field("rate", &self.rate)
            .field("has_callback", &self.callback.is_some())
            .finish()
    }
}
