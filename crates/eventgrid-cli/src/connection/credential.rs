//! A credential that is read again from where it came from when it is about to end.

use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use eventgrid::credential::{
    AccessToken, AuthorizationWriter, BearerToken, CredentialError, CredentialRequest, InvalidCredential,
};
use eventgrid::{AccessKey, Credential, Request, SasToken, SendAsyncCredential};
use serde::Deserialize;

use super::key::{Secret, key_of};
use crate::context::KeySource;
use crate::failure::{Failure, FailureKind};

/// A token is read again this long before it ends.
const EARLY: Duration = Duration::from_secs(5 * 60);

/// How long to wait before a source is read again that could not be read, or had nothing newer.
const PAUSE: Duration = Duration::from_secs(30);

/// What a [`Secret`] is: an access key, a SAS token, or a token of Microsoft Entra ID.
type Checked = Arc<dyn Credential + Send + Sync>;

/// The credential of a connection. A token is read again before it ends, and a key or a token once
/// the service does not accept it, so that a run may be longer than a token is valid.
pub(crate) struct SourcedCredential(Arc<Shared>);

struct Shared {
    /// `None` for a key that was an argument: there is nothing to read again.
    source: Option<KeySource>,
    current: Mutex<Current>,
    /// Held while the source is read for an async client, so that one task reads it for all.
    reading: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
struct Current {
    credential: Checked,
    /// When it ends, since 1970-01-01T00:00:00Z, if that is known.
    end: Option<Duration>,
    /// The service has not accepted it.
    is_refused: bool,
    /// The source is not read before that time.
    not_before: Duration,
}

/// Whether there is something to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// What there is will do.
    Nothing,
    /// It will do for some minutes.
    Soon,
    /// It will not do.
    Now,
}

impl SourcedCredential {
    /// That key, which came from `source` if it can be read again.
    ///
    /// # Errors
    /// [`Failure`] if it is not a key and no token.
    pub(super) fn new(secret: Secret, source: Option<KeySource>) -> Result<Self, Failure> {
        let current = Current::new(secret)?;
        // A variable of this process does not change.
        let source = source.filter(|source| !matches!(source, KeySource::Env(_)));
        let shared = Shared { source, current: Mutex::new(current), reading: tokio::sync::Mutex::default() };
        Ok(Self(Arc::new(shared)))
    }
}

impl Shared {
    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn need(&self, unix_time: Option<Duration>) -> Need {
        match (&self.source, unix_time) {
            (Some(_), Some(now)) => self.current().need(now),
            _ => Need::Nothing,
        }
    }

    /// Reads the source, and keeps what it has.
    fn read(&self, now: Duration) -> Result<(), Failure> {
        let Some(source) = &self.source else { return Ok(()) };
        let read = key_of(source).and_then(Current::new);
        let mut current = self.current();
        if let Ok(read) = read {
            *current = read;
            current.not_before = now + PAUSE;
            return Ok(());
        }
        current.not_before = now + PAUSE;
        read.map(|_| ())
    }
}

impl Current {
    fn new(secret: Secret) -> Result<Self, Failure> {
        let (credential, end) = secret.into_credential()?;
        Ok(Self { credential, end, is_refused: false, not_before: Duration::ZERO })
    }

    fn need(&self, now: Duration) -> Need {
        if now < self.not_before {
            return Need::Nothing;
        }
        match self.end {
            _ if self.is_refused => Need::Now,
            Some(end) if now >= end => Need::Now,
            Some(end) if now + EARLY >= end => Need::Soon,
            _ => Need::Nothing,
        }
    }
}

/// For blocking clients, which read the source here.
impl Credential for SourcedCredential {
    fn authorize(
        &self,
        request: &CredentialRequest<'_>,
        headers: &mut AuthorizationWriter<'_, '_>,
    ) -> Result<(), CredentialError> {
        let need = self.0.need(request.unix_time());
        if let (Need::Soon | Need::Now, Some(now)) = (need, request.unix_time()) {
            unless_soon(need, self.0.read(now))?;
        }
        let credential = Arc::clone(&self.0.current().credential);
        credential.authorize(request, headers)
    }

    fn renew(&self, _: &Request<'_>) -> bool {
        // The source has something newer, or the service responds with 401 once more.
        self.0.current().is_refused = self.0.source.is_some();
        self.0.source.is_some()
    }
}

/// For async clients, which read the source on another thread: a command may take seconds.
impl SendAsyncCredential for SourcedCredential {
    async fn prepare(&self, request: &CredentialRequest<'_>) -> Result<(), CredentialError> {
        let (Need::Soon | Need::Now, Some(now)) = (self.0.need(request.unix_time()), request.unix_time())
        else {
            return Ok(());
        };
        let _one = self.0.reading.lock().await;
        // Another task may have read it meanwhile.
        let need = self.0.need(Some(now));
        if need == Need::Nothing {
            return Ok(());
        }
        let shared = Arc::clone(&self.0);
        let read = tokio::task::spawn_blocking(move || shared.read(now)).await;
        let read = read.map_err(|error| CredentialError::Unavailable(error.into()))?;
        unless_soon(need, read)
    }
}

/// A token that is about to end will do where no other can be read.
fn unless_soon(need: Need, read: Result<(), Failure>) -> Result<(), CredentialError> {
    match read {
        Err(failure) if need == Need::Now => Err(CredentialError::Unavailable(one_error(&failure))),
        _ => Ok(()),
    }
}

fn one_error(failure: &Failure) -> Box<dyn StdError + Send + Sync> {
    failure.in_one_line().into()
}

/// Without the key.
impl fmt::Debug for SourcedCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourcedCredential").field("source", &self.0.source).finish_non_exhaustive()
    }
}

impl Secret {
    /// The credential that it is, and when that ends if it says so: an access key, a SAS token or a
    /// token of Microsoft Entra ID is told by its form.
    ///
    /// # Errors
    /// [`Failure`] if it is none of them.
    fn into_credential(self) -> Result<(Checked, Option<Duration>), Failure> {
        let invalid = |error: InvalidCredential| {
            Failure::new(FailureKind::Authentication, "the key is not valid").caused_by(&error)
        };
        match AccessKey::new(self.expose()).check() {
            Ok(()) => Ok((Arc::new(AccessKey::new(self.expose().to_owned())), None)),
            Err(InvalidCredential::SasToken(_)) => {
                let token = SasToken::new(self.expose().to_owned());
                let expiry = token.expiry().map_err(invalid)?;
                Ok((Arc::new(token), Some(expiry)))
            }
            Err(InvalidCredential::BearerToken(_)) => {
                let (token, end) = (AccessToken::new(self.expose(), Duration::MAX), end_of(self.expose()));
                let token = BearerToken::new(move || Ok::<_, std::convert::Infallible>(token.clone()));
                Ok((Arc::new(token), end))
            }
            Err(error) => Err(invalid(error)),
        }
    }
}

/// When a token of Microsoft Entra ID ends: the claim `exp` of a JSON Web Token (RFC 7519, section
/// 4.1.4). The service alone verifies it.
fn end_of(token: &str) -> Option<Duration> {
    #[derive(Deserialize)]
    struct Claims {
        exp: u64,
    }
    let claims = token.split('.').nth(1)?;
    let claims = URL_SAFE_NO_PAD.decode(claims).ok()?;
    let Claims { exp } = serde_json::from_slice(&claims).ok()?;
    Some(Duration::from_secs(exp))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn token(exp: u64) -> String {
        let claims = URL_SAFE_NO_PAD.encode(format!(r#"{{"aud":"x","exp":{exp}}}"#));
        format!("eyJhbGciOiJSUzI1NiJ9.{claims}.c2ln")
    }

    fn minutes(minutes: u64) -> Duration {
        Duration::from_secs(minutes * 60)
    }

    #[test]
    fn what_a_key_is_is_told_by_its_form() {
        let sas = "r=https%3A%2F%2Fh&e=6%2F5%2F2044%2012%3A09%3A03%20PM&s=c2VjcmV0";
        let end = |text: &str| Secret::new(text).into_credential().unwrap().1;
        assert_eq!(end("c2VjcmV0"), None);
        assert_eq!(end(sas), Some(Duration::from_secs(2_348_741_343)));
        assert_eq!(end(&token(1_717_589_343)), Some(Duration::from_secs(1_717_589_343)));
        assert_eq!(end("eyJhbGciOiJSUzI1NiJ9.opaque.c2ln"), None);
        let refused = [
            "",
            "two words",
            "Endpoint=sb://h/;SharedAccessKey=c2VjcmV0",
            "r=https%3A%2F%2Fh&e=x&s=c2VjcmV0",
        ];
        for invalid in refused {
            let failure = Secret::new(invalid).into_credential().map(|_| ()).unwrap_err();
            assert_eq!(failure.kind(), FailureKind::Authentication, "{invalid}");
            assert!(!failure.to_string().contains("c2VjcmV0"), "{failure}");
        }
    }

    #[test]
    fn a_token_is_read_again_before_it_ends() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("token");
        let source = KeySource::File(file.clone());
        let credential = SourcedCredential::new(Secret::new(token(60 * 60)), Some(source)).unwrap();
        let need = |at| credential.0.need(Some(minutes(at)));
        assert_eq!(
            (need(0), need(54), need(55), need(60)),
            (Need::Nothing, Need::Nothing, Need::Soon, Need::Now)
        );

        // It cannot be read, so the token that there is goes on for some time.
        assert!(credential.0.read(minutes(55)).is_err());
        assert_eq!((need(55), need(56)), (Need::Nothing, Need::Soon));
        fs::write(&file, token(120 * 60)).unwrap();
        credential.0.read(minutes(56)).unwrap();
        assert_eq!((need(57), need(114), need(115)), (Need::Nothing, Need::Nothing, Need::Soon));
    }

    #[test]
    fn a_key_that_is_refused_is_read_again() {
        let source = KeySource::File("not-there".into());
        let credential = SourcedCredential::new(Secret::new("c2VjcmV0"), Some(source)).unwrap();
        assert_eq!(credential.0.need(Some(minutes(0))), Need::Nothing);
        credential.0.current().is_refused = true;
        assert_eq!(credential.0.need(Some(minutes(0))), Need::Now);
        assert!(credential.0.read(minutes(0)).is_err());
        assert!(!format!("{credential:?}").contains("c2VjcmV0"));
    }
}
