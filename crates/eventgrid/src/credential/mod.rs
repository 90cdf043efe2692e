//! What proves to the service who is calling: credentials, and how they are written into a request.
//!
//! Whether a request may go over plain http, and how often it is authorized anew, is `client`'s to
//! decide.

mod access_key;
#[cfg(feature = "std")]
mod any;
mod authorization;
#[cfg(feature = "bearer")]
mod bearer;
mod error;
mod invalid;
#[cfg(feature = "std")]
mod rotating;
pub mod sas;
mod secret_text;

pub use access_key::AccessKey;
#[cfg(feature = "std")]
pub use any::AnyCredential;
pub use authorization::AuthorizationWriter;
#[cfg(feature = "bearer")]
pub use bearer::{AccessToken, AsyncBearerToken, BEARER_SCOPE, BearerToken};
pub use error::CredentialError;
pub use invalid::{CredentialKind, InvalidCredential};
#[cfg(feature = "std")]
pub use rotating::Rotating;
pub(crate) use secret_text::SecretText;

use core::time::Duration;

use eventgrid_transport::Request;

use crate::endpoint::{Endpoint, EndpointKind};

/// What proves to the service who is calling. It is asked anew before each attempt, so the next
/// attempt sees a key that was replaced meanwhile, and no token is sent after its end. A program
/// that chooses at run time has an `AnyCredential` or, if all of its clients block, a `Box<dyn
/// Credential>`.
///
/// For use by an asynchronous client, a credential is also a [`SendAsyncCredential`] or an
/// [`AsyncCredential`]; where there is nothing to await, that is one empty `impl`.
///
/// [`AccessKey`] and [`SasToken`](crate::SasToken) suit most programs. One that asks a vault for
/// the key has a credential of its own:
///
/// ```
/// use eventgrid::credential::{AuthorizationWriter, CredentialRequest};
/// use eventgrid::{AccessKey, Credential, CredentialError, SendAsyncCredential};
///
/// struct FromVault(fn() -> String);
///
/// impl Credential for FromVault {
///     fn authorize(
///         &self,
///         request: &CredentialRequest<'_>,
///         headers: &mut AuthorizationWriter<'_, '_>,
///     ) -> Result<(), CredentialError> {
///         // The header of a namespace and that of a topic differ: an access key knows both.
///         AccessKey::new((self.0)().as_str()).authorize(request, headers)
///     }
/// }
///
/// impl SendAsyncCredential for FromVault {}
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a credential",
    note = "there are `AccessKey` and `SasToken`, `sas::SasKey` with feature `sas`, and bearer tokens with feature `bearer`",
    note = "a program that chooses at run time has `credential::AnyCredential`, with feature `std`"
)]
pub trait Credential {
    /// Writes the headers for one attempt.
    ///
    /// # Errors
    /// [`CredentialError`] if there is nothing valid to write.
    fn authorize(
        &self,
        request: &CredentialRequest<'_>,
        headers: &mut AuthorizationWriter<'_, '_>,
    ) -> Result<(), CredentialError>;

    /// Called after the service has responded with 401 to that request: whether another attempt has
    /// a chance, because the next [`authorize`](Self::authorize) will write something newer. It is
    /// asked once in an operation.
    ///
    /// The request has the headers that were refused. Where many calls share a credential, some may
    /// come back with 401 after others have already made it fetch a newer one.
    fn renew(&self, _refused: &Request<'_>) -> bool {
        false
    }
}

/// A [`Credential`] that may have something to await before each attempt, such as a token to fetch.
///
/// Implement [`SendAsyncCredential`] instead where the future can be `Send`; this one comes with
/// it.
#[allow(async_fn_in_trait, reason = "SendAsyncCredential is the twin whose future is Send")]
pub trait AsyncCredential: Credential {
    /// Makes ready for the next [`authorize`](Credential::authorize).
    ///
    /// # Errors
    /// [`CredentialError`] if there will be nothing valid to write.
    async fn prepare(&self, request: &CredentialRequest<'_>) -> Result<(), CredentialError>;
}

/// A [`Credential`] that may have something to await before each attempt, in a future that can move
/// between threads.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a credential of an async client",
    note = "if it has nothing to await, add `impl SendAsyncCredential for {Self} {{}}`",
    note = "implement `AsyncCredential` instead if its future cannot be `Send`"
)]
pub trait SendAsyncCredential: Credential + Sync {
    /// Makes ready for the next [`authorize`](Credential::authorize). Does nothing unless it is
    /// overridden.
    ///
    /// # Errors
    /// [`CredentialError`] if there will be nothing valid to write.
    fn prepare(
        &self,
        _request: &CredentialRequest<'_>,
    ) -> impl Future<Output = Result<(), CredentialError>> + Send {
        core::future::ready(Ok(()))
    }
}

impl<C: SendAsyncCredential> AsyncCredential for C {
    async fn prepare(&self, request: &CredentialRequest<'_>) -> Result<(), CredentialError> {
        SendAsyncCredential::prepare(self, request).await
    }
}

macro_rules! through_pointer {
    ($($pointer:ty),+) => {$(
        impl<C: Credential + ?Sized> Credential for $pointer {
            fn authorize(
                &self,
                request: &CredentialRequest<'_>,
                headers: &mut AuthorizationWriter<'_, '_>,
            ) -> Result<(), CredentialError> {
                (**self).authorize(request, headers)
            }

            fn renew(&self, refused: &Request<'_>) -> bool {
                (**self).renew(refused)
            }
        }
    )+};
}

through_pointer!(&C);
#[cfg(feature = "alloc")]
through_pointer!(alloc::boxed::Box<C>);
#[cfg(feature = "std")]
through_pointer!(std::sync::Arc<C>);

impl<C: SendAsyncCredential> SendAsyncCredential for &C {
    fn prepare(
        &self,
        request: &CredentialRequest<'_>,
    ) -> impl Future<Output = Result<(), CredentialError>> + Send {
        SendAsyncCredential::prepare(*self, request)
    }
}

#[cfg(feature = "std")]
impl<C: SendAsyncCredential + Send> SendAsyncCredential for std::sync::Arc<C> {
    fn prepare(
        &self,
        request: &CredentialRequest<'_>,
    ) -> impl Future<Output = Result<(), CredentialError>> + Send {
        SendAsyncCredential::prepare(&**self, request)
    }
}

/// The request that a credential is asked for.
#[derive(Debug, Clone, Copy)]
pub struct CredentialRequest<'r> {
    endpoint_kind: EndpointKind,
    endpoint: &'r Endpoint<'r>,
    unix_time: Option<Duration>,
}

impl<'r> CredentialRequest<'r> {
    /// A request to an endpoint in that part of the service, at that time if it is known.
    pub const fn new(
        endpoint_kind: EndpointKind,
        endpoint: &'r Endpoint<'r>,
        unix_time: Option<Duration>,
    ) -> Self {
        Self { endpoint_kind, endpoint, unix_time }
    }

    /// The part of the service it goes to, which decides how a credential is written.
    pub fn endpoint_kind(&self) -> EndpointKind {
        self.endpoint_kind
    }

    /// The endpoint it goes to.
    pub fn endpoint(&self) -> &'r Endpoint<'r> {
        self.endpoint
    }

    /// The time since 1970-01-01T00:00:00Z, if it is known.
    pub fn unix_time(&self) -> Option<Duration> {
        self.unix_time
    }
}
