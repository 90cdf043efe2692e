//! A custom credential for an async client.
// says: `Fixed` is not a credential of an async client
// says: add `impl SendAsyncCredential for Fixed {}`

use eventgrid::credential::{AuthorizationWriter, CredentialRequest};
use eventgrid::{Credential, CredentialError, SendAsyncCredential};

struct Fixed;

impl Credential for Fixed {
    fn authorize(
        &self,
        _: &CredentialRequest<'_>,
        headers: &mut AuthorizationWriter<'_, '_>,
    ) -> Result<(), CredentialError> {
        headers.header("aeg-sas-key", "c2VjcmV0")
    }
}

fn is_credential(_: impl SendAsyncCredential) {}

fn main() {
    is_credential(Fixed);
}
