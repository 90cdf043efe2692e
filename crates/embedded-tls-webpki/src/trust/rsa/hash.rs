//! The hashes that signatures are made over.

use heapless::Vec;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// The longest hash, in bytes.
const LONGEST: usize = 64;

#[derive(Debug, Clone, Copy)]
pub(super) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// How long it is, in bytes.
    pub(super) const fn length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The hash of these parts, one after the other.
    pub(super) fn of(self, parts: &[&[u8]]) -> Vec<u8, LONGEST> {
        let mut hash = Vec::new();
        // There is room for each of them.
        let _ = match self {
            Self::Sha256 => hash.extend_from_slice(&digest::<Sha256>(parts)),
            Self::Sha384 => hash.extend_from_slice(&digest::<Sha384>(parts)),
            Self::Sha512 => hash.extend_from_slice(&digest::<Sha512>(parts)),
        };
        hash
    }
}

fn digest<D: Digest>(parts: &[&[u8]]) -> sha2::digest::Output<D> {
    let mut digest = D::new();
    for part in parts {
        digest.update(part);
    }
    digest.finalize()
}
