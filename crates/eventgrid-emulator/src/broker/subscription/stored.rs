//! A queue of which a part is in a store and not loaded.

use std::collections::{BTreeMap, BTreeSet};

use super::super::entry::{Entry, State};
use super::super::moment::Moment;
use super::super::segments::Sequence;
use super::super::stored::SegmentLists;
use super::Subscription;

/// What stands for the entries that are not loaded, in place of lists of them.
#[derive(Debug, Default)]
pub(super) struct Unloaded {
    /// The segments whose entries are in none of the lists of the queue, by their first sequence
    /// numbers.
    segments: BTreeMap<Sequence, SegmentLists>,
    /// When the first entry of each changes by itself, where one does.
    deadlines: BTreeSet<(Moment, Sequence)>,
    /// When the first entry of each that is available again was published, where there is one.
    returned: BTreeMap<Sequence, Moment>,
    /// How many of the entries are locked or delayed.
    held: usize,
    /// The first event that was never delivered, and when it was published.
    fresh: Option<(Sequence, Moment)>,
}

impl Unloaded {
    #[cfg(feature = "data")]
    pub(super) fn new(fresh: Option<(Sequence, Moment)>) -> Self {
        Self { fresh, ..Self::default() }
    }

    #[cfg(feature = "data")]
    pub(super) fn add(&mut self, first: Sequence, lists: SegmentLists) {
        self.segments.insert(first, lists);
        self.held += lists.held;
        if lists.held > 0 {
            self.deadlines.insert((lists.first_deadline, first));
        }
        if let Some(published) = lists.first_returned {
            self.returned.insert(first, published);
        }
    }

    fn take(&mut self, first: Sequence) -> Option<SegmentLists> {
        let lists = self.segments.remove(&first)?;
        self.held -= lists.held;
        self.deadlines.remove(&(lists.first_deadline, first));
        self.returned.remove(&first);
        Some(lists)
    }

    /// How many of the entries are locked or delayed.
    pub(super) fn held(&self) -> usize {
        self.held
    }

    /// The next moment at which one of the entries changes by itself, and the segment that it is
    /// in.
    pub(super) fn first_deadline(&self) -> Option<(Moment, Sequence)> {
        self.deadlines.first().copied()
    }

    /// When the first of the entries was published that are available again.
    pub(super) fn first_returned(&self) -> Option<Moment> {
        self.returned.first_key_value().map(|(_, published)| *published)
    }
}

impl Subscription {
    /// Has the entries of a segment in the lists of the queue from now on. It is that with a place
    /// for `sequence`.
    pub(super) fn reach(&mut self, sequence: Sequence) {
        if self.unloaded.segments.is_empty() {
            return;
        }
        let Some(first) = self.entries.segment_of(sequence) else { return };
        if self.unloaded.take(first).is_none() {
            return;
        }
        let (fresh, expired) = (self.next_fresh, self.expired.from..self.expired.to);
        for (sequence, entry) in self.entries.segment(first) {
            match entry.state {
                State::Locked | State::Delayed => self.deadlines.insert(entry.until, sequence),
                State::Available if sequence < fresh && !expired.contains(&sequence) => {
                    self.returned.insert(sequence);
                }
                State::Available => {}
            }
        }
    }

    /// The first event from `sequence` on that was delivered before and is available again.
    pub(super) fn first_returned(&mut self, sequence: Sequence) -> Option<Sequence> {
        self.reach_returned(sequence);
        loop {
            let loaded = self.returned.range(sequence..).next().copied();
            let segment = self.unloaded.returned.range(sequence..).next().map(|(first, _)| *first);
            match segment.filter(|segment| loaded.is_none_or(|loaded| *segment < loaded)) {
                Some(segment) => self.reach(segment),
                None => return loaded,
            }
        }
    }

    /// Forgets what was available again before a sequence number.
    pub(super) fn forget_returned(&mut self, before: Sequence) {
        self.reach_returned(before);
        self.returned = self.returned.split_off(&before);
        self.unloaded.returned = self.unloaded.returned.split_off(&before);
    }

    /// Reaches the segment with a place for `sequence` if it has events that are available again.
    fn reach_returned(&mut self, sequence: Sequence) {
        let segment = self.entries.segment_of(sequence);
        if segment.is_some_and(|first| self.unloaded.returned.contains_key(&first)) {
            self.reach(sequence);
        }
    }

    /// When the first event was published that was never delivered. It is not loaded for this.
    pub(super) fn fresh_published(&self) -> Option<Moment> {
        match self.unloaded.fresh {
            Some((sequence, published))
                if sequence == self.next_fresh && self.entries.is_stored(sequence) =>
            {
                Some(published)
            }
            _ => self.entries.get(self.next_fresh).map(|entry| entry.published),
        }
    }

    /// An entry that is about to change, in the lists of the queue.
    pub(super) fn entry_mut(&mut self, sequence: Sequence) -> &mut Entry {
        self.reach(sequence);
        self.entries.get_mut(sequence).expect("the lists name entries that are there")
    }
}
