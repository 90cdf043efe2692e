//! Credentials, which prove to the service who is calling, and how they are written into a request.
//!
//! Whether a request may be sent over plain http, and how often a credential is renewed, is decided
//! in `client`.

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

/// A credential, which proves to the service who is calling. The client asks it before each
/// attempt, so a key that was replaced is used from the next attempt on, and no expired token is
/// sent. A program that chooses its credential at run time uses an `AnyCredential`, or, if all of
/// its clients block, a `Box<dyn Credential>`.
///
/// For an asynchronous client, a credential must also implement [`SendAsyncCredential`] or
/// [`AsyncCredential`]. If it has nothing to await, that is an empty `impl`.
///
/// [`AccessKey`] and [`SasToken`](crate::SasToken) suit most programs. A program that asks a vault
/// for the key has a credential of its own:
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
    /// [`CredentialError`] if no valid credential can be written.
    fn authorize(
        &self,
        request: &CredentialRequest<'_>,
        headers: &mut AuthorizationWriter<'_, '_>,
    ) -> Result<(), CredentialError>;

    /// Returns whether another attempt may succeed, because the next [`authorize`](Self::authorize)
    /// will write a newer credential. It is called after the service has responded to this request
    /// with 401, at most once in an operation. The default implementation returns `false`.
    ///
    /// The request has the headers that were refused. If many calls share a credential, some may
    /// get a 401 after others have already made it fetch a newer one.
    fn renew(&self, _refused: &Request<'_>) -> bool {
        false
    }
}

/// A [`Credential`] that may have something to await before each attempt, such as a token to fetch.
///
/// If the future can be `Send`, implement [`SendAsyncCredential`] instead: it implements this
/// trait, too.
#[allow(async_fn_in_trait, reason = "SendAsyncCredential is the twin whose future is Send")]
pub trait AsyncCredential: Credential {
    /// Prepares the next [`authorize`](Credential::authorize).
    ///
    /// # Errors
    /// [`CredentialError`] if no valid credential can be written afterwards.
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
    /// Prepares the next [`authorize`](Credential::authorize). The default implementation does
    /// nothing.
    ///
    /// # Errors
    /// [`CredentialError`] if no valid credential can be written afterwards.
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

/// What a credential needs to know about the request that it is written for.
#[derive(Debug, Clone, Copy)]
pub struct CredentialRequest<'r> {
    endpoint_kind: EndpointKind,
    endpoint: &'r Endpoint<'r>,
    unix_time: Option<Duration>,
}

impl<'r> CredentialRequest<'r> {
    /// A request to an endpoint of this kind, at this time, if it is known.
    pub const fn new(
        endpoint_kind: EndpointKind,
        endpoint: &'r Endpoint<'r>,
        unix_time: Option<Duration>,
    ) -> Self {
        Self { endpoint_kind, endpoint, unix_time }
    }

    /// The kind of the endpoint, which decides how a credential is written.
    pub fn endpoint_kind(&self) -> EndpointKind {
        self.endpoint_kind
    }

    /// The endpoint that the request goes to.
    pub fn endpoint(&self) -> &'r Endpoint<'r> {
        self.endpoint
    }

    /// The time since 1970-01-01T00:00:00Z, if it is known.
    pub fn unix_time(&self) -> Option<Duration> {
        self.unix_time
    }
}
