//! Which proxy a request goes through: one set of rules for every adapter that knows proxies.
//!
//! Nothing here opens a connection. The rules read text, choose a proxy for a host, and say why a proxy cannot be used.
//!
//! # Variables
//! | the request goes to | the first of these that is set and not empty |
//! |---|---|
//! | an https URL | `https_proxy`, `HTTPS_PROXY`, `all_proxy`, `ALL_PROXY` |
//! | an http URL | `http_proxy`, `HTTP_PROXY`, `all_proxy`, `ALL_PROXY` |
//!
//! Their value is `[http[s]://][USER:PASSWORD@]HOST[:PORT]`; a missing scheme means http, and the port is that of the scheme
//! unless one is given. In a CGI program (`REQUEST_METHOD` is set), `http_proxy` and `HTTP_PROXY` are not read: there a client can
//! set them by a header named `Proxy`.
//!
//! A value that is not such a URL is an error for each request that would need it, and so is a SOCKS proxy. The request is not
//! sent past the proxy instead.
//!
//! # Exceptions
//! - This machine (`localhost`, `127.0.0.0/8` and `[::1]`) is never reached through a proxy.
//! - Nor are the hosts that `no_proxy` lists, or else `NO_PROXY`. Its entries are separated by commas or spaces, and each is
//!   - `*`, for every host,
//!   - a name such as `example.com`, for this host and all hosts below it; `.example.com` and `*.example.com` mean the same,
//!   - an IP address, or a network such as `10.0.0.0/8` or `fd00::/8`.
//!
//!   With a port (`example.com:8443`, `[fd00::1]:8443`) an entry holds for that port only. Entries that are none of these are
//!   ignored.

mod exceptions;
mod url;

use std::string::String;

use self::exceptions::{Exceptions, is_loopback, split_port};
pub use self::url::{InvalidProxy, ProxyUrl};

/// Which proxy to go through, by the scheme, host and port to be reached.
///
/// `P` is what an adapter makes of a [`ProxyUrl`].
///
/// ```
/// use eventgrid::proxy::ProxyRules;
///
/// let rules = ProxyRules::from_variables(|name| match name {
///     "HTTPS_PROXY" => Some("http://proxy.example:3128".to_owned()),
///     "NO_PROXY" => Some("internal.example".to_owned()),
///     _ => None,
/// });
/// let proxy = rules.proxy_for(true, "ns.example")?.unwrap();
/// assert_eq!(proxy.authority(), "proxy.example:3128");
/// assert!(rules.proxy_for(true, "ns.internal.example")?.is_none());
/// # Ok::<(), eventgrid::proxy::InvalidProxy>(())
/// ```
#[derive(Debug, Clone)]
pub struct ProxyRules<P = ProxyUrl> {
    https: Choice<P>,
    http: Choice<P>,
    exceptions: Exceptions,
}

type Choice<P> = Option<Result<P, InvalidProxy>>;

impl ProxyRules {
    /// The rules of this process's environment, as they are now.
    pub fn from_environment() -> Self {
        // A value that is not Unicode is not a URL either, and is reported as such.
        Self::from_variables(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    /// The rules of the environment whose variables `lookup` returns.
    pub fn from_variables(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: &[&'static str]| {
            let set = names
                .iter()
                .find_map(|&name| Some((name, lookup(name)?)).filter(|(_, value)| !value.is_empty()));
            set.map(|(name, value)| ProxyUrl::parse(&value, Some(name)))
        };
        let all = || first(&["all_proxy", "ALL_PROXY"]);
        let is_cgi = lookup("REQUEST_METHOD").is_some();
        let http = if is_cgi { None } else { first(&["http_proxy", "HTTP_PROXY"]) };
        let exceptions =
            ["no_proxy", "NO_PROXY"].iter().find_map(|name| lookup(name).filter(|list| !list.is_empty()));
        Self {
            https: first(&["https_proxy", "HTTPS_PROXY"]).or_else(all),
            http: http.or_else(all),
            exceptions: exceptions.as_deref().map(Exceptions::parse).unwrap_or_default(),
        }
    }

    /// The same proxy for every host but this machine: `[http[s]://][USER:PASSWORD@]HOST[:PORT]`.
    ///
    /// # Errors
    /// [`InvalidProxy`] if `url` is not such a URL.
    pub fn all(url: &str) -> Result<Self, InvalidProxy> {
        let proxy = ProxyUrl::parse(url, None)?;
        Ok(Self { https: Some(Ok(proxy.clone())), http: Some(Ok(proxy)), exceptions: Exceptions::default() })
    }

    /// The same rules with what an adapter makes of each proxy.
    ///
    /// An error of `make` is kept for the requests that would need the proxy.
    pub fn map<P>(self, make: impl Fn(&ProxyUrl) -> Result<P, InvalidProxy>) -> ProxyRules<P> {
        let map = |choice: Choice<ProxyUrl>| choice.map(|proxy| make(&proxy?));
        ProxyRules { https: map(self.https), http: map(self.http), exceptions: self.exceptions }
    }
}

impl<P> ProxyRules<P> {
    /// No proxy at all.
    pub fn none() -> Self {
        Self { https: None, http: None, exceptions: Exceptions::default() }
    }

    /// The proxy on the way to a host, if there is one. `authority` is the host, with its port if the URL has one.
    ///
    /// # Errors
    /// [`InvalidProxy`] if the host is to be reached through a proxy that cannot be used.
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::ToOwned;
    use std::string::ToString;

    type Variables = &'static [(&'static str, &'static str)];

    fn rules(variables: Variables) -> ProxyRules {
        ProxyRules::from_variables(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    /// The host of the proxy on the way, or `direct`, or what is wrong.
    fn on_the_way(variables: Variables, url: &str) -> String {
        let (scheme, authority) = url.split_once("://").unwrap();
        match rules(variables).proxy_for(scheme == "https", authority) {
            Ok(Some(proxy)) => proxy.authority().to_owned(),
            Ok(None) => "direct".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_first_variable_of_the_scheme_counts() {
        const EVERY: Variables = &[
            ("https_proxy", "http://a"),
            ("HTTPS_PROXY", "http://b"),
            ("http_proxy", "http://c"),
            ("HTTP_PROXY", "http://d"),
            ("all_proxy", "http://e"),
            ("ALL_PROXY", "http://f"),
        ];
        let rows: &[(Variables, &str, &str)] = &[
            (&[], "direct", "direct"),
            (EVERY, "a:80", "c:80"),
            (EVERY.split_at(1).1, "b:80", "c:80"),
            (EVERY.split_at(2).1, "e:80", "c:80"),
            (EVERY.split_at(3).1, "e:80", "d:80"),
            (EVERY.split_at(4).1, "e:80", "e:80"),
            (EVERY.split_at(5).1, "f:80", "f:80"),
            // An empty variable is not set.
            (&[("https_proxy", ""), ("HTTPS_PROXY", "b"), ("all_proxy", "")], "b:80", "direct"),
            // A client of a CGI program could have set these.
            (&[("REQUEST_METHOD", "POST"), ("HTTP_PROXY", "d"), ("http_proxy", "c")], "direct", "direct"),
            (&[("REQUEST_METHOD", "POST"), ("HTTP_PROXY", "d"), ("ALL_PROXY", "f")], "f:80", "f:80"),
            (&[("REQUEST_METHOD", "POST"), ("HTTPS_PROXY", "b")], "b:80", "direct"),
        ];
        for (variables, https, http) in rows {
            assert_eq!(on_the_way(variables, "https://ns.example"), *https, "{variables:?}");
            assert_eq!(on_the_way(variables, "http://ns.example"), *http, "{variables:?}");
        }
    }

    #[test]
    fn hosts_that_are_excepted_are_reached_directly() {
        const PROXY: (&str, &str) = ("ALL_PROXY", "https://proxy.example:3128");
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
        let everywhere = ProxyRules::all("http://proxy.example").unwrap();
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
        let broken =
            on_the_way(&[("HTTPS_PROXY", "http://user:secret@"), ("ALL_PROXY", "f")], "https://ns.example");
        assert!(broken.contains("HTTPS_PROXY") && !broken.contains("secret"), "{broken}");
        // Nothing else is affected.
        assert_eq!(on_the_way(&[("HTTPS_PROXY", "?"), ("ALL_PROXY", "f")], "http://ns.example"), "f:80");
        assert_eq!(on_the_way(&[("ALL_PROXY", "socks5://proxy")], "https://localhost"), "direct");
        assert_eq!(
            on_the_way(&[("ALL_PROXY", "?"), ("no_proxy", "ns.example")], "https://ns.example"),
            "direct"
        );
    }

    #[test]
    fn what_an_adapter_cannot_use_is_reported_when_it_is_needed() {
        let rules = rules(&[("HTTPS_PROXY", "https://proxy"), ("HTTP_PROXY", "http://proxy")]);
        let rules = rules.map(|proxy| {
            if proxy.is_https() { Err(proxy.unsupported("it needs a feature")) } else { Ok(proxy.url()) }
        });
        assert_eq!(rules.proxy_for(false, "ns.example").unwrap().unwrap(), "http://proxy:80");
        let error = rules.proxy_for(true, "ns.example").unwrap_err().to_string();
        assert!(error.contains("HTTPS_PROXY") && error.contains("it needs a feature"), "{error}");
    }
}
