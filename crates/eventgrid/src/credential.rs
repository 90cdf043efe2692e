//! What proves to the service who is calling.

use core::fmt;

use crate::encode::AuthorizationWriter;
use crate::target::Realm;
use crate::{RequestError, Text};

/// What proves to the service who is calling. It is asked anew before each try.
pub trait Credential {
    /// Writes the headers for one try.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`] or [`RequestError::Header`], as the writer says.
    fn authorize(&self, realm: Realm, headers: &mut AuthorizationWriter<'_, '_>) -> Result<(), RequestError>;
}

impl<C: Credential + ?Sized> Credential for &C {
    fn authorize(&self, realm: Realm, headers: &mut AuthorizationWriter<'_, '_>) -> Result<(), RequestError> {
        (**self).authorize(realm, headers)
    }
}

/// An access key of a namespace, of one of its topics, or of a basic topic, domain or partner namespace, as the Azure portal
/// shows it.
///
/// It is sent exactly as it is given. `Debug` does not show it, and it is refused over plain `http` unless the host is
/// this machine or [the client allows it](crate::Client::allow_plain_http).
///
/// ```
/// let key = eventgrid::AccessKey::new("c2VjcmV0");
/// assert_eq!(format!("{key:?}"), "AccessKey(redacted)");
/// ```
#[derive(Clone)]
pub struct AccessKey<'k>(Text<'k>);

impl<'k> AccessKey<'k> {
    /// Takes a key, which is base64 text.
    pub fn new(key: impl Into<Text<'k>>) -> Self {
        Self(key.into())
    }
}

impl Credential for AccessKey<'_> {
    fn authorize(&self, realm: Realm, headers: &mut AuthorizationWriter<'_, '_>) -> Result<(), RequestError> {
        match realm {
            Realm::Namespace => headers.header("authorization", format_args!("SharedAccessKey {}", self.0)),
            Realm::BasicTopic | Realm::Domain | Realm::PartnerNamespace => {
                headers.header("aeg-sas-key", &self.0)
            }
        }
    }
}

impl fmt::Debug for AccessKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessKey(redacted)")
    }
}
