//! Credentials that are replaced while clients use them.

use std::sync::{Arc, PoisonError, RwLock};

use eventgrid_transport::Request;

use crate::credential::{
    AuthorizationWriter, Credential, CredentialError, CredentialRequest, SendAsyncCredential,
};

/// A credential that can be replaced while clients use it. Clones share it: keep one to replace it.
///
/// The new credential is used from the next attempt on, also of an operation in progress.
///
/// ```
/// use eventgrid::AccessKey;
/// use eventgrid::credential::Rotating;
///
/// let key = Rotating::new(AccessKey::new("b2xk"));
/// let for_the_client = key.clone();
/// key.replace(AccessKey::new("bmV3"));
/// ```
#[derive(Debug, Default)]
pub struct Rotating<C>(Arc<RwLock<C>>);

impl<C> Rotating<C> {
    /// Begins with this credential.
    pub fn new(credential: C) -> Self {
        Self(Arc::new(RwLock::new(credential)))
    }

    /// Replaces the credential of all clones.
    pub fn replace(&self, credential: C) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = credential;
    }
}

impl<C> Clone for Rotating<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C: Credential> Credential for Rotating<C> {
    fn authorize(
        &self,
        request: &CredentialRequest<'_>,
        headers: &mut AuthorizationWriter<'_, '_>,
    ) -> Result<(), CredentialError> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).authorize(request, headers)
    }

    fn renew(&self, refused: &Request<'_>) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).renew(refused)
    }
}

/// A clone is prepared, because the credential may be replaced meanwhile. Clones of a credential
/// share what they fetch.
impl<C: SendAsyncCredential + Clone + Send> SendAsyncCredential for Rotating<C> {
    async fn prepare(&self, request: &CredentialRequest<'_>) -> Result<(), CredentialError> {
        let current = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        current.prepare(request).await
    }
}
