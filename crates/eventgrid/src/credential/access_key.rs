//! Access keys.

use core::fmt;

use crate::credential::{
    AuthorizationWriter, Credential, CredentialError, CredentialKind, CredentialRequest, InvalidCredential,
    SecretText, SendAsyncCredential,
};
use crate::endpoint::EndpointKind;
use crate::text::Text;

/// An access key of a namespace, of one of its topics, or of a basic topic, domain or partner
/// namespace, as the Azure portal shows it.
///
/// It is sent exactly as it is given: to a namespace as `Authorization: SharedAccessKey KEY`
/// (api-version 2024-06-01), elsewhere as `aeg-sas-key: KEY` (api-version 2018-01-01). `Debug` does
/// not show it, and it is refused over plain `http` unless the host is this machine or
/// [the client allows it](crate::Client::allow_plain_http). With feature `zeroize`, an owned one is
/// overwritten when it is dropped.
///
/// ```
/// let key = eventgrid::AccessKey::new("c2VjcmV0");
/// assert_eq!(format!("{key:?}"), "AccessKey(redacted)");
/// ```
#[derive(Clone)]
pub struct AccessKey<'k>(SecretText<'k>);

impl<'k> AccessKey<'k> {
    /// Takes a key, which is base64 text.
    pub fn new(key: impl Into<Text<'k>>) -> Self {
        Self(SecretText::new(key))
    }

    /// Checks whether it can be an access key. A client does so before it sends a request; a
    /// program may do so when it starts.
    ///
    /// ```
    /// use eventgrid::AccessKey;
    /// use eventgrid::credential::{CredentialKind, InvalidCredential};
    ///
    /// assert_eq!(AccessKey::new("c2VjcmV0").check(), Ok(()));
    /// assert_eq!(AccessKey::new("").check(), Err(InvalidCredential::Empty(CredentialKind::AccessKey)));
    /// ```
    ///
    /// # Errors
    /// [`InvalidCredential`] if it is empty, has white space, or is a connection string or a token.
    pub fn check(&self) -> Result<(), InvalidCredential> {
        InvalidCredential::check(CredentialKind::AccessKey, &self.0)
    }
}

impl Credential for AccessKey<'_> {
    fn authorize(
        &self,
        request: &CredentialRequest<'_>,
        headers: &mut AuthorizationWriter<'_, '_>,
    ) -> Result<(), CredentialError> {
        self.check()?;
        match request.endpoint_kind() {
            EndpointKind::Namespace => headers.text("authorization", &["SharedAccessKey ", &self.0]),
            EndpointKind::BasicTopic | EndpointKind::Domain | EndpointKind::PartnerNamespace => {
                headers.text("aeg-sas-key", &[&self.0])
            }
            EndpointKind::MqttBroker => Err(CredentialError::TokenOnly(CredentialKind::AccessKey)),
        }
    }
}

impl SendAsyncCredential for AccessKey<'_> {}

impl fmt::Debug for AccessKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessKey(redacted)")
    }
}
