//! Repairs pages whose erasure was cut short by a loss of power. Any of their bits may have changed
//! by then.
//!
//! A page is erased only when it has no events. So a page that was being erased can be erased
//! again.

use core::ops::Range;

use embedded_storage_async::nor_flash::{ErrorType, NorFlash, ReadNorFlash};
use sequential_storage::cache::Cache;
use sequential_storage::queue::{QueueConfig, QueueStorage};

use crate::error::Error;
use crate::record;
use crate::sequence::precedes;
use crate::verified::{CHUNK, FlashError, Verified, word};

/// A page's state, as its first and its last word mark it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Partial,
    Closed,
}

/// Erases every page whose erasure had begun. The largest record must fit into `buffer`.
pub(crate) async fn repair<F: NorFlash>(
    flash: &mut Verified<'_, F>,
    range: &Range<u32>,
    buffer: &mut [u8],
) -> Result<(), Error<F::Error>> {
    let size = in_addresses(F::ERASE_SIZE);
    for page in range.clone().step_by(F::ERASE_SIZE) {
        if state(flash, page).await? == State::Open && !is_blank(flash, page).await? {
            flash.erase(page, page + size).await?;
        }
    }
    erase_out_of_place(flash, range, buffer).await?;
    open_one(flash, range, buffer).await
}

/// Erases the pages that are marked as the one that is being filled, but were being erased. Before
/// the page that is being filled there is a full one, and after it an empty one, unless the queue
/// fills all pages. A page with neither is out of place. If two pages were out of place and the
/// erasure of the second was cut short, too, it is in place, but its marks are not clean.
async fn erase_out_of_place<F: NorFlash>(
    flash: &mut Verified<'_, F>,
    range: &Range<u32>,
    buffer: &mut [u8],
) -> Result<(), Error<F::Error>> {
    let size = in_addresses(F::ERASE_SIZE);
    // Of three pages in a row, the states before any of them is erased here: of two pages, both may
    // be out of place.
    let first = state(flash, range.start).await?;
    let (mut before, mut this) = (state(flash, range.end - size).await?, first);
    for page in range.clone().step_by(F::ERASE_SIZE) {
        let is_last = page + size == range.end;
        let after = if is_last { first } else { state(flash, page + size).await? };
        let is_out_of_place = this == State::Partial && before != State::Closed && after != State::Open;
        let is_suspect =
            is_out_of_place || (this == State::Partial && !is_marked_cleanly(flash, page).await?);
        if is_suspect && !has_events(flash, page, buffer).await? {
            flash.erase(page, page + size).await?;
        }
        (before, this) = (this, after);
    }
    Ok(())
}

/// Erases a page without events if all pages are marked as full. They never are, unless an earlier
/// repair was erasing a page, and had made it zeros as the first step of that.
///
/// The page to erase is the one after the newest event: the queue begins after the page that is
/// open. Another page may have no events, too. If all pushes to a page were interrupted, it has
/// none that can be read, and may lie between two pages that have some.
async fn open_one<F: NorFlash>(
    flash: &mut Verified<'_, F>,
    range: &Range<u32>,
    buffer: &mut [u8],
) -> Result<(), Error<F::Error>> {
    let size = in_addresses(F::ERASE_SIZE);
    for page in range.clone().step_by(F::ERASE_SIZE) {
        if state(flash, page).await? != State::Closed {
            return Ok(());
        }
    }
    let (mut empty, mut newest) = (None, None);
    let last = oldest_record(flash, range.end - size, buffer).await?;
    let mut before = last.and_then(|record| record::sequence(record));
    for page in range.clone().step_by(F::ERASE_SIZE) {
        let oldest = oldest_record(flash, page, buffer).await?;
        let follows_newer = before.is_some_and(|number| newest.is_none_or(|newest| precedes(newest, number)));
        if oldest.is_none() && (empty.is_none() || follows_newer) {
            (empty, newest) = (Some(page), before);
        }
        before = oldest.and_then(|record| record::sequence(record));
    }
    match empty {
        Some(page) => Ok(flash.erase(page, page + size).await?),
        None => Ok(()),
    }
}

/// The state that `sequential-storage` has marked, in the way of its version 7 and later. A page
/// whose last word alone is marked was being erased, and counts as open.
async fn state<F: NorFlash>(flash: &mut Verified<'_, F>, page: u32) -> Result<State, Error<F::Error>> {
    if !is_marked(flash, page).await? {
        return Ok(State::Open);
    }
    let last = page + in_addresses(F::ERASE_SIZE - F::READ_SIZE);
    Ok(if is_marked(flash, last).await? { State::Closed } else { State::Partial })
}

async fn is_marked<F: NorFlash>(flash: &mut Verified<'_, F>, address: u32) -> Result<bool, Error<F::Error>> {
    let mut word = [0xff; CHUNK];
    let word = &mut word[..F::READ_SIZE];
    flash.read(address, word).await?;
    Ok(word.iter().map(|byte| byte.count_zeros()).sum::<u32>() >= 4)
}

/// Whether the marks of a page that is being filled are as they were written. If power is lost
/// while they are written, they may not be, although the page was not being erased.
async fn is_marked_cleanly<F: NorFlash>(
    flash: &mut Verified<'_, F>,
    page: u32,
) -> Result<bool, Error<F::Error>> {
    let mut words = [[0xff; CHUNK]; 2];
    let [first, last] = words.each_mut().map(|bytes| &mut bytes[..word::<F>()]);
    flash.read(page, first).await?;
    flash.read(page + in_addresses(F::ERASE_SIZE - word::<F>()), last).await?;
    Ok(first.iter().all(|byte| *byte == 0) && last.iter().all(|byte| *byte == 0xff))
}

async fn is_blank<F: NorFlash>(flash: &mut Verified<'_, F>, page: u32) -> Result<bool, Error<F::Error>> {
    let end = page + in_addresses(F::ERASE_SIZE);
    for address in (page..end).step_by(CHUNK) {
        let mut bytes = [0; CHUNK];
        let len = CHUNK.min((end - address) as usize);
        let bytes = &mut bytes[..len];
        flash.read(address, bytes).await?;
        if bytes.iter().any(|byte| *byte != 0xff) {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn has_events<F: NorFlash>(
    flash: &mut Verified<'_, F>,
    page: u32,
    buffer: &mut [u8],
) -> Result<bool, Error<F::Error>> {
    Ok(oldest_record(flash, page, buffer).await?.is_some())
}

/// Reads the page as if it were the whole queue, and were being filled.
async fn oldest_record<'b, F: NorFlash>(
    flash: &mut Verified<'_, F>,
    page: u32,
    buffer: &'b mut [u8],
) -> Result<Option<&'b mut [u8]>, Error<F::Error>> {
    let end = page + in_addresses(F::ERASE_SIZE);
    let config = QueueConfig::try_new(page..end).map_err(|_| Error::InvalidRange)?;
    let mut page = QueueStorage::new(Unfinished { flash, end }, config, Cache::new_uncached());
    Ok(page.peek(buffer).await?)
}

/// A flash that shows the last word of a page as blank, and cannot be changed.
struct Unfinished<'u, 'f, F> {
    flash: &'u mut Verified<'f, F>,
    end: u32,
}

impl<F: ErrorType> ErrorType for Unfinished<'_, '_, F> {
    type Error = FlashError<F::Error>;
}

impl<F: ReadNorFlash> ReadNorFlash for Unfinished<'_, '_, F> {
    const READ_SIZE: usize = F::READ_SIZE;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.flash.read(offset, bytes).await?;
        if offset + in_addresses(bytes.len()) == self.end {
            bytes.fill(0xff);
        }
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.flash.capacity()
    }
}

impl<F: NorFlash> NorFlash for Unfinished<'_, '_, F> {
    const WRITE_SIZE: usize = F::WRITE_SIZE;
    const ERASE_SIZE: usize = F::ERASE_SIZE;

    async fn erase(&mut self, _from: u32, _to: u32) -> Result<(), Self::Error> {
        Err(FlashError::ReadOnly)
    }

    async fn write(&mut self, _offset: u32, _bytes: &[u8]) -> Result<(), Self::Error> {
        Err(FlashError::ReadOnly)
    }
}

/// A number of bytes, as addresses count them.
#[expect(clippy::cast_possible_truncation, reason = "a page lies in a flash of 32-bit addresses")]
const fn in_addresses(bytes: usize) -> u32 {
    bytes as u32
}
