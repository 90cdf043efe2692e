//! Bearer tokens of Microsoft Entra ID, which a closure fetches, and which are kept until they are
//! about to expire.

use core::fmt;
use core::time::Duration;
use std::boxed::Box;
use std::error::Error;
use std::string::{String, ToString};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::vec::Vec;

use eventgrid_transport::Request;

use crate::credential::{
    AuthorizationWriter, Credential, CredentialError, CredentialKind, CredentialRequest, InvalidCredential,
    SecretText, SendAsyncCredential,
};

/// The scope that a token for Event Grid must have.
pub const BEARER_SCOPE: &str = "https://eventgrid.azure.net/.default";

/// How long before a token expires a new one is fetched.
const EARLY: Duration = Duration::from_secs(5 * 60);

/// A bearer token and its expiry. `Debug` does not show the token.
#[derive(Clone)]
pub struct AccessToken {
    token: Arc<SecretText<'static>>,
    expires_on: Duration,
}

impl AccessToken {
    /// A token with its expiry, as the time since 1970-01-01T00:00:00Z.
    pub fn new(token: impl Into<String>, expires_on: Duration) -> Self {
        Self { token: Arc::new(SecretText::new(token.into())), expires_on }
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken").field("expires_on", &self.expires_on).finish_non_exhaustive()
    }
}

/// The last token, and what is known of it.
#[derive(Debug, Default)]
struct Cache {
    token: Option<AccessToken>,
    /// Whether the service has refused it.
    refused: bool,
    /// How many fetches have failed when there was no usable token.
    failures: u64,
    /// Why the last of them has failed, with its causes.
    failure: String,
}

/// The failure of a fetch, as the requests get it that waited while another one fetched.
#[derive(Debug)]
struct SharedFailure(String);

impl fmt::Display for SharedFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the fetch that several requests waited for has failed: {}", self.0)
    }
}

impl Error for SharedFailure {}

/// The text of an error and of its causes.
fn text_of(error: &(dyn Error + 'static)) -> String {
    let causes = core::iter::successors(Some(error), |&error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[derive(Clone, Copy)]
enum Freshness {
    Fresh,
    /// Valid, but about to expire.
    Ending,
    Unusable,
}

impl Cache {
    fn freshness(&self, unix_time: Option<Duration>) -> Freshness {
        match (&self.token, unix_time) {
            (None, _) => Freshness::Unusable,
            _ if self.refused => Freshness::Unusable,
            // Without a clock, only the service can say that it has expired.
            (Some(_), None) => Freshness::Fresh,
            (Some(token), Some(now)) if now + EARLY < token.expires_on => Freshness::Fresh,
            (Some(token), Some(now)) if now < token.expires_on => Freshness::Ending,
            (Some(_), Some(_)) => Freshness::Unusable,
        }
    }

    /// Records that the service refused the credential of this request. If that was an earlier
    /// token, it says nothing about the current one: many requests may get the same refusal late.
    fn refuse(&mut self, request: &Request<'_>) {
        let Some(token) = &self.token else { return };
        let sent = request.headers().find(|header| header.name() == "authorization");
        let sent = sent.and_then(|header| header.value().strip_prefix("Bearer "));
        self.refused |= sent == Some(&**token.token);
    }
}

/// The state that the clones of a credential share.
struct Shared<F> {
    fetch: F,
    cache: Mutex<Cache>,
    /// Locked while a token is fetched, so that others wait for it instead of fetching another.
    fetching: async_lock::Mutex<()>,
}

impl<F> Shared<F> {
    fn new(fetch: F) -> Arc<Self> {
        Arc::new(Self { fetch, cache: Mutex::default(), fetching: async_lock::Mutex::new(()) })
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn freshness(&self, request: &CredentialRequest<'_>) -> Freshness {
        self.cache().freshness(request.unix_time())
    }

    /// How many fetches have failed, to be read before waiting for one.
    fn failures(&self) -> u64 {
        self.cache().failures
    }

    /// Returns the failure of a fetch that has failed since there were this many. If each of those
    /// who waited for it began one of its own, the last of them would wait for all others.
    fn waited_for(&self, failures: u64, stale: Freshness) -> Result<(), CredentialError> {
        let cache = self.cache();
        if matches!(stale, Freshness::Ending) || cache.failures == failures {
            return Ok(());
        }
        Err(CredentialError::Unavailable(SharedFailure(cache.failure.clone()).into()))
    }

    /// Stores a fetched token in place of one that was no longer fresh.
    fn keep<E>(&self, stale: Freshness, fetched: Result<AccessToken, E>) -> Result<(), CredentialError>
    where
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        match (fetched, stale) {
            (Ok(token), _) => {
                let mut cache = self.cache();
                (cache.token, cache.refused) = (Some(token), false);
            }
            // The current token is still valid.
            (Err(_), Freshness::Ending) => {}
            (Err(error), _) => {
                let error = error.into();
                let failure = text_of(&*error);
                let mut cache = self.cache();
                (cache.failures, cache.failure) = (cache.failures.wrapping_add(1), failure);
                return Err(CredentialError::Unavailable(error));
            }
        }
        Ok(())
    }

    fn write(&self, headers: &mut AuthorizationWriter<'_, '_>) -> Result<(), CredentialError> {
        let token = self.cache().token.clone();
        let token = token.ok_or_else(|| CredentialError::Unavailable("no token was fetched".into()))?;
        InvalidCredential::check(CredentialKind::BearerToken, &token.token)?;
        headers.text("authorization", &["Bearer ", &token.token])
    }
}

/// Checks that the token may be sent with the request: over plain http only to this machine, as to
/// an emulator.
fn check(request: &CredentialRequest<'_>) -> Result<(), CredentialError> {
    let endpoint = request.endpoint();
    if endpoint.is_https() || endpoint.is_loopback() { Ok(()) } else { Err(CredentialError::PlainHttp) }
}

/// A bearer token for blocking clients, fetched by a closure that blocks.
///
/// The token is kept. A new one is fetched five minutes before it expires, and after the service
/// has responded with 401. While the old token is still valid, one thread fetches the new one and
/// the others go on with the old one; if the closure fails, it is called again with the next
/// request. Threads without a valid token wait for the same fetch; if it fails, each gets an error
/// with its text. Clones share the token.
///
/// No time limit of the client ends the closure, so it needs one of its own.
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
pub struct BearerToken<F>(Arc<Shared<F>>);

impl<F, E> BearerToken<F>
where
    F: Fn() -> Result<AccessToken, E>,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    /// A credential with tokens that `fetch` returns.
    pub fn new(fetch: F) -> Self {
        Self(Shared::new(fetch))
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
        let failures = self.0.failures();
        let guard = match self.0.freshness(request) {
            Freshness::Fresh => None,
            Freshness::Ending => self.0.fetching.try_lock(),
            Freshness::Unusable => Some(self.0.fetching.lock_blocking()),
        };
        if guard.is_some() {
            // Another thread may have fetched one meanwhile.
            match self.0.freshness(request) {
                Freshness::Fresh => {}
                stale => {
                    self.0.waited_for(failures, stale)?;
                    self.0.keep(stale, (self.0.fetch)())?;
                }
            }
        }
        self.0.write(headers)
    }

    fn renew(&self, refused: &Request<'_>) -> bool {
        self.0.cache().refuse(refused);
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
        f.debug_struct("BearerToken").field("cache", &*self.0.cache()).finish_non_exhaustive()
    }
}

/// A bearer token for asynchronous clients, fetched by a closure that returns a future.
///
/// The token is kept. A new one is fetched five minutes before it expires, and after the service
/// has responded with 401. While the old token is still valid, one task fetches the new one and the
/// others go on with the old one; if the closure fails, it is called again with the next request.
/// Tasks without a valid token wait for the same fetch; if it fails, each gets an error with its
/// text. Clones share the token.
///
/// No time limit of the client ends the future, so it needs one of its own.
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
pub struct AsyncBearerToken<F>(Arc<Shared<F>>);

impl<F> AsyncBearerToken<F> {
    /// A credential with tokens that `fetch` returns.
    pub fn new<R, T>(fetch: F) -> Self
    where
        F: Fn() -> R,
        R: Future<Output = T>,
    {
        Self(Shared::new(fetch))
    }
}

impl<F> Credential for AsyncBearerToken<F> {
    fn authorize(
        &self,
        request: &CredentialRequest<'_>,
        headers: &mut AuthorizationWriter<'_, '_>,
    ) -> Result<(), CredentialError> {
        check(request)?;
        self.0.write(headers)
    }

    fn renew(&self, refused: &Request<'_>) -> bool {
        self.0.cache().refuse(refused);
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
        let failures = self.0.failures();
        let guard = match self.0.freshness(request) {
            Freshness::Fresh => None,
            Freshness::Ending => self.0.fetching.try_lock(),
            Freshness::Unusable => Some(self.0.fetching.lock().await),
        };
        if guard.is_some() {
            // Another task may have fetched one meanwhile.
            match self.0.freshness(request) {
                Freshness::Fresh => {}
                stale => {
                    self.0.waited_for(failures, stale)?;
                    self.0.keep(stale, (self.0.fetch)().await)?;
                }
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
        f.debug_struct("AsyncBearerToken").field("cache", &*self.0.cache()).finish_non_exhaustive()
    }
}
