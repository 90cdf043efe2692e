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
    /// Sets several limits at once; those that are unset stay as they are.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits.or(self.limits);
        self
    }

    /// How long opening a connection may take: the look-up of the host's name, TCP, a proxy and TLS
    /// together. Default: 10 seconds.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.limits = self.limits.with_connect(timeout);
        self
    }

    /// How long the service may take from the last byte of the request to the last byte of the
    /// response's head. The wait time of a long poll comes on top. Default: 30 seconds.
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

    /// The fewest bytes per second that may move while the request is sent or the body is read,
    /// over any span as long as the [idle timeout](Self::idle_timeout). Default: no limit.
    #[must_use]
    pub fn lowest_rate(mut self, bytes_per_second: u32) -> Self {
        self.limits = self.limits.with_lowest_rate(bytes_per_second);
        self
    }

    /// The proxy to go through: `[http[s]://][USER:PASSWORD@]HOST[:PORT]`, https with the feature
    /// `rustls` only. For http URLs, too, it is asked for a tunnel (`CONNECT`). This machine itself
    /// (`localhost`, `127.0.0.0/8`, `[::1]`) is never reached through it.
    ///
    /// Default: what the environment says by the [rules](eventgrid::proxy) of all adapters, as it
    /// is when the builder is made. A proxy in it that cannot be used is an error of each request
    /// that needs it.
    ///
    /// # Errors
    /// [`InvalidOption::Proxy`] if the URL cannot be read or its scheme is not supported.
    pub fn proxy(mut self, url: &str) -> Result<Self, InvalidOption> {
        self.proxies = Proxies::all(url).map_err(|_| InvalidOption::Proxy)?;
        Ok(self)
    }

    /// The proxies to go through by rules of your own, whatever the environment says.
    ///
    /// A proxy among them that cannot be used is an error of each request that needs it.
    #[must_use]
    pub fn proxy_rules(mut self, rules: ProxyRules) -> Self {
        self.proxies = Proxies::new(rules);
        self
    }

    /// No proxy, whatever the environment says.
    #[must_use]
    pub fn without_proxy(self) -> Self {
        self.proxy_rules(ProxyRules::none())
    }

    /// Trusts the certificates that `SSL_CERT_FILE` and `SSL_CERT_DIR` name, or else those of the
    /// operating system, and no other ones. They are read now.
    ///
    /// Default: the same, read when the first connection needs them, but if the operating system
    /// has none, the [bundled](Self::bundled_roots) ones. The [rules](eventgrid_transport::tls) are
    /// those of all adapters.
    ///
    /// # Errors
    /// [`InvalidOption::Roots`] if a variable names what cannot be read or has no usable
    /// certificate, and [`InvalidOption::NoNativeRoots`] if the operating system has none.
    #[cfg(feature = "rustls")]
    pub fn native_roots(mut self) -> Result<Self, InvalidOption> {
        self.tls.trust_native()?;
        Ok(self)
    }

    /// Trusts the root certificates that Mozilla trusts, as of the build, and no other ones.
    #[cfg(feature = "rustls-bundled-roots")]
    #[must_use]
    pub fn bundled_roots(mut self) -> Self {
        self.tls.trust_bundled();
        self
    }

    /// Trusts these certificates (PEM text) and no other ones.
    ///
    /// # Errors
    /// [`InvalidOption::NoCertificate`] if there is none, and [`InvalidOption::Certificate`] if one
    /// is damaged.
    #[cfg(feature = "rustls-bundled-roots")]
    pub fn root_certificates(mut self, pem: &[u8]) -> Result<Self, InvalidOption> {
        self.tls.trust(pem)?;
        Ok(self)
    }

    /// Lets the operating system judge the service's certificate, by the certificates that its
    /// administrator has chosen.
    #[cfg(feature = "platform-verifier")]
    #[must_use]
    pub fn platform_verifier(mut self) -> Self {
        self.tls.trust_verifier(|provider| {
            Ok(std::sync::Arc::new(rustls_platform_verifier::Verifier::new(provider)?))
        });
        self
    }

    /// Shows this certificate to a service that asks for one: the certificate and those that lead
    /// to its root, and its private key, both as PEM text.
    ///
    /// # Errors
    /// [`InvalidOption`] if one of them is missing or damaged, or they do not belong together.
    #[cfg(feature = "rustls-bundled-roots")]
    pub fn client_certificate(mut self, chain: &[u8], private_key: &[u8]) -> Result<Self, InvalidOption> {
        self.tls.identify(chain, private_key)?;
        Ok(self)
    }

    /// The transport. Roots that were not chosen are read when the first connection needs them:
    /// some milliseconds.
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

/// An agent with connections of its own. It has no time-outs: time is the business of its sockets.
fn agent(#[cfg(feature = "rustls-bundled-roots")] tls: TlsConnector) -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent("")
        .accept("")
        .accept_encoding("")
        .max_idle_connections(IDLE_CONNECTIONS)
        .max_idle_connections_per_host(IDLE_CONNECTIONS)
        // Each request has its own, or none.
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
