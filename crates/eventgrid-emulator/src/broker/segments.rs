//! The entries of a queue, by their sequence numbers.
//!
//! Sequence numbers are dense and ascending, so entries lie in segments of 256, one after the
//! other. Nothing is ever moved or copied as a whole when the queue grows, and a segment is freed
//! with the last of its entries.

use std::collections::VecDeque;

use super::entry::Entry;
use super::moment::Moment;

/// The order of publication within a subscription.
pub(super) type Sequence = u64;

const SEGMENT: usize = 256;

/// Beyond this many, room for segments is given back when the last entry is gone.
const SPARE_SEGMENTS: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Segments {
    /// The sequence number of the first place in the first segment.
    start: Sequence,
    list: VecDeque<Segment>,
    len: usize,
}

#[derive(Debug)]
struct Segment {
    /// In the order of publication. Empty if the segment was filled once and all its entries are
    /// gone.
    places: Vec<Option<Entry>>,
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
        let last = self.list.back_mut().expect("there is one with room");
        last.places.push(Some(entry));
        last.filled += 1;
        last.live += 1;
        last.last_published = published;
        self.len += 1;
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
            if last.live > 0 || last.filled < SEGMENT {
                last.places.resize_with(last.filled, || None);
            } else {
                last.places = Vec::new();
            }
        }
    }

    pub(super) fn get(&self, sequence: Sequence) -> Option<&Entry> {
        let (segment, place) = self.locate(sequence)?;
        self.list.get(segment)?.places.get(place)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, sequence: Sequence) -> Option<&mut Entry> {
        let (segment, place) = self.locate(sequence)?;
        self.list.get_mut(segment)?.places.get_mut(place)?.as_mut()
    }

    pub(super) fn remove(&mut self, sequence: Sequence) -> Option<Entry> {
        let (index, place) = self.locate(sequence)?;
        let segment = self.list.get_mut(index)?;
        let entry = segment.places.get_mut(place)?.take()?;
        segment.live -= 1;
        self.len -= 1;
        if self.len == 0 {
            self.start_anew();
        } else if segment.live == 0 && segment.filled == SEGMENT {
            segment.places = Vec::new();
            while self.list.front().is_some_and(|first| first.live == 0 && first.filled == SEGMENT) {
                self.list.pop_front();
                self.start += SEGMENT as Sequence;
            }
        }
        Some(entry)
    }

    /// The first sequence number from which on every entry was published after `published`.
    pub(super) fn first_published_after(&self, published: Moment) -> Sequence {
        let index = self.list.partition_point(|segment| segment.last_published <= published);
        let start = self.start + (index * SEGMENT) as Sequence;
        let Some(segment) = self.list.get(index) else { return self.next_sequence() };
        let is_later =
            |place: &Option<Entry>| place.as_ref().is_some_and(|entry| entry.published > published);
        start + segment.places.iter().position(is_later).unwrap_or(segment.filled) as Sequence
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

    fn start_anew(&mut self) {
        self.start = self.next_sequence();
        self.list.clear();
        if self.list.capacity() > SPARE_SEGMENTS {
            self.list.shrink_to(SPARE_SEGMENTS);
        }
    }
}

impl Segment {
    fn new(published: Moment) -> Self {
        Self { places: Vec::new(), filled: 0, live: 0, last_published: published }
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
        assert_eq!(segments.list[1].places.capacity(), 0);
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
