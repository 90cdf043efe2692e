//! Which proxy a request goes through: one set of rules for every adapter that supports proxies.
//!
//! Nothing here opens a connection. The rules read text, choose a proxy for a host, and say why a
//! proxy cannot be used.
//!
//! # Variables
//! | the request goes to | the first of these that is set and not empty |
//! |---|---|
//! | an https URL | `https_proxy`, `HTTPS_PROXY`, `all_proxy`, `ALL_PROXY` |
//! | an http URL | `http_proxy`, `HTTP_PROXY`, `all_proxy`, `ALL_PROXY` |
//!
//! Their value is `[http[s]://][USER:PASSWORD@]HOST[:PORT]`. The default of the scheme is http, and
//! that of the port is the scheme's port. In a CGI program (`REQUEST_METHOD` is set), `http_proxy`
//! and `HTTP_PROXY` are not read: there a client can set `HTTP_PROXY` by a header named `Proxy`.
//!
//! If the value is not such a URL, or if it is a SOCKS proxy, each request that would go through it
//! fails. It is never sent without the proxy instead.
//!
//! # Exceptions
//! - This machine (`localhost`, `127.0.0.0/8` and `[::1]`) is never reached through a proxy.
//! - Nor are the hosts that `no_proxy` lists, or else `NO_PROXY`. Its entries are separated by
//!   commas or spaces, and each is
//!   - `*`, for every host,
//!   - a name such as `example.com`, for this host and all hosts below it; `.example.com` and
//!     `*.example.com` mean the same,
//!   - an IP address, or a network such as `10.0.0.0/8` or `fd00::/8`.
//!
//!   An entry with a port (`example.com:8443`, `[fd00::1]:8443`) applies to this port only. Entries
//!   of any other form are ignored.

mod exceptions;

use core::fmt;
use std::env::{self, VarError};
use std::string::String;

use self::exceptions::{Exceptions, is_loopback, split_port};

/// Rules that say which proxy a request goes through, by the scheme, host and port of its URL.
///
/// `P` is the type into which an adapter converts the URL of a proxy, see [`map`](Self::map).
///
/// ```
/// use eventgrid_transport::proxy::ProxyRules;
///
/// let rules = ProxyRules::from_variables(|name| match name {
///     "HTTPS_PROXY" => Some("http://proxy.example:3128".to_owned()),
///     "NO_PROXY" => Some("internal.example".to_owned()),
///     _ => None,
/// });
/// let rules = rules.map(|url| Ok(url.to_owned()));
/// assert_eq!(rules.proxy_for(true, "ns.example")?.unwrap(), "http://proxy.example:3128");
/// assert!(rules.proxy_for(true, "ns.internal.example")?.is_none());
/// # Ok::<(), eventgrid_transport::proxy::InvalidProxy>(())
/// ```
#[derive(Debug, Clone)]
pub struct ProxyRules<P = ProxyUrl> {
    https: Option<Result<P, InvalidProxy>>,
    http: Option<Result<P, InvalidProxy>>,
    exceptions: Exceptions,
}

/// The URL of a proxy as it was written. `Debug` does not show it, since it may contain a password.
#[derive(Clone)]
pub struct ProxyUrl {
    text: String,
    variable: Option<&'static str>,
}

impl ProxyRules {
    /// The rules that the environment variables of this process state now. Later changes of the
    /// variables have no effect.
    pub fn from_environment() -> Self {
        Self::from_variables(|name| match env::var(name) {
            Ok(value) => Some(value),
            Err(VarError::NotPresent) => None,
            // It cannot be a URL, and is reported as one that is not valid.
            Err(VarError::NotUnicode(_)) => Some(String::from("?")),
        })
    }

    /// The rules of the environment whose variables `lookup` returns.
    pub fn from_variables(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name| lookup(name).filter(|value| !value.is_empty());
        let first = |names: [&'static str; 4]| {
            let mut set = names
                .into_iter()
                .filter_map(|name| Some(ProxyUrl { text: set(name)?, variable: Some(name) }));
            set.next().map(Ok)
        };
        // In a CGI program, a client can set these.
        let [http, upper_http] =
            if lookup("REQUEST_METHOD").is_some() { [""; 2] } else { ["http_proxy", "HTTP_PROXY"] };
        let exceptions = set("no_proxy").or_else(|| set("NO_PROXY")).unwrap_or_default();
        Self {
            https: first(["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]),
            http: first([http, upper_http, "all_proxy", "ALL_PROXY"]),
            exceptions: Exceptions::parse(&exceptions),
        }
    }

    /// The same proxy for every host except this machine. `url` has the form
    /// `[http[s]://][USER:PASSWORD@]HOST[:PORT]`.
    pub fn all(url: &str) -> Self {
        let proxy = ProxyUrl { text: String::from(url), variable: None };
        Self { https: Some(Ok(proxy.clone())), http: Some(Ok(proxy)), exceptions: Exceptions::default() }
    }

    /// The same rules, with the URL of each proxy converted by `make`. If `make` cannot convert a
    /// URL, it returns the reason: [`MALFORMED`], or a text that can follow `the proxy cannot be
    /// used:`.
    ///
    /// The reason becomes the error of each request that would go through the proxy. SOCKS proxies
    /// are refused without calling `make`.
    pub fn map<P>(self, make: impl Fn(&str) -> Result<P, &'static str>) -> ProxyRules<P> {
        let make_each = |choice: Option<Result<ProxyUrl, InvalidProxy>>| {
            choice.map(|url| {
                let ProxyUrl { text, variable } = url?;
                let proxy = if is_socks(&text) { Err(SOCKS) } else { make(&text) };
                proxy.map_err(|reason| InvalidProxy { variable, reason })
            })
        };
        ProxyRules { https: make_each(self.https), http: make_each(self.http), exceptions: self.exceptions }
    }
}

impl<P> ProxyRules<P> {
    /// Rules by which no request goes through a proxy.
    pub fn none() -> Self {
        Self { https: None, http: None, exceptions: Exceptions::default() }
    }

    /// The proxy through which to reach a host, or `None` if it is reached directly. `authority` is
    /// the host, with its port if the URL has one.
    ///
    /// # Errors
    /// [`InvalidProxy`] if the host must be reached through a proxy that cannot be used.
    pub fn proxy_for(&self, https: bool, authority: &str) -> Result<Option<&P>, InvalidProxy> {
        let Some(proxy) = (if https { &self.https } else { &self.http }) else { return Ok(None) };
        let (host, port) = split_port(authority);
        let port = port.unwrap_or(if https { 443 } else { 80 });
        if is_loopback(host) || self.exceptions.contain(host, port) {
            return Ok(None);
        }
        proxy.as_ref().map(Some).map_err(Clone::clone)
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyUrl").finish_non_exhaustive()
    }
}

/// Whether the URL begins with `socks5://` or the like.
fn is_socks(url: &str) -> bool {
    let colon = url.bytes().position(|byte| byte == b':');
    let has_scheme = colon.and_then(|colon| url.get(colon..)).is_some_and(|rest| rest.starts_with("://"));
    has_scheme && url.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("socks"))
}

/// The reason that a proxy cannot be used because its URL cannot be read, or because its scheme is
/// not http or https.
pub const MALFORMED: &str = "its URL must be [http[s]://][USER:PASSWORD@]HOST[:PORT]";

const SOCKS: &str = "it is a SOCKS proxy; only proxies with an http:// or https:// URL are supported";

/// Why a proxy cannot be used. The text names the environment variable, but never the URL, which
/// may contain a password.
#[derive(Debug, Clone)]
pub struct InvalidProxy {
    variable: Option<&'static str>,
    reason: &'static str,
}

impl core::error::Error for InvalidProxy {}

impl fmt::Display for InvalidProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, variable) = match self.variable {
            Some(variable) => (" in the environment variable ", variable),
            None => ("", ""),
        };
        write!(f, "the proxy{before}{variable} cannot be used: {}", self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::ToOwned;
    use std::format;
    use std::string::ToString;

    type Variables = &'static [(&'static str, &'static str)];

    fn rules(variables: Variables) -> ProxyRules {
        ProxyRules::from_variables(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    /// The rules as an adapter has them, to which `?` is not a URL.
    fn read(variables: Variables) -> ProxyRules<String> {
        rules(variables).map(|url| if url == "?" { Err(MALFORMED) } else { Ok(url.to_owned()) })
    }

    /// The host of the proxy on the way, or `direct`, or what is wrong.
    fn on_the_way(variables: Variables, url: &str) -> String {
        let (scheme, authority) = url.split_once("://").unwrap();
        match read(variables).proxy_for(scheme == "https", authority) {
            Ok(Some(proxy)) => proxy.clone(),
            Ok(None) => "direct".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_first_variable_of_the_scheme_counts() {
        const EVERY: Variables = &[
            ("https_proxy", "a"),
            ("HTTPS_PROXY", "b"),
            ("http_proxy", "c"),
            ("HTTP_PROXY", "d"),
            ("all_proxy", "e"),
            ("ALL_PROXY", "f"),
        ];
        let rows: &[(Variables, &str, &str)] = &[
            (&[], "direct", "direct"),
            (EVERY, "a", "c"),
            (EVERY.split_at(1).1, "b", "c"),
            (EVERY.split_at(2).1, "e", "c"),
            (EVERY.split_at(3).1, "e", "d"),
            (EVERY.split_at(4).1, "e", "e"),
            (EVERY.split_at(5).1, "f", "f"),
            // An empty variable is not set.
            (&[("https_proxy", ""), ("HTTPS_PROXY", "b"), ("all_proxy", "")], "b", "direct"),
            // A client of a CGI program could have set these.
            (&[("REQUEST_METHOD", "POST"), ("HTTP_PROXY", "d"), ("http_proxy", "c")], "direct", "direct"),
            (&[("REQUEST_METHOD", "POST"), ("HTTP_PROXY", "d"), ("ALL_PROXY", "f")], "f", "f"),
            (&[("REQUEST_METHOD", "POST"), ("HTTPS_PROXY", "b")], "b", "direct"),
        ];
        for (variables, https, http) in rows {
            assert_eq!(on_the_way(variables, "https://ns.example"), *https, "{variables:?}");
            assert_eq!(on_the_way(variables, "http://ns.example"), *http, "{variables:?}");
        }
    }

    #[test]
    fn hosts_that_are_excepted_are_reached_directly() {
        const PROXY: (&str, &str) = ("ALL_PROXY", "proxy.example:3128");
        let rows: &[(&str, &[&str], &[&str])] = &[
            ("", &[], &["https://ns.example"]),
            ("*", &["https://ns.example", "http://[fd00::1]:8080", "http://10.1.2.3"], &[]),
            (
                "inner.example,10.0.0.0/8",
                &[
                    "https://inner.example",
                    "https://NS.Inner.Example:8443",
                    "https://inner.example.",
                    "http://10.1.2.3",
                ],
                &["https://notinner.example", "https://example", "http://11.1.2.3"],
            ),
            (
                ".inner.example",
                &["https://inner.example", "https://ns.inner.example"],
                &["https://winner.example"],
            ),
            (
                "*.inner.example",
                &["https://inner.example", "https://ns.inner.example"],
                &["https://winner.example"],
            ),
            ("inner.example.", &["https://ns.inner.example"], &["https://ns.example"]),
            ("a.example b.example", &["https://a.example", "https://b.example"], &["https://c.example"]),
            (" a.example , b.example ,", &["https://a.example", "https://b.example"], &["https://c.example"]),
            (
                "ns.example:8443",
                &["https://ns.example:8443", "https://sub.ns.example:8443"],
                &["https://ns.example", "http://ns.example:8080"],
            ),
            ("ns.example:443", &["https://ns.example"], &["http://ns.example"]),
            ("10.1.2.3:80", &["http://10.1.2.3"], &["https://10.1.2.3"]),
            ("10.1.2.3", &["https://10.1.2.3:9"], &["https://10.1.2.4", "https://10.1.2.3.example"]),
            ("10.1.2.3/32", &["https://10.1.2.3"], &["https://10.1.2.2"]),
            ("0.0.0.0/0", &["https://10.1.2.3"], &["https://[fd00::1]", "https://ns.example"]),
            ("fd00::/8", &["https://[fd12::3]:9"], &["https://[fe80::1]", "https://10.1.2.3"]),
            ("fd00::1", &["https://[fd00::1]"], &["https://[fd00::2]"]),
            ("[fd00::1]:9", &["https://[fd00::1]:9"], &["https://[fd00::1]"]),
            ("10.1.2.3/33,10.1.2.3/x,/8,:80,[fd00::1", &[], &["https://10.1.2.3", "http://ns.example"]),
        ];
        for (list, direct, through) in rows {
            let rules = ProxyRules::from_variables(|name| match name {
                "ALL_PROXY" => Some(PROXY.1.to_owned()),
                "NO_PROXY" => Some((*list).to_owned()),
                _ => None,
            });
            let is_direct = |url: &str| {
                let (scheme, authority) = url.split_once("://").unwrap();
                rules.proxy_for(scheme == "https", authority).unwrap().is_none()
            };
            for url in *direct {
                assert!(is_direct(url), "{list}: {url}");
            }
            for url in *through {
                assert!(!is_direct(url), "{list}: {url}");
            }
        }
        assert_eq!(on_the_way(&[PROXY, ("no_proxy", "a"), ("NO_PROXY", "b")], "https://a"), "direct");
        assert_eq!(
            on_the_way(&[PROXY, ("no_proxy", "a"), ("NO_PROXY", "b")], "https://b"),
            "proxy.example:3128"
        );
    }

    #[test]
    fn this_machine_is_never_reached_through_a_proxy() {
        let everywhere = ProxyRules::all("http://proxy.example");
        for authority in ["localhost", "LOCALHOST:6500", "127.0.0.1", "127.9.8.7:80", "[::1]", "[::1]:6500"] {
            assert!(everywhere.proxy_for(false, authority).unwrap().is_none(), "{authority}");
        }
        for authority in ["localhost.example", "128.0.0.1", "[::2]:6500", "ns.example"] {
            assert!(everywhere.proxy_for(true, authority).unwrap().is_some(), "{authority}");
        }
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_an_error_that_names_its_variable() {
        let socks = on_the_way(&[("all_proxy", "socks5h://user:secret@proxy")], "https://ns.example");
        assert!(socks.contains("all_proxy") && socks.contains("SOCKS"), "{socks}");
        assert!(!socks.contains("secret"), "{socks}");
        let broken = on_the_way(&[("HTTPS_PROXY", "?"), ("ALL_PROXY", "f")], "https://ns.example");
        assert!(broken.contains("HTTPS_PROXY") && broken.contains("[USER:PASSWORD@]HOST"), "{broken}");
        // Nothing else is affected.
        assert_eq!(on_the_way(&[("HTTPS_PROXY", "?"), ("ALL_PROXY", "f")], "http://ns.example"), "f");
        assert_eq!(on_the_way(&[("ALL_PROXY", "socks5://proxy")], "https://localhost"), "direct");
        assert_eq!(
            on_the_way(&[("ALL_PROXY", "?"), ("no_proxy", "ns.example")], "https://ns.example"),
            "direct"
        );
    }

    #[test]
    fn the_url_of_a_proxy_is_not_shown() {
        let rules = rules(&[("ALL_PROXY", "http://user:secret@proxy.example")]);
        assert!(!format!("{rules:?}").contains("secret"));
    }
}
