//! The queue.

use core::fmt;
use core::ops::Range;

use embedded_storage_async::nor_flash::{MultiwriteNorFlash, NorFlash};
use eventgrid::event::CloudEventBuf;
use sequential_storage::cache::{Cache, Uncached};
use sequential_storage::queue::{QueueConfig, QueueStorage};

use crate::error::Error;
use crate::peeked::Peeked;
use crate::record;
use crate::repair::repair;
use crate::sequence::{Sequence, precedes};
use crate::verified::{FlashError, Verified, word};

/// A queue of events on a NOR flash, oldest first, that survives the loss of power. `N` is the size
/// of the largest record in bytes, which is an event's JSON text plus 4 bytes. It must be a
/// multiple of the flash's word size.
///
/// An event that [`push`](Self::push) has reported as stored stays in the queue until it is
/// [popped](Self::pop) or [dropped](Self::push_dropping_oldest). If power is lost during a call,
/// the event that it was about may or may not be in the queue; all others are unchanged.
///
/// Dropping the future of a call has the same effect as a loss of power. Open the queue again after
/// that.
pub struct FlashQueue<'f, F: NorFlash, const N: usize> {
    storage: QueueStorage<Verified<'f, F>, Cache<Uncached, Uncached, Uncached>>,
    sequence: Sequence,
}

impl<'f, F: MultiwriteNorFlash, const N: usize> FlashQueue<'f, F, N> {
    /// How many bytes of JSON text an event can have.
    pub const LARGEST_EVENT: usize = N - record::SEQUENCE;

    /// Opens the queue in a range of the flash that only the queue uses. The range must be blank,
    /// or as a queue has left it. `range` is counted from the beginning of the flash, and is two or
    /// more whole pages.
    ///
    /// It repairs what a loss of power has interrupted, and reads the whole range once.
    ///
    /// # Errors
    /// [`Error::InvalidRange`]; [`Error::StoredEventTooLarge`] if `N` was larger before;
    /// [`Error::Flash`] or [`Error::NotHeld`] if the flash fails; [`Error::Damaged`] if the range
    /// has other contents.
    pub async fn open(flash: &'f mut F, range: Range<u32>) -> Result<Self, Error<F::Error>> {
        const { assert!(N.is_multiple_of(word::<F>()), "N must be a multiple of the words of the flash") };
        const { assert!(N <= largest_record::<F>(), "N must leave room for two words and a header on a page") };
        let config = checked(flash, &range)?;
        let mut flash = Verified(flash);
        repair(&mut flash, &range, &mut [0; N]).await?;
        let storage = QueueStorage::new(flash, config, Cache::new_uncached());
        let mut queue = Self { storage, sequence: Sequence::default() };
        queue.sequence = Sequence::spanning(queue.oldest_and_newest().await?);
        Ok(queue)
    }

    /// Erases the range, and opens an empty queue in it. All events in it are lost.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn format(flash: &'f mut F, range: Range<u32>) -> Result<Self, Error<F::Error>> {
        checked(flash, &range)?;
        flash.erase(range.start, range.end).await.map_err(Error::Flash)?;
        Self::open(flash, range).await
    }

    /// Stores an event as the newest one. After this has returned, the event survives the loss of
    /// power.
    ///
    /// # Errors
    /// [`Error::Full`]; [`Error::EventTooLarge`] and [`Error::Malformed`] if the event cannot be
    /// stored; [`Error::Flash`] or [`Error::NotHeld`] if the flash fails.
    pub async fn push(&mut self, event: &CloudEventBuf<N>) -> Result<(), Error<F::Error>> {
        let mut record = [0; N];
        let len = record::write(self.sequence.take(), event, &mut record);
        let len = len.inspect_err(|_| self.sequence.give_back())?;
        let pushed = self.write(&record[..len]).await;
        if let Err(sequential_storage::Error::FullStorage) = pushed {
            self.sequence.give_back();
        }
        Ok(pushed?)
    }

    /// Stores an event as the newest one, and drops the oldest ones if there is no room otherwise.
    /// Returns how many were dropped; there may be several, because a page is freed as a whole.
    ///
    /// # Errors
    /// As [`push`](Self::push), but never [`Error::Full`]. Events that were dropped before the
    /// error stay dropped; [`len`](Self::len) says how many are left.
    pub async fn push_dropping_oldest(&mut self, event: &CloudEventBuf<N>) -> Result<u32, Error<F::Error>> {
        let mut dropped = 0;
        loop {
            match self.push(event).await {
                Err(Error::Full) if !self.is_empty() => {
                    dropped += self.pop_until(self.sequence.oldest()).await?;
                }
                pushed => return pushed.map(|()| dropped),
            }
        }
    }

    /// Reads up to `M` of the oldest events, without removing them. Publish them, and
    /// [`pop`](Self::pop) them after the service has accepted them.
    ///
    /// A record that cannot be read is skipped and [counted](Self::lost).
    ///
    /// # Errors
    /// [`Error::Flash`] if the flash fails, and [`Error::NotHeld`] if it fails when an unreadable
    /// record is removed.
    pub async fn peek<const M: usize>(&mut self) -> Result<Peeked<N, M>, Error<F::Error>> {
        let mut peeked = Peeked::new();
        let mut buffer = [0; N];
        let mut oldest = None;
        let mut records = self.storage.iter().await?;
        while !peeked.is_full() {
            let Some(record) = records.next(&mut buffer).await? else { break };
            match (record::sequence(&record), record::event(&record)) {
                (Some(sequence), Some(event)) => {
                    oldest.get_or_insert(sequence);
                    peeked.add(sequence, event);
                }
                // It is not an event of this queue, and never will be.
                _ => _ = record.pop().await?,
            }
        }
        if M > 0 {
            self.sequence.found(oldest);
        }
        Ok(peeked)
    }

    /// Removes the events that were peeked. Call it after the service has accepted them. Those that
    /// were dropped meanwhile are already gone, and no other event is removed. Returns how many
    /// were removed.
    ///
    /// If power is lost between the service's response and this call, they are published again: at
    /// least once.
    ///
    /// # Errors
    /// [`Error::Flash`] or [`Error::NotHeld`] if the flash fails. Some of the first events may then
    /// be removed.
    pub async fn pop<const M: usize>(&mut self, peeked: &Peeked<N, M>) -> Result<u32, Error<F::Error>> {
        match peeked.newest() {
            Some(newest) => self.pop_until(newest).await,
            None => Ok(0),
        }
    }

    /// How many events there are. An event whose record is damaged counts until its turn comes.
    pub fn len(&self) -> u32 {
        self.sequence.len()
    }

    /// Whether the queue has no events.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many events could not be read again since the queue was opened, or were not stored
    /// because the flash failed. They are counted when their turn comes, by the gap in the sequence
    /// numbers. So the oldest or the newest event is not counted if it was damaged before the queue
    /// was opened.
    pub fn lost(&self) -> u32 {
        self.sequence.lost()
    }

    /// Reads the whole queue.
    async fn oldest_and_newest(&mut self) -> Result<Option<(u32, u32)>, Error<F::Error>> {
        let mut buffer = [0; N];
        let mut found = None;
        let mut records = self.storage.iter().await?;
        while let Some(record) = records.next(&mut buffer).await? {
            match record::sequence(&record) {
                Some(newest) => {
                    let (oldest, _) = found.unwrap_or((newest, newest));
                    found = Some((oldest, newest));
                }
                // It is not an event of this queue.
                None => _ = record.pop().await?,
            }
        }
        Ok(found)
    }

    /// Writes a record after the newest one, on a page that can be freed if no other is left.
    async fn write(&mut self, record: &[u8]) -> Result<(), sequential_storage::Error<FlashError<F::Error>>> {
        let pushed = self.storage.push(record, false).await;
        if let Err(sequential_storage::Error::FullStorage) = pushed {
            // A page whose records are all popped or damaged is freed when it is read to its end.
            self.storage.iter().await?.next(&mut [0; N]).await?;
            return self.storage.push(record, false).await;
        }
        pushed
    }

    /// Removes the oldest events up to the one with this sequence number.
    async fn pop_until(&mut self, newest: u32) -> Result<u32, Error<F::Error>> {
        let mut popped = 0;
        let mut buffer = [0; N];
        let mut records = self.storage.iter().await?;
        while let Some(record) = records.next(&mut buffer).await? {
            let sequence = record::sequence(&record);
            let is_later = sequence.is_some_and(|sequence| precedes(newest, sequence));
            if is_later {
                self.sequence.found(sequence);
                return Ok(popped);
            }
            record.pop().await?;
            if let Some(sequence) = sequence {
                self.sequence.found(Some(sequence));
                self.sequence.removed(sequence);
                popped += 1;
            }
        }
        self.sequence.found(None);
        Ok(popped)
    }
}

/// Shows the range of the queue, and no events.
impl<F: NorFlash, const N: usize> fmt::Debug for FlashQueue<'_, F, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlashQueue")
            .field("range", &self.storage.flash_range())
            .field("len", &self.sequence.len())
            .field("lost", &self.sequence.lost())
            .finish_non_exhaustive()
    }
}

fn checked<'f, F: NorFlash>(
    flash: &F,
    range: &Range<u32>,
) -> Result<QueueConfig<Verified<'f, F>>, Error<F::Error>> {
    let pages = range.len() / F::ERASE_SIZE;
    if range.end as usize > flash.capacity() || pages < 2 {
        return Err(Error::InvalidRange);
    }
    QueueConfig::try_new(range.clone()).map_err(|_| Error::InvalidRange)
}

/// The room of a page without the marker at both ends and a record's header.
const fn largest_record<F: NorFlash>() -> usize {
    F::ERASE_SIZE - 2 * word::<F>() - 8_usize.next_multiple_of(word::<F>())
}
