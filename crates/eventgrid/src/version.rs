//! Versions of the data plane's REST contract.

use core::fmt;

/// The version of the REST contract that requests ask for by `api-version`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiVersion(&'static str);

impl ApiVersion {
    /// The newest one of namespaces.
    pub const V2024_06_01: Self = Self("2024-06-01");
    /// The first preview of namespaces, with neither renewing of locks nor release delays.
    pub const V2023_06_01_PREVIEW: Self = Self("2023-06-01-preview");
    /// The preview of namespaces that brought both.
    pub const V2023_10_01_PREVIEW: Self = Self("2023-10-01-preview");
    /// The first stable one of namespaces.
    pub const V2023_11_01: Self = Self("2023-11-01");

    /// The only one of basic topics, domains and partner namespaces.
    pub const V2018_01_01: Self = Self("2018-01-01");

    /// A version that this crate does not know: a date, `2024-06-01`, or one with a suffix, `2023-10-01-preview`.
    ///
    /// # Panics
    /// If it has another character than letters, digits and hyphens.
    pub const fn new(version: &'static str) -> Self {
        let mut rest = version.as_bytes();
        while let [first, others @ ..] = rest {
            assert!(
                first.is_ascii_alphanumeric() || *first == b'-',
                "an api-version has letters, digits and hyphens"
            );
            rest = others;
        }
        Self(version)
    }

    /// Whether it came before `other`. They are dates, so their text tells.
    pub(crate) fn is_before(self, other: Self) -> bool {
        self.0 < other.0
    }

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
