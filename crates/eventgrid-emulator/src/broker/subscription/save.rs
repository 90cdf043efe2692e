//! A queue as a store keeps it, and back.

use std::sync::Arc;

use super::super::segments::{SEGMENT, Segments, Sequence};
use super::super::stored::{
    EntrySource, QueueEntries, QueueHead, SegmentLists, SegmentPlaces, StoredSegment,
};
use super::stored::Unloaded;
use super::{Expired, State, Subscription, SubscriptionStats};
use crate::broker::moment::Moment;

impl Subscription {
    /// All but the entries.
    pub(in crate::broker) fn head(&self) -> QueueHead {
        QueueHead {
            guid: self.guid,
            settings: self.settings,
            next: self.entries.next_sequence(),
            next_fresh: self.next_fresh,
            fresh_published: self.fresh_published(),
            expired_from: self.expired.from,
            expired_to: self.expired.to,
            expired_since: self.expired.since,
            last_published: self.last_published,
            locked: self.locked,
            counts: self.counts,
        }
    }

    /// What became of the entries since the last call; all of them are new for the first one.
    pub(in crate::broker) fn take_changes(&mut self) -> QueueEntries {
        if !self.entries.is_tracked() {
            self.entries.track_from_the_start();
        }
        let Some(mut changes) = self.entries.take_changes() else { return QueueEntries::default() };
        changes.touched.sort_unstable();
        changes.touched.dedup();
        let mut entries = QueueEntries { freed: changes.freed, ..QueueEntries::default() };
        let mut latest = None;
        for sequence in changes.touched {
            let segment = self.entries.segment_of(sequence);
            if let Some(first) = segment.filter(|first| latest.replace(*first) != Some(*first)) {
                entries.segments.push((first, self.summary(first)));
            }
            match self.entries.get(sequence) {
                Some(entry) if sequence >= changes.saved_to => entries.added.push((sequence, entry.clone())),
                Some(entry) => entries.changed.push((sequence, entry.clone())),
                None if sequence < changes.saved_to => entries.removed.push(sequence),
                None => {}
            }
        }
        entries
    }

    /// What a segment amounts to that is loaded and in the lists.
    fn summary(&self, first: Sequence) -> StoredSegment {
        let none = SegmentPlaces { filled: 0, live: 0, last_published: Moment::NEVER };
        let held = || self.entries.segment(first).filter(|(_, entry)| entry.state != State::Available);
        let returned = self.returned.range(first..first + SEGMENT as Sequence).next();
        let lists = SegmentLists {
            held: held().count(),
            first_deadline: held().map(|(_, entry)| entry.until).min().unwrap_or(Moment::NEVER),
            first_returned: returned.map(|sequence| self.entry(*sequence).published),
        };
        StoredSegment { places: self.entries.places_of(first).unwrap_or(none), lists }
    }

    /// A queue whose entries are read from `source` when they are reached.
    ///
    /// # Errors
    /// If it is not a state that a queue can have.
    pub(in crate::broker) fn stored(
        head: &QueueHead,
        segments: &[(Sequence, StoredSegment)],
        source: Arc<dyn EntrySource>,
    ) -> Result<Self, String> {
        let start = segments.first().map_or(head.next, |(first, _)| *first);
        check_segments(head, start, segments)?;
        let mut queue = Self::new(head.guid, head.settings);
        let places = segments.iter().map(|(_, segment)| segment.places);
        queue.entries = Segments::stored(start, places, source);
        queue.next_fresh = head.next_fresh;
        queue.expired = Expired { from: head.expired_from, to: head.expired_to, since: head.expired_since };
        queue.last_published = head.last_published;
        queue.locked = head.locked;
        queue.counts = head.counts;
        queue.unloaded = Unloaded::new(head.fresh_published.map(|published| (head.next_fresh, published)));
        for (first, segment) in segments.iter().filter(|(_, segment)| segment.places.live > 0) {
            queue.unloaded.add(*first, segment.lists);
        }
        if queue.next_fresh < head.next && head.fresh_published.is_none() {
            return Err("it does not say when its first fresh event was published".to_owned());
        }
        Ok(queue)
    }
}

/// # Errors
/// If they do not follow each other, or do not fit the head of the queue.
fn check_segments(
    head: &QueueHead,
    start: Sequence,
    segments: &[(Sequence, StoredSegment)],
) -> Result<(), String> {
    let wrong = |first: Sequence| Err(format!("the segment from event {first} on does not fit its queue"));
    let (mut next, mut live, mut held_in_all) = (start, 0, 0);
    let mut last_published = None;
    for (index, (first, StoredSegment { places, lists })) in segments.iter().enumerate() {
        let is_full = places.filled == SEGMENT || index + 1 == segments.len();
        let is_possible =
            places.filled <= SEGMENT && places.live <= places.filled && lists.held <= places.live;
        if *first != next || !is_full || !is_possible || last_published > Some(places.last_published) {
            return wrong(*first);
        }
        last_published = Some(places.last_published);
        let Some(end) = first.checked_add(places.filled as Sequence) else { return wrong(*first) };
        next = end;
        live += places.live;
        held_in_all += lists.held;
    }
    let SubscriptionStats { published, acknowledged, rejected, exhausted, expired, .. } = head.counts;
    let gone = [acknowledged, rejected, exhausted, expired];
    let counted = gone.into_iter().try_fold(live as u64, u64::checked_add);
    let is_head = next == head.next
        && head.next_fresh <= next
        && head.expired_from <= head.expired_to
        && head.expired_to <= next
        && head.locked <= held_in_all as u64
        && counted == Some(published);
    if is_head { Ok(()) } else { Err("its counts do not fit its events".to_owned()) }
}
