//! What changed in a broker since it was saved.

use std::collections::HashMap;

use super::SubscriptionId;
use super::stored::QueueHead;

/// Noted by a broker that is saved.
#[derive(Debug, Default)]
pub(super) struct Tracked {
    /// Subscriptions that may have changed, perhaps several times.
    pub(super) changed: Vec<SubscriptionId>,
    /// The numbers of queues that are gone.
    pub(super) discarded: Vec<u64>,
    /// Topics that were created or removed, perhaps several times.
    pub(super) topics: Vec<String>,
    pub(super) saved: HashMap<SubscriptionId, SavedQueue>,
    /// Their names, by these in lower case.
    pub(super) saved_topics: HashMap<String, String>,
    pub(super) next_number: u64,
    pub(super) next_order: u64,
}

/// What a store knows of a queue.
#[derive(Debug)]
pub(super) struct SavedQueue {
    pub(super) order: u64,
    /// `None` if it was never saved, or was emptied at once since then.
    pub(super) number: Option<u64>,
    pub(super) head: Option<QueueHead>,
    /// Whether the store has its filter and its dead-letter destination, or knows that there is
    /// none.
    pub(super) has_options: bool,
}

impl Tracked {
    pub(super) fn note_change(&mut self, id: SubscriptionId) {
        if self.changed.last() != Some(&id) {
            self.changed.push(id);
        }
    }

    pub(super) fn note_topic(&mut self, name: &str) {
        self.topics.push(name.to_owned());
    }

    pub(super) fn note_created(&mut self, id: SubscriptionId) {
        self.saved
            .insert(id, SavedQueue { order: self.next_order, number: None, head: None, has_options: false });
        self.next_order += 1;
        self.note_change(id);
    }

    pub(super) fn note_removed(&mut self, id: SubscriptionId) {
        self.discarded.extend(self.saved.remove(&id).and_then(|saved| saved.number));
    }

    pub(super) fn note_options(&mut self, id: SubscriptionId) {
        if let Some(saved) = self.saved.get_mut(&id) {
            saved.has_options = false;
        }
        self.note_change(id);
    }

    /// The queue gets another number, so all of it is saved again.
    pub(super) fn note_emptied(&mut self, id: SubscriptionId) {
        self.discarded.extend(self.saved.get_mut(&id).and_then(|saved| saved.number.take()));
        self.note_options(id);
    }
}
