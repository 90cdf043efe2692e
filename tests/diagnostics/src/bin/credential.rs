//! A key as it came from the configuration.
// says: `str` is not a credential
// says: there are `AccessKey` and `SasToken`

fn is_credential(_: impl eventgrid::Credential) {}

fn main() {
    is_credential("c2VjcmV0");
}
