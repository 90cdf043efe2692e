//! What a relay has carried.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::link::End;

/// What a relay has carried since it was started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RelayStats {
    /// Connections that clients have opened.
    pub connections: u64,
    /// How many of them are open.
    pub open: usize,
    /// How many of them have ended by a reset, from whomever it came.
    pub resets: u64,
    /// How many of them were reset because the server could not be reached.
    pub unreachable: u64,
    /// Bytes from clients that were written to the server's sockets.
    pub bytes_to_server: u64,
    /// Bytes from the server that were written to clients' sockets.
    pub bytes_to_client: u64,
}

/// The same, while it is counted.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) connections: AtomicU64,
    pub(super) resets: AtomicU64,
    pub(super) unreachable: AtomicU64,
    to_server: AtomicU64,
    to_client: AtomicU64,
}

impl Counters {
    pub(super) fn bytes_to(&self, end: End) -> &AtomicU64 {
        match end {
            End::Client => &self.to_client,
            End::Server => &self.to_server,
        }
    }

    pub(super) fn stats(&self, open: usize) -> RelayStats {
        RelayStats {
            connections: self.connections.load(Ordering::SeqCst),
            open,
            resets: self.resets.load(Ordering::SeqCst),
            unreachable: self.unreachable.load(Ordering::SeqCst),
            bytes_to_server: self.to_server.load(Ordering::SeqCst),
            bytes_to_client: self.to_client.load(Ordering::SeqCst),
        }
    }
}
