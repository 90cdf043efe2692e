//! Connections to endpoints that are kept for the next push.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Uri;
use http::uri::{Authority, Scheme};
use http_body_util::Full;
use hyper::client::conn::http1::SendRequest;

/// The most that are kept for one endpoint.
const KEPT: usize = 16;

/// The most that are kept for all.
const KEPT_OF_ALL: usize = 256;

/// How long one is kept without a push.
const IDLE: Duration = Duration::from_secs(60);

/// A connection that a request can be sent over.
pub(super) type Connection = SendRequest<Full<Bytes>>;

/// What a connection leads to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Origin {
    is_https: bool,
    authority: Authority,
}

/// Connections that are kept.
#[derive(Debug, Default)]
pub(super) struct Connections(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// The latest last.
    by_origin: HashMap<Origin, Vec<(Connection, Instant)>>,
    count: usize,
}

impl Origin {
    /// `None` if the URL has no host.
    pub(super) fn of(url: &Uri) -> Option<Self> {
        Some(Self { is_https: url.scheme() == Some(&Scheme::HTTPS), authority: url.authority()?.clone() })
    }
}

impl Connections {
    /// Takes the connection that was kept last.
    pub(super) fn take(&self, origin: &Origin) -> Option<Connection> {
        let mut kept = self.lock();
        let Kept { by_origin, count } = &mut *kept;
        let of_origin = by_origin.get_mut(origin)?;
        while let Some((connection, since)) = of_origin.pop() {
            *count -= 1;
            if connection.is_ready() && since.elapsed() < IDLE {
                return Some(connection);
            }
        }
        by_origin.remove(origin);
        None
    }

    /// Keeps a connection. The oldest go where there are too many.
    pub(super) fn keep(&self, origin: Origin, connection: Connection) {
        if connection.is_closed() {
            return;
        }
        let mut kept = self.lock();
        if kept.count >= KEPT_OF_ALL {
            kept.forget_ended();
        }
        if kept.count < KEPT_OF_ALL {
            let Kept { by_origin, count } = &mut *kept;
            let of_origin = by_origin.entry(origin).or_default();
            if of_origin.len() >= KEPT {
                of_origin.remove(0);
                *count -= 1;
            }
            of_origin.push((connection, Instant::now()));
            *count += 1;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn forget_ended(&mut self) {
        self.by_origin.retain(|_, connections| {
            connections.retain(|(connection, since)| !connection.is_closed() && since.elapsed() < IDLE);
            !connections.is_empty()
        });
        self.count = self.by_origin.values().map(Vec::len).sum();
    }
}
