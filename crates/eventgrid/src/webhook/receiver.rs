//! The endpoint: from a request to a delivery.

use core::num::NonZeroU32;

use subtle::Choice;

use super::delivery::Delivery;
use super::handshake::{AllowedOrigins, AllowedRate, Handshake};
use super::refusal::Refusal;
use super::request::{DeliveryHeaders, IncomingRequest};
use super::secret::Secret;

/// An endpoint to which Event Grid pushes events, with the rules who may deliver and how often.
///
/// It does no I/O and stores no part of a request, so a single value serves all requests at the
/// same time.
#[derive(Debug, Clone)]
pub struct Webhook<'s> {
    secret: Option<Secret<'s>>,
    old_secret: Option<Secret<'s>>,
    secret_in_handshake: bool,
    origins: AllowedOrigins<'s>,
    rate: AllowedRate,
}

impl<'s> Webhook<'s> {
    /// An endpoint that requires the secret in every delivery (`POST`). Any origin may deliver, at
    /// any rate.
    ///
    /// The handshake of CloudEvents (`OPTIONS`) gets its response without the secret: it reveals
    /// the allowed rate and whether that origin is allowed, and grants only what the origin asked
    /// for, to deliver with the secret. A secret in a header comes from the delivery properties of
    /// the subscription, and Microsoft does not document whether Event Grid sends those with
    /// `OPTIONS` (not confirmed either way).
    /// [`require_secret_in_handshake`](Self::require_secret_in_handshake) is the stricter way.
    pub fn new(secret: Secret<'s>) -> Self {
        Self { secret: Some(secret), ..Self::without_secret() }
    }

    /// An endpoint that accepts events from anyone. Use it only if something in front of it has
    /// checked the request, for example its bearer token.
    pub const fn without_secret() -> Self {
        Self {
            secret: None,
            old_secret: None,
            secret_in_handshake: false,
            origins: AllowedOrigins::Any,
            rate: AllowedRate::unlimited(),
        }
    }

    /// Also accepts this secret, which subscriptions still send until you have given them the new
    /// one.
    #[must_use]
    pub fn with_old_secret(mut self, secret: Secret<'s>) -> Self {
        self.old_secret = Some(secret);
        self
    }

    /// Requires the secret also in the handshake of CloudEvents. That works with a secret in the
    /// query, since Event Grid sends `OPTIONS` to the same URL.
    #[must_use]
    pub fn require_secret_in_handshake(mut self) -> Self {
        self.secret_in_handshake = true;
        self
    }

    /// Sets which origins a handshake of CloudEvents may ask for.
    #[must_use]
    pub fn with_allowed_origins(mut self, origins: AllowedOrigins<'s>) -> Self {
        self.origins = origins;
        self
    }

    /// Sets how many requests per minute a handshake of CloudEvents allows. Namespace topics ignore
    /// it.
    #[must_use]
    pub fn with_allowed_rate(mut self, requests_per_minute: NonZeroU32) -> Self {
        self.rate = AllowedRate::per_minute(requests_per_minute);
        self
    }

    /// Reads a request. The secret is checked first, apart from the method.
    ///
    /// # Errors
    /// A [`Refusal`], whose [`response`](Refusal::response) can be sent.
    pub fn receive<'a>(&'a self, request: &IncomingRequest<'a>) -> Result<Delivery<'a>, Refusal> {
        let needs_secret = request.method != "OPTIONS" || self.secret_in_handshake;
        if needs_secret && !self.is_open_to(request) {
            return Err(Refusal::Unauthorized);
        }
        match request.method {
            "POST" => Delivery::read(request),
            "OPTIONS" => {
                let headers = DeliveryHeaders::new(request.headers);
                Handshake::read(headers, self.origins, &self.rate).map(Delivery::Handshake)
            }
            _ => Err(Refusal::Method),
        }
    }

    /// Whether it brings any of the secrets, if there is one. Each one is compared, so that the
    /// time does not tell which it is.
    fn is_open_to(&self, request: &IncomingRequest<'_>) -> bool {
        let secrets = [&self.secret, &self.old_secret];
        let mut secrets = secrets.into_iter().flatten().peekable();
        secrets.peek().is_none()
            || secrets.fold(Choice::from(0), |open, secret| open | secret.opens_to(request)).into()
    }
}
