//! The options of a transport.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use eventgrid::Limits;
use eventgrid::proxy::ProxyRules;
use eventgrid_transport::tls::TlsOptions;
use hyper::Uri;
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::connect::Connection;
use tower_service::Service;

use crate::connect::{Base, Route};
use crate::error::InvalidOption;
#[cfg(feature = "http2")]
use crate::pool::Http2;
use crate::pool::Pool;
use crate::proxy::Proxies;
use crate::tls::Tls;
use crate::transport::Hyper;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// The options of a [`Hyper`].
///
/// ```
/// use std::time::Duration;
/// use eventgrid_hyper::Hyper;
///
/// let transport = Hyper::builder()
///     .connect_timeout(Duration::from_secs(3))
///     .proxy("http://proxy.example:3128")?
///     .build();
/// # Ok::<(), eventgrid_hyper::InvalidOption>(())
/// ```
#[derive(Clone)]
pub struct HyperBuilder {
    limits: Limits,
    keep_alive: Duration,
    proxies: Proxies,
    tls: TlsOptions,
    connector: Option<Base>,
    #[cfg(feature = "http2")]
    http2: bool,
}

impl Default for HyperBuilder {
    fn default() -> Self {
        Self {
            limits: Limits::DEFAULT,
            keep_alive: Duration::from_secs(90),
            proxies: Proxies::new(ProxyRules::from_environment()),
            tls: TlsOptions::default(),
            connector: None,
            #[cfg(feature = "http2")]
            http2: false,
        }
    }
}

impl HyperBuilder {
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

    /// How long an idle connection is kept for later requests. Default: 90 seconds.
    #[must_use]
    pub fn keep_alive(mut self, time: Duration) -> Self {
        self.keep_alive = time;
        self
    }

    /// The proxy for all requests: `[http[s]://][USER:PASSWORD@]HOST[:PORT]`. It opens a tunnel
    /// (`CONNECT`) to a service at an https URL; requests to an http URL are sent to the proxy
    /// itself. This machine (`localhost`, `127.0.0.0/8`, `[::1]`) is never reached through a proxy.
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
    pub fn native_roots(mut self) -> Result<Self, InvalidOption> {
        self.tls.trust_native()?;
        Ok(self)
    }

    /// Trusts only the root certificates that Mozilla trusted when the program was built.
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
    pub fn root_certificates(mut self, pem: &[u8]) -> Result<Self, InvalidOption> {
        self.tls.trust(pem)?;
        Ok(self)
    }

    /// Presents a client certificate to a service that asks for one. `chain` is the certificate
    /// followed by those that lead to its root, and `private_key` its private key; both are PEM
    /// text.
    ///
    /// # Errors
    /// [`InvalidOption::NoCertificate`] or [`InvalidOption::NoPrivateKey`] if one of them is
    /// missing, and [`InvalidOption::Certificate`] if one is damaged or if the key is not that of
    /// the certificate.
    pub fn client_certificate(mut self, chain: &[u8], private_key: &[u8]) -> Result<Self, InvalidOption> {
        self.tls.identify(chain, private_key)?;
        Ok(self)
    }

    /// Speaks HTTP/2 with a service that offers it over TLS (by ALPN), and HTTP/1.1 with any other.
    /// Default: always HTTP/1.1.
    ///
    /// With HTTP/2 all requests share one connection, and the service limits how many of them it
    /// serves at the same time, often to 100, with long polls among them. With many long polls,
    /// HTTP/1.1 is the better choice, since each request there has a connection of its own.
    #[cfg(feature = "http2")]
    #[must_use]
    pub fn http2(mut self) -> Self {
        self.http2 = true;
        self
    }

    /// Opens connections by `connector` instead of TCP. It is called with the URL of the service,
    /// or of the proxy, whose host and port it must connect to.
    ///
    /// It returns the plain connection also for https: the transport adds TLS. The [connect
    /// time-out](Self::connect_timeout) applies to it, too.
    #[must_use]
    pub fn connector<S>(mut self, connector: S) -> Self
    where
        S: Service<Uri> + Clone + Send + Sync + 'static,
        S::Response: Read + Write + Connection + Unpin + Send + 'static,
        S::Error: Into<Cause>,
        S::Future: Send,
    {
        self.connector = Some(Base::own(connector));
        self
    }

    /// Builds the transport. If no root certificates were chosen, the default ones are read when
    /// the first connection needs them, which takes some milliseconds.
    pub fn build(self) -> Hyper {
        #[cfg(not(feature = "http2"))]
        let protocols = Vec::new();
        #[cfg(feature = "http2")]
        let protocols = if self.http2 { vec![b"h2".to_vec(), b"http/1.1".to_vec()] } else { Vec::new() };
        let route = Route {
            base: self.connector.unwrap_or_else(|| Base::tcp(self.limits.connect)),
            proxies: self.proxies.clone(),
            tls: Arc::new(Tls::new(self.tls, protocols)),
        };
        let pool = Pool::new(
            route,
            self.keep_alive,
            #[cfg(feature = "http2")]
            Http2::new(self.http2, self.keep_alive),
        );
        Hyper::new_with(pool, self.proxies, self.limits)
    }
}

/// Shows neither credentials nor keys.
impl fmt::Debug for HyperBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperBuilder")
            .field("limits", &self.limits)
            .field("keep_alive", &self.keep_alive)
            .field("proxies", &self.proxies)
            .finish_non_exhaustive()
    }
}
