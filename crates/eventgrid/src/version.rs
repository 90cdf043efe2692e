//! Versions of the data plane's REST contract.

use core::fmt;

/// The version of the REST contract that requests ask for by `api-version`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiVersion(&'static str);

impl ApiVersion {
    /// The newest one of namespaces.
    pub const V2024_06_01: Self = Self("2024-06-01");
    /// The first stable one of namespaces.
    pub const V2023_11_01: Self = Self("2023-11-01");

    /// The only one of basic topics, domains and partner namespaces.
    pub const V2018_01_01: Self = Self("2018-01-01");

    /// Its text, as it stands in the URL.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
