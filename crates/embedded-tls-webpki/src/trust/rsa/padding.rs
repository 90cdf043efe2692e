//! The padding of signatures: how the hash of the message is encoded.

use super::hash::Hash;

/// Whether that is how PKCS#1 v1.5 encodes this hash, RFC 8017 section 9.2.
///
/// There is one encoding of a hash, and any other is refused. Implementations that parse the
/// encoding instead have accepted forged signatures.
pub(super) fn is_pkcs1(encoded: &[u8], kind: Hash, hash: &[u8]) -> bool {
    let info = digest_info(kind);
    let Some(rest) = encoded.strip_suffix(hash).and_then(|rest| rest.strip_suffix(&info)) else {
        return false;
    };
    let [0, 1, fill @ .., 0] = rest else { return false };
    fill.len() >= 8 && fill.iter().all(|byte| *byte == 0xff)
}

/// A `DigestInfo` without the hash, RFC 8017 section 9.2: its length and its identifier,
/// 2.16.840.1.101.3.4.2 and a number, appendix B.1.
const fn digest_info(kind: Hash) -> [u8; 19] {
    let (number, length) = match kind {
        Hash::Sha256 => (1, 32),
        Hash::Sha384 => (2, 48),
        Hash::Sha512 => (3, 64),
    };
    [0x30, 17 + length, 0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, number, 5, 0, 4, length]
}

/// Whether that is how PSS encodes this hash with a salt as long as the hash, RFC 8017 section
/// 9.1.2. The modulus has that many leading zero bits in its first byte.
///
/// The mask is taken off in place.
pub(super) fn is_pss(encoded: &mut [u8], leading_zeros: u32, kind: Hash, hash: &[u8]) -> bool {
    // An encoding has one bit less than the modulus, perhaps one byte less.
    let unused = leading_zeros + 1;
    let (encoded, unused) = match (unused, encoded) {
        (8, [0, rest @ ..]) => (rest, 0),
        (8, _) => return false,
        (_, encoded) => (encoded, unused),
    };
    let length = kind.length();
    let Some(masked_length) = encoded.len().checked_sub(length + 1) else { return false };
    let (masked, rest) = encoded.split_at_mut(masked_length);
    let [proof @ .., 0xbc] = rest else { return false };
    let Some(fill_length) = masked_length.checked_sub(length + 1) else { return false };
    let used = 0xff_u8 >> unused;
    if masked[0] & !used != 0 {
        return false;
    }
    unmask(masked, proof, kind);
    masked[0] &= used;
    let (fill, salt) = masked.split_at(fill_length);
    let [1, salt @ ..] = salt else { return false };
    fill.iter().all(|byte| *byte == 0) && *kind.of(&[&[0; 8], hash, salt]) == *proof
}

/// Takes the mask off that MGF1 makes of a seed, RFC 8017 appendix B.2.1.
fn unmask(masked: &mut [u8], seed: &[u8], kind: Hash) {
    for (counter, part) in (0_u32..).zip(masked.chunks_mut(kind.length())) {
        let mask = kind.of(&[seed, &counter.to_be_bytes()]);
        for (byte, mask) in part.iter_mut().zip(&mask) {
            *byte ^= mask;
        }
    }
}
