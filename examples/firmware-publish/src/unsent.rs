//! Why a request was never sent, in one word: no retry helps. The full messages of the crate are
//! feature `messages`.

use eventgrid::{CredentialError, Error, RequestError};

/// None if it was sent, or if no connection could be opened for it.
pub(crate) fn reason<T>(error: &Error<'_, T>) -> Option<&'static str> {
    Some(match error {
        Error::Request(error) => match error {
            RequestError::TooLarge => "buffer-too-small",
            RequestError::Event { .. } => "invalid-event",
            RequestError::Data(_) => "invalid-data",
            RequestError::Header { .. } => "invalid-header",
            RequestError::PlainHttp => "plain-http",
            _ => "invalid-request",
        },
        Error::Credential { error, .. } => match error {
            CredentialError::TooLarge => "buffer-too-small",
            CredentialError::UnknownTime => "unknown-time",
            _ => "invalid-credential",
        },
        _ => return None,
    })
}
