// The README's example includes this file, so it has no inner attributes.

use embedded_storage_async::nor_flash::{
    ErrorType, MultiwriteNorFlash, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash,
};

/// What has become of the bytes that were being written or erased when power was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tear {
    /// Nothing.
    Untouched,
    /// The first half is done.
    FirstHalf,
    /// The second half is done.
    SecondHalf,
    /// Each bit is done or not, at random.
    Scattered(u64),
    /// A page is all zeros, as flashes make it before they erase it. Of a write, nothing is done.
    Zeros,
    /// All is done, though it was not reported.
    Done,
}

/// Pages of `PAGE` bytes, words of `WORD` bytes. Long words can be read in parts of 4 bytes.
#[derive(Debug, Clone)]
pub(crate) struct SimulatedFlash<const WORD: usize, const PAGE: usize> {
    pub(crate) bytes: Vec<u8>,
    /// How often each page was erased.
    pub(crate) erases: Vec<u32>,
    /// How often a word was written at most without being erased.
    pub(crate) most_writes_of_a_word: u8,
    /// A byte whose bits come out as zeros at its next write.
    pub(crate) weak: Option<usize>,
    writes: Vec<u8>,
    /// How many writes and erases succeed before power is lost, and how.
    pub(crate) power_loss: Option<(u32, Tear)>,
    has_power: bool,
}

/// Why it has failed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    OutOfBounds,
    NotAligned,
    NoPower,
}

impl<const WORD: usize, const PAGE: usize> SimulatedFlash<WORD, PAGE> {
    pub(crate) fn new(pages: usize) -> Self {
        Self {
            bytes: vec![0xff; pages * PAGE],
            erases: vec![0; pages],
            most_writes_of_a_word: 0,
            weak: None,
            writes: vec![0; pages * PAGE / WORD],
            power_loss: None,
            has_power: true,
        }
    }

    pub(crate) fn whole(&self) -> core::ops::Range<u32> {
        0..u32::try_from(self.bytes.len()).unwrap()
    }

    /// Whether power was lost. It is back then.
    pub(crate) fn power_was_lost(&mut self) -> bool {
        !core::mem::replace(&mut self.has_power, true)
    }

    /// Changes bytes, unless power is lost meanwhile.
    fn change(&mut self, at: usize, goal: &[u8], zeros: &[u8]) -> Result<(), Failure> {
        if !self.has_power {
            return Err(Failure::NoPower);
        }
        let tear = match &mut self.power_loss {
            Some((0, tear)) => {
                self.has_power = false;
                *tear
            }
            Some((left, _)) => {
                *left -= 1;
                Tear::Done
            }
            None => Tear::Done,
        };
        let weak = self.weak.take_if(|weak| (at..at + goal.len()).contains(weak)).map(|weak| weak - at);
        let half = goal.len() / 2;
        let bytes = &mut self.bytes[at..at + goal.len()];
        match tear {
            Tear::Untouched => {}
            Tear::FirstHalf => bytes[..half].copy_from_slice(&goal[..half]),
            Tear::SecondHalf => bytes[half..].copy_from_slice(&goal[half..]),
            Tear::Scattered(mut random) => {
                for (byte, goal) in bytes.iter_mut().zip(goal) {
                    let [done, ..] = (next_random(&mut random) >> 24).to_le_bytes();
                    *byte = (*byte & !done) | (goal & done);
                }
            }
            Tear::Zeros => bytes.copy_from_slice(zeros),
            Tear::Done => bytes.copy_from_slice(goal),
        }
        if let Some(weak) = weak {
            bytes[weak] = 0;
        }
        if self.has_power {
            return Ok(());
        }
        self.power_loss = None;
        Err(Failure::NoPower)
    }
}

/// An xorshift generator. Its state is never 0.
pub(crate) fn next_random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

fn check(offset: usize, len: usize, unit: usize, capacity: usize) -> Result<(), Failure> {
    if !offset.is_multiple_of(unit) || !len.is_multiple_of(unit) {
        return Err(Failure::NotAligned);
    }
    if offset + len > capacity { Err(Failure::OutOfBounds) } else { Ok(()) }
}

impl NorFlashError for Failure {
    fn kind(&self) -> NorFlashErrorKind {
        match self {
            Self::OutOfBounds => NorFlashErrorKind::OutOfBounds,
            Self::NotAligned => NorFlashErrorKind::NotAligned,
            Self::NoPower => NorFlashErrorKind::Other,
        }
    }
}

impl<const WORD: usize, const PAGE: usize> ErrorType for SimulatedFlash<WORD, PAGE> {
    type Error = Failure;
}

impl<const WORD: usize, const PAGE: usize> ReadNorFlash for SimulatedFlash<WORD, PAGE> {
    const READ_SIZE: usize = if WORD < 4 { WORD } else { 4 };

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Failure> {
        let offset = offset as usize;
        check(offset, bytes.len(), Self::READ_SIZE, self.bytes.len())?;
        if !self.has_power {
            return Err(Failure::NoPower);
        }
        bytes.copy_from_slice(&self.bytes[offset..offset + bytes.len()]);
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.bytes.len()
    }
}

impl<const WORD: usize, const PAGE: usize> NorFlash for SimulatedFlash<WORD, PAGE> {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = PAGE;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), Failure> {
        check(from as usize, (to - from) as usize, PAGE, self.bytes.len())?;
        for page in from as usize / PAGE..to as usize / PAGE {
            self.erases[page] += 1;
            self.writes[page * PAGE / WORD..][..PAGE / WORD].fill(0);
            self.change(page * PAGE, &[0xff; PAGE], &[0; PAGE])?;
        }
        Ok(())
    }

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Failure> {
        let offset = offset as usize;
        check(offset, bytes.len(), WORD, self.bytes.len())?;
        for writes in &mut self.writes[offset / WORD..][..bytes.len() / WORD] {
            *writes += 1;
            self.most_writes_of_a_word = self.most_writes_of_a_word.max(*writes);
        }
        let before = self.bytes[offset..offset + bytes.len()].to_vec();
        let goal: Vec<u8> = before.iter().zip(bytes).map(|(before, new)| before & new).collect();
        self.change(offset, &goal, &before)
    }
}

impl<const WORD: usize, const PAGE: usize> MultiwriteNorFlash for SimulatedFlash<WORD, PAGE> {}
