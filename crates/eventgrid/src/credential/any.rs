//! Credentials that are chosen at run time.

use core::fmt;
use core::pin::Pin;
use std::boxed::Box;
use std::sync::Arc;

use eventgrid_transport::Request;

use crate::credential::{
    AuthorizationWriter, Credential, CredentialError, CredentialRequest, SendAsyncCredential,
};

/// A credential that is chosen at run time, for blocking and for async clients. Clones share it.
/// Each attempt makes one allocation more than with a credential whose type is known at compile
/// time.
///
/// ```
/// use eventgrid::credential::AnyCredential;
/// use eventgrid::{AccessKey, SasToken};
///
/// // How the program was configured.
/// let (key, token) = (Some("c2VjcmV0"), "r=...&e=...&s=...");
/// let credential = match key {
///     Some(key) => AnyCredential::new(AccessKey::new(key)),
///     None => AnyCredential::new(SasToken::new(token)),
/// };
/// # let _ = credential;
/// ```
#[derive(Clone)]
pub struct AnyCredential(Arc<dyn Erased>);

impl AnyCredential {
    /// Wraps a credential of any type.
    pub fn new(credential: impl SendAsyncCredential + Send + 'static) -> Self {
        Self(Arc::new(credential))
    }
}

type Prepared<'p> = Pin<Box<dyn Future<Output = Result<(), CredentialError>> + Send + 'p>>;

/// A [`SendAsyncCredential`] whose future is boxed, so that the trait can be used as an object.
trait Erased: Credential + Send + Sync {
    fn prepare_boxed<'p>(&'p self, request: &'p CredentialRequest<'_>) -> Prepared<'p>;
}

impl<C: SendAsyncCredential + Send> Erased for C {
    fn prepare_boxed<'p>(&'p self, request: &'p CredentialRequest<'_>) -> Prepared<'p> {
        Box::pin(self.prepare(request))
    }
}

impl Credential for AnyCredential {
    fn authorize(
        &self,
        request: &CredentialRequest<'_>,
        headers: &mut AuthorizationWriter<'_, '_>,
    ) -> Result<(), CredentialError> {
        self.0.authorize(request, headers)
    }

    fn renew(&self, refused: &Request<'_>) -> bool {
        self.0.renew(refused)
    }
}

impl SendAsyncCredential for AnyCredential {
    async fn prepare(&self, request: &CredentialRequest<'_>) -> Result<(), CredentialError> {
        self.0.prepare_boxed(request).await
    }
}

impl fmt::Debug for AnyCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyCredential").finish_non_exhaustive()
    }
}
