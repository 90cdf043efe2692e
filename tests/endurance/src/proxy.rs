//! A proxy that repeatedly cuts all of its connections.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// A proxy on a port of its own. It runs until it is dropped.
pub(crate) struct Proxy {
    address: SocketAddr,
    cuts: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Passes connections on to `target`, and cuts all of them each time `cut_every` is over.
    pub(crate) async fn start(target: SocketAddr, cut_every: Duration) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let cuts = Arc::new(AtomicU64::new(0));
        let task = tokio::spawn(serve(listener, target, cut_every, Arc::clone(&cuts)));
        Ok(Self { address, cuts, task })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections it has cut.
    pub(crate) fn cuts(&self) -> u64 {
        self.cuts.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, target: SocketAddr, cut_every: Duration, cuts: Arc<AtomicU64>) {
    let mut connections = JoinSet::new();
    let mut cut = tokio::time::interval(cut_every);
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((client, _)) = accepted {
                    connections.spawn(pass_on(client, target));
                }
            }
            _ = cut.tick() => {
                // Those that have ended by themselves were not cut.
                while connections.try_join_next().is_some() {}
                cuts.fetch_add(connections.len() as u64, Ordering::Relaxed);
                connections.shutdown().await;
            }
        }
    }
}

async fn pass_on(mut client: TcpStream, target: SocketAddr) -> io::Result<()> {
    let mut server = TcpStream::connect(target).await?;
    // It passes things on in small pieces, which must not wait for each other.
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    tokio::io::copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}
