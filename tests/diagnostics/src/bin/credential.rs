//! A key as read from a configuration, in place of a credential.
// says: `str` is not a credential
// says: there are `AccessKey` and `SasToken`

fn is_credential(_: impl eventgrid::Credential) {}

fn main() {
    is_credential("c2VjcmV0");
}
