//! Bearer tokens of Microsoft Entra ID, brought by a closure and kept until they are about to end.

use core::fmt;
use core::time::Duration;
use std::boxed::Box;
use std::error::Error;
use std::string::String;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::credential::{Credential, CredentialError, CredentialRequest, SecretText, SendAsyncCredential};
use crate::encode::AuthorizationWriter;

/// The scope that a token for Event Grid must have.
pub const BEARER_SCOPE: &str = "https://eventgrid.azure.net/.default";

/// A token is fetched anew this long before it ends.
const EARLY: Duration = Duration::from_secs(5 * 60);

/// A bearer token, and when it ends. `Debug` does not show it.
#[derive(Clone)]
pub struct AccessToken {
    token: Arc<SecretText<'static>>,
    expires_on: Duration,
}

impl AccessToken {
    /// A token that ends at that time since 1970-01-01T00:00:00Z.
    pub fn new(token: impl Into<String>, expires_on: Duration) -> Self {
        Self { token: Arc::new(SecretText::new(token.into())), expires_on }
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken").field("expires_on", &self.expires_on).finish_non_exhaustive()
    }
}

/// What is kept of the last token.
#[derive(Debug, Default)]
struct Cache {
    token: Option<AccessToken>,
    /// The service did not accept it.
    refused: bool,
}

enum Freshness {
    Fresh,
    /// Valid, but about to end.
    Ending,
    Unusable,
}

impl Cache {
    fn freshness(&self, unix_time: Option<Duration>) -> Freshness {
        match (&self.token, unix_time) {
            (None, _) => Freshness::Unusable,
            _ if self.refused => Freshness::Unusable,
            // Without a clock, the service is what tells that it has ended.
            (Some(_), None) => Freshness::Fresh,
            (Some(token), Some(now)) if now + EARLY < token.expires_on => Freshness::Fresh,
            (Some(token), Some(now)) if now < token.expires_on => Freshness::Ending,
            (Some(_), Some(_)) => Freshness::Unusable,
        }
    }

    fn keep(&mut self, token: AccessToken) {
        *self = Self { token: Some(token), refused: false };
    }

    fn write(&self, headers: &mut AuthorizationWriter<'_, '_>) -> Result<(), CredentialError> {
        let token =
            self.token.as_ref().ok_or_else(|| CredentialError::Unavailable("no token was fetched".into()))?;
        headers.header("authorization", format_args!("Bearer {}", &**token.token))
    }
}

fn lock(cache: &Mutex<Cache>) -> MutexGuard<'_, Cache> {
    cache.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the token may go where the request goes: never over plain http.
fn check(request: &CredentialRequest<'_>) -> Result<(), CredentialError> {
    if request.endpoint().is_https() { Ok(()) } else { Err(CredentialError::PlainHttp) }
}

/// A bearer token for blocking clients, brought by a closure that blocks.
///
/// It is kept, fetched anew five minutes before it ends, and once more when the service answers 401. While a token is still
/// valid, a closure that fails is asked again with the next request. Clones share the token.
///
/// ```
/// use std::time::Duration;
/// use eventgrid::credential::{AccessToken, BEARER_SCOPE, BearerToken};
///
/// let credential = BearerToken::new(|| -> Result<AccessToken, std::io::Error> {
///     // Ask Microsoft Entra ID for a token of the scope BEARER_SCOPE.
///     Ok(AccessToken::new("token", Duration::from_secs(2_000_000_000)))
/// });
/// ```
pub struct BearerToken<F>(Arc<Blocking<F>>);

struct Blocking<F> {
    fetch: F,
    cache: Mutex<Cache>,
}

impl<F, E> BearerToken<F>
where
    F: Fn() -> Result<AccessToken, E>,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    /// Tokens from that closure.
    pub fn new(fetch: F) -> Self {
        Self(Arc::new(Blocking { fetch, cache: Mutex::default() }))
    }
}

impl<F, E> Credential for BearerToken<F>
where
    F: Fn() -> Result<AccessToken, E>,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    fn authorize(
        &self,
        request: &CredentialRequest<'_>,
        headers: &mut AuthorizationWriter<'_, '_>,
    ) -> Result<(), CredentialError> {
        check(request)?;
        // Held while fetching, so that threads that find no token wait for one instead of fetching one each.
        let mut cache = lock(&self.0.cache);
        match cache.freshness(request.unix_time()) {
            Freshness::Fresh => {}
            Freshness::Ending => {
                if let Ok(token) = (self.0.fetch)() {
                    cache.keep(token);
                }
            }
            Freshness::Unusable => {
                let token = (self.0.fetch)().map_err(|error| CredentialError::Unavailable(error.into()))?;
                cache.keep(token);
            }
        }
        cache.write(headers)
    }

    fn renew(&self) -> bool {
        lock(&self.0.cache).refused = true;
        true
    }
}

impl<F> Clone for BearerToken<F> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<F> fmt::Debug for BearerToken<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BearerToken").field("cache", &*lock(&self.0.cache)).finish_non_exhaustive()
    }
}

/// A bearer token for asynchronous clients, brought by a closure that returns a future.
///
/// It is kept, fetched anew five minutes before it ends, and once more when the service answers 401. While a token is still
/// valid, a closure that fails is asked again with the next request. Tasks that find no token wait for one fetch together. Clones
/// share the token.
///
/// ```
/// use std::time::Duration;
/// use eventgrid::credential::{AccessToken, AsyncBearerToken, BEARER_SCOPE};
///
/// let credential = AsyncBearerToken::new(async || -> Result<AccessToken, std::io::Error> {
///     // Ask Microsoft Entra ID for a token of the scope BEARER_SCOPE.
///     Ok(AccessToken::new("token", Duration::from_secs(2_000_000_000)))
/// });
/// ```
pub struct AsyncBearerToken<F>(Arc<Asynchronous<F>>);

struct Asynchronous<F> {
    fetch: F,
    cache: Mutex<Cache>,
    fetching: async_lock::Mutex<()>,
}

impl<F> AsyncBearerToken<F> {
    /// Tokens from that closure.
    pub fn new<R, T>(fetch: F) -> Self
    where
        F: Fn() -> R,
        R: Future<Output = T>,
    {
        let fetching = async_lock::Mutex::new(());
        Self(Arc::new(Asynchronous { fetch, cache: Mutex::default(), fetching }))
    }
}

impl<F> Credential for AsyncBearerToken<F> {
    fn authorize(
        &self,
        request: &CredentialRequest<'_>,
        headers: &mut AuthorizationWriter<'_, '_>,
    ) -> Result<(), CredentialError> {
        check(request)?;
        lock(&self.0.cache).write(headers)
    }

    fn renew(&self) -> bool {
        lock(&self.0.cache).refused = true;
        true
    }
}

impl<F, R, E> SendAsyncCredential for AsyncBearerToken<F>
where
    F: Fn() -> R + Send + Sync,
    R: Future<Output = Result<AccessToken, E>> + Send,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    async fn prepare(&self, request: &CredentialRequest<'_>) -> Result<(), CredentialError> {
        check(request)?;
        if let Freshness::Fresh = lock(&self.0.cache).freshness(request.unix_time()) {
            return Ok(());
        }
        let _guard = self.0.fetching.lock().await;
        // Another task may have fetched one meanwhile.
        let freshness = lock(&self.0.cache).freshness(request.unix_time());
        match freshness {
            Freshness::Fresh => return Ok(()),
            Freshness::Ending => {
                if let Ok(token) = (self.0.fetch)().await {
                    lock(&self.0.cache).keep(token);
                }
            }
            Freshness::Unusable => {
                let token =
                    (self.0.fetch)().await.map_err(|error| CredentialError::Unavailable(error.into()))?;
                lock(&self.0.cache).keep(token);
            }
        }
        Ok(())
    }
}

impl<F> Clone for AsyncBearerToken<F> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<F> fmt::Debug for AsyncBearerToken<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncBearerToken").field("cache", &*lock(&self.0.cache)).finish_non_exhaustive()
    }
}
