//! How connections are opened: name resolution, TCP, proxy, TLS.

mod base;
mod meter;
mod resolver;
mod stream;
mod tcp;

pub(crate) use base::Base;
pub(crate) use meter::Meter;
pub(crate) use stream::Stream;
pub(crate) use tcp::Check;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::Uri;
use hyper::http::uri::Scheme;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use tower_service::Service;

use crate::error::{BeforeSending, Cause};
use crate::proxy::Proxies;
use crate::tls::Tls;

/// The parts from which connections are built.
pub(crate) struct Route {
    pub(crate) base: Base,
    pub(crate) proxies: Proxies,
    pub(crate) tls: Arc<Tls>,
}

impl Route {
    /// Opens a connection. All steps together take at most `time`. Any error here comes before a
    /// byte of the request is sent.
    pub(crate) async fn open(&self, uri: Uri, time: Duration) -> Result<Stream, BeforeSending> {
        let opened = tokio::time::timeout(time, self.open_at_leisure(&uri)).await;
        opened.unwrap_or_else(|elapsed| Err(BeforeSending::connecting(elapsed).at(&uri)))
    }

    async fn open_at_leisure(&self, uri: &Uri) -> Result<Stream, BeforeSending> {
        let base = self.base.clone();
        let is_https = uri.scheme() == Some(&Scheme::HTTPS);
        let failed = |cause: Cause| BeforeSending::connecting(cause).at(uri);
        let Some(proxy) =
            self.proxies.on_the_way_to(uri).map_err(|error| BeforeSending::misconfigured(error).at(uri))?
        else {
            if !is_https {
                return base.clone().call(uri.clone()).await.map_err(failed);
            }
            let tls = self.tls.for_service().map_err(|error| BeforeSending::securing(error).at(uri))?;
            let stream = HttpsConnector::from((base, tls)).call(uri.clone()).await.map_err(failed)?;
            return Ok(Stream::new(stream));
        };
        let to_proxy = ToProxy { base, tls: Arc::clone(&self.tls) };
        let through = |cause: Cause| BeforeSending::connecting(cause).through(proxy.uri(), uri);
        if is_https {
            let tls = self.tls.for_service().map_err(|error| BeforeSending::securing(error).at(uri))?;
            let mut tunnel = Tunnel::new(proxy.uri().clone(), to_proxy);
            if let Some(credentials) = proxy.basic_auth() {
                tunnel = tunnel.with_auth(credentials.clone());
            }
            let stream = HttpsConnector::from((tunnel, tls)).call(uri.clone()).await.map_err(through)?;
            Ok(Stream::new(stream))
        } else {
            let stream =
                to_proxy.clone().call(proxy.uri().clone()).await.map_err(|error| through(error.into()))?;
            Ok(stream.known_to_end_at_proxy())
        }
    }
}

/// Opens connections to a proxy. Its errors name the proxy.
#[derive(Clone)]
struct ToProxy {
    base: Base,
    tls: Arc<Tls>,
}

impl Service<Uri> for ToProxy {
    type Response = Stream;
    type Error = BeforeSending;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, BeforeSending>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BeforeSending>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let Self { mut base, tls } = self.clone();
        Box::pin(async move {
            let failed = |cause: Cause| BeforeSending::connecting(cause).at(&uri);
            if uri.scheme() != Some(&Scheme::HTTPS) {
                return base.call(uri.clone()).await.map_err(failed);
            }
            let tls = tls.for_proxy().map_err(|error| BeforeSending::securing(error).at(&uri))?;
            let stream = HttpsConnector::from((base, tls)).call(uri.clone()).await.map_err(failed)?;
            Ok(Stream::new(stream))
        })
    }
}
