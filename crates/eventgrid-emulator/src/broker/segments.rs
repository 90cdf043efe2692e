//! The entries of a queue, by their sequence numbers.
//!
//! Sequence numbers are dense and ascending, so entries lie in segments of 256, one after the
//! other. Nothing is ever moved or copied as a whole when the queue grows, and a segment is freed
//! with the last of its entries.
//!
//! Of a queue that is kept in a store, a segment is read when somebody looks at one of its entries.

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

use super::entry::Entry;
use super::moment::Moment;
#[cfg(feature = "data")]
use super::stored::SegmentPlaces;
use super::stored::{EntrySource, SegmentChanges};

/// The order of publication within a subscription.
pub(crate) type Sequence = u64;

/// How many entries a segment has places for.
pub(crate) const SEGMENT: usize = 256;

/// Beyond this many, room for segments is given back when the last entry is gone.
const SPARE_SEGMENTS: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Segments {
    /// The sequence number of the first place in the first segment.
    start: Sequence,
    list: VecDeque<Segment>,
    len: usize,
    /// Where the segments are read from that are not loaded.
    source: Option<Arc<dyn EntrySource>>,
    /// What changed since it was saved; `None` if it is never saved.
    changes: Option<Box<SegmentChanges>>,
}

#[derive(Debug)]
struct Segment {
    /// In the order of publication. Empty if the segment was filled once and all its entries are
    /// gone; not set as long as they are not loaded.
    places: OnceLock<Vec<Option<Entry>>>,
    /// How many places were filled, whether or not their entries are still there.
    filled: usize,
    live: usize,
    /// When the last of its entries was published.
    last_published: Moment,
}

impl Segments {
    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// No entries; the first one gets that sequence number.
    pub(super) fn starting_at(start: Sequence) -> Self {
        Self { start, ..Self::default() }
    }

    /// A sequence number before which there are no entries.
    pub(super) fn first_sequence(&self) -> Sequence {
        self.start
    }

    /// The sequence number of the next entry.
    pub(super) fn next_sequence(&self) -> Sequence {
        match self.list.back() {
            Some(last) => self.start + ((self.list.len() - 1) * SEGMENT + last.filled) as Sequence,
            None => self.start,
        }
    }

    pub(super) fn push(&mut self, entry: Entry) {
        let published = entry.published;
        if self.list.back().is_none_or(|last| last.filled == SEGMENT) {
            self.list.push_back(Segment::new(published));
        }
        let sequence = self.next_sequence();
        self.places_mut(self.list.len() - 1).push(Some(entry));
        let last = self.list.back_mut().expect("there is one with room");
        last.filled += 1;
        last.live += 1;
        last.last_published = published;
        self.len += 1;
        self.touch(sequence);
    }

    /// Leaves all places empty up to that sequence number.
    pub(super) fn skip_to(&mut self, sequence: Sequence) {
        if self.list.is_empty() {
            self.start = self.start.max(sequence);
        }
        while self.next_sequence() < sequence {
            if self.list.back().is_none_or(|last| last.filled == SEGMENT) {
                let published = self.list.back().map_or(Moment::NEVER, |last| last.last_published);
                self.list.push_back(Segment::new(published));
            }
            let missing = sequence - self.next_sequence();
            let last = self.list.back_mut().expect("there is one with room");
            let count = usize::try_from(missing)
                .map_or(SEGMENT, |missing| missing.min(SEGMENT))
                .min(SEGMENT - last.filled);
            last.filled += count;
            let (filled, live) = (last.filled, last.live);
            let places = self.places_mut(self.list.len() - 1);
            if live > 0 || filled < SEGMENT {
                places.resize_with(filled, || None);
            } else {
                *places = Vec::new();
            }
        }
    }

    pub(super) fn get(&self, sequence: Sequence) -> Option<&Entry> {
        let (index, place) = self.locate(sequence)?;
        self.places(index)?.get(place)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, sequence: Sequence) -> Option<&mut Entry> {
        let (index, place) = self.locate(sequence)?;
        self.places(index)?.get(place)?.as_ref()?;
        self.touch(sequence);
        self.places_mut(index).get_mut(place)?.as_mut()
    }

    pub(super) fn remove(&mut self, sequence: Sequence) -> Option<Entry> {
        let (index, place) = self.locate(sequence)?;
        self.places(index)?;
        let entry = self.places_mut(index).get_mut(place)?.take()?;
        self.touch(sequence);
        let segment = self.list.get_mut(index)?;
        segment.live -= 1;
        self.len -= 1;
        if self.len == 0 {
            self.start_anew();
        } else if segment.live == 0 && segment.filled == SEGMENT {
            segment.places = Vec::new().into();
            while self.list.front().is_some_and(|first| first.live == 0 && first.filled == SEGMENT) {
                self.list.pop_front();
                self.note_freed(self.start);
                self.start += SEGMENT as Sequence;
            }
        }
        Some(entry)
    }

    /// The first sequence number from which on every entry was published after `published`.
    pub(super) fn first_published_after(&self, published: Moment) -> Sequence {
        let index = self.list.partition_point(|segment| segment.last_published <= published);
        let start = self.first_of(index);
        let Some(places) = self.places(index) else { return self.next_sequence() };
        let is_later =
            |place: &Option<Entry>| place.as_ref().is_some_and(|entry| entry.published > published);
        start + places.iter().position(is_later).unwrap_or(self.list[index].filled) as Sequence
    }

    /// Removes the entries of one segment. Returns how many there were; `None` if there is no
    /// segment any more.
    pub(super) fn discard_segment(&mut self) -> Option<usize> {
        let segment = self.list.pop_front()?;
        self.len -= segment.live;
        self.start += segment.filled as Sequence;
        Some(segment.live)
    }

    fn locate(&self, sequence: Sequence) -> Option<(usize, usize)> {
        let place = usize::try_from(sequence.checked_sub(self.start)?).ok()?;
        Some((place / SEGMENT, place % SEGMENT))
    }

    /// The places of the segment with that index, loaded if they were not; `None` if there is no
    /// such segment.
    fn places(&self, index: usize) -> Option<&Vec<Option<Entry>>> {
        let segment = self.list.get(index)?;
        Some(segment.places.get_or_init(|| self.load(self.first_of(index), segment)))
    }

    /// The places of a segment that is there.
    fn places_mut(&mut self, index: usize) -> &mut Vec<Option<Entry>> {
        if self.list[index].places.get().is_none() {
            self.places(index);
        }
        self.list[index].places.get_mut().expect("they were just loaded")
    }

    fn load(&self, first: Sequence, segment: &Segment) -> Vec<Option<Entry>> {
        let mut places = Vec::new();
        places.resize_with(segment.filled, || None);
        let entries = self.source.as_ref().map(|source| source.load(first, segment.live));
        for (sequence, entry) in entries.into_iter().flatten() {
            let place = sequence.checked_sub(first).and_then(|place| usize::try_from(place).ok());
            if let Some(place) = place.and_then(|place| places.get_mut(place)) {
                *place = Some(entry);
            }
        }
        places
    }

    /// The sequence number of the first place in the segment with that index.
    fn first_of(&self, index: usize) -> Sequence {
        self.start + (index * SEGMENT) as Sequence
    }

    fn touch(&mut self, sequence: Sequence) {
        if let Some(changes) = &mut self.changes {
            changes.touched.push(sequence);
        }
    }

    fn note_freed(&mut self, first: Sequence) {
        if let Some(changes) = &mut self.changes {
            changes.freed.push(first);
        }
    }

    fn start_anew(&mut self) {
        for index in 0..self.list.len() {
            self.note_freed(self.first_of(index));
        }
        self.start = self.next_sequence();
        self.list.clear();
        if self.list.capacity() > SPARE_SEGMENTS {
            self.list.shrink_to(SPARE_SEGMENTS);
        }
    }
}

impl Segment {
    fn new(published: Moment) -> Self {
        Self { places: Vec::new().into(), filled: 0, live: 0, last_published: published }
    }
}

/// What a store needs to know, and what it knows.
impl Segments {
    /// Segments in a store, the first of which begins at `start`; they are read from `source`.
    #[cfg(feature = "data")]
    pub(super) fn stored(
        start: Sequence,
        segments: impl Iterator<Item = SegmentPlaces>,
        source: Arc<dyn EntrySource>,
    ) -> Self {
        let list = segments.map(|SegmentPlaces { filled, live, last_published }| {
            let mut segment = Segment { filled, live, ..Segment::new(last_published) };
            if live > 0 {
                segment.places = OnceLock::new();
            } else if filled < SEGMENT {
                segment.places = std::iter::repeat_with(|| None).take(filled).collect::<Vec<_>>().into();
            }
            segment
        });
        let list: VecDeque<_> = list.collect();
        let len = list.iter().map(|segment| segment.live).sum();
        let mut segments = Self { start, list, len, source: Some(source), changes: None };
        segments.track();
        segments
    }

    /// The sequence number of the first place in the segment that has a place for `sequence`.
    pub(super) fn segment_of(&self, sequence: Sequence) -> Option<Sequence> {
        let (index, _) = self.locate(sequence)?;
        self.list.get(index).map(|_| self.first_of(index))
    }

    /// The entries of the segment that begins with that sequence number.
    pub(super) fn segment(&self, first: Sequence) -> impl Iterator<Item = (Sequence, &Entry)> {
        let places = self.locate(first).and_then(|(index, _)| self.places(index));
        let numbered = (first..).zip(places.into_iter().flatten());
        numbered.filter_map(|(sequence, entry)| Some((sequence, entry.as_ref()?)))
    }

    /// Whether the entry of that sequence number would have to be read first.
    pub(super) fn is_stored(&self, sequence: Sequence) -> bool {
        let segment = self.locate(sequence).and_then(|(index, _)| self.list.get(index));
        segment.is_some_and(|segment| segment.places.get().is_none())
    }

    /// Of the segment that begins with that sequence number, how many of its places are taken.
    #[cfg(feature = "data")]
    pub(super) fn places_of(&self, first: Sequence) -> Option<SegmentPlaces> {
        let segment = self.list.get(self.locate(first)?.0)?;
        let Segment { filled, live, last_published, .. } = *segment;
        Some(SegmentPlaces { filled, live, last_published })
    }

    /// Notes from now on what changes. All entries that there are count as saved.
    #[cfg(feature = "data")]
    fn track(&mut self) {
        self.changes = Some(Box::new(SegmentChanges::since(self.next_sequence())));
    }

    #[cfg(feature = "data")]
    pub(super) fn is_tracked(&self) -> bool {
        self.changes.is_some()
    }

    /// The same, but none of the entries counts as saved.
    #[cfg(feature = "data")]
    pub(super) fn track_from_the_start(&mut self) {
        let mut changes = SegmentChanges::since(self.start);
        let all = (self.start..self.next_sequence()).filter(|sequence| self.get(*sequence).is_some());
        // A segment without entries is saved, too: the numbers of the others follow from it.
        changes.touched = all.chain((0..self.list.len()).map(|index| self.first_of(index))).collect();
        self.changes = Some(Box::new(changes));
    }

    /// Notes no longer what changes.
    pub(super) fn untracked(self) -> Self {
        Self { changes: None, ..self }
    }

    /// What changed since the last call.
    #[cfg(feature = "data")]
    pub(super) fn take_changes(&mut self) -> Option<SegmentChanges> {
        let next = SegmentChanges::since(self.next_sequence());
        Some(std::mem::replace(&mut **self.changes.as_mut()?, next))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::broker::Event;
    use crate::time::UnixTime;

    fn at(second: u64) -> Moment {
        UnixTime::from_secs(second).into()
    }

    /// One entry a second.
    fn filled(count: u64) -> Segments {
        let mut segments = Segments::default();
        for second in 0..count {
            let event = Event::from_json(second.to_string()).unwrap();
            segments.push(Entry::new(event, at(second)));
        }
        segments
    }

    #[test]
    fn entries_are_found_by_their_sequence_numbers_until_they_are_removed() {
        let mut segments = filled(1000);
        assert_eq!((segments.len(), segments.next_sequence()), (1000, 1000));
        for sequence in (0..1000).rev().step_by(3) {
            assert_eq!(segments.remove(sequence).unwrap().event.json(), sequence.to_string());
            assert!(segments.remove(sequence).is_none());
        }
        for sequence in 0..1002 {
            let expected = (sequence < 1000 && sequence % 3 != 0).then(|| sequence.to_string());
            let found = segments.get(sequence).map(|entry| entry.event.json().to_owned());
            assert_eq!(found, expected);
            assert_eq!(segments.get_mut(sequence).is_some(), expected.is_some());
        }
    }

    #[test]
    fn a_segment_is_freed_with_its_last_entry_and_numbers_go_on() {
        let mut segments = filled(1000);
        for sequence in 256..512 {
            segments.remove(sequence);
        }
        assert_eq!(segments.list[1].places.get().unwrap().capacity(), 0);
        assert_eq!(segments.list.len(), 4, "the first one is still there");
        for sequence in 0..256 {
            segments.remove(sequence);
        }
        assert_eq!((segments.list.len(), segments.start), (2, 512));
        for sequence in 512..1000 {
            segments.remove(sequence);
        }
        assert_eq!((segments.list.len(), segments.len(), segments.next_sequence()), (0, 0, 1000));
        segments.push(Entry::new(Event::from_json("1".to_owned()).unwrap(), at(2000)));
        assert!(segments.get(1000).is_some() && segments.get(999).is_none());
    }

    #[test]
    fn the_first_entry_after_a_moment_is_found_beside_holes() {
        let mut segments = filled(1000);
        for sequence in (100..300).chain(512..768) {
            segments.remove(sequence);
        }
        let after = |second| segments.first_published_after(at(second));
        assert_eq!([after(0), after(98), after(99), after(511)], [1, 99, 256, 768]);
        assert_eq!([after(600), after(998), after(999), after(5000)], [768, 999, 1000, 1000]);
        let before_all = at(10).since(at(11));
        assert_eq!(before_all, Duration::ZERO);
    }

    #[test]
    fn segments_are_discarded_one_by_one() {
        let mut segments = filled(600);
        segments.remove(0);
        assert_eq!([255, 256, 88].map(Some), [(); 3].map(|()| segments.discard_segment()));
        assert_eq!((segments.discard_segment(), segments.len()), (None, 0));
    }
}
