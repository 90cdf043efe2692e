//! Which proxy a request goes through, by the rules that all adapters share.

use eventgrid::Request;
use eventgrid::proxy::{InvalidProxy, MALFORMED, ProxyRules};
use ureq::{Proxy, ProxyProtocol};

/// Rules that say which proxy a request goes through, by the scheme and host of its URL.
#[derive(Debug, Clone)]
pub(crate) struct Proxies(ProxyRules<Proxy>);

impl Proxies {
    pub(crate) fn new(rules: ProxyRules) -> Self {
        Self(rules.map(usable))
    }

    /// The same proxy for all hosts.
    pub(crate) fn all(url: &str) -> Result<Self, InvalidProxy> {
        let proxies = Self::new(ProxyRules::all(url));
        // The proxy is the same for every scheme, so any URL shows now whether it can be used.
        proxies.0.proxy_for(true, "eventgrid.invalid")?;
        Ok(proxies)
    }

    /// The proxy that the request goes through, or `None` if the host is reached directly.
    pub(crate) fn on_the_way_of(&self, request: &Request<'_>) -> Result<Option<&Proxy>, InvalidProxy> {
        self.0.proxy_for(request.is_https(), request.authority())
    }
}

fn usable(url: &str) -> Result<Proxy, &'static str> {
    let proxy = Proxy::new(url).map_err(|_| MALFORMED)?;
    match proxy.protocol() {
        ProxyProtocol::Http => Ok(proxy),
        ProxyProtocol::Https if cfg!(feature = "rustls-bundled-roots") => Ok(proxy),
        ProxyProtocol::Https => Err("https needs the feature `rustls` of eventgrid-ureq"),
        _ => Err(MALFORMED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ureq_is_told_the_credentials_of_a_proxy() {
        let Proxies(rules) = Proxies::all("http://boiler:71%C2%B0C@[::1]").unwrap();
        let proxy = rules.proxy_for(true, "ns.example").unwrap().unwrap();
        assert_eq!((proxy.host(), proxy.port()), ("[::1]", 80));
        assert_eq!((proxy.username(), proxy.password()), (Some("boiler"), Some("71°C")));
    }
}
