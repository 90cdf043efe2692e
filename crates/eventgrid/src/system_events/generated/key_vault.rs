// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure Key Vault.

/// A certificate expired.
pub const CERTIFICATE_EXPIRED: &str = "Microsoft.KeyVault.CertificateExpired";

/// A certificate expires soon.
pub const CERTIFICATE_NEAR_EXPIRY: &str = "Microsoft.KeyVault.CertificateNearExpiry";

/// A new version of a certificate was created.
pub const CERTIFICATE_NEW_VERSION_CREATED: &str = "Microsoft.KeyVault.CertificateNewVersionCreated";

/// A key expired.
pub const KEY_EXPIRED: &str = "Microsoft.KeyVault.KeyExpired";

/// A key expires soon.
pub const KEY_NEAR_EXPIRY: &str = "Microsoft.KeyVault.KeyNearExpiry";

/// A new version of a key was created.
pub const KEY_NEW_VERSION_CREATED: &str = "Microsoft.KeyVault.KeyNewVersionCreated";

/// A secret expired.
pub const SECRET_EXPIRED: &str = "Microsoft.KeyVault.SecretExpired";

/// A secret expires soon.
pub const SECRET_NEAR_EXPIRY: &str = "Microsoft.KeyVault.SecretNearExpiry";

/// A new version of a secret was created.
pub const SECRET_NEW_VERSION_CREATED: &str = "Microsoft.KeyVault.SecretNewVersionCreated";

/// The access policy of a vault changed.
pub const VAULT_ACCESS_POLICY_CHANGED: &str = "Microsoft.KeyVault.VaultAccessPolicyChanged";
