//! Events whose outcome is known, but not yet written to the file.

use std::collections::HashSet;

use crate::store::{Change, Refusal};

#[derive(Debug, Default)]
pub(super) struct Unsettled {
    published: Vec<u64>,
    refused: Vec<Refusal>,
    /// The numbers of those that are still in the file because writing failed.
    skipped: HashSet<u64>,
}

impl Unsettled {
    pub(super) fn publish(&mut self, sequence: u64) {
        self.published.push(sequence);
    }

    pub(super) fn refuse(&mut self, refusal: Refusal) {
        self.refused.push(refusal);
    }

    pub(super) fn len(&self) -> usize {
        self.published.len() + self.refused.len()
    }

    /// Whether some events are still in the file because writing failed.
    pub(super) fn is_late(&self) -> bool {
        !self.skipped.is_empty()
    }

    /// Whether an event that was read from the file must not be sent.
    pub(super) fn is_skipped(&self, sequence: u64) -> bool {
        self.skipped.contains(&sequence)
    }

    /// The events to remove from the file and to set aside. `None` if there are none.
    pub(super) fn take(&mut self) -> Option<(Vec<u64>, Vec<Refusal>)> {
        if self.len() == 0 {
            return None;
        }
        Some((std::mem::take(&mut self.published), std::mem::take(&mut self.refused)))
    }

    /// Notes that the outcomes were written to the file.
    pub(super) fn settled(&mut self) {
        self.skipped.clear();
    }

    /// Takes back outcomes that could not be written to the file.
    pub(super) fn put_back(&mut self, published: Vec<u64>, refused: Vec<Refusal>) {
        self.skipped.extend(published.iter().copied());
        self.skipped.extend(refused.iter().map(|refusal| refusal.sequence));
        self.published.extend(published);
        self.refused.extend(refused);
    }
}

pub(super) fn change_of(published: &[u64], refused: &[Refusal]) -> Change {
    Change::Settle { published: published.to_vec(), refused: refused.to_vec() }
}
