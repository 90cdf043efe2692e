//! Why there is no credential to send.

use core::fmt;

use eventgrid_transport::BufFull;

use crate::credential::{CredentialKind, InvalidCredential};

/// Why there is no credential to send. Nothing was sent at this attempt; see to your credential.
#[derive(Debug)]
#[non_exhaustive]
pub enum CredentialError {
    /// Its headers do not fit into the request's buffer.
    TooLarge,
    /// It has a line break or another character that no header can carry.
    Character,
    /// It cannot be what it was given as.
    Invalid(InvalidCredential),
    /// It is a shared access signature that has expired, by the clock of this machine.
    Expired,
    /// It would go over plain http to another machine, which a token must never do.
    PlainHttp,
    /// It is of this kind, and the MQTT broker of a namespace takes tokens of Microsoft Entra ID
    /// alone.
    TokenOnly(CredentialKind),
    /// The time must be known to make a token or to tell whether it is still valid, and is not.
    UnknownTime,
    /// What was to bring a token failed.
    #[cfg(feature = "std")]
    Unavailable(std::boxed::Box<dyn core::error::Error + Send + Sync>),
}

impl fmt::Display for CredentialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Invalid(error) => return error.fmt(f),
            Self::TokenOnly(kind) => {
                return write!(
                    f,
                    "the MQTT broker takes no {kind}, but tokens of Microsoft Entra ID: pass one by a \
                     `BearerToken` or an `AsyncBearerToken`"
                );
            }
            Self::Expired => "the SAS token has expired: get a new one, and check the clock",
            Self::TooLarge => "the credential does not fit into the request's buffer: lend a larger one",
            Self::Character => {
                "the credential has a character that no header can carry: is there a line break at its end?"
            }
            Self::PlainHttp => "a token must not go over plain http to another machine: use https",
            Self::UnknownTime => {
                "the credential needs the time, which this device does not know yet: set its clock"
            }
            #[cfg(feature = "std")]
            Self::Unavailable(_) => "no token could be obtained",
        })
    }
}

impl core::error::Error for CredentialError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            #[cfg(feature = "std")]
            Self::Unavailable(cause) => Some(&**cause),
            _ => None,
        }
    }
}

impl From<InvalidCredential> for CredentialError {
    fn from(error: InvalidCredential) -> Self {
        Self::Invalid(error)
    }
}

impl From<BufFull> for CredentialError {
    fn from(BufFull: BufFull) -> Self {
        Self::TooLarge
    }
}
