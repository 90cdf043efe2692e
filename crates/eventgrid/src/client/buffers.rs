//! The buffers of calls that are over, kept for those to come.

use alloc::vec::Vec;
use core::fmt;
#[cfg(feature = "std")]
use std::sync::{Mutex, PoisonError};

/// How much memory a client keeps for later, in bytes. A request of the usual size is a small part of it; what one large request
/// took is given back.
#[cfg(feature = "std")]
const KEPT: usize = 1 << 20;

/// Buffers that requests are encoded into. Without `std`, which has the lock, nothing is kept.
pub(super) struct Buffers {
    #[cfg(feature = "std")]
    kept: Mutex<Vec<Vec<u8>>>,
}

impl Buffers {
    pub(super) const fn new() -> Self {
        Self {
            #[cfg(feature = "std")]
            kept: Mutex::new(Vec::new()),
        }
    }

    /// A buffer to be used for a call; what it holds means nothing.
    pub(super) fn lend(&self) -> Lent<'_> {
        #[cfg(feature = "std")]
        let buffer = self.kept.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        #[cfg(not(feature = "std"))]
        let buffer = Vec::new();
        Lent { buffer, lender: self }
    }

    #[cfg(feature = "std")]
    fn keep(&self, buffer: Vec<u8>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let others: usize = kept.iter().map(Vec::capacity).sum();
        if others.saturating_add(buffer.capacity()) <= KEPT {
            kept.push(buffer);
        }
    }
}

/// The buffers are a client's own.
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
