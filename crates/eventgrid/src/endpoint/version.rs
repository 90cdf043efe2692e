//! Versions of the data plane's REST contract.

use core::fmt;
use core::hash::{Hash, Hasher};

/// The version of the REST contract that requests name in `api-version`.
///
/// A version that this crate does not know is made by [`new`](Self::new) as a constant of the
/// program, and read from configuration by `parse` (feature `alloc`) or, where the text lives as
/// long as the program, by
/// [`from_static`](Self::from_static):
///
/// ```
/// use eventgrid::ApiVersion;
///
/// # #[cfg(feature = "alloc")] {
/// let version: ApiVersion = "2023-10-01-preview".parse()?;
/// assert_eq!(version, ApiVersion::V2023_10_01_PREVIEW);
/// # }
/// assert!(ApiVersion::from_static("latest").is_err());
/// # Ok::<(), eventgrid::InvalidApiVersion>(())
/// ```
#[derive(Clone, Copy)]
pub struct ApiVersion(Repr);

#[derive(Clone, Copy)]
enum Repr {
    Known(&'static str),
    /// This many bytes of ASCII. It is not there on a device, which has little memory, and whose
    /// configuration is in its image.
    #[cfg(feature = "alloc")]
    Read([u8; MAX_LEN], u8),
}

/// The longest text that is read as a version, in bytes; the longest one known has 18.
const MAX_LEN: usize = 30;

impl ApiVersion {
    /// The newest version of namespaces.
    pub const V2024_06_01: Self = Self::known("2024-06-01");
    /// The first preview of namespaces, with neither renewing of locks nor release delays.
    pub const V2023_06_01_PREVIEW: Self = Self::known("2023-06-01-preview");
    /// The preview of namespaces that added both.
    pub const V2023_10_01_PREVIEW: Self = Self::known("2023-10-01-preview");
    /// The first stable version of namespaces.
    pub const V2023_11_01: Self = Self::known("2023-11-01");

    /// An older version for publishing to the MQTT broker of a namespace.
    pub const V2025_02_15_PREVIEW: Self = Self::known("2025-02-15-preview");
    /// The newest version for publishing to the MQTT broker of a namespace.
    pub const V2025_08_01_PREVIEW: Self = Self::known("2025-08-01-preview");
    /// The first version for the messages that the MQTT broker of a namespace retains.
    pub const V2025_11_16_PREVIEW: Self = Self::known("2025-11-16-preview");

    /// The only version of basic topics, domains and partner namespaces.
    pub const V2018_01_01: Self = Self::known("2018-01-01");

    /// A version that this crate does not know, as a constant of the program: a date, `2024-06-01`,
    /// or one with a suffix, `2023-10-01-preview`. [`from_static`](Self::from_static) and `parse`
    /// cannot panic.
    ///
    /// # Panics
    /// If it has characters other than letters, digits and hyphens. In a constant, this is a
    /// compile-time error.
    pub const fn new(version: &'static str) -> Self {
        let mut rest = version.as_bytes();
        while let [first, others @ ..] = rest {
            assert!(
                first.is_ascii_alphanumeric() || *first == b'-',
                "an api-version has letters, digits and hyphens"
            );
            rest = others;
        }
        Self::known(version)
    }

    /// Reads a version like `parse`, from text that lives as long as the program.
    ///
    /// # Errors
    /// [`InvalidApiVersion`] if it is neither a date, `2024-06-01`, nor one with a suffix of
    /// letters, digits and hyphens, `2023-10-01-preview`, or if it has more than 30 bytes.
    pub fn from_static(version: &'static str) -> Result<Self, InvalidApiVersion> {
        if is_version(version) { Ok(Self::known(version)) } else { Err(InvalidApiVersion) }
    }

    const fn known(version: &'static str) -> Self {
        Self(Repr::Known(version))
    }

    /// Whether it is older than `other`. Versions are dates, so their texts can be compared.
    pub(crate) fn is_before(self, other: Self) -> bool {
        self.as_str() < other.as_str()
    }

    /// Its text, as it stands in the URL.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Known(version) => version,
            #[cfg(feature = "alloc")]
            Repr::Read(bytes, len) => {
                let text = bytes.get(..usize::from(*len)).unwrap_or_default();
                core::str::from_utf8(text).unwrap_or_default()
            }
        }
    }
}

/// Whether it has the digits and hyphens of a date.
fn is_date(text: &str) -> bool {
    let is_digit =
        |place: usize, byte: u8| if matches!(place, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    text.len() == 10 && text.bytes().enumerate().all(|(place, byte)| is_digit(place, byte))
}

/// Whether it is a date, or one with a suffix, and not too long.
fn is_version(text: &str) -> bool {
    let Some((date, suffix)) = text.split_at_checked(10) else { return false };
    let is_suffix = match suffix.as_bytes() {
        [] => true,
        [b'-', rest @ ..] => {
            !rest.is_empty() && rest.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
        }
        _ => false,
    };
    is_date(date) && is_suffix && text.len() <= MAX_LEN
}

/// Reads a date, `2024-06-01`, or one with a suffix of letters, digits and hyphens,
/// `2023-10-01-preview`; 30 bytes at most.
///
/// It fails with [`InvalidApiVersion`] if the text is something else. Whether the service has that
/// version is not checked.
#[cfg(feature = "alloc")]
impl core::str::FromStr for ApiVersion {
    type Err = InvalidApiVersion;

    fn from_str(text: &str) -> Result<Self, InvalidApiVersion> {
        if !is_version(text) {
            return Err(InvalidApiVersion);
        }
        let mut bytes = [0; MAX_LEN];
        let room = bytes.get_mut(..text.len()).ok_or(InvalidApiVersion)?;
        room.copy_from_slice(text.as_bytes());
        Ok(Self(Repr::Read(bytes, u8::try_from(text.len()).map_err(|_| InvalidApiVersion)?)))
    }
}

impl PartialEq for ApiVersion {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for ApiVersion {}

impl Hash for ApiVersion {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiVersion({self})")
    }
}

/// The error for a text that is not a version of the REST contract.
// There is no other reason, so it will never get a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidApiVersion;

impl fmt::Display for InvalidApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "an api-version is a date such as 2024-06-01, or one with a suffix such as 2023-10-01-preview",
        )
    }
}

impl core::error::Error for InvalidApiVersion {}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn a_version_is_read_as_the_one_it_is() {
        for known in [
            ApiVersion::V2024_06_01,
            ApiVersion::V2023_06_01_PREVIEW,
            ApiVersion::V2023_10_01_PREVIEW,
            ApiVersion::V2023_11_01,
            ApiVersion::V2018_01_01,
            ApiVersion::V2025_02_15_PREVIEW,
            ApiVersion::V2025_08_01_PREVIEW,
            ApiVersion::V2025_11_16_PREVIEW,
            ApiVersion::new("2025-02-15-Private-1"),
            ApiVersion::new("2025-02-15-1234567890123456789"),
        ] {
            let text = known.to_string();
            let read: ApiVersion = text.parse().unwrap();
            assert_eq!(ApiVersion::from_static("2023-11-01"), Ok(ApiVersion::V2023_11_01));
            assert_eq!((read, read.as_str(), read.to_string()), (known, known.as_str(), text));
            assert!(!read.is_before(known) && !known.is_before(read));
        }
        let older: ApiVersion = "2023-06-01-preview".parse().unwrap();
        assert!(older.is_before(ApiVersion::V2023_11_01) && !ApiVersion::V2023_11_01.is_before(older));
    }

    #[test]
    fn what_is_no_version_is_an_error_and_never_a_panic() {
        for text in [
            "",
            "latest",
            "2024",
            "2024-06-1",
            "2024-06-01 ",
            " 2024-06-01",
            "2024-06-01\n",
            "2024-06-01-",
            "2024-06-01preview",
            "2024-06-01-pre view",
            "2024-06-01&x=1",
            "2024/06/01",
            "2024-06-01-\u{e9}",
            "2024-06-0\u{e9}",
            "２０２４-06-01",
            "2024-06-01-12345678901234567890",
        ] {
            assert_eq!(text.parse::<ApiVersion>(), Err(InvalidApiVersion), "{text:?}");
            assert_eq!(ApiVersion::from_static(text), Err(InvalidApiVersion), "{text:?}");
        }
    }
}
