//! Tokens of Microsoft Entra ID, from the credentials of the Azure SDK.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use azure_core::credentials::TokenCredential;
use eventgrid::credential::AuthorizationWriter;
use eventgrid::credential::{AccessToken, AsyncBearerToken, BEARER_SCOPE, CredentialRequest};
use eventgrid::{Credential, CredentialError, Request, SendAsyncCredential};

/// Bearer tokens of Microsoft Entra ID, from any credential of the crate
/// [`azure_identity`](https://docs.rs/azure_identity) or another [`TokenCredential`].
///
/// A token is kept, and a new one is fetched five minutes before it expires or after the service
/// has responded with 401. Tasks that need a token at the same time wait for the same fetch; if it
/// fails, each of them gets an error with its text. While the token is valid, no task waits. Clones
/// share the token. The credentials of `azure_identity` themselves keep a token until five minutes
/// before it expires, so after a 401 they may return the same one again.
///
/// Add `azure_identity = "1"` to your dependencies: it has the same `azure_core` as this crate.
/// Keep its default features, which bring an HTTP client: without one,
/// `ManagedIdentityCredential::new` panics (`azure_identity` 1.0.0).
///
/// ```
/// use std::sync::Arc;
/// use eventgrid_hyper::{Client, EntraId, client};
///
/// # use azure_core::credentials::TokenCredential;
/// # fn example(credential: Arc<dyn TokenCredential>) {
/// // Such as `azure_identity::ManagedIdentityCredential::new(None)?`.
/// let client: Client<EntraId> = client(EntraId::new(credential));
/// # }
/// ```
#[derive(Clone)]
pub struct EntraId(AsyncBearerToken<Fetch>);

type Fetch = Box<dyn Fn() -> Fetching + Send + Sync>;
type Fetching = Pin<Box<dyn Future<Output = azure_core::Result<AccessToken>> + Send>>;

impl EntraId {
    /// Tokens for Event Grid from this credential.
    pub fn new(credential: Arc<dyn TokenCredential>) -> Self {
        Self::with_scope(credential, BEARER_SCOPE)
    }

    /// Tokens of a scope other than [`BEARER_SCOPE`], for a cloud that has its own.
    pub fn with_scope(credential: Arc<dyn TokenCredential>, scope: impl Into<String>) -> Self {
        let scope: Arc<str> = scope.into().into();
        let fetch = move || {
            let (credential, scope) = (Arc::clone(&credential), Arc::clone(&scope));
            let fetching: Fetching = Box::pin(async move {
                let token = credential.get_token(&[&scope], None).await?;
                // A token that expired before 1970 has expired; 0 says so, too.
                let end = u64::try_from(token.expires_on.unix_timestamp()).unwrap_or(0);
                Ok(AccessToken::new(token.token.secret(), Duration::from_secs(end)))
            });
            fetching
        };
        Self(AsyncBearerToken::new(Box::new(fetch)))
    }
}

impl Credential for EntraId {
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

impl SendAsyncCredential for EntraId {
    async fn prepare(&self, request: &CredentialRequest<'_>) -> Result<(), CredentialError> {
        SendAsyncCredential::prepare(&self.0, request).await
    }
}

impl fmt::Debug for EntraId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EntraId").field(&self.0).finish()
    }
}
