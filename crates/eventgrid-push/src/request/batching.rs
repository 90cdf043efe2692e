//! How many events go into one request.

/// How large the batches of a subscription are.
///
/// A batch does not wait until it is full: it consists of the events that are waiting. It is
/// delivered as a whole, or not at all.
///
/// ```
/// use eventgrid_push::Batching;
///
/// let batching = Batching::new().with_max_events(3)?.with_preferred_kilobytes(1)?;
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

    /// Batches of up to 5,000 events and 64 KiB. If a subscription sets only one of the two, the
    /// other has this value.
    pub const fn new() -> Self {
        Self { max_events: Self::MOST_EVENTS, preferred_kilobytes: 64 }
    }

    /// What a subscription sets of the two: `None` if it sets neither, and so has no batches.
    ///
    /// # Errors
    /// [`BatchingError`] if one that is set is outside its range.
    pub fn from_options(
        max_events: Option<u32>,
        preferred_kilobytes: Option<u32>,
    ) -> Result<Option<Self>, BatchingError> {
        if max_events.is_none() && preferred_kilobytes.is_none() {
            return Ok(None);
        }
        let mut batching = Self::new();
        if let Some(events) = max_events {
            batching = batching.with_max_events(events)?;
        }
        if let Some(kilobytes) = preferred_kilobytes {
            batching = batching.with_preferred_kilobytes(kilobytes)?;
        }
        Ok(Some(batching))
    }

    /// Sets the maximum number of events in a batch: `maxEventsPerBatch`, from 1 to 5,000.
    ///
    /// # Errors
    /// [`BatchingError::Events`] if it is outside this range.
    pub const fn with_max_events(mut self, events: u32) -> Result<Self, BatchingError> {
        if events == 0 || events > Self::MOST_EVENTS {
            return Err(BatchingError::Events { events });
        }
        self.max_events = events;
        Ok(self)
    }

    /// Sets the maximum size of a body in KiB of 1,024 bytes: `preferredBatchSizeInKilobytes`, from
    /// 1 to 1,024. An event that is larger is sent alone.
    ///
    /// # Errors
    /// [`BatchingError::Kilobytes`] if it is outside this range.
    pub const fn with_preferred_kilobytes(mut self, kilobytes: u32) -> Result<Self, BatchingError> {
        if kilobytes == 0 || kilobytes > Self::MOST_KILOBYTES {
            return Err(BatchingError::Kilobytes { kilobytes });
        }
        self.preferred_kilobytes = kilobytes;
        Ok(self)
    }

    /// How many of the waiting events go into the next batch, counted from the first one. At least
    /// one, if there is one. `sizes` are the lengths of their JSON in bytes, in order.
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

    /// The maximum number of events in a batch.
    pub const fn max_events(self) -> u32 {
        self.max_events
    }

    /// The maximum size of a body in KiB. An event that is larger is sent alone.
    pub const fn preferred_kilobytes(self) -> u32 {
        self.preferred_kilobytes
    }
}

impl Default for Batching {
    fn default() -> Self {
        Self::new()
    }
}

/// Why a size of batches is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchingError {
    /// The number of events is outside of its range.
    #[error("a batch cannot have up to {events} events: write a number from 1 to 5000")]
    Events {
        /// The value that was set.
        events: u32,
    },
    /// The size is outside of its range.
    #[error("a batch cannot have up to {kilobytes} KiB: write a number from 1 to 1024")]
    Kilobytes {
        /// The value that was set.
        kilobytes: u32,
    },
}
