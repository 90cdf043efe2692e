//! Reading a shared access signature and checking it, as the service does.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};

use crate::credential::sas::{SasKey, expiry, percent};
use crate::endpoint::Endpoint;

/// A shared access signature that was received and parsed, but not verified yet.
///
/// All forms that the official SDKs write are read: the expiry as `6/5/2024 12:09:03 PM` or in the
/// form of ISO 8601, percent-encoded in any way, and the resource with or without a query.
///
/// ```
/// use core::time::Duration;
/// use eventgrid::sas::{InvalidSas, SasKey, SharedAccessSignature};
///
/// let key = SasKey::new("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")?;
/// let token = key.token("https://ns.example/topics/orders", Duration::from_secs(2_000));
///
/// let received = SharedAccessSignature::parse(token.as_str())?;
/// let publish = "https://ns.example/topics/orders:publish?api-version=2024-06-01";
/// assert_eq!(received.verify([&key], publish, Duration::from_secs(1_999)), Ok(()));
/// assert_eq!(received.verify([&key], publish, Duration::from_secs(2_000)), Err(InvalidSas::Expired));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SharedAccessSignature<'t> {
    /// The text that was signed, as it was received.
    signed: &'t str,
    signature: Vec<u8>,
    resource: String,
    expiry: Duration,
}

impl<'t> SharedAccessSignature<'t> {
    /// Reads `r=RESOURCE&e=EXPIRY&s=SIGNATURE`.
    ///
    /// # Errors
    /// [`InvalidSas::Format`] or [`InvalidSas::Expiry`].
    pub fn parse(token: &'t str) -> Result<Self, InvalidSas> {
        let (signed, signature) = token.split_once("&s=").ok_or(InvalidSas::Format)?;
        let (resource, expiry) =
            signed.strip_prefix("r=").and_then(|parts| parts.split_once("&e=")).ok_or(InvalidSas::Format)?;
        let (resource, expiry) = (decode_value(resource)?, decode_value(expiry)?);
        let signature = BASE64_STANDARD.decode(decode_value(signature)?).map_err(|_| InvalidSas::Format)?;
        // A wrong form is reported first, whatever the date is.
        let expiry = expiry::parse(&expiry).ok_or(InvalidSas::Expiry)?;
        Ok(Self { signed, signature, resource, expiry })
    }

    /// The resource that it is for, decoded from percent-encoding.
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// When it expires, as the time since 1970-01-01T00:00:00Z; zero for an earlier time.
    pub fn expiry(&self) -> Duration {
        self.expiry
    }

    /// Verifies that one of the keys has signed it, that it is for this URL, and that `now` is
    /// before its expiry.
    ///
    /// It is for the URL if its resource is this URL or one above it; queries are ignored. Path
    /// segments are compared unchanged, so pass the URL by which the request is routed.
    ///
    /// # Errors
    /// [`InvalidSas::Signature`], [`InvalidSas::Resource`] or [`InvalidSas::Expired`]; the first
    /// that applies.
    pub fn verify<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k SasKey>,
        url: &str,
        now: Duration,
    ) -> Result<(), InvalidSas> {
        // Every key is tried, so that the time does not show which one matched.
        let signed =
            keys.into_iter().fold(false, |signed, key| signed | key.has_signed(self.signed, &self.signature));
        if !signed {
            Err(InvalidSas::Signature)
        } else if !covers(&self.resource, url) {
            Err(InvalidSas::Resource)
        } else if now >= self.expiry {
            Err(InvalidSas::Expired)
        } else {
            Ok(())
        }
    }
}

/// Does not show the signature.
impl fmt::Debug for SharedAccessSignature<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedAccessSignature")
            .field("resource", &self.resource)
            .field("expiry", &self.expiry)
            .finish_non_exhaustive()
    }
}

fn decode_value(value: &str) -> Result<String, InvalidSas> {
    if value.contains('&') {
        return Err(InvalidSas::Format);
    }
    percent::decode(value).ok_or(InvalidSas::Format)
}

/// Whether `resource` is `url` or lies above it.
fn covers(resource: &str, url: &str) -> bool {
    let (Some(resource), Some(url)) = (without_query(resource), without_query(url)) else { return false };
    let below = url.base_path().strip_prefix(resource.base_path());
    resource.is_https() == url.is_https()
        && authority(&resource).eq_ignore_ascii_case(authority(&url))
        // A colon begins an operation on the resource; in a name it would be percent-encoded.
        && below.is_some_and(|below| below.is_empty() || below.starts_with(['/', ':']))
}

fn without_query(url: &str) -> Option<Endpoint<'_>> {
    Endpoint::new(url.split_once('?').map_or(url, |(path, _query)| path)).ok()
}

/// The host, with its port unless the scheme implies it.
fn authority<'e>(endpoint: &'e Endpoint<'_>) -> &'e str {
    let implied = if endpoint.is_https() { ":443" } else { ":80" };
    let authority = endpoint.authority();
    authority.strip_suffix(implied).unwrap_or(authority)
}

/// Why a shared access signature gives no access. It shows no part of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidSas {
    /// It does not consist of a resource, an expiry and a signature in base64, each
    /// percent-encoded, in this order.
    Format,
    /// Its expiry is not a date and time.
    Expiry,
    /// No key has signed it, or it was changed afterwards.
    Signature,
    /// It is for another resource.
    Resource,
    /// It has expired.
    Expired,
}

impl fmt::Display for InvalidSas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Format => {
                "invalid key in aeg-sas-token: the valid format is r=UrlEncodedResource&e=UrlEncodedUtcExpiration&s=UrlEncodedSignature"
            }
            Self::Expiry => {
                "the expiration in aeg-sas-token is not a date: write it as 6/5/2024 12:09:03 PM or 2024-06-05T12:09:03Z"
            }
            Self::Signature => {
                "the signature in aeg-sas-token is not that of an access key: sign the text before `&s=` as it is sent, with the base64-decoded key"
            }
            Self::Resource => "the resource in aeg-sas-token is neither that of the request nor one above it",
            Self::Expired => "the expiration in aeg-sas-token has passed: make a new token",
        })
    }
}

impl core::error::Error for InvalidSas {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_covers_what_lies_below_it() {
        let url = "https://ns.example/topics/orders/eventsubscriptions/s:receive?api-version=2024-06-01";
        for resource in [
            "https://ns.example",
            "https://ns.example/",
            "https://ns.example?apiVersion=2018-01-01",
            "https://ns.example/?api-version=2018-01-01",
            "HTTPS://NS.EXAMPLE:443/topics",
            "ns.example/topics/orders",
            "https://ns.example/topics/orders/",
            "https://ns.example/topics/orders/eventsubscriptions/s?x",
            "https://ns.example/topics/orders/eventsubscriptions/s:receive",
        ] {
            assert!(covers(resource, url), "{resource}");
        }
    }

    #[test]
    fn it_covers_nothing_beside_or_above_it() {
        let url = "https://ns.example:444/topics/orders:publish";
        for resource in [
            "",
            "https",
            "https://",
            "https://ns.exampl",
            "https://ns.example",
            "https://ns.example:443",
            "http://ns.example:444",
            "https://ns.example:4444",
            "https://x@ns.example:444",
            "https://ns.example:444/t",
            "https://ns.example:444/topics/order",
            "https://ns.example:444/topics/orders2",
            "https://ns.example:444/topics/orders:pub",
            "https://ns.example:444/Topics/orders",
            "https://ns.example:444/topics/orders/eventsubscriptions",
            "https://ns.example:444/topics/orders#",
            "https://ns.example:444/topics/ord ers",
        ] {
            assert!(!covers(resource, url), "{resource}");
        }
        assert!(covers("http://h:80", "http://h/api/events"));
        assert!(!covers("http://h:443", "http://h/api/events"));
        assert!(!covers("https://h", "not a url"));
    }
}
