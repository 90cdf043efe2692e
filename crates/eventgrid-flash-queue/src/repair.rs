//! Repairs pages whose erasure was cut short by a loss of power. Any of their bits may have changed
//! by then.
//!
//! A page is erased only when it has no events. So a page that was being erased can be erased
//! again.

use core::ops::Range;

use embedded_storage_async::nor_flash::{NorFlash, ReadNorFlash};
use sequential_storage::cache::Cache;
use sequential_storage::queue::{QueueConfig, QueueStorage};

use crate::error::Error;
use crate::verified::{CHUNK, Verified};

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
    for page in range.clone().step_by(F::ERASE_SIZE) {
        if is_out_of_place(flash, range, page).await? && !has_events(flash, page, buffer).await? {
            flash.erase(page, page + size).await?;
        }
    }
    Ok(())
}

/// Whether the page is marked as the one that is being filled, but cannot be. Before that page
/// there is a full one, and after it an empty one, unless the queue fills all pages. A page with
/// neither was being erased.
async fn is_out_of_place<F: NorFlash>(
    flash: &mut Verified<'_, F>,
    range: &Range<u32>,
    page: u32,
) -> Result<bool, Error<F::Error>> {
    let size = in_addresses(F::ERASE_SIZE);
    let before = if page == range.start { range.end - size } else { page - size };
    let after = if page + size == range.end { range.start } else { page + size };
    Ok(state(flash, page).await? == State::Partial
        && state(flash, before).await? != State::Closed
        && state(flash, after).await? != State::Open)
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

/// Reads the page as if it were the whole queue.
async fn has_events<F: NorFlash>(
    flash: &mut Verified<'_, F>,
    page: u32,
    buffer: &mut [u8],
) -> Result<bool, Error<F::Error>> {
    let range = page..page + in_addresses(F::ERASE_SIZE);
    let config = QueueConfig::try_new(range).map_err(|_| Error::InvalidRange)?;
    let mut page = QueueStorage::new(Verified(&mut *flash.0), config, Cache::new_uncached());
    Ok(page.peek(buffer).await?.is_some())
}

/// A number of bytes, as addresses count them.
#[expect(clippy::cast_possible_truncation, reason = "a page lies in a flash of 32-bit addresses")]
const fn in_addresses(bytes: usize) -> u32 {
    bytes as u32
}
