//! Tokens that were made elsewhere.

use core::fmt;

use crate::Text;
use crate::credential::{Credential, CredentialError, CredentialRequest, SecretText, SendAsyncCredential};
use crate::encode::AuthorizationWriter;
use crate::target::Realm;

/// A shared access signature (SAS token): `r=RESOURCE&e=EXPIRY&s=SIGNATURE`, which lets its holder use that resource until then.
///
/// It is sent exactly as it is given: to a namespace as `Authorization: SharedAccessSignature TOKEN`, elsewhere as
/// `aeg-sas-token: TOKEN`, as the service documents. `Debug` does not show it, and it is refused over plain `http` unless the host is
/// this machine or [the client allows it](crate::Client::allow_plain_http). With feature `zeroize`, an owned one is overwritten when
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

    /// The token, to be handed to whoever is to use it. Whoever has it can.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Credential for SasToken<'_> {
    fn authorize(
        &self,
        request: &CredentialRequest<'_>,
        headers: &mut AuthorizationWriter<'_, '_>,
    ) -> Result<(), CredentialError> {
        write_token(request.realm(), &*self.0, headers)
    }
}

impl SendAsyncCredential for SasToken<'_> {}

impl fmt::Debug for SasToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SasToken(redacted)")
    }
}

/// Writes a token as that part of the service takes it.
pub(super) fn write_token(
    realm: Realm,
    token: impl fmt::Display,
    headers: &mut AuthorizationWriter<'_, '_>,
) -> Result<(), CredentialError> {
    match realm {
        Realm::Namespace => headers.header("authorization", format_args!("SharedAccessSignature {token}")),
        Realm::BasicTopic | Realm::Domain | Realm::PartnerNamespace => headers.header("aeg-sas-token", token),
    }
}
