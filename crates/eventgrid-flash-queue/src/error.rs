//! The errors of the queue.

use eventgrid::event::MalformedEvent;

use crate::verified::FlashError;

/// Why an operation of the queue failed. `E` is the error of the flash.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error<E> {
    /// The queue is full. Nothing was changed. Publish and pop, or use
    /// [`FlashQueue::push_dropping_oldest`](crate::FlashQueue::push_dropping_oldest).
    #[error("the queue is full: publish and pop its oldest events, or drop them")]
    Full,
    /// The event has more JSON text than
    /// [`FlashQueue::LARGEST_EVENT`](crate::FlashQueue::LARGEST_EVENT) bytes.
    #[error("the event has more bytes than a record of this queue holds: make the queue's N larger")]
    EventTooLarge,
    /// The event cannot be read back, because its data has written text that is not JSON.
    #[error("the event is not JSON: correct the code that writes its data")]
    Malformed(#[source] MalformedEvent),
    /// The flash holds an event that was pushed when the queue's `N` was larger.
    #[error("the flash holds a record of {bytes} bytes: make the queue's N as large, or format the flash")]
    StoredEventTooLarge {
        /// How large `N` must be.
        bytes: usize,
    },
    /// The range does not begin and end at page boundaries, is not inside the flash, or has fewer
    /// than two pages.
    #[error("the range must be two or more whole pages of the flash")]
    InvalidRange,
    /// The flash has reported an error. After a push it is not known whether the event was stored.
    /// Open the queue again, which repairs what was interrupted.
    #[error("the flash has failed: {0:?}")]
    Flash(E),
    /// Bytes that were written could not be read back: the flash is worn out, or something else
    /// writes to it. The event that was pushed is not stored. If it is pushed again, it is written
    /// after the bad place.
    #[error(
        "the flash does not keep what is written at {address:#x}: it is worn out, or something else writes \
         to it"
    )]
    NotHeld {
        /// The position, counted from the beginning of the flash.
        address: u32,
    },
    /// The contents of the pages are not those of a queue. Open the queue again, which repairs what
    /// was interrupted. If opening returns this error, the contents cannot be repaired.
    #[error("the flash does not hold a queue: open it again, and format it if that returns this error, too")]
    Damaged,
}

impl<E> From<FlashError<E>> for Error<E> {
    fn from(error: FlashError<E>) -> Self {
        match error {
            FlashError::Flash(error) => Self::Flash(error),
            FlashError::NotHeld { address } => Self::NotHeld { address },
            // `sequential-storage` changes a page that it reads only if the page is damaged.
            FlashError::ReadOnly => Self::Damaged,
        }
    }
}

impl<E> From<sequential_storage::Error<FlashError<E>>> for Error<E> {
    fn from(error: sequential_storage::Error<FlashError<E>>) -> Self {
        match error {
            sequential_storage::Error::Storage { value, .. } => value.into(),
            sequential_storage::Error::FullStorage => Self::Full,
            sequential_storage::Error::BufferTooSmall(bytes) => Self::StoredEventTooLarge { bytes },
            _ => Self::Damaged,
        }
    }
}
