//! Powers modulo a number, by Montgomery's method: all in five numbers of memory.
//!
//! Time depends on the values, which are public: signatures and the keys that verify them.

use core::mem;

use super::LONGEST;

/// The words of the longest number.
const WORDS: usize = LONGEST / 4;

/// Words, the lowest first.
type Number = [u32; WORDS];

/// Raises `base` to that power modulo `modulus`. All numbers are big-endian, and the result is as
/// long as the modulus.
///
/// The modulus is odd, its first byte not 0, and it has [`LONGEST`] bytes at most; the base is
/// less than it. The exponent is odd.
#[inline(never)]
pub(super) fn raise(base: &[u8], exponent: u32, modulus: &[u8], result: &mut [u8]) {
    let words = modulus.len().div_ceil(4);
    let mut numbers: [Number; 5] = [[0; WORDS]; 5];
    let [modulus_words, base_words, factor, power, spare] = &mut numbers;
    read(modulus, modulus_words);
    read(base, base_words);
    let base = &base_words[..words];
    let modulus = Modulus::new(&modulus_words[..words]);
    let (factor, mut power, mut spare) = (&mut factor[..words], &mut power[..words], &mut spare[..words]);

    // Below, R is 2 to the number of bits in the words; a product divides by it. The factor is the
    // base times R, so that powers of it stay so.
    modulus.square_of_r(power, spare);
    modulus.product(base, power, factor);
    power.copy_from_slice(factor);
    // Each bit of the exponent from the second on, but for the last.
    for bit in (1..exponent.ilog2()).rev() {
        modulus.product(power, power, spare);
        mem::swap(&mut power, &mut spare);
        if exponent >> bit & 1 == 1 {
            modulus.product(power, factor, spare);
            mem::swap(&mut power, &mut spare);
        }
    }
    modulus.product(power, power, spare);
    // The last bit is set. Its factor is the base itself, so that this divides by R for good.
    modulus.product(spare, base, power);
    write(power, result);
}

struct Modulus<'a> {
    words: &'a [u32],
    /// What the lowest word times this is in 32 bits: -1.
    inverse: u32,
}

impl<'a> Modulus<'a> {
    fn new(words: &'a [u32]) -> Self {
        // Newton's method: an odd number is its own inverse in 3 bits, and each step doubles them.
        let lowest = words[0];
        let mut inverse = lowest;
        for _ in 0..4 {
            inverse = inverse.wrapping_mul(2_u32.wrapping_sub(lowest.wrapping_mul(inverse)));
        }
        Self { words, inverse: inverse.wrapping_neg() }
    }

    /// Sets `out` to `a` times `b` divided by R. All are less than the modulus.
    fn product(&self, a: &[u32], b: &[u32], out: &mut [u32]) {
        out.fill(0);
        let mut high = 0;
        for digit in a {
            let carry = add_multiple(out, *digit, b);
            let sum = u64::from(high) + u64::from(carry);
            // A multiple of the modulus makes the lowest word 0, which then falls off.
            let times = out[0].wrapping_mul(self.inverse);
            let carry = add_multiple(out, times, self.words);
            let sum = sum + u64::from(carry);
            out.copy_within(1.., 0);
            let [low, next] = halves(sum);
            out[out.len() - 1] = low;
            high = next;
        }
        self.reduce(out, high != 0);
    }

    /// Subtracts the modulus if the number is not less. It has one more bit if there is a carry.
    fn reduce(&self, number: &mut [u32], carry: bool) {
        if carry || number.iter().rev().ge(self.words.iter().rev()) {
            let mut borrow = false;
            for (word, subtrahend) in number.iter_mut().zip(self.words) {
                let (difference, first) = word.overflowing_sub(*subtrahend);
                let (difference, second) = difference.overflowing_sub(u32::from(borrow));
                *word = difference;
                borrow = first || second;
            }
        }
    }

    fn double(&self, number: &mut [u32]) {
        let mut carry = 0;
        for word in number.iter_mut() {
            let next = *word >> 31;
            *word = *word << 1 | carry;
            carry = next;
        }
        self.reduce(number, carry == 1);
    }

    /// Sets `out` to the square of R.
    fn square_of_r<'n>(&self, mut out: &'n mut [u32], mut spare: &'n mut [u32]) {
        // From the highest power of 2 below the modulus to R times 2 to the number of words.
        let words = self.words.len();
        let top = self.words[words - 1].ilog2() as usize;
        out.fill(0);
        out[words - 1] = 1 << top;
        for _ in top..32 + words {
            self.double(out);
        }
        // Each squaring doubles the exponent that R is multiplied with. 32 times it, and it is R.
        // An odd number of them ends in the other number.
        for _ in 0..5 {
            self.product(out, out, spare);
            mem::swap(&mut out, &mut spare);
        }
        spare.copy_from_slice(out);
    }
}

/// Adds a number that many times, and returns what does not fit.
fn add_multiple(sum: &mut [u32], times: u32, number: &[u32]) -> u32 {
    let mut carry = 0;
    for (word, added) in sum.iter_mut().zip(number) {
        let total = u64::from(*word) + u64::from(times) * u64::from(*added) + u64::from(carry);
        [*word, carry] = halves(total);
    }
    carry
}

/// The lower and the higher half.
#[allow(clippy::cast_possible_truncation, reason = "that is what a half is")]
const fn halves(number: u64) -> [u32; 2] {
    [number as u32, (number >> 32) as u32]
}

fn read(bytes: &[u8], number: &mut Number) {
    for (word, part) in number.iter_mut().zip(bytes.rchunks(4)) {
        *word = part.iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
    }
}

fn write(number: &[u32], bytes: &mut [u8]) {
    for (part, word) in bytes.rchunks_mut(4).zip(number) {
        let word = word.to_be_bytes();
        part.copy_from_slice(&word[word.len() - part.len()..]);
    }
}
