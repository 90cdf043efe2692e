//! The token bucket that limits the rate.

use std::time::Duration;

/// Tokens are counted in billionths of a byte: a byte per second is one of them per nanosecond, so
/// no fraction is ever lost.
const PER_BYTE: u128 = 1_000_000_000;

/// A token bucket: a byte takes a token, and tokens come at the rate until the bucket is full.
#[derive(Debug)]
pub(super) struct Bucket {
    /// Bytes per second; without a limit if `None`.
    rate: Option<u64>,
    /// How many bytes fit.
    size: usize,
    tokens: u128,
    /// When there were that many tokens.
    at: Duration,
}

impl Bucket {
    /// A full bucket.
    pub(super) fn new(rate: Option<u64>, size: usize, now: Duration) -> Self {
        Self { rate, size, tokens: size as u128 * PER_BYTE, at: now }
    }

    /// Changes rate and size from now on. Tokens that do not fit are lost; without a rate before,
    /// the bucket is full.
    pub(super) fn change(&mut self, rate: Option<u64>, size: usize, now: Duration) {
        self.refill(now);
        let full = size as u128 * PER_BYTE;
        let tokens = if self.rate.is_none() { full } else { self.tokens.min(full) };
        *self = Self { rate, size, tokens, at: self.at };
    }

    /// Returns the first moment, not before `from`, when `bytes` have their tokens; `None` if that
    /// is never. They must not be more than fit.
    pub(super) fn ready_at(&self, from: Duration, bytes: usize) -> Option<Duration> {
        let from = from.max(self.at);
        let Some(rate) = self.rate else { return Some(from) };
        let missing = (bytes as u128 * PER_BYTE).saturating_sub(self.tokens_at(from));
        match (missing, rate) {
            (_, 0) if bytes > 0 => None,
            (0, _) => Some(from),
            _ => Some(from.saturating_add(nanoseconds(missing.div_ceil(rate.into())))),
        }
    }

    /// Takes the tokens of `bytes` at a moment when they are there.
    pub(super) fn take(&mut self, at: Duration, bytes: usize) {
        self.refill(at);
        self.tokens = self.tokens.saturating_sub(bytes as u128 * PER_BYTE);
    }

    fn refill(&mut self, now: Duration) {
        self.tokens = self.tokens_at(now);
        self.at = self.at.max(now);
    }

    fn tokens_at(&self, moment: Duration) -> u128 {
        let time = moment.saturating_sub(self.at).as_nanos();
        let new = time.saturating_mul(self.rate.unwrap_or(0).into());
        self.tokens.saturating_add(new).min(self.size as u128 * PER_BYTE)
    }
}

/// A time that is too long becomes the longest of 64 bits, which is 584 years.
fn nanoseconds(count: u128) -> Duration {
    Duration::from_nanos(u64::try_from(count).unwrap_or(u64::MAX))
}
