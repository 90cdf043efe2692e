//! The endpoint: from a request to a delivery.

use core::num::NonZeroU32;

use subtle::Choice;

use super::delivery::Delivery;
use super::handshake::{AllowedOrigins, AllowedRate, Handshake};
use super::refusal::Refusal;
use super::request::{DeliveryHeaders, IncomingRequest};
use super::secret::Secret;

/// An endpoint that Event Grid pushes events to: who may, and how often.
///
/// It does no I/O and keeps nothing of a request, so that one of them serves all requests at once.
#[derive(Debug, Clone)]
pub struct Webhook<'s> {
    secret: Option<Secret<'s>>,
    old_secret: Option<Secret<'s>>,
    secret_in_handshake: bool,
    origins: AllowedOrigins<'s>,
    rate: AllowedRate,
}

impl<'s> Webhook<'s> {
    /// An endpoint whose deliveries must bring the secret: every `POST`. Any origin may deliver, at
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

    /// An endpoint that takes events from anyone: behind something that has checked the request,
    /// such as its bearer token.
    pub const fn without_secret() -> Self {
        Self {
            secret: None,
            old_secret: None,
            secret_in_handshake: false,
            origins: AllowedOrigins::Any,
            rate: AllowedRate::unlimited(),
        }
    }

    /// Takes this secret too: the one that subscriptions still bring while you give them a new one.
    #[must_use]
    pub fn with_old_secret(mut self, secret: Secret<'s>) -> Self {
        self.old_secret = Some(secret);
        self
    }

    /// Demands the secret of the handshake of CloudEvents, too. That works with a secret in the
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

    /// Sets how many requests a minute a handshake of CloudEvents allows. Namespace topics do not
    /// heed it.
    #[must_use]
    pub fn with_allowed_rate(mut self, requests_per_minute: NonZeroU32) -> Self {
        self.rate = AllowedRate::per_minute(requests_per_minute);
        self
    }

    /// Reads a request. The secret is checked before anything but the method is looked at.
    ///
    /// # Errors
    /// [`Refusal`], whose [`response`](Refusal::response) is ready to be sent, too.
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
