//! Which proxy to go through.

use std::sync::Arc;

use eventgrid::Endpoint;
use hyper::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use crate::InvalidOption;

/// Which proxy to go through, by the scheme and host to be reached.
#[derive(Debug, Clone)]
pub(crate) struct Proxies(Option<Arc<Matcher>>);

impl Proxies {
    /// The ones that the environment names.
    pub(crate) fn from_environment() -> Self {
        Self(Some(Arc::new(Matcher::from_env())))
    }

    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// The same one for all hosts.
    pub(crate) fn all(url: &str) -> Result<Self, InvalidOption> {
        let matcher = Matcher::builder().all(url).build();
        let proxy = matcher.intercept(&Uri::from_static("http://eventgrid.invalid/"));
        let usable = proxy.is_some_and(|proxy| {
            let uri = proxy.uri();
            matches!(uri.scheme_str(), Some("http" | "https"))
                && uri.host().is_some_and(|host| !host.is_empty())
        });
        if usable { Ok(Self(Some(Arc::new(matcher)))) } else { Err(InvalidOption::Proxy) }
    }

    /// The proxy on the way to `uri`, if there is one. There is none on the way to this machine itself.
    pub(crate) fn on_the_way_to(&self, uri: &Uri) -> Option<Intercept> {
        let proxy = self.0.as_ref()?.intercept(uri)?;
        let is_loopback =
            Endpoint::new(uri.authority()?.as_str()).is_ok_and(|endpoint| endpoint.is_loopback());
        if is_loopback { None } else { Some(proxy) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_need_no_proxy_and_this_machine_are_reached_without() {
        let matcher = Matcher::builder().all("https://proxy.example:3128").no("inner.example,10.0.0.0/8");
        let proxies = Proxies(Some(Arc::new(matcher.build())));
        let proxy = |uri| proxies.on_the_way_to(&Uri::from_static(uri)).map(|proxy| proxy.uri().to_string());
        for direct in [
            "https://inner.example/",
            "https://ns.inner.example/",
            "https://10.1.2.3/",
            "http://localhost:6500/",
            "http://127.0.0.9/",
            "http://[::1]:6500/",
        ] {
            assert_eq!(proxy(direct), None, "{direct}");
        }
        for through in ["https://ns.example/", "http://11.1.2.3/"] {
            assert_eq!(proxy(through).as_deref(), Some("https://proxy.example:3128/"), "{through}");
        }
    }
}
