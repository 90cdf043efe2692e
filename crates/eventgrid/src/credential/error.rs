//! Why there is no credential to send.

use core::fmt;

use eventgrid_transport::BufFull;

use crate::credential::{CredentialKind, InvalidCredential};

/// Why there is no credential to send. This attempt has sent no byte; correct the credential.
#[derive(Debug)]
#[non_exhaustive]
pub enum CredentialError {
    /// The headers of the credential do not fit into the request's buffer.
    TooLarge,
    /// The credential has a line break or another character that no header can have.
    Character,
    /// The credential is not one of the kind that it was given as.
    Invalid(InvalidCredential),
    /// The credential is a shared access signature that has expired, by the clock of this machine.
    Expired,
    /// The credential is a token, and would be sent over plain http to another machine.
    PlainHttp,
    /// The credential is of this kind, and the MQTT broker of a namespace accepts only tokens of
    /// Microsoft Entra ID.
    TokenOnly(CredentialKind),
    /// The time is not known, but is needed to make a token or to check whether it is still valid.
    UnknownTime,
    /// Fetching a token failed.
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
