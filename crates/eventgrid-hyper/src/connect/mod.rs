//! How connections are opened: name, TCP, proxy, TLS.

mod base;
mod resolver;
mod stream;
mod tcp;

pub(crate) use base::Base;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::Uri;
use hyper::http::uri::Scheme;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use rustls::ClientConfig;
use stream::Stream;
use tower_service::Service;

use crate::error::{BeforeSending, Cause};
use crate::proxy::Proxies;

/// Opens connections. Whatever goes wrong until one is open goes wrong before anything is sent.
#[derive(Clone)]
pub(crate) struct Connector {
    pub(crate) base: Base,
    pub(crate) proxies: Proxies,
    /// For the service.
    pub(crate) tls: Arc<ClientConfig>,
    /// For a proxy that is spoken to over https: always HTTP/1.1.
    pub(crate) proxy_tls: Arc<ClientConfig>,
    /// For all of it.
    pub(crate) timeout: Duration,
}

impl Connector {
    async fn open(self, uri: Uri) -> Result<Stream, Cause> {
        let Some(proxy) = self.proxies.on_the_way_to(&uri) else {
            return Ok(Stream::new(HttpsConnector::from((self.base, self.tls)).call(uri).await?));
        };
        let mut to_proxy = HttpsConnector::from((self.base, self.proxy_tls));
        if uri.scheme() == Some(&Scheme::HTTPS) {
            let mut tunnel = Tunnel::new(proxy.uri().clone(), to_proxy);
            if let Some(credentials) = proxy.basic_auth() {
                tunnel = tunnel.with_auth(credentials.clone());
            }
            Ok(Stream::new(HttpsConnector::from((tunnel, self.tls)).call(uri).await?))
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
        let opening = tokio::time::timeout(self.timeout, self.clone().open(uri));
        Box::pin(async {
            match opening.await {
                Ok(opened) => opened.map_err(BeforeSending::connecting),
                Err(elapsed) => Err(BeforeSending::connecting(elapsed)),
            }
        })
    }
}
