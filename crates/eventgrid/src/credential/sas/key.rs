//! Signing tokens with an access key.

use core::fmt::{self, Write};
use core::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use eventgrid_transport::{Buf, BufFull};

use crate::credential::AuthorizationWriter;
use crate::credential::sas::SasResource;
use crate::credential::sas::expiry::Expiry;
use crate::credential::sas::token::write_token;
use crate::credential::{Credential, CredentialError, CredentialRequest, SendAsyncCredential};
#[cfg(feature = "alloc")]
use crate::credential::{CredentialKind, InvalidCredential};
use crate::http;
use crate::text::percent::{PercentEncoded, Plain};

/// An access key that is never sent: it signs tokens, and only these are sent.
///
/// As a credential it signs a new token for each attempt, valid for [an hour](Self::with_lifetime)
/// from then on, for everything at the endpoint. In a namespace that is every topic and
/// subscription, so it must be a key of the namespace and not of one of its topics. The device must
/// know the time. The length of a token varies by up to 90 bytes: leave this much room after the
/// request.
///
/// To give access to others, [`write`](Self::write) a token, or make one with `token` (feature
/// `alloc`), and pass it on.
///
/// The key itself is not stored, only the two hash states with which signing begins; they are
/// erased when it is dropped. `Debug` does not show them.
///
/// ```
/// use core::time::Duration;
/// use eventgrid::sas::SasKey;
/// use eventgrid::target::BasicTopic;
/// use eventgrid::Buf;
///
/// let key = SasKey::new("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")?;
/// let topic = BasicTopic::new("https://orders.northeurope-1.eventgrid.azure.net/api/events")?;
///
/// let mut storage = [0; 256];
/// let mut token = Buf::new(&mut storage);
/// key.write(&topic, Duration::from_secs(1_740_787_199), &mut token)?;
/// assert_eq!(
///     core::str::from_utf8(token.filled())?,
///     "r=https%3A%2F%2Forders.northeurope-1.eventgrid.azure.net%2Fapi%2Fevents%3FapiVersion%3D2018-01-01\
///      &e=2%2F28%2F2025%2011%3A59%3A59%20PM&s=AtnXfPwLFi1GXJvjKU8konYP1euv7N0Moth3l7NrKNg%3D"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SasKey {
    mac: Hmac<Sha256>,
    lifetime: Duration,
}

impl SasKey {
    /// Takes an access key, which is base64 text.
    ///
    /// # Errors
    /// [`InvalidKey`] if it is not.
    pub fn new(key: &str) -> Result<Self, InvalidKey> {
        #[cfg(feature = "alloc")]
        match InvalidCredential::check(CredentialKind::AccessKey, key) {
            Err(InvalidCredential::ConnectionString) => return Err(InvalidKey::ConnectionString),
            Err(InvalidCredential::SasToken(_)) => return Err(InvalidKey::SasToken),
            Err(InvalidCredential::BearerToken(_)) => return Err(InvalidKey::BearerToken),
            _ => {}
        }
        if key.len() > InvalidKey::MAX_CHARACTERS {
            return Err(InvalidKey::TooLong);
        }
        let mut storage = Zeroizing::new([0; InvalidKey::MAX_CHARACTERS / 4 * 3]);
        // The cause is not kept, because it contains characters of the key.
        let len =
            BASE64_STANDARD.decode_slice(key, storage.as_mut_slice()).map_err(|_| InvalidKey::Base64)?;
        let bytes = storage.get(..len).filter(|bytes| !bytes.is_empty()).ok_or(InvalidKey::Empty)?;
        let mac = Hmac::new_from_slice(bytes).map_err(|_| InvalidKey::TooLong)?;
        Ok(Self { mac, lifetime: Duration::from_secs(60 * 60) })
    }

    /// How long the tokens that it signs as a credential are valid. Default: one hour.
    ///
    /// If the device's clock is slow by more than this, its tokens have expired before they are
    /// sent.
    #[must_use]
    pub fn with_lifetime(self, lifetime: Duration) -> Self {
        Self { lifetime, ..self }
    }

    /// Appends a token for a resource to `out`, valid until `expiry`: the time since
    /// 1970-01-01T00:00:00Z, in whole seconds. A time after the year 9999 is written as the end of
    /// that year.
    ///
    /// It has the form that the official SDK for JavaScript writes: `r` and `e` are encoded as by
    /// `encodeURIComponent`, and the expiry is in UTC, such as `6/5/2024 12:09:03 PM`.
    ///
    /// # Errors
    /// [`BufFull`] if it does not fit. The buffer is then unchanged.
    pub fn write<'r>(
        &self,
        resource: impl Into<SasResource<'r>>,
        expiry: Duration,
        out: &mut Buf<'_>,
    ) -> Result<(), BufFull> {
        append(out, self.signed(&Unsigned::new(resource.into(), expiry)))
    }

    /// A token for a resource, valid until `expiry`; see [`write`](Self::write).
    #[cfg(feature = "alloc")]
    pub fn token<'r>(
        &self,
        resource: impl Into<SasResource<'r>>,
        expiry: Duration,
    ) -> crate::credential::sas::SasToken<'static> {
        let unsigned = Unsigned::new(resource.into(), expiry);
        crate::credential::sas::SasToken::new(alloc::string::ToString::to_string(&self.signed(&unsigned)))
    }

    /// Appends `text` and its signature to `out`: `text&s=SIGNATURE`.
    ///
    /// The text is `r=RESOURCE&e=EXPIRY`, already percent-encoded. The service verifies the text as
    /// it receives it, so any way to encode it is accepted. Use this for a form of token that
    /// [`write`](Self::write) does not write.
    ///
    /// # Errors
    /// [`BufFull`] if it does not fit. The buffer is then unchanged.
    pub fn sign(&self, text: &str, out: &mut Buf<'_>) -> Result<(), BufFull> {
        append(out, self.signed(&text))
    }

    /// Whether this is the signature of a text, compared in constant time.
    #[cfg(feature = "alloc")]
    pub(super) fn has_signed(&self, text: &str, signature: &[u8]) -> bool {
        self.mac.clone().chain_update(text).verify_slice(signature).is_ok()
    }

    fn signed<'k, T: fmt::Display>(&'k self, text: &'k T) -> Signed<'k, T> {
        Signed { key: self, text }
    }
}

impl Credential for SasKey {
    fn authorize(
        &self,
        request: &CredentialRequest<'_>,
        headers: &mut AuthorizationWriter<'_, '_>,
    ) -> Result<(), CredentialError> {
        // Signing takes microseconds, so nothing is kept from one attempt to the next.
        let now = request.unix_time().ok_or(CredentialError::UnknownTime)?;
        let resource = SasResource::of_endpoint(request.endpoint_kind(), request.endpoint());
        let unsigned = Unsigned::new(resource, now.saturating_add(self.lifetime));
        write_token(request.endpoint_kind(), self.signed(&unsigned), headers)
    }
}

impl SendAsyncCredential for SasKey {}

impl fmt::Debug for SasKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SasKey(redacted)")
    }
}

/// The text of a token that is signed: `r=RESOURCE&e=EXPIRY`.
struct Unsigned<'r> {
    resource: SasResource<'r>,
    expiry: Expiry,
}

impl<'r> Unsigned<'r> {
    fn new(resource: SasResource<'r>, expiry: Duration) -> Self {
        Self { resource, expiry: Expiry::new(expiry) }
    }
}

impl fmt::Display for Unsigned<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let resource = PercentEncoded { value: self.resource, plain: Plain::COMPONENT };
        let expiry = PercentEncoded { value: self.expiry, plain: Plain::COMPONENT };
        write!(f, "r={resource}&e={expiry}")
    }
}

/// A text with its signature, which is made while it is written.
struct Signed<'k, T> {
    key: &'k SasKey,
    text: &'k T,
}

impl<T: fmt::Display> fmt::Display for Signed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut signing = Signing { mac: self.key.mac.clone(), f };
        write!(signing, "{}", self.text)?;
        let Signing { mac, f } = signing;
        let signature = mac.finalize().into_bytes();
        let mut storage = [0; 44];
        let len = BASE64_STANDARD.encode_slice(signature, &mut storage).map_err(|_| fmt::Error)?;
        let text = core::str::from_utf8(storage.get(..len).unwrap_or_default()).map_err(|_| fmt::Error)?;
        write!(f, "&s={}", PercentEncoded { value: text, plain: Plain::COMPONENT })
    }
}

struct Signing<'f, 'a> {
    mac: Hmac<Sha256>,
    f: &'f mut fmt::Formatter<'a>,
}

impl Write for Signing<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.mac.update(text.as_bytes());
        self.f.write_str(text)
    }
}

fn append(out: &mut Buf<'_>, token: impl fmt::Display) -> Result<(), BufFull> {
    let start = out.len();
    http::format(out, format_args!("{token}")).map_err(|_| {
        out.truncate(start);
        BufFull
    })
}

/// Why a text is not an access key that can sign. It shows no part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidKey {
    /// It is not base64 text of the standard alphabet, with padding.
    Base64,
    /// It is empty, so that everyone could sign.
    Empty,
    /// It is longer than 340 characters, the most that an access key has.
    TooLong,
    /// It is a connection string, as other services have.
    #[cfg(feature = "alloc")]
    ConnectionString,
    /// It is a shared access signature, not the key that signed it.
    #[cfg(feature = "alloc")]
    SasToken,
    /// It is a token of Microsoft Entra ID.
    #[cfg(feature = "alloc")]
    BearerToken,
}

impl InvalidKey {
    /// The service's keys have 44 or 84 characters.
    const MAX_CHARACTERS: usize = 340;
}

impl fmt::Display for InvalidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Base64 => {
                "the access key is not base64 text: copy it as a whole, without a line break or space at its end"
            }
            Self::Empty => "the access key is empty: copy it from the portal",
            Self::TooLong => "the access key is too long: a key has at most 340 characters",
            #[cfg(feature = "alloc")]
            Self::ConnectionString => {
                "the access key is a connection string, which Event Grid does not have: take the key alone, as the portal shows it under Access keys"
            }
            #[cfg(feature = "alloc")]
            Self::SasToken => "the access key is a SAS token, which cannot sign: pass it as a `SasToken`",
            #[cfg(feature = "alloc")]
            Self::BearerToken => {
                "the access key is a token of Microsoft Entra ID: pass it by a `BearerToken` or an `AsyncBearerToken`"
            }
        })
    }
}

impl core::error::Error for InvalidKey {}
