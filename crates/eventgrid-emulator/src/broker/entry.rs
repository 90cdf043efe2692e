//! An event in the queue of one subscription.

use eventgrid_push::DeliveryOutcome;

use super::Event;
use super::moment::Moment;

/// An event and what became of it so far. There may be millions: an entry has 40 bytes beside the
/// pointer to its event.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) event: Event,
    pub(crate) published: Moment,
    pub(crate) state: State,
    /// When the state changes by itself. Of no meaning while the entry is available.
    pub(crate) until: Moment,
    /// When its latest delivery began.
    pub(crate) locked_since: Moment,
    /// The random part of its latest lock token.
    pub(crate) nonce: u64,
    pub(crate) delivery_count: u32,
    /// How the last attempt to push it ended, if that is known.
    pub(crate) outcome: Option<DeliveryOutcome>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Available,
    Locked,
    Delayed,
}

impl Entry {
    pub(crate) fn new(event: Event, published: Moment) -> Self {
        Self {
            event,
            published,
            state: State::Available,
            until: Moment::NEVER,
            locked_since: published,
            nonce: 0,
            delivery_count: 0,
            outcome: None,
        }
    }
}

#[cfg(feature = "data")]
impl Entry {
    /// Whether it was never delivered, so that all follows from its publication.
    pub(crate) fn is_as_published(&self) -> bool {
        let Self { published, state, locked_since, nonce, delivery_count, outcome, .. } = *self;
        (state, locked_since, nonce, delivery_count) == (State::Available, published, 0, 0)
            && outcome.is_none()
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
