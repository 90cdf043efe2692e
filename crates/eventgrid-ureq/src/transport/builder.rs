//! The options of a transport.

use std::time::Duration;

use eventgrid::Limits;
use eventgrid::proxy::ProxyRules;
#[cfg(feature = "rustls-bundled-roots")]
use eventgrid_transport::tls::TlsOptions;

use crate::connection::MarkingConnector;
use crate::error::InvalidOption;
use crate::proxy::Proxies;
use crate::resolver::{Addresses, CachingResolver};
#[cfg(feature = "rustls-bundled-roots")]
use crate::tls::TlsConnector;
use crate::transport::Ureq;

/// How many connections are kept for later: one for each thread that publishes or receives at the
/// same time.
const IDLE_CONNECTIONS: usize = 32;

/// The options of a [`Ureq`].
///
/// ```
/// use std::time::Duration;
/// use eventgrid_ureq::Ureq;
///
/// let transport = Ureq::builder()
///     .connect_timeout(Duration::from_secs(3))
///     .proxy("http://proxy.example:3128")?
///     .build();
/// # Ok::<(), eventgrid_ureq::InvalidOption>(())
/// ```
#[derive(Debug, Clone)]
pub struct UreqBuilder {
    limits: Limits,
    proxies: Proxies,
    #[cfg(feature = "rustls-bundled-roots")]
    tls: TlsOptions,
}

impl Default for UreqBuilder {
    fn default() -> Self {
        Self {
            limits: Limits::DEFAULT,
            proxies: Proxies::new(ProxyRules::from_environment()),
            #[cfg(feature = "rustls-bundled-roots")]
            tls: TlsOptions::default(),
        }
    }
}

impl UreqBuilder {
    /// Sets all limits that `limits` has; the others stay as they are.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits.or(self.limits);
        self
    }

    /// How long opening a connection may take: name resolution, TCP, a proxy and TLS together.
    /// Default: 10 seconds.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.limits = self.limits.with_connect(timeout);
        self
    }

    /// How long the service may take from the last byte of the request to the last byte of the
    /// response's head. The wait time of a long poll is added to it. Default: 30 seconds.
    #[must_use]
    pub fn response_timeout(mut self, timeout: Duration) -> Self {
        self.limits = self.limits.with_response(timeout);
        self
    }

    /// How long no byte may move while the request is sent and while the response's body is read.
    /// As long as bytes move, both go on. Default: 30 seconds.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.limits = self.limits.with_idle(timeout);
        self
    }

    /// The lowest average rate, in bytes per second, at which the bytes of a request or of a body
    /// may move, over any span as long as the [idle time-out](Self::idle_timeout). Default: no
    /// limit.
    #[must_use]
    pub fn lowest_rate(mut self, bytes_per_second: u32) -> Self {
        self.limits = self.limits.with_lowest_rate(bytes_per_second);
        self
    }

    /// The proxy for all requests: `[http[s]://][USER:PASSWORD@]HOST[:PORT]`, where https needs the
    /// feature `rustls`. It opens a tunnel (`CONNECT`) also for http URLs. This machine
    /// (`localhost`, `127.0.0.0/8`, `[::1]`) is never reached through a proxy.
    ///
    /// Default: the proxies that the environment variables name when the builder is made, by the
    /// [rules](eventgrid::proxy) of all adapters. If such a proxy cannot be used, each request that
    /// would go through it fails.
    ///
    /// # Errors
    /// [`InvalidOption::Proxy`] if the URL cannot be read or its scheme is not supported.
    pub fn proxy(mut self, url: &str) -> Result<Self, InvalidOption> {
        self.proxies = Proxies::all(url).map_err(|_| InvalidOption::Proxy)?;
        Ok(self)
    }

    /// Sets your own rules for proxies. The environment variables are then ignored.
    ///
    /// If a proxy of the rules cannot be used, each request that would go through it fails.
    #[must_use]
    pub fn proxy_rules(mut self, rules: ProxyRules) -> Self {
        self.proxies = Proxies::new(rules);
        self
    }

    /// Uses no proxy. The environment variables are then ignored.
    #[must_use]
    pub fn without_proxy(self) -> Self {
        self.proxy_rules(ProxyRules::none())
    }

    /// Trusts exactly the certificates that `SSL_CERT_FILE` and `SSL_CERT_DIR` name, or those of
    /// the operating system if both are unset. They are read during this call.
    ///
    /// By default they are read when the first connection needs them, and the
    /// [bundled](Self::bundled_roots) ones are trusted if the operating system has none. The
    /// [rules](eventgrid_transport::tls) are those of all adapters.
    ///
    /// # Errors
    /// [`InvalidOption::Roots`] if a variable names a path that cannot be read or that has no
    /// usable certificate, and [`InvalidOption::NoNativeRoots`] if the operating system has none.
    #[cfg(feature = "rustls")]
    pub fn native_roots(mut self) -> Result<Self, InvalidOption> {
        self.tls.trust_native()?;
        Ok(self)
    }

    /// Trusts only the root certificates that Mozilla trusted when the program was built.
    #[cfg(feature = "rustls-bundled-roots")]
    #[must_use]
    pub fn bundled_roots(mut self) -> Self {
        self.tls.trust_bundled();
        self
    }

    /// Trusts only these certificates. `pem` is PEM text.
    ///
    /// # Errors
    /// [`InvalidOption::NoCertificate`] if `pem` has none, and [`InvalidOption::Certificate`] if
    /// one is damaged.
    #[cfg(feature = "rustls-bundled-roots")]
    pub fn root_certificates(mut self, pem: &[u8]) -> Result<Self, InvalidOption> {
        self.tls.trust(pem)?;
        Ok(self)
    }

    /// Lets the operating system verify the service's certificate, by the certificates that its
    /// administrator trusts.
    #[cfg(feature = "platform-verifier")]
    #[must_use]
    pub fn platform_verifier(mut self) -> Self {
        self.tls.trust_verifier(|provider| {
            Ok(std::sync::Arc::new(rustls_platform_verifier::Verifier::new(provider)?))
        });
        self
    }

    /// Presents a client certificate to a service that asks for one. `chain` is the certificate
    /// followed by those that lead to its root, and `private_key` its private key; both are PEM
    /// text.
    ///
    /// # Errors
    /// [`InvalidOption::NoCertificate`] or [`InvalidOption::NoPrivateKey`] if one of them is
    /// missing, and [`InvalidOption::Certificate`] if one is damaged or if the key is not that of
    /// the certificate.
    #[cfg(feature = "rustls-bundled-roots")]
    pub fn client_certificate(mut self, chain: &[u8], private_key: &[u8]) -> Result<Self, InvalidOption> {
        self.tls.identify(chain, private_key)?;
        Ok(self)
    }

    /// Builds the transport. If no root certificates were chosen, the default ones are read when
    /// the first connection needs them, which takes some milliseconds.
    pub fn build(self) -> Ureq {
        let (limits, proxies) = (self.limits, self.proxies);
        #[cfg(feature = "rustls-bundled-roots")]
        let tls = TlsConnector::new(self.tls);
        let agent = move || {
            agent(
                #[cfg(feature = "rustls-bundled-roots")]
                tls.clone(),
            )
        };
        Ureq::with_agents(agent, proxies, limits)
    }
}

/// An agent with connections of its own. It has no time-outs, since its sockets limit the time.
fn agent(#[cfg(feature = "rustls-bundled-roots")] tls: TlsConnector) -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        // A service may ignore `Expect: 100-continue`, so the body follows at once.
        .timeout_await_100(Some(Duration::ZERO))
        .user_agent("")
        .accept("")
        .accept_encoding("")
        .max_idle_connections(IDLE_CONNECTIONS)
        .max_idle_connections_per_host(IDLE_CONNECTIONS)
        // Each request sets its own proxy, or none.
        .proxy(None);
    let addresses = Addresses::default();
    let connector = MarkingConnector::new(
        addresses.clone(),
        #[cfg(feature = "rustls-bundled-roots")]
        tls,
    );
    let resolver = CachingResolver::new(addresses);
    ureq::Agent::with_parts(config.build(), connector, resolver)
}
