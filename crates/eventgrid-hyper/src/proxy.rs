//! Which proxy a request goes through, by the rules that all adapters share.

use std::sync::Arc;

use eventgrid::proxy::{InvalidProxy, MALFORMED, ProxyRules};
use hyper::Uri;
use hyper::http::uri::Scheme;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

/// Rules that say which proxy a request goes through, by the scheme and host of its URL.
#[derive(Debug, Clone)]
pub(crate) struct Proxies(Arc<ProxyRules<Intercept>>);

impl Proxies {
    pub(crate) fn new(rules: ProxyRules) -> Self {
        Self(Arc::new(rules.map(usable)))
    }

    /// The same proxy for all hosts.
    pub(crate) fn all(url: &str) -> Result<Self, InvalidProxy> {
        let proxies = Self::new(ProxyRules::all(url));
        // The proxy is the same for every scheme, so any URL shows now whether it can be used.
        proxies.on_the_way_to(&Uri::from_static("https://eventgrid.invalid"))?;
        Ok(proxies)
    }

    /// The proxy through which to reach `uri`, or `None` if it is reached directly, as this machine
    /// always is.
    pub(crate) fn on_the_way_to(&self, uri: &Uri) -> Result<Option<&Intercept>, InvalidProxy> {
        let is_https = uri.scheme() == Some(&Scheme::HTTPS);
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        self.0.proxy_for(is_https, authority)
    }
}

/// Converts a proxy's URL, with the credentials in it, to the form that hyper takes.
fn usable(url: &str) -> Result<Intercept, &'static str> {
    let proxy = Matcher::builder().all(url).build().intercept(&Uri::from_static("https://eventgrid.invalid"));
    let is_http = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https"));
    let has_host = |uri: &Uri| uri.host().is_some_and(|host| !host.is_empty());
    proxy.filter(|proxy| is_http(proxy.uri()) && has_host(proxy.uri())).ok_or(MALFORMED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hyper_is_told_the_credentials_of_a_proxy() {
        let proxies = Proxies::all("http://boiler:71%C2%B0C@[::1]").unwrap();
        let proxy = proxies.on_the_way_to(&Uri::from_static("https://ns.example/")).unwrap().unwrap();
        assert_eq!(proxy.uri(), "http://[::1]/");
        assert_eq!(proxy.basic_auth().unwrap(), "Basic Ym9pbGVyOjcxwrBD");
        assert!(proxies.on_the_way_to(&Uri::from_static("https://localhost/")).unwrap().is_none());
    }
}
