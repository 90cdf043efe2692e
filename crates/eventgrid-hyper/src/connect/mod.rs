//! How connections are opened: name, TCP, proxy, TLS.

mod base;
mod resolver;
mod stream;
mod tcp;

pub(crate) use base::Base;
pub(crate) use tcp::Requests;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::Uri;
use hyper::http::uri::Scheme;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use stream::Stream;
use tower_service::Service;

use crate::error::{BeforeSending, Cause};
use crate::proxy::Proxies;
use crate::tls::Tls;

/// Opens connections. Whatever goes wrong until one is open goes wrong before anything is sent.
#[derive(Clone)]
pub(crate) struct Connector(pub(crate) Arc<Route>);

/// What connections consist of.
pub(crate) struct Route {
    pub(crate) base: Base,
    pub(crate) proxies: Proxies,
    pub(crate) tls: Tls,
    /// For all of it.
    pub(crate) timeout: Duration,
}

impl Route {
    async fn open(&self, uri: Uri) -> Result<Stream, Cause> {
        let mut base = self.base.clone();
        let is_https = uri.scheme() == Some(&Scheme::HTTPS);
        let Some(proxy) = self.proxies.on_the_way_to(&uri) else {
            if !is_https {
                return base.call(uri).await;
            }
            return Ok(Stream::new(HttpsConnector::from((base, self.tls.for_service())).call(uri).await?));
        };
        let mut to_proxy = HttpsConnector::from((base, self.tls.for_proxy()));
        if is_https {
            let mut tunnel = Tunnel::new(proxy.uri().clone(), to_proxy);
            if let Some(credentials) = proxy.basic_auth() {
                tunnel = tunnel.with_auth(credentials.clone());
            }
            Ok(Stream::new(HttpsConnector::from((tunnel, self.tls.for_service())).call(uri).await?))
        } else {
            Ok(Stream::new(to_proxy.call(proxy.uri().clone()).await?).known_to_end_at_proxy())
        }
    }
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = BeforeSending;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, BeforeSending>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BeforeSending>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let route = Arc::clone(&self.0);
        Box::pin(async move {
            match tokio::time::timeout(route.timeout, route.open(uri)).await {
                Ok(opened) => opened.map_err(BeforeSending::connecting),
                Err(elapsed) => Err(BeforeSending::connecting(elapsed)),
            }
        })
    }
}
