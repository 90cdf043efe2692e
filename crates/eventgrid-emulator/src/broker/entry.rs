//! An event in the queue of one subscription.

use super::Event;
use super::moment::Moment;

/// An event and what became of it so far. There may be millions: an entry has 40 bytes beside the
/// pointer to its event.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) event: Event,
    pub(super) published: Moment,
    pub(super) state: State,
    /// When the state changes by itself. Of no meaning while the entry is available.
    pub(super) until: Moment,
    /// When its latest delivery began.
    pub(super) locked_since: Moment,
    /// The random part of its latest lock token.
    pub(super) nonce: u64,
    pub(super) delivery_count: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Available,
    Locked,
    Delayed,
}

impl Entry {
    pub(super) fn new(event: Event, published: Moment) -> Self {
        Self {
            event,
            published,
            state: State::Available,
            until: Moment::NEVER,
            locked_since: published,
            nonce: 0,
            delivery_count: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_and_a_place_for_one_have_40_bytes_beside_the_pointer_to_the_event() {
        assert_eq!(size_of::<Entry>(), 40 + size_of::<Event>());
        assert_eq!(size_of::<Option<Entry>>(), size_of::<Entry>());
    }
}
