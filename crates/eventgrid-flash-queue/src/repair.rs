//! What a loss of power in the middle of erasing a page can leave behind, whichever bits the flash had got to.
//!
//! Only pages without events are ever erased, so such a page can be erased again.

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

/// Erases every page again of which erasing was begun. `buffer` must hold the largest record.
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

/// Whether the page would be one that is being filled, though its neighbours are not as that one's are: before it lie the pages that are
/// filled, behind it those that are empty, unless the queue goes all the way round.
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

/// As `sequential-storage` marks pages since its version 7. A page with the last word alone is one that was being erased: it counts as open.
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

/// Looks at the page as if it were a queue by itself.
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
