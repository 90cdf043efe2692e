//! What of a broker a store keeps, and how the broker is put together from that again.
//!
//! The broker notes what changed. A store takes the changes, writes them, and gives back what it
//! has: topics, the heads of queues and what each of their segments amounts to. The entries of a
//! segment are read when somebody reaches it. How this is written down is of no concern here.

use std::fmt::Debug;
#[cfg(feature = "data")]
use std::sync::Arc;

#[cfg(feature = "data")]
use uuid::Uuid;

use super::entry::Entry;
use super::moment::Moment;
use super::segments::Sequence;
#[cfg(feature = "data")]
use super::{KeptDeadLetter, SubscriptionSettings, SubscriptionStats};

/// Where the entries of one queue are read from.
pub(crate) trait EntrySource: Debug + Send + Sync {
    /// Returns the entries of the segment that begins with that sequence number, of which there are
    /// `count`. A source that fails returns none of them, and remembers that it failed.
    fn load(&self, first: Sequence, count: usize) -> Vec<(Sequence, Entry)>;
}

/// How many of the places of a segment are taken.
#[cfg(feature = "data")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentPlaces {
    /// How many were filled, whether or not their entries are still there.
    pub(crate) filled: usize,
    /// How many entries are there.
    pub(crate) live: usize,
    /// When the last of them was published.
    pub(crate) last_published: Moment,
}

/// What changed in the segments of one queue.
#[derive(Debug)]
pub(crate) struct SegmentChanges {
    /// Entries from this sequence number on are new.
    #[cfg(feature = "data")]
    pub(crate) saved_to: Sequence,
    /// The sequence numbers of entries that are new, changed or gone, perhaps several times.
    pub(crate) touched: Vec<Sequence>,
    /// The first sequence numbers of segments that are gone.
    pub(crate) freed: Vec<Sequence>,
}

impl SegmentChanges {
    #[cfg(feature = "data")]
    pub(super) fn since(saved_to: Sequence) -> Self {
        Self { saved_to, touched: Vec::new(), freed: Vec::new() }
    }
}

/// What the entries of a segment that is not loaded amount to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentLists {
    /// How many of them are locked or delayed.
    pub(crate) held: usize,
    /// When the first of those changes by itself; [`Moment::NEVER`] if there are none.
    pub(crate) first_deadline: Moment,
    /// When the first was published that was delivered before and is available again.
    pub(crate) first_returned: Option<Moment>,
}

/// A segment as a store knows it.
#[cfg(feature = "data")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StoredSegment {
    pub(crate) places: SegmentPlaces,
    pub(crate) lists: SegmentLists,
}

/// A queue without its entries.
#[cfg(feature = "data")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QueueHead {
    pub(crate) guid: Uuid,
    pub(crate) settings: SubscriptionSettings,
    /// The sequence number of the next event.
    pub(crate) next: Sequence,
    /// The first event that was never delivered; `next` if there is none.
    pub(crate) next_fresh: Sequence,
    pub(crate) fresh_published: Option<Moment>,
    /// The range of events whose removal is due, since their time is over.
    pub(crate) expired_from: Sequence,
    pub(crate) expired_to: Sequence,
    pub(crate) expired_since: Moment,
    pub(crate) last_published: Moment,
    pub(crate) locked: u64,
    /// Of these, `queued`, `locked` and `delayed` are zero: they follow from the entries.
    pub(crate) counts: SubscriptionStats,
}

/// What names a queue in a store. A queue that was emptied at once gets another one.
#[cfg(feature = "data")]
pub(crate) type QueueNumber = u64;

/// An event subscription without its entries.
#[cfg(feature = "data")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredSubscription {
    /// The name of its topic in the broker.
    pub(crate) topic: String,
    pub(crate) name: String,
    /// Subscriptions of a topic come in this order.
    pub(crate) order: u64,
    pub(crate) head: QueueHead,
}

/// What became of the entries of a queue since it was saved.
#[cfg(feature = "data")]
#[derive(Debug, Default)]
pub(crate) struct QueueEntries {
    pub(crate) added: Vec<(Sequence, Entry)>,
    /// Entries in another state.
    pub(crate) changed: Vec<(Sequence, Entry)>,
    pub(crate) removed: Vec<Sequence>,
    /// Segments that are gone, by their first sequence numbers. They are gone before those of
    /// `segments` come.
    pub(crate) freed: Vec<Sequence>,
    /// What the segments amount to that changed.
    pub(crate) segments: Vec<(Sequence, StoredSegment)>,
}

#[cfg(feature = "data")]
impl QueueEntries {
    pub(crate) fn is_empty(&self) -> bool {
        let Self { added, changed, removed, freed, segments } = self;
        added.is_empty()
            && changed.is_empty()
            && removed.is_empty()
            && freed.is_empty()
            && segments.is_empty()
    }
}

/// What became of a filter or of a dead-letter destination since it was saved.
#[cfg(feature = "data")]
#[derive(Debug)]
pub(crate) enum OptionChange {
    Unchanged,
    /// The subscription has none now.
    Removed,
    /// Another one, as JSON.
    Set(String),
}

/// What changed in an event subscription since it was saved.
#[cfg(feature = "data")]
#[derive(Debug)]
pub(crate) struct QueueChanges {
    pub(crate) number: QueueNumber,
    pub(crate) subscription: StoredSubscription,
    pub(crate) filter: OptionChange,
    pub(crate) dead_lettering: OptionChange,
    pub(crate) entries: QueueEntries,
    /// Dead letters that are new or changed; `None` for those that are gone.
    pub(crate) dead_letters: Vec<(Sequence, Option<KeptDeadLetter>)>,
}

/// What changed in a broker since it was saved.
#[cfg(feature = "data")]
#[derive(Debug, Default)]
pub(crate) struct BrokerChanges {
    /// Topics by their names, and whether they are there.
    pub(crate) topics: Vec<(String, bool)>,
    /// Queues that are gone with all that is in them.
    pub(crate) discarded: Vec<QueueNumber>,
    pub(crate) queues: Vec<QueueChanges>,
}

#[cfg(feature = "data")]
impl BrokerChanges {
    pub(crate) fn is_empty(&self) -> bool {
        self.topics.is_empty() && self.discarded.is_empty() && self.queues.is_empty()
    }
}

/// What a store has of a broker.
#[cfg(feature = "data")]
#[derive(Debug, Default)]
pub(crate) struct StoredBroker {
    pub(crate) topics: Vec<String>,
    pub(crate) queues: Vec<StoredQueue>,
    /// A number that no queue has, nor any later one.
    pub(crate) next_number: QueueNumber,
}

/// What a store has of an event subscription.
#[cfg(feature = "data")]
#[derive(Debug)]
pub(crate) struct StoredQueue {
    pub(crate) number: QueueNumber,
    pub(crate) subscription: StoredSubscription,
    /// As JSON; `None` if it takes every event.
    pub(crate) filter: Option<String>,
    /// As JSON; `None` if its dead letters are dropped.
    pub(crate) dead_lettering: Option<String>,
    pub(crate) dead_letters: Vec<(Sequence, KeptDeadLetter)>,
    /// In the order of their first sequence numbers.
    pub(crate) segments: Vec<(Sequence, StoredSegment)>,
    pub(crate) source: Arc<dyn EntrySource>,
}
