//! How many events go into one request.

/// That a subscription delivers in batches, and how large they are.
///
/// A batch never waits to be filled: it has the events that wait already. It is delivered or not as
/// a whole.
///
/// ```
/// use eventgrid_push::Batching;
///
/// let batching = Batching::new().max_events(3)?.preferred_kilobytes(1)?;
/// // The sizes of the events that wait, in bytes.
/// assert_eq!(batching.next_batch([300, 300, 300, 300]), 3);
/// assert_eq!(batching.next_batch([300, 800, 300]), 1);
/// assert_eq!(batching.next_batch([5000, 300]), 1, "a larger event goes alone");
/// # Ok::<(), eventgrid_push::BatchingError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batching {
    max_events: u32,
    preferred_kilobytes: u32,
}

impl Batching {
    const MOST_EVENTS: u32 = 5000;
    const MOST_KILOBYTES: u32 = 1024;

    /// Batches of up to 5,000 events and 64 KiB. A subscription that sets one of the two leaves the
    /// other as it is here.
    pub const fn new() -> Self {
        Self { max_events: Self::MOST_EVENTS, preferred_kilobytes: 64 }
    }

    /// Sets how many events a batch has at most: `maxEventsPerBatch`, from 1 to 5,000.
    ///
    /// # Errors
    /// [`BatchingError::Events`] if it is outside of that.
    pub const fn max_events(mut self, events: u32) -> Result<Self, BatchingError> {
        if events == 0 || events > Self::MOST_EVENTS {
            return Err(BatchingError::Events { events });
        }
        self.max_events = events;
        Ok(self)
    }

    /// Sets how large a body is in KiB of 1,024 bytes, unless one event alone is larger:
    /// `preferredBatchSizeInKilobytes`, from 1 to 1,024.
    ///
    /// # Errors
    /// [`BatchingError::Kilobytes`] if it is outside of that.
    pub const fn preferred_kilobytes(mut self, kilobytes: u32) -> Result<Self, BatchingError> {
        if kilobytes == 0 || kilobytes > Self::MOST_KILOBYTES {
            return Err(BatchingError::Kilobytes { kilobytes });
        }
        self.preferred_kilobytes = kilobytes;
        Ok(self)
    }

    /// How many of the events that wait go into the next batch: from the first one on, and one at
    /// least if there is one. `sizes` are the lengths of their JSON in bytes, in order.
    pub fn next_batch(&self, sizes: impl IntoIterator<Item = usize>) -> usize {
        let most_bytes = 1024 * self.preferred_kilobytes as usize;
        let (mut count, mut bytes) = (0, 1);
        for size in sizes.into_iter().take(self.max_events as usize) {
            // With the comma or the bracket after it.
            bytes = size.saturating_add(bytes).saturating_add(1);
            if count > 0 && bytes > most_bytes {
                break;
            }
            count += 1;
        }
        count
    }

    /// How many events a batch has at most.
    pub const fn most_events(self) -> usize {
        self.max_events as usize
    }

    /// How large a body is in KiB, unless one event alone is larger.
    pub const fn most_kilobytes(self) -> u32 {
        self.preferred_kilobytes
    }
}

impl Default for Batching {
    fn default() -> Self {
        Self::new()
    }
}

/// Why batches cannot be that large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchingError {
    /// The number of events is outside of its range.
    #[error("a batch cannot have up to {events} events: write a number from 1 to 5000")]
    Events {
        /// What was asked for.
        events: u32,
    },
    /// The size is outside of its range.
    #[error("a batch cannot have up to {kilobytes} KiB: write a number from 1 to 1024")]
    Kilobytes {
        /// What was asked for.
        kilobytes: u32,
    },
}
