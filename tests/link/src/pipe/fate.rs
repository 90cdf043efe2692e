//! What happens to a segment on its way.

use std::time::Duration;

use super::random::{Purpose, happens, random_time};
use crate::options::PipeOptions;

/// How often a segment can be lost: the transmission after that arrives.
const LOSSES: u8 = 6;

/// What happens to a segment on its way.
#[derive(Debug, PartialEq)]
pub(super) enum Fate {
    /// It arrives, that long after it was sent or later.
    Delay(Duration),
    /// It does not arrive, and the connection is reset in its place.
    Reset,
}

impl Fate {
    /// The fate of the segment that begins at `offset` of the stream.
    pub(super) fn of(offset: u64, options: &PipeOptions, seed: u64) -> Self {
        if happens(options.reset_probability, seed, Purpose::Reset, offset) {
            return Self::Reset;
        }
        let jitter = random_time(options.jitter, seed, Purpose::Jitter, offset);
        let mut delay = options.latency.saturating_add(jitter);
        for transmission in 0..LOSSES {
            if !happens(options.loss, seed, Purpose::Loss(transmission), offset) {
                break;
            }
            delay = delay.saturating_add(options.retransmission.saturating_mul(1 << transmission));
        }
        Self::Delay(delay)
    }
}
