//! Randomness without a state: what happens at a position of the stream depends on the seed and
//! that position.
//!
//! Reads from a socket return as many bytes as happen to be there. A generator that is asked once
//! per read would behave differently in each run; a function of the position does not.

use std::time::Duration;

/// What a random value is for. Values for different purposes are independent.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Jitter,
    Reset,
    Stall,
    /// The seed of a direction or of a connection.
    Seed,
    /// Whether the transmission with this number is lost.
    Loss(u8),
}

impl Purpose {
    fn number(self) -> u64 {
        match self {
            Self::Jitter => 1,
            Self::Reset => 2,
            Self::Stall => 3,
            Self::Seed => 4,
            Self::Loss(transmission) => 0x100 + u64::from(transmission),
        }
    }
}

/// A random number for a purpose at a place.
pub(crate) fn random(seed: u64, purpose: Purpose, place: u64) -> u64 {
    mix(mix(mix(seed) ^ purpose.number()) ^ place)
}

/// A random time from 0 up to, and without, `end`.
pub(crate) fn random_time(end: Duration, seed: u64, purpose: Purpose, place: u64) -> Duration {
    let end = u64::try_from(end.as_nanos()).unwrap_or(u64::MAX);
    let scaled = (u128::from(end) * u128::from(random(seed, purpose, place))) >> 64;
    // Less than `end`, which has 64 bits.
    Duration::from_nanos(u64::try_from(scaled).unwrap_or(u64::MAX))
}

/// Whether something happens that has this probability.
#[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
pub(crate) fn happens(probability: f64, seed: u64, purpose: Purpose, place: u64) -> bool {
    let unit = (random(seed, purpose, place) >> 11) as f64 / (1_u64 << 53) as f64;
    unit < probability
}

/// A step of `SplitMix64` (Steele, Lea and Flood, 2014).
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
