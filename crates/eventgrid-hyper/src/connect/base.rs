//! The connector under proxies and TLS: TCP, or the caller's own.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::Uri;
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::connect::{Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use tower_service::Service;

use super::resolver::Resolver;
use super::stream::Stream;
use super::tcp::Tcp;
use crate::error::Cause;

/// A device on the way may forget a connection that is silent. Long polls are silent for minutes.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// How often a keep-alive probe without a response is repeated, and the time between two probes. A
/// lost connection is thus known after a minute, and its request fails much earlier than by its
/// time-out.
const KEEP_ALIVE_AGAIN: (u32, Duration) = (3, Duration::from_secs(10));

type Opening = Pin<Box<dyn Future<Output = Result<Stream, Cause>> + Send>>;

/// A connector of any type.
#[derive(Clone)]
pub(crate) struct Base(Arc<dyn Fn(Uri) -> Opening + Send + Sync>);

impl Base {
    /// TCP. The time-out is divided among the addresses of a name.
    pub(crate) fn tcp(timeout: Option<Duration>) -> Self {
        let mut connector = HttpConnector::new_with_resolver(Resolver::new());
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_keepalive(Some(KEEP_ALIVE));
        connector.set_keepalive_retries(Some(KEEP_ALIVE_AGAIN.0));
        connector.set_keepalive_interval(Some(KEEP_ALIVE_AGAIN.1));
        connector.set_connect_timeout(timeout);
        Self(Arc::new(move |uri| {
            let connecting = connector.clone().call(uri);
            Box::pin(async {
                let stream = connecting.await?.into_inner();
                Ok(Stream::new(TokioIo::new(Tcp::new(stream))))
            })
        }))
    }

    /// The caller's own connector.
    pub(crate) fn own<S>(connector: S) -> Self
    where
        S: Service<Uri> + Clone + Send + Sync + 'static,
        S::Response: Read + Write + Connection + Unpin + Send + 'static,
        S::Error: Into<Cause>,
        S::Future: Send,
    {
        Self(Arc::new(move |uri| {
            let mut connector = connector.clone();
            Box::pin(async move {
                poll_fn(|context| connector.poll_ready(context)).await.map_err(Into::into)?;
                Ok(Stream::new(connector.call(uri).await.map_err(Into::into)?))
            })
        }))
    }
}

impl Service<Uri> for Base {
    type Response = Stream;
    type Error = Cause;
    type Future = Opening;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Cause>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Opening {
        (self.0)(uri)
    }
}
