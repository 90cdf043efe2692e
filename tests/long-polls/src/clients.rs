//! One client for each adapter, with the default options except for where it connects. None
//! retries, so that the outcome of a single request can be seen.

use std::time::Duration;

use eventgrid::{
    AccessKey, Client, Error, Limits, ReceiveOptions, RetryPolicy, Std, Subscription, TransportError,
    TransportErrorKind,
};
use eventgrid_hyper::{Hyper, Tokio};
use eventgrid_reqwless::{Reqwless, Slot};
use eventgrid_ureq::Ureq;

use crate::AnyError;
use crate::services::{KEY, SUBSCRIPTION};
use crate::socket::TokioSocket;

/// How long the service may take by reqwless, beyond the wait time. Less than its default, since
/// nothing else ends a wait over this socket, which never asks whether it is still connected.
pub(crate) const REQWLESS_RESPONSE: Duration = Duration::from_secs(10);

type OverReqwless = &'static Reqwless<'static, TokioSocket, Tokio, 1>;

pub(crate) enum Consumer {
    Hyper(eventgrid_hyper::Consumer),
    Ureq(eventgrid_ureq::Consumer),
    Reqwless(eventgrid::Consumer<OverReqwless, Tokio, AccessKey<'static>>),
}

/// A proxy, and the root certificate of the service behind it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tunnel<'t> {
    pub(crate) proxy: &'t str,
    pub(crate) root: &'t str,
}

impl Consumer {
    pub(crate) fn hyper(endpoint: &str, topic: &str, tunnel: Option<Tunnel<'_>>) -> Result<Self, AnyError> {
        let mut builder = Hyper::builder();
        if let Some(Tunnel { proxy, root }) = tunnel {
            builder = builder.proxy(proxy)?.root_certificates(root.as_bytes())?;
        }
        let client = Client::new(builder.build(), Tokio, AccessKey::new(KEY)).retry(RetryPolicy::none());
        Ok(Self::Hyper(eventgrid_hyper::Consumer::new(client, subscription(endpoint, topic)?)))
    }

    pub(crate) fn ureq(endpoint: &str, topic: &str, tunnel: Option<Tunnel<'_>>) -> Result<Self, AnyError> {
        let mut builder = Ureq::builder();
        if let Some(Tunnel { proxy, root }) = tunnel {
            builder = builder.proxy(proxy)?.root_certificates(root.as_bytes())?;
        }
        Self::by_ureq(builder.build(), endpoint, topic)
    }

    pub(crate) fn by_ureq(transport: Ureq, endpoint: &str, topic: &str) -> Result<Self, AnyError> {
        let client = Client::new(transport, Std, AccessKey::new(KEY)).retry(RetryPolicy::none());
        Ok(Self::Ureq(eventgrid_ureq::Consumer::new(client, subscription(endpoint, topic)?)))
    }

    pub(crate) fn reqwless(endpoint: &str, topic: &str) -> Result<Self, AnyError> {
        let slot = Slot::new(TokioSocket::default(), vec![0; 4096].leak());
        let limits = Limits::default().with_response(REQWLESS_RESPONSE);
        let transport: OverReqwless = Box::leak(Box::new(Reqwless::new(Tokio, [slot]).limits(limits)));
        let client = Client::new(transport, Tokio, AccessKey::new(KEY)).retry(RetryPolicy::none());
        Ok(Self::Reqwless(eventgrid::Consumer::new(client, subscription(endpoint, topic)?)))
    }

    /// How many events one receive brings, or why it brings none.
    pub(crate) async fn receive(&self, wait: Duration) -> Result<usize, Failure> {
        let options = ReceiveOptions::new().max_events(10).max_wait_time(wait);
        match self {
            Self::Hyper(consumer) => consumer.receive(options).await.map(|it| it.len()).map_err(failure),
            Self::Reqwless(consumer) => consumer.receive(options).await.map(|it| it.len()).map_err(failure),
            Self::Ureq(consumer) => {
                let consumer = consumer.clone();
                let receive = move || consumer.receive(options).map(|it| it.len()).map_err(failure);
                tokio::task::spawn_blocking(receive).await.expect("it does not panic")
            }
        }
    }
}

/// Why a receive brought no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    Transport(TransportErrorKind),
    Other(String),
}

fn failure<T: TransportError>(error: Error<'_, T>) -> Failure {
    match error {
        Error::Transport { error, .. } => Failure::Transport(error.kind()),
        other => Failure::Other(other.to_string()),
    }
}

fn subscription(endpoint: &str, topic: &str) -> Result<Subscription<'static>, AnyError> {
    Ok(Subscription::new(endpoint.to_owned(), topic.to_owned(), SUBSCRIPTION)?)
}
