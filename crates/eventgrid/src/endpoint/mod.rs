//! The address of the service, the kind of endpoint, and the version of the contract to ask for.
//!
//! What is within an endpoint, such as a topic or a subscription, is in `target`.

mod kind;
mod version;

pub use kind::EndpointKind;
pub use version::{ApiVersion, InvalidApiVersion};

use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::ops::Range;

use crate::text::{Text, split_at_byte, split_at_last_byte};

/// The address of a namespace, a topic or an emulator: scheme, host, port and base path.
///
/// ```
/// use eventgrid::Endpoint;
///
/// let endpoint = Endpoint::new("my-namespace.westeurope-1.eventgrid.azure.net")?;
/// assert!(endpoint.is_https(), "a missing scheme means https");
///
/// let local = Endpoint::new("http://localhost:6500/base/")?;
/// assert_eq!(local.authority(), "localhost:6500");
/// assert_eq!(local.base_path(), "/base");
/// assert!(local.is_loopback());
/// # Ok::<(), eventgrid::InvalidEndpoint>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint<'e> {
    text: Text<'e>,
    https: bool,
    loopback: bool,
    authority: Range<usize>,
    base_path: Range<usize>,
}

impl<'e> Endpoint<'e> {
    /// Parses an address: `https://HOST[:PORT][/BASE/PATH]`. Without a scheme it means https.
    ///
    /// # Errors
    /// [`InvalidEndpoint`] says which part is wrong.
    pub fn new(text: impl Into<Text<'e>>) -> Result<Self, InvalidEndpoint> {
        let text = text.into();
        if !text.bytes().all(is_of_url) {
            return Err(InvalidEndpoint::Character);
        }
        let scheme = split_at_byte(&text, b':').filter(|(_, rest)| rest.starts_with("//"));
        let (https, start) = match scheme {
            None => (true, 0),
            Some((scheme, _)) if scheme.eq_ignore_ascii_case("https") => (true, 8),
            Some((scheme, _)) if scheme.eq_ignore_ascii_case("http") => (false, 7),
            Some(_) => return Err(InvalidEndpoint::Scheme),
        };
        if text.bytes().any(|b| matches!(b, b'?' | b'#')) {
            return Err(InvalidEndpoint::Query);
        }
        let rest = text.get(start..).unwrap_or_default();
        let authority_len = rest.bytes().position(|b| b == b'/').unwrap_or(rest.len());
        let authority = rest.get(..authority_len).unwrap_or_default();
        check_authority(authority)?;
        let path_len = rest.bytes().rposition(|b| b != b'/').map_or(0, |last| last + 1).max(authority_len);
        let middle = start + authority_len;
        let loopback = is_loopback(split_port(authority).0);
        Ok(Self { https, loopback, authority: start..middle, base_path: middle..start + path_len, text })
    }

    /// Whether the scheme is https.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// The host, with its port if the address names one.
    pub fn authority(&self) -> &str {
        self.text.get(self.authority.clone()).unwrap_or_default()
    }

    /// The host without its port; an IPv6 address keeps its brackets.
    pub fn host(&self) -> &str {
        split_port(self.authority()).0
    }

    /// The host and the port, in the form for telemetry.
    #[cfg(any(feature = "tracing", feature = "metrics"))]
    pub(crate) fn server(&self) -> (&str, i64) {
        let default = if self.is_https() { 443 } else { 80 };
        let port = self.authority().rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
        (self.host(), port.unwrap_or(default).into())
    }

    /// The base path: empty, or with a slash at its beginning and none at its end.
    pub fn base_path(&self) -> &str {
        self.text.get(self.base_path.clone()).unwrap_or_default()
    }

    /// Whether the host is this machine: `localhost`, `127.0.0.0/8` or `[::1]`.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// The scheme, as it is written in a URL.
    pub(crate) fn scheme(&self) -> &'static str {
        if self.https { "https://" } else { "http://" }
    }

    /// The same address, independent of what it was borrowed from.
    #[cfg(feature = "alloc")]
    pub fn into_owned(self) -> Endpoint<'static> {
        Endpoint {
            text: self.text.into_owned(),
            https: self.https,
            loopback: self.loopback,
            authority: self.authority,
            base_path: self.base_path,
        }
    }
}

/// Whether a URL can have this byte (RFC 3986, 2).
fn is_of_url(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    match split_at_last_byte(authority, b':') {
        // The last colon of `[::1]` is part of the address.
        Some((host, port)) if !port.as_bytes().ends_with(b"]") => (host, Some(port)),
        _ => (authority, None),
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || in_brackets(host).is_some_and(|address| address.is_loopback())
}

/// An address of IPv6 in its brackets.
fn in_brackets(host: &str) -> Option<Ipv6Addr> {
    match host.as_bytes() {
        [b'[', address @ .., b']'] => core::str::from_utf8(address).ok()?.parse().ok(),
        _ => None,
    }
}

fn check_authority(authority: &str) -> Result<(), InvalidEndpoint> {
    if authority.bytes().any(|b| b == b'@') {
        return Err(InvalidEndpoint::UserInformation);
    }
    let (host, port) = split_port(authority);
    if port.is_some_and(|port| !matches!(port.parse::<u16>(), Ok(1..)) || port.as_bytes().starts_with(b"+")) {
        return Err(InvalidEndpoint::Port);
    }
    let is_name = !host.is_empty()
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
    if is_name || in_brackets(host).is_some() { Ok(()) } else { Err(InvalidEndpoint::Host) }
}

impl fmt::Display for Endpoint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.scheme())?;
        f.write_str(self.authority())?;
        f.write_str(self.base_path())
    }
}

impl fmt::Debug for Endpoint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({self})")
    }
}

/// What is wrong with the text of an endpoint. The text itself is not shown, since it may contain a
/// secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidEndpoint {
    /// The scheme is neither https nor http.
    Scheme,
    /// There is no host, or it has a character that no host name can have.
    Host,
    /// The port is not a number from 1 to 65535.
    Port,
    /// It has a user name or a password.
    UserInformation,
    /// It has a query or a fragment.
    Query,
    /// It has a character that no URL can have: white space, a quote, a control character, a
    /// character outside of ASCII, or one of ``<>\^`{|}``.
    Character,
}

impl fmt::Display for InvalidEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "the endpoint's scheme must be https or http",
            Self::Host => "the endpoint has no valid host name: write it as https://HOST[:PORT][/PATH]",
            Self::Port => "the endpoint's port must be a number from 1 to 65535",
            Self::UserInformation => {
                "the endpoint must not hold a user name or password: pass the key as a credential"
            }
            Self::Query => {
                "the endpoint must end with its path: leave out the query, the API version is an option of the client"
            }
            Self::Character => {
                "the endpoint has white space, a quote or another character that no URL can have: remove it, or \
                 percent-encode it"
            }
        })
    }
}

impl core::error::Error for InvalidEndpoint {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scheme_port_and_base_path_are_respected() {
        let cases = [
            ("ns.westus2-1.eventgrid.azure.net", true, "ns.westus2-1.eventgrid.azure.net", ""),
            ("https://ns.eventgrid.azure.net/", true, "ns.eventgrid.azure.net", ""),
            ("HTTPS://h/api/events", true, "h", "/api/events"),
            ("http://h:8080//", false, "h:8080", ""),
            ("http://h:8080/a//b//", false, "h:8080", "/a//b"),
            ("localhost:6500/x", true, "localhost:6500", "/x"),
            ("http://[::1]:6500", false, "[::1]:6500", ""),
            ("http://[fe80::1]", false, "[fe80::1]", ""),
        ];
        for (text, https, authority, path) in cases {
            let endpoint = Endpoint::new(text).expect(text);
            assert_eq!(
                (endpoint.is_https(), endpoint.authority(), endpoint.base_path()),
                (https, authority, path)
            );
        }
    }

    #[test]
    fn a_bad_one_says_what_is_wrong() {
        use InvalidEndpoint::{Character, Host, Port, Query, Scheme, UserInformation};
        let cases = [
            ("", Host),
            ("https://", Host),
            ("https:///topics", Host),
            ("ftp://h", Scheme),
            ("://h", Scheme),
            ("https:h", Port),
            ("h:0", Port),
            ("h:65536", Port),
            ("h:+1", Port),
            ("h:", Port),
            ("https://user:secret@h", UserInformation),
            ("https://h/?api-version=2024-06-01", Query),
            ("https://h/#top", Query),
            ("https://h/a b", Character),
            ("https://h\r\nx: y", Character),
            ("https://bücher.example", Character),
            (" https://h", Character),
            ("https://h/\n", Character),
            ("\"https://h\"", Character),
            ("<https://h/>", Character),
            ("https://h\\api\\events", Character),
            ("https://h/{topic}", Character),
            ("https://h/a^b`c|d", Character),
            ("https://a,b", Host),
            ("http://[::1", Host),
            ("http://[g]", Host),
        ];
        for (text, error) in cases {
            assert_eq!(Endpoint::new(text), Err(error), "{text}");
        }
    }

    #[test]
    fn loopback_is_what_never_leaves_the_machine() {
        for text in [
            "http://localhost",
            "http://LOCALHOST:1",
            "http://127.0.0.1:1/x",
            "http://127.9.9.9",
            "http://[::1]:1",
        ] {
            assert!(Endpoint::new(text).unwrap().is_loopback(), "{text}");
        }
        for text in [
            "http://localhost.example",
            "http://10.0.2.2",
            "http://128.0.0.1",
            "http://[::2]",
            "http://127.0.0.1.example",
        ] {
            assert!(!Endpoint::new(text).unwrap().is_loopback(), "{text}");
        }
    }
}
