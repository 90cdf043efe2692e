//! The HTTP server: a thread with a runtime of its own, around an [`Emulator`].

mod acceptor;
mod connection;
#[cfg(feature = "tls")]
mod development_authority;
mod shared;
#[cfg(feature = "tls")]
mod tls;

use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use hyper_util::server::graceful::GracefulShutdown;
use tokio::sync::oneshot;

pub(crate) use self::acceptor::Acceptor;
use self::shared::Shared;
#[cfg(feature = "tls")]
pub(crate) use self::tls::{Tls, TlsSettings};
use crate::broker::SubscriptionStats;
use crate::{Accepted, Emulator};

/// How long connections may take to end in good order.
const GRACE: Duration = Duration::from_secs(1);

/// How long to wait before accepting again after that failed, say for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// An emulator that serves HTTP or HTTPS, started by [`EmulatorBuilder::start`](crate::EmulatorBuilder::start).
///
/// It runs on a thread of its own, so a program needs no asynchronous runtime for it. Dropping it stops it: waiting
/// receives are answered without events, requests under way get a second to end, then the thread is joined.
pub struct RunningEmulator {
    address: SocketAddr,
    acceptor: Acceptor,
    key: String,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl RunningEmulator {
    pub(crate) fn start(
        emulator: Emulator,
        acceptor: Acceptor,
        address: impl ToSocketAddrs,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let key = emulator.key().to_owned();
        let shared = Arc::new(Shared::new(emulator));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name("eventgrid-emulator".to_owned()).spawn({
            let (acceptor, shared) = (acceptor.clone(), Arc::clone(&shared));
            move || runtime.block_on(serve(listener, acceptor, shared, stopped))
        })?;
        Ok(Self { address, acceptor, key, shared, stop: Some(stop), thread: Some(thread) })
    }

    /// The endpoint for clients: `http://HOST:PORT` or `https://HOST:PORT`, with the port that was picked.
    pub fn endpoint(&self) -> String {
        format!("{}://{}", self.acceptor.scheme(), self.address)
    }

    /// The certificate that a client of [`tls_dev`](crate::EmulatorBuilder::tls_dev) must trust, as PEM text: that of the
    /// certificate authority for development. Nothing, if it is not used.
    #[cfg(feature = "tls")]
    pub fn certificate_authority(&self) -> Option<&str> {
        self.acceptor.certificate_authority()
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The access key that requests must carry; the first one, if there are more.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What became of the events of a subscription; nothing, if there is no such subscription.
    pub fn stats(&self, topic: &str, subscription: &str) -> Option<SubscriptionStats> {
        self.shared.stats(topic, subscription)
    }

    /// The publishes that were accepted, the oldest first; see [`Accepted`] for how many are kept.
    pub fn accepted(&self) -> Vec<Accepted> {
        self.shared.accepted()
    }

    /// Forgets what was accepted. The events stay where they are.
    pub fn clear_accepted(&self) {
        self.shared.clear_accepted();
    }

    /// How many receives wait for an event.
    pub fn waiting(&self) -> usize {
        self.shared.waiting()
    }

    /// Stops it, as dropping does.
    pub fn shutdown(self) {
        drop(self);
    }
}

impl Drop for RunningEmulator {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // It fails only if the thread has ended already.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl std::fmt::Debug for RunningEmulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunningEmulator").field("address", &self.address).finish_non_exhaustive()
    }
}

async fn serve(
    listener: TcpListener,
    acceptor: Acceptor,
    shared: Arc<Shared>,
    mut stopped: oneshot::Receiver<()>,
) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("the runtime has I/O");
    let timer = tokio::spawn(Arc::clone(&shared).keep_time());
    let connections = GracefulShutdown::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => connection::spawn(stream, &acceptor, &shared, &connections),
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            },
            _ = &mut stopped => break,
        }
    }
    drop(listener);
    timer.abort();
    shared.end_waiting();
    let _ = tokio::time::timeout(GRACE, connections.shutdown()).await;
}
