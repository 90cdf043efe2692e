//! The buffers of finished calls, kept for later ones.

use alloc::vec::Vec;
use core::fmt;
#[cfg(feature = "std")]
use std::sync::{Mutex, PoisonError};

/// How much memory a client keeps for later calls, in bytes. A request of the usual size is a small
/// part of it; the memory of a very large request is freed.
#[cfg(feature = "std")]
const KEPT: usize = 1 << 20;

/// Buffers into which requests are encoded. Without `std`, which has the lock for them, no buffer
/// is kept.
pub(super) struct Buffers {
    #[cfg(feature = "std")]
    kept: Mutex<Kept>,
}

#[cfg(feature = "std")]
struct Kept {
    buffers: Vec<Vec<u8>>,
    /// How large they are together, in bytes.
    bytes: usize,
}

impl Buffers {
    pub(super) const fn new() -> Self {
        Self {
            #[cfg(feature = "std")]
            kept: Mutex::new(Kept { buffers: Vec::new(), bytes: 0 }),
        }
    }

    /// A buffer to be used for a call. Its contents have no meaning.
    pub(super) fn lend(&self) -> Lent<'_> {
        #[cfg(feature = "std")]
        let buffer = self.take();
        #[cfg(not(feature = "std"))]
        let buffer = Vec::new();
        Lent { buffer, lender: self }
    }

    /// The buffer that was kept last.
    #[cfg(feature = "std")]
    fn take(&self) -> Vec<u8> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let buffer = kept.buffers.pop().unwrap_or_default();
        kept.bytes = kept.bytes.saturating_sub(buffer.capacity());
        buffer
    }

    #[cfg(feature = "std")]
    fn keep(&self, buffer: Vec<u8>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = kept.bytes.saturating_add(buffer.capacity());
        if bytes <= KEPT {
            kept.bytes = bytes;
            kept.buffers.push(buffer);
        }
    }
}

/// A clone of a client has buffers of its own.
impl Clone for Buffers {
    fn clone(&self) -> Self {
        Self::new()
    }
}

impl fmt::Debug for Buffers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffers").finish_non_exhaustive()
    }
}

/// A buffer that goes back when the call ends, however it ends.
pub(super) struct Lent<'l> {
    pub(super) buffer: Vec<u8>,
    #[cfg_attr(not(feature = "std"), expect(dead_code, reason = "nothing is kept"))]
    lender: &'l Buffers,
}

#[cfg(feature = "std")]
impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.lender.keep(core::mem::take(&mut self.buffer));
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_lent_again_unless_too_much_would_be_kept() {
        let buffers = Buffers::new();
        let lend = |capacity| {
            let mut lent = buffers.lend();
            lent.buffer.reserve_exact(capacity);
            lent
        };
        drop([lend(KEPT / 2), lend(KEPT / 2), lend(1)]);
        let capacities = [buffers.lend(), buffers.lend(), buffers.lend()].map(|lent| lent.buffer.capacity());
        assert_eq!(capacities, [KEPT / 2, KEPT / 2, 0]);
    }
}
