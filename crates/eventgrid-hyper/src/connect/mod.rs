//! How connections are opened: name, TCP, proxy, TLS.

mod base;
mod resolver;
mod stream;
mod tcp;

pub(crate) use base::Base;
pub(crate) use stream::Stream;
pub(crate) use tcp::Check;

use std::time::Duration;

use hyper::Uri;
use hyper::http::uri::Scheme;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use tower_service::Service;

use crate::error::{BeforeSending, Cause};
use crate::proxy::Proxies;
use crate::tls::Tls;

/// What connections consist of.
pub(crate) struct Route {
    pub(crate) base: Base,
    pub(crate) proxies: Proxies,
    pub(crate) tls: Tls,
}

impl Route {
    /// Opens a connection. Whatever goes wrong until one is open goes wrong before anything is sent.
    /// All of it together takes at most `time`.
    pub(crate) async fn open(&self, uri: Uri, time: Duration) -> Result<Stream, BeforeSending> {
        match tokio::time::timeout(time, self.open_at_leisure(uri)).await {
            Ok(opened) => opened.map_err(BeforeSending::connecting),
            Err(elapsed) => Err(BeforeSending::connecting(elapsed)),
        }
    }

    async fn open_at_leisure(&self, uri: Uri) -> Result<Stream, Cause> {
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
