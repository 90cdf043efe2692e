//! The options of a transport.

use std::time::Duration;

use eventgrid::Limits;
use ureq::{Proxy, ProxyProtocol};

use crate::connection::MarkingConnector;
use crate::resolver::{Addresses, CachingResolver};
#[cfg(feature = "rustls")]
use crate::tls;
use crate::{InvalidOption, Ureq};

/// How many connections are kept for later: one for each thread that publishes or receives at the same time.
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
pub struct Builder {
    limits: Limits,
    proxy: Option<Proxy>,
    #[cfg(feature = "rustls")]
    tls: tls::Options,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            limits: Limits::DEFAULT,
            proxy: Proxy::try_from_env().filter(is_supported),
            #[cfg(feature = "rustls")]
            tls: tls::Options::default(),
        }
    }
}

impl Builder {
    /// Sets several limits at once; those that are unset stay as they are.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits.or(self.limits);
        self
    }

    /// How long opening a connection may take: the look-up of the host's name, TCP, a proxy and TLS together. Default: 10
    /// seconds.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.limits = self.limits.with_connect(timeout);
        self
    }

    /// How long the service may take from the last byte of the request to the last byte of the response's head. The wait time of a
    /// long poll comes on top. Default: 30 seconds.
    #[must_use]
    pub fn response_timeout(mut self, timeout: Duration) -> Self {
        self.limits = self.limits.with_response(timeout);
        self
    }

    /// How long no byte may move while the request is sent and while the response's body is read. As long as bytes move, both go
    /// on. Default: 30 seconds.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.limits = self.limits.with_idle(timeout);
        self
    }

    /// The fewest bytes per second that may move while the request is sent or the body is read, over any span as long as the
    /// [idle timeout](Self::idle_timeout). Default: no limit.
    #[must_use]
    pub fn lowest_rate(mut self, bytes_per_second: u32) -> Self {
        self.limits = self.limits.with_lowest_rate(bytes_per_second);
        self
    }

    /// The proxy to go through, by a `CONNECT` tunnel: `http://[USER:PASSWORD@]HOST[:PORT]`, or `https` with the feature
    /// `rustls`. This machine itself (`localhost`, `127.0.0.0/8`, `[::1]`) is never reached through it.
    ///
    /// Default: the first of the environment variables `ALL_PROXY`, `HTTPS_PROXY` and `HTTP_PROXY` that is set, but for the
    /// hosts in `NO_PROXY`. It is read when the builder is made.
    ///
    /// # Errors
    /// [`InvalidOption::Proxy`].
    pub fn proxy(mut self, url: &str) -> Result<Self, InvalidOption> {
        let proxy = Proxy::new(url).ok().filter(is_supported).ok_or(InvalidOption::Proxy)?;
        self.proxy = Some(proxy);
        Ok(self)
    }

    /// No proxy, whatever the environment says.
    #[must_use]
    pub fn without_proxy(mut self) -> Self {
        self.proxy = None;
        self
    }

    /// Trusts these certificates (PEM text) and no other ones. Default: Mozilla's, as of the build.
    ///
    /// # Errors
    /// [`InvalidOption`] if there is none, or one is damaged.
    #[cfg(feature = "rustls")]
    pub fn root_certificates(mut self, pem: &[u8]) -> Result<Self, InvalidOption> {
        self.tls.trust(pem)?;
        Ok(self)
    }

    /// Lets the operating system judge the service's certificate, by the certificates that its administrator has chosen.
    #[cfg(feature = "platform-verifier")]
    #[must_use]
    pub fn platform_verifier(mut self) -> Self {
        self.tls.trust_platform();
        self
    }

    /// Shows this certificate to a service that asks for one: the certificate and those that lead to its root, and
    /// its private key, both as PEM text.
    ///
    /// # Errors
    /// [`InvalidOption`] if one of them is missing or damaged, or they do not belong together.
    #[cfg(feature = "rustls")]
    pub fn client_certificate(mut self, chain: &[u8], private_key: &[u8]) -> Result<Self, InvalidOption> {
        self.tls.identify(chain, private_key)?;
        Ok(self)
    }

    /// The transport.
    pub fn build(self) -> Ureq {
        let limits = self.limits;
        Ureq::with_agents(move || self.agent(), limits)
    }

    /// An agent with connections of its own. It has no time-outs: time is the business of its sockets.
    fn agent(&self) -> ureq::Agent {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent("")
            .accept("")
            .accept_encoding("")
            .max_idle_connections(IDLE_CONNECTIONS)
            .max_idle_connections_per_host(IDLE_CONNECTIONS)
            .proxy(self.proxy.clone());
        #[cfg(feature = "rustls")]
        let config = config.tls_config(self.tls.clone().into_config());
        let addresses = Addresses::default();
        let connector = MarkingConnector::new(addresses.clone());
        let resolver = CachingResolver::new(addresses);
        ureq::Agent::with_parts(config.build(), connector, resolver)
    }
}

fn is_supported(proxy: &Proxy) -> bool {
    let protocol = proxy.protocol();
    protocol == ProxyProtocol::Http || (cfg!(feature = "rustls") && protocol == ProxyProtocol::Https)
}
