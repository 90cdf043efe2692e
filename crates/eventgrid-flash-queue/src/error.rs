//! What can go wrong.

use eventgrid::event::MalformedEvent;

use crate::verified::FlashError;

/// Why the queue could not do what it was asked to. `E` is the error of the flash.
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
    /// The event cannot be read back: its data has written something else than JSON.
    #[error("the event is not JSON: correct the code that writes its data")]
    Malformed(#[source] MalformedEvent),
    /// The flash holds an event that was pushed when the queue's `N` was larger.
    #[error("the flash holds a record of {bytes} bytes: make the queue's N as large, or format the flash")]
    StoredEventTooLarge {
        /// How large `N` must be.
        bytes: usize,
    },
    /// The range does not lie on boundaries of the flash's pages, is not inside the flash, or has
    /// fewer than two pages.
    #[error("the range must be two or more whole pages of the flash")]
    InvalidRange,
    /// The flash has reported an error. After a push it is unknown whether the event was stored.
    /// Open the queue anew: what was begun is repaired then.
    #[error("the flash has failed: {0:?}")]
    Flash(E),
    /// What was written cannot be read back: the flash is worn out, or something else writes to it.
    /// An event whose push has failed like that is not stored; pushed again, it comes to lie behind
    /// the bad place.
    #[error(
        "the flash does not keep what is written at {address:#x}: it is worn out, or something else writes to it"
    )]
    NotHeld {
        /// Where, from the begin of the flash.
        address: u32,
    },
    /// The pages are not as a queue leaves them, and could not be repaired.
    #[error("the flash does not hold a queue that can be repaired: format it")]
    Damaged,
}

impl<E> From<FlashError<E>> for Error<E> {
    fn from(error: FlashError<E>) -> Self {
        match error {
            FlashError::Flash(error) => Self::Flash(error),
            FlashError::NotHeld { address } => Self::NotHeld { address },
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
