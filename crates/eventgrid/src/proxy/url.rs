//! The URL of a proxy.

use core::fmt;
use std::borrow::ToOwned;
use std::format;
use std::string::String;
use std::vec::Vec;

use super::exceptions::is_host;

/// The URL of a proxy that is spoken to over HTTP, in the clear or over TLS. Its `Debug` form hides the credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyUrl {
    https: bool,
    /// `USER[:PASSWORD]`, with escapes.
    credentials: Option<String>,
    authority: String,
    variable: Option<&'static str>,
}

impl ProxyUrl {
    pub(super) fn parse(text: &str, variable: Option<&'static str>) -> Result<Self, InvalidProxy> {
        let invalid = |problem| InvalidProxy { variable, problem };
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let https = scheme.eq_ignore_ascii_case("https");
        if !https && !scheme.eq_ignore_ascii_case("http") {
            let is_socks = scheme.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("socks"));
            return Err(invalid(if is_socks { Problem::Socks } else { Problem::Url }));
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (credentials, address) = match authority.rsplit_once('@') {
            Some((credentials, address)) => (Some(credentials), address),
            None => (None, authority),
        };
        // The last colon of `[::1]` belongs to the address.
        let (host, port) = match address.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (address, None),
        };
        let port = match port {
            Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => port.parse().unwrap_or(0),
            Some(_) => 0,
            None if https => 443,
            None => 80_u16,
        };
        if port == 0 || !is_host(host) || !credentials.is_none_or(are_credentials) {
            return Err(invalid(Problem::Url));
        }
        let authority = format!("{host}:{port}");
        Ok(Self { https, credentials: credentials.map(ToOwned::to_owned), authority, variable })
    }

    /// Whether the proxy is spoken to over TLS.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// The proxy's host and port.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// `http[s]://HOST:PORT`.
    pub fn url(&self) -> String {
        format!("{}{}", self.scheme(), self.authority)
    }

    /// `http[s]://[USER[:PASSWORD]@]HOST:PORT`, where the credentials are percent-encoded UTF-8. It is a secret.
    pub fn url_with_credentials(&self) -> String {
        match &self.credentials {
            Some(credentials) => format!("{}{credentials}@{}", self.scheme(), self.authority),
            None => self.url(),
        }
    }

    /// The error of an adapter that cannot use this proxy, with the reason: `it needs the feature ..`.
    pub fn unsupported(&self, reason: &'static str) -> InvalidProxy {
        InvalidProxy { variable: self.variable, problem: Problem::Unsupported(reason) }
    }

    fn scheme(&self) -> &'static str {
        if self.https { "https://" } else { "http://" }
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url())
    }
}

/// Whether this is `USER[:PASSWORD]` as a URL may have it: the characters of RFC 3986, and escapes of UTF-8.
fn are_credentials(text: &str) -> bool {
    let mut decoded = Vec::new();
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = match (byte, after) {
            (b'%', [high, low, after @ ..]) => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                let (Some(high), Some(low)) = (digit(high), digit(low)) else { return false };
                decoded.push(u8::try_from(high << 4 | low).unwrap_or_default());
                after
            }
            _ if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:".contains(byte) => {
                decoded.push(*byte);
                after
            }
            _ => return false,
        };
    }
    core::str::from_utf8(&decoded).is_ok()
}

/// Why a proxy cannot be used. Its text names the environment variable, and never shows the URL: it may have a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidProxy {
    variable: Option<&'static str>,
    problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    Socks,
    Url,
    Unsupported(&'static str),
}

impl core::error::Error for InvalidProxy {}

impl fmt::Display for InvalidProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the proxy ")?;
        if let Some(variable) = self.variable {
            write!(f, "in the environment variable {variable} ")?;
        }
        f.write_str("cannot be used: ")?;
        f.write_str(match self.problem {
            Problem::Socks => {
                "it is a SOCKS proxy; only proxies with an http:// or https:// URL are supported"
            }
            Problem::Url => "its URL must be [http[s]://][USER:PASSWORD@]HOST[:PORT]",
            Problem::Unsupported(reason) => reason,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_read_as_far_as_it_says_something_about_a_proxy() {
        for (text, url, with_credentials) in [
            ("proxy", "http://proxy:80", "http://proxy:80"),
            ("proxy.example:3128", "http://proxy.example:3128", "http://proxy.example:3128"),
            ("HTTPS://proxy.example/ignored?query", "https://proxy.example:443", "https://proxy.example:443"),
            ("http://u@[::1]:9", "http://[::1]:9", "http://u@[::1]:9"),
            ("u:p%C2%B0:%40@10.1.2.3", "http://10.1.2.3:80", "http://u:p%C2%B0:%40@10.1.2.3:80"),
        ] {
            let parsed = ProxyUrl::parse(text, None).unwrap();
            assert_eq!(
                (parsed.url(), parsed.url_with_credentials()),
                (url.to_owned(), with_credentials.to_owned())
            );
            assert_eq!(format!("{parsed:?}"), url);
        }
    }

    #[test]
    fn what_is_not_the_url_of_an_http_proxy_is_refused() {
        for text in
            ["", "http://", "http://u@", "ftp://proxy", "a b", "proxy:", "proxy:0", "proxy:65536", "proxy:+1"]
        {
            assert_eq!(ProxyUrl::parse(text, None).unwrap_err().problem, Problem::Url, "{text}");
        }
        for text in [
            "http://[::1",
            "http://[::g]",
            "u:%zz@proxy",
            "u:%C2@proxy",
            "u:%4@proxy",
            "u:p@ss@proxy",
            "ü@proxy",
        ] {
            assert_eq!(ProxyUrl::parse(text, None).unwrap_err().problem, Problem::Url, "{text}");
        }
        for text in ["socks://proxy", "socks5h://proxy", "SOCKS4://u:p@proxy:1080"] {
            assert_eq!(ProxyUrl::parse(text, None).unwrap_err().problem, Problem::Socks, "{text}");
        }
    }
}
