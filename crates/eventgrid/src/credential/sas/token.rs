//! Tokens that were made elsewhere.

use core::fmt;
use core::time::Duration;

use crate::credential::sas::{expiry, percent};
use crate::credential::{
    AuthorizationWriter, Credential, CredentialError, CredentialKind, CredentialRequest, InvalidCredential,
    SecretText, SendAsyncCredential,
};
use crate::endpoint::EndpointKind;
use crate::text::{Text, split_at_byte};

/// A shared access signature (SAS token): `r=RESOURCE&e=EXPIRY&s=SIGNATURE`, which lets its holder
/// use this resource until the expiry.
///
/// It is sent unchanged: to a namespace as `Authorization: SharedAccessSignature TOKEN`, elsewhere
/// as `aeg-sas-token: TOKEN`, as the service documents. `Debug` does not show it, and it is refused
/// over plain `http` unless the host is this machine or [the client allows
/// it](crate::Client::allow_plain_http). With feature `zeroize`, an owned one is overwritten when
/// it is dropped.
///
/// With feature `sas`, `sas::SasKey` makes such tokens.
///
/// ```
/// let token = eventgrid::SasToken::new("r=https%3A%2F%2Ftopic.example&e=6%2F5%2F2024%2012%3A09%3A03%20PM&s=c2VjcmV0");
/// assert_eq!(format!("{token:?}"), "SasToken(redacted)");
/// ```
#[derive(Clone)]
pub struct SasToken<'t>(SecretText<'t>);

impl<'t> SasToken<'t> {
    /// Takes a token.
    pub fn new(token: impl Into<Text<'t>>) -> Self {
        Self(SecretText::new(token))
    }

    /// The token, to be passed to the program that will use it. Everyone who has it can use it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// When it expires, as the time since 1970-01-01T00:00:00Z; zero for an earlier time.
    ///
    /// A client checks it before it sends a request, if it knows the time; a program may check it
    /// when it starts.
    ///
    /// ```
    /// use core::time::Duration;
    ///
    /// let token = eventgrid::SasToken::new("r=https%3A%2F%2Ftopic.example&e=6%2F5%2F2024%2012%3A09%3A03%20PM&s=c2VjcmV0");
    /// assert_eq!(token.expiry(), Ok(Duration::from_secs(1_717_589_343)));
    /// ```
    ///
    /// # Errors
    /// [`InvalidCredential`] if it is not a shared access signature: it is empty, has white space,
    /// lacks a part, or has an expiry that is not a date.
    pub fn expiry(&self) -> Result<Duration, InvalidCredential> {
        InvalidCredential::check(CredentialKind::SasToken, &self.0)?;
        let (mut resource, mut expiry, mut signature) = (None, None, None);
        let mut rest = Some(&*self.0);
        while let Some(parts) = rest {
            let (part, others) =
                split_at_byte(parts, b'&').map_or((parts, None), |(part, others)| (part, Some(others)));
            let (name, value) = split_at_byte(part, b'=').ok_or(InvalidCredential::NoSasToken)?;
            let known = match name {
                "r" => &mut resource,
                "e" => &mut expiry,
                "s" => &mut signature,
                _ => return Err(InvalidCredential::NoSasToken),
            };
            if value.is_empty() || known.replace(value).is_some() {
                return Err(InvalidCredential::NoSasToken);
            }
            rest = others;
        }
        let (Some(_), Some(expiry), Some(_)) = (resource, expiry, signature) else {
            return Err(InvalidCredential::NoSasToken);
        };
        // The longest form that is read has 41 bytes.
        let mut decoded = [0; 64];
        let decoded = percent::decode_into(expiry, &mut decoded);
        decoded.and_then(expiry::parse).ok_or(InvalidCredential::SasExpiry)
    }
}

impl Credential for SasToken<'_> {
    fn authorize(
        &self,
        request: &CredentialRequest<'_>,
        headers: &mut AuthorizationWriter<'_, '_>,
    ) -> Result<(), CredentialError> {
        let expiry = self.expiry()?;
        if request.unix_time().is_some_and(|now| now >= expiry) {
            return Err(CredentialError::Expired);
        }
        write_token(request.endpoint_kind(), &*self.0, headers)
    }
}

impl SendAsyncCredential for SasToken<'_> {}

impl fmt::Debug for SasToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SasToken(redacted)")
    }
}

/// Writes a token in the form for this kind of endpoint.
pub(super) fn write_token(
    endpoint_kind: EndpointKind,
    token: impl fmt::Display,
    headers: &mut AuthorizationWriter<'_, '_>,
) -> Result<(), CredentialError> {
    match endpoint_kind {
        EndpointKind::Namespace => {
            headers.header("authorization", format_args!("SharedAccessSignature {token}"))
        }
        EndpointKind::BasicTopic | EndpointKind::Domain | EndpointKind::PartnerNamespace => {
            headers.header("aeg-sas-token", token)
        }
        EndpointKind::MqttBroker => Err(CredentialError::TokenOnly(CredentialKind::SasToken)),
    }
}
