//! The memory in use, as the allocator counts it.

use nix::sys::resource::{UsageWho, getrusage};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// How much is in use, in bytes.
pub(crate) fn in_use() -> usize {
    ALLOCATOR.current_usage()
}

/// How much was in use at most, in bytes.
pub(crate) fn peak() -> usize {
    ALLOCATOR.peak_usage()
}

/// How much of the machine's memory the process had at most, in kilobytes: what others loaded into
/// it is a part.
pub(crate) fn resident() -> i64 {
    getrusage(UsageWho::RUSAGE_SELF).unwrap().max_rss()
}
