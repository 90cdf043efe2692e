//! Credentials that are not of the kind that they were given as.

use core::fmt;

#[cfg(feature = "alloc")]
use crate::text::split_at_byte;

/// Why a credential is not one of the kind that it was given as. It shows no part of the
/// credential.
///
/// Only the service knows whether it accepts a credential. But a credential that no official SDK
/// would send is refused before a request is sent, and the error says what to do instead. A
/// credential of another kind is recognized only with the feature `alloc`; without it, the service
/// refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidCredential {
    /// It is empty, for example because an environment variable was set to an empty text.
    Empty(CredentialKind),
    /// It has white space, a control character or a character outside of ASCII.
    Character(CredentialKind),
    /// It was given as an access key, but is a connection string.
    #[cfg(feature = "alloc")]
    ConnectionString,
    /// It was given as an access key or a bearer token, but is a shared access signature.
    #[cfg(feature = "alloc")]
    SasToken(CredentialKind),
    /// It was given as an access key or a shared access signature, but is a token of Microsoft
    /// Entra ID.
    #[cfg(feature = "alloc")]
    BearerToken(CredentialKind),
    /// It was given as a shared access signature, but does not have a resource, an expiry and a
    /// signature.
    NoSasToken,
    /// It is a shared access signature whose expiry is not a date.
    SasExpiry,
}

/// The kind that a credential was given as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CredentialKind {
    /// An access key.
    AccessKey,
    /// A shared access signature.
    SasToken,
    /// A token of Microsoft Entra ID.
    BearerToken,
}

impl InvalidCredential {
    /// Checks what applies to every credential: it is not empty, has only printable ASCII without
    /// spaces, and is not of another kind.
    pub(crate) fn check(kind: CredentialKind, text: &str) -> Result<(), Self> {
        if text.is_empty() {
            return Err(Self::Empty(kind));
        }
        #[cfg(feature = "alloc")]
        if let Some(other) = Self::other_kind(kind, text) {
            return Err(other);
        }
        if text.bytes().all(|byte| byte.is_ascii_graphic()) { Ok(()) } else { Err(Self::Character(kind)) }
    }

    /// The error for a credential that is of another kind than it was given as.
    #[cfg(feature = "alloc")]
    fn other_kind(kind: CredentialKind, text: &str) -> Option<Self> {
        if kind != CredentialKind::SasToken && is_sas_token(text) {
            Some(Self::SasToken(kind))
        } else if kind != CredentialKind::BearerToken && is_json_web_token(text) {
            Some(Self::BearerToken(kind))
        } else if kind == CredentialKind::AccessKey && is_connection_string(text) {
            Some(Self::ConnectionString)
        } else {
            None
        }
    }
}

/// Whether it looks like a shared access signature, perhaps after the name of its scheme.
#[cfg(feature = "alloc")]
fn is_sas_token(text: &str) -> bool {
    let token = split_at_byte(text, b' ').map_or(text, |(_, token)| token);
    token.as_bytes().starts_with(b"r=") && has_part(token, b'&', b"s=")
}

/// Whether it consists of `Name=value` parts between semicolons with an access key among them, as a
/// connection string of Azure does.
#[cfg(feature = "alloc")]
fn is_connection_string(text: &str) -> bool {
    has_part(text, b';', b"endpoint=")
        || has_part(text, b';', b"sharedaccesskey=")
        || has_part(text, b';', b"accesskey=")
}

/// Whether it has three parts between dots, of which the first is JSON in base64url, perhaps after
/// the name of its scheme.
#[cfg(feature = "alloc")]
fn is_json_web_token(text: &str) -> bool {
    let token = split_at_byte(text, b' ').map_or(text, |(_, token)| token);
    token.as_bytes().starts_with(b"eyJ") && token.bytes().filter(|byte| *byte == b'.').count() == 2
}

/// Whether one of the parts between separators begins with `start`, in upper or lower case, and is
/// longer.
#[cfg(feature = "alloc")]
fn has_part(text: &str, separator: u8, start: &[u8]) -> bool {
    let mut parts = text.as_bytes().split(|byte| *byte == separator);
    let begins = |part: &[u8]| part.get(..start.len()).is_some_and(|part| part.eq_ignore_ascii_case(start));
    parts.any(|part| part.len() > start.len() && begins(part))
}

impl fmt::Display for CredentialKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessKey => "access key",
            Self::SasToken => "SAS token",
            Self::BearerToken => "bearer token",
        })
    }
}

impl fmt::Display for InvalidCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, words) = match self {
            Self::Empty(kind) => (kind, "is empty: is the variable set that it is read from?"),
            Self::Character(kind) => (
                kind,
                match kind {
                    CredentialKind::AccessKey => {
                        "has white space or another character that no key has: \
                         copy it as a whole, without a line break or a scheme such as `SharedAccessKey`"
                    }
                    CredentialKind::SasToken => {
                        "has white space or another character that must be percent-encoded: \
                         is there a line break at its end, or the scheme `SharedAccessSignature` before it?"
                    }
                    CredentialKind::BearerToken => {
                        "has white space or another character that no token has: \
                         is there a line break at its end, or the scheme `Bearer` before it?"
                    }
                },
            ),
            #[cfg(feature = "alloc")]
            Self::ConnectionString => (
                &CredentialKind::AccessKey,
                "is a connection string, which Event Grid does not have: \
                 take the key alone, as the portal shows it under Access keys",
            ),
            #[cfg(feature = "alloc")]
            Self::SasToken(kind) => (kind, "is a SAS token: pass it as a `SasToken`"),
            #[cfg(feature = "alloc")]
            Self::BearerToken(kind) => (
                kind,
                "is a token of Microsoft Entra ID: pass it by a `BearerToken` or an `AsyncBearerToken`",
            ),
            Self::NoSasToken => (
                &CredentialKind::SasToken,
                "is not a shared access signature: it must be r=RESOURCE&e=EXPIRY&s=SIGNATURE, each part percent-encoded; \
                 an access key is an `AccessKey` instead",
            ),
            Self::SasExpiry => (
                &CredentialKind::SasToken,
                "has an expiry that is not a date: \
                 write it as 6/5/2024 12:09:03 PM or 2024-06-05T12:09:03Z, percent-encoded",
            ),
        };
        write!(f, "the {kind} {words}")
    }
}

impl core::error::Error for InvalidCredential {}
