//! Closes kept connections that no call will use.

use std::mem;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Inner;

/// The longest time between two checks of the kept connections.
const LONGEST_INTERVAL: Duration = Duration::from_secs(10);

/// The shortest: connections of HTTP/2 that calls use are looked at as well.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);

/// Starts a task that closes the connections that were kept for too long or that the server has
/// closed. The task ends when no connection is left, or when the pool is gone.
pub(super) fn start(pool: &Arc<Inner>) {
    let guard = Guard(Arc::downgrade(pool));
    let interval = pool.keep_alive.clamp(SHORTEST_INTERVAL, LONGEST_INTERVAL);
    tokio::spawn(async move {
        loop {
            sleep(interval).await;
            if !guard.sweep() {
                return;
            }
        }
    });
}

/// Allows a new task to be started when this one ends for any reason. A runtime that shuts down
/// drops its tasks.
struct Guard(Weak<Inner>);

impl Guard {
    /// Makes one check, and returns whether there is more to do.
    fn sweep(&self) -> bool {
        let Some(pool) = self.0.upgrade() else { return false };
        let now = Instant::now();
        let mut unusable = Vec::new();
        let mut kept = pool.lock();
        for mut pooled in mem::take(&mut kept.connections) {
            let is_usable = pooled.is_usable(now, pool.keep_alive);
            if is_usable { &mut kept.connections } else { &mut unusable }.push(pooled);
        }
        // The pool is locked meanwhile, so that a connection that is opened now starts a new task.
        #[cfg(feature = "http2")]
        let is_left = pool.http2.sweep(now);
        #[cfg(not(feature = "http2"))]
        let is_left = false;
        kept.is_swept = is_left || !kept.connections.is_empty();
        let is_swept = kept.is_swept;
        drop(kept);
        for pooled in unusable {
            pooled.connection.close();
        }
        is_swept
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(pool) = self.0.upgrade() {
            pool.lock().is_swept = false;
        }
    }
}
