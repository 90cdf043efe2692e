//! The options of a transport.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use eventgrid::proxy::ProxyRules;
use eventgrid::tls::TlsOptions;
use hyper::body::{Body, Bytes};
use hyper::rt::{Read, Write};
use hyper::{Request, Response, Uri};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::Connection;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower_service::Service;

use crate::connect::{Base, Connector, Requests, Route};
use crate::proxy::Proxies;
use crate::service::AnyService;
use crate::tls::Tls;
use crate::transport::{Bottom, Timeouts};
use crate::{Hyper, InvalidOption, RequestBody};

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
pub struct Builder {
    connect_timeout: Duration,
    timeouts: Timeouts,
    idle_timeout: Duration,
    proxies: Proxies,
    tls: TlsOptions,
    connector: Option<Base>,
    #[cfg(feature = "http2")]
    http2: bool,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeouts: Timeouts { response: Duration::from_secs(30), body: Duration::from_secs(60) },
            idle_timeout: Duration::from_secs(90),
            proxies: Proxies::new(ProxyRules::from_environment()),
            tls: TlsOptions::default(),
            connector: None,
            #[cfg(feature = "http2")]
            http2: false,
        }
    }
}

impl Builder {
    /// How long opening a connection may take: the look-up of the host's name, the proxy and TLS included. Default: 10
    /// seconds.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long sending the request and the head of the answer may take, once there is a connection. It is added to the time
    /// for which the service holds a long poll back on purpose. Default: 30 seconds.
    #[must_use]
    pub fn response_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.response = timeout;
        self
    }

    /// How long reading the whole body of the answer may take. Default: 60 seconds.
    #[must_use]
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.body = timeout;
        self
    }

    /// How long a connection is kept that nothing is sent on. Default: 90 seconds.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// The proxy to go through: `[http[s]://][USER:PASSWORD@]HOST[:PORT]`. To a service at an https URL it opens a tunnel
    /// (`CONNECT`), a request to an http URL is handed to it. This machine itself (`localhost`,
    /// `127.0.0.0/8`, `[::1]`) is never reached through it.
    ///
    /// Default: what the environment says by the [rules](eventgrid::proxy) of all adapters, as it is when the builder is made. A
    /// proxy in it that cannot be used is an error of each request that needs it.
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

    /// Trusts the certificates that `SSL_CERT_FILE` and `SSL_CERT_DIR` name, or else those of the operating system, and no
    /// other ones. They are read now.
    ///
    /// Default: the same, read when the first connection needs them, but if the operating system has none, the
    /// [bundled](Self::bundled_roots) ones. The [rules](eventgrid::tls) are those of all adapters.
    ///
    /// # Errors
    /// [`InvalidOption::Roots`] if a variable names what cannot be read or has no usable certificate, and
    /// [`InvalidOption::NoNativeRoots`] if the operating system has none.
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
    /// [`InvalidOption::NoCertificate`] if there is none, and [`InvalidOption::Certificate`] if one is damaged.
    pub fn root_certificates(mut self, pem: &[u8]) -> Result<Self, InvalidOption> {
        self.tls.trust(pem)?;
        Ok(self)
    }

    /// Shows this certificate to a service that asks for one: the certificate and those that lead to its root, and
    /// its private key, both as PEM text.
    ///
    /// # Errors
    /// [`InvalidOption`] if one of them is missing or damaged, or they do not belong together.
    pub fn client_certificate(mut self, chain: &[u8], private_key: &[u8]) -> Result<Self, InvalidOption> {
        self.tls.identify(chain, private_key)?;
        Ok(self)
    }

    /// Speaks HTTP/2 with a service that offers it over TLS (by ALPN); with any other, HTTP/1.1 as without this.
    ///
    /// All requests then share one connection, and the service bounds how many of them it answers at the same time, often to
    /// 100. Long polls count: where there are many, HTTP/1.1 with its connection for each is the better choice.
    #[cfg(feature = "http2")]
    #[must_use]
    pub fn http2(mut self) -> Self {
        self.http2 = true;
        self
    }

    /// Opens connections by `connector` instead of TCP: to the host and port of the URL it is given, or to the proxy.
    ///
    /// For https it gives the plain connection; TLS is put upon it. The [connect timeout](Self::connect_timeout)
    /// holds for it, too.
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

    /// The transport. Roots that were not chosen are read when the first connection needs them: some milliseconds.
    pub fn build(self) -> Hyper {
        let mut pool = legacy::Client::builder(TokioExecutor::new());
        pool.pool_idle_timeout(self.idle_timeout)
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            // Only what hyper gives back unsent, since the connection was closed before its turn came.
            .retry_canceled_requests(true);
        #[cfg(not(feature = "http2"))]
        let protocols = Vec::new();
        #[cfg(feature = "http2")]
        let protocols = if self.http2 {
            // A connection that all requests share must not be a dead one for long.
            pool.http2_keep_alive_interval(Duration::from_secs(30));
            vec![b"h2".to_vec(), b"http/1.1".to_vec()]
        } else {
            Vec::new()
        };
        let requests = Requests::default();
        let connector = Connector(Arc::new(Route {
            base: self.connector.unwrap_or_else(|| Base::tcp(self.connect_timeout, requests.clone())),
            proxies: self.proxies.clone(),
            tls: Arc::new(Tls::new(self.tls, protocols)),
            timeout: self.connect_timeout,
        }));
        let bottom = Bottom::Pool { client: Box::new(pool.build(connector)), requests };
        Hyper::new_with(bottom, self.proxies, self.timeouts)
    }

    /// A transport that hands each request to `service` and takes its answer, whatever happens in between: an HTTP client of
    /// your own, with layers of [tower](https://docs.rs/tower) round it.
    ///
    /// Of the options, only the [response](Self::response_timeout) and the [body timeout](Self::body_timeout) hold. The
    /// service keeps the contract of [`Transport`](eventgrid::Transport) as far as it is its part: it must neither follow
    /// redirects nor send a request twice. The URL is an absolute one, and there is a `Host` header.
    ///
    /// Among the causes of its errors, those of hyper, of hyper-util's client and of rustls are understood. For any
    /// other one, the request counts as interrupted and as perhaps sent.
    pub fn service<S, B>(self, service: S) -> Hyper
    where
        S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Into<Cause>,
        S::Future: Send,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Cause>,
    {
        Hyper::new_with(Bottom::Service(AnyService::new(service)), Proxies::none(), self.timeouts)
    }
}

/// Shows neither credentials nor keys.
impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("connect_timeout", &self.connect_timeout)
            .field("timeouts", &self.timeouts)
            .field("idle_timeout", &self.idle_timeout)
            .field("proxies", &self.proxies)
            .finish_non_exhaustive()
    }
}
