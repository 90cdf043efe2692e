//! Random numbers for handshakes.

use core::fmt;

use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, RngCore, SeedableRng};

/// The random number generator for TLS: `ChaCha20`, seeded once.
///
/// A [`session`](crate::session()) owns it and takes the random numbers of all its handshakes from
/// it, so no two connections use the same numbers. It can be neither copied nor seeded again. For a
/// second session, [split](Self::split) it.
pub struct TlsRandom(ChaCha20Rng);

impl TlsRandom {
    /// A generator from 32 bytes of entropy.
    ///
    /// They must come from a true random number generator, anew at every start of the device.
    /// Whoever knows them can read every connection, and a device that starts twice with the same
    /// bytes repeats its secrets. Do not use a serial number, the time or a constant.
    pub fn from_entropy(entropy: [u8; 32]) -> Self {
        Self(ChaCha20Rng::from_seed(entropy))
    }

    /// Another generator, whose numbers are independent of those of this one.
    #[must_use]
    pub fn split(&mut self) -> Self {
        let mut seed = [0; 32];
        self.0.fill_bytes(&mut seed);
        Self::from_entropy(seed)
    }
}

/// Does not show the state, which is a secret.
impl fmt::Debug for TlsRandom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsRandom").finish_non_exhaustive()
    }
}

impl CryptoRng for TlsRandom {}

impl RngCore for TlsRandom {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        self.0.try_fill_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(random: &mut TlsRandom) -> [u8; 32] {
        let mut bytes = [0; 32];
        random.fill_bytes(&mut bytes);
        bytes
    }

    #[test]
    fn a_split_generator_repeats_nothing_of_its_origin() {
        let mut first = TlsRandom::from_entropy([7; 32]);
        let mut untouched = TlsRandom::from_entropy([7; 32]);
        let mut second = first.split();
        let mut third = first.split();
        let all = [bytes(&mut first), bytes(&mut second), bytes(&mut third), bytes(&mut untouched)];
        for (index, one) in all.iter().enumerate() {
            assert!(all[..index].iter().all(|other| other != one));
        }
    }
}
