//! Events whose fate is known, but not yet in the file.

use std::collections::HashSet;

use crate::store::{Change, Refusal};

#[derive(Debug, Default)]
pub(super) struct Unsettled {
    published: Vec<u64>,
    refused: Vec<Refusal>,
    /// The places of all of them that the file could not be told of: they are still in it.
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

    /// Whether some are still in the file since it could not be written.
    pub(super) fn is_late(&self) -> bool {
        !self.skipped.is_empty()
    }

    /// Whether an event that is read from the file is not to be sent.
    pub(super) fn is_skipped(&self, sequence: u64) -> bool {
        self.skipped.contains(&sequence)
    }

    /// What the file must be told. `None` if there is nothing.
    pub(super) fn take(&mut self) -> Option<(Vec<u64>, Vec<Refusal>)> {
        if self.len() == 0 {
            return None;
        }
        Some((std::mem::take(&mut self.published), std::mem::take(&mut self.refused)))
    }

    /// The file was told.
    pub(super) fn settled(&mut self) {
        self.skipped.clear();
    }

    /// The file could not be told.
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
