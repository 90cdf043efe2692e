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

    /// How long a connection is kept that nothing is sent on. Default: 90 seconds.
    #[must_use]
    pub fn keep_alive(mut self, time: Duration) -> Self {
        self.keep_alive = time;
        self
    }

    /// The proxy to go through: `[http[s]://][USER:PASSWORD@]HOST[:PORT]`. To a service at an https
    /// URL it opens a tunnel (`CONNECT`), a request to an http URL is handed to it. This machine
    /// itself (`localhost`, `127.0.0.0/8`, `[::1]`) is never reached through it.
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
    pub fn native_roots(mut self) -> Result<Self, InvalidOption> {
        self.tls.trust_native()?;
        Ok(self)
    }

    /// Trusts the root certificates that Mozilla trusts, as of the build, and no other ones.
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
    pub fn root_certificates(mut self, pem: &[u8]) -> Result<Self, InvalidOption> {
        self.tls.trust(pem)?;
        Ok(self)
    }

    /// Shows this certificate to a service that asks for one: the certificate and those that lead
    /// to its root, and its private key, both as PEM text.
    ///
    /// # Errors
    /// [`InvalidOption`] if one of them is missing or damaged, or they do not belong together.
    pub fn client_certificate(mut self, chain: &[u8], private_key: &[u8]) -> Result<Self, InvalidOption> {
        self.tls.identify(chain, private_key)?;
        Ok(self)
    }

    /// Speaks HTTP/2 with a service that offers it over TLS (by ALPN); with any other, HTTP/1.1 as
    /// without this.
    ///
    /// All requests then share one connection, and the service bounds how many of them it serves
    /// at the same time, often to
    /// 100. Long polls count: where there are many, HTTP/1.1 with its connection for each is the
    ///      better choice.
    #[cfg(feature = "http2")]
    #[must_use]
    pub fn http2(mut self) -> Self {
        self.http2 = true;
        self
    }

    /// Opens connections by `connector` instead of TCP: to the host and port of the URL it is
    /// given, or to the proxy.
    ///
    /// For https it gives the plain connection; TLS is put upon it. The [connect
    /// timeout](Self::connect_timeout) holds for it, too.
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

    /// The transport. Roots that were not chosen are read when the first connection needs them:
    /// some milliseconds.
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
