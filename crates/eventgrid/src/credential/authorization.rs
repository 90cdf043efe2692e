//! The headers of a credential, written after the encoded request.

use core::fmt;

use eventgrid_transport::Buf;

use crate::credential::{Credential, CredentialError, CredentialRequest};
use crate::http::{Encoded, RequestError, write_header, write_text_header};

/// The room that most credentials need, in bytes; bearer tokens are the longest.
const CREDENTIAL_ROOM: usize = 4096;

impl Encoded {
    /// Writes the headers of a credential after the request, in place of those of the last
    /// attempt.
    ///
    /// # Errors
    /// [`CredentialError`] if no valid credential can be written.
    pub fn authorize(
        &self,
        tx: &mut Buf<'_>,
        credential: &impl Credential,
        request: &CredentialRequest<'_>,
    ) -> Result<(), CredentialError> {
        self.erase_credential(tx);
        // The room is reserved before, because a buffer that grows while the credential is written
        // would leave a copy of it in memory.
        tx.reserve(CREDENTIAL_ROOM);
        credential.authorize(request, &mut AuthorizationWriter { tx })
    }
}

/// Takes the headers of a credential.
#[derive(Debug)]
pub struct AuthorizationWriter<'w, 'b> {
    tx: &'w mut Buf<'b>,
}

impl AuthorizationWriter<'_, '_> {
    /// Appends a header that is kept secret; its name is in lower case.
    ///
    /// # Errors
    /// [`CredentialError::TooLarge`] if it does not fit, [`CredentialError::Character`] if the
    /// value has a line break or anything else that a header cannot carry.
    pub fn header(&mut self, name: &'static str, value: impl fmt::Display) -> Result<(), CredentialError> {
        write_header(self.tx, name, "", format_args!("{value}")).map_err(|error| cannot_be_sent(&error))
    }

    /// Appends a header whose value is text in several parts: the same as
    /// [`header`](Self::header), for fewer instructions.
    pub(crate) fn text(&mut self, name: &'static str, parts: &[&str]) -> Result<(), CredentialError> {
        write_text_header(self.tx, name, parts).map_err(|error| cannot_be_sent(&error))
    }
}

fn cannot_be_sent(error: &RequestError) -> CredentialError {
    match error {
        RequestError::Header { .. } => CredentialError::Character,
        _ => CredentialError::TooLarge,
    }
}
