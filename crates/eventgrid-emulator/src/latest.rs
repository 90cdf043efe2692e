//! The latest of many things, within bounds.

use std::collections::VecDeque;

/// Something of which the latest are kept: a request, a publish, a delivery.
pub(crate) trait Kept {
    /// The most bytes that are kept, unless the last one alone has more.
    const MAX_SIZE: usize;

    /// About how many bytes it takes.
    fn size(&self) -> usize;
}

/// The latest of many things, at most a thousand and within [`Kept::MAX_SIZE`]. The last one is
/// always kept.
#[derive(Debug)]
pub(crate) struct Latest<T> {
    all: VecDeque<T>,
    /// How many bytes they take.
    size: usize,
    /// The number of the next one.
    next: u64,
    /// How many were forgotten to stay within bounds.
    forgotten: u64,
}

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self { all: VecDeque::new(), size: 0, next: 0, forgotten: 0 }
    }
}

impl<T> Latest<T> {
    /// The number that the next one gets.
    pub(crate) fn next_number(&self) -> u64 {
        self.next
    }

    /// Those that are kept, the oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.all.iter()
    }

    /// How many were forgotten to stay within bounds.
    pub(crate) fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Forgets all. Numbers go on.
    pub(crate) fn clear(&mut self) {
        *self = Self { next: self.next, ..Self::default() };
    }
}

impl<T: Kept> Latest<T> {
    const MAX_COUNT: usize = 1000;

    /// Adds one. Its number is [`next_number`](Self::next_number).
    pub(crate) fn push(&mut self, added: T) {
        self.next += 1;
        self.size += added.size();
        self.all.push_back(added);
        self.bound();
    }

    /// Changes the one of that number. Does nothing if it was forgotten.
    pub(crate) fn change(&mut self, number: u64, change: impl FnOnce(&mut T)) {
        let from_the_end = self.next.checked_sub(number).and_then(|count| usize::try_from(count).ok());
        let index = from_the_end.and_then(|count| self.all.len().checked_sub(count));
        if let Some(kept) = index.and_then(|index| self.all.get_mut(index)) {
            self.size -= kept.size();
            change(kept);
            self.size += kept.size();
            self.bound();
        }
    }

    fn bound(&mut self) {
        while self.all.len() > Self::MAX_COUNT || self.size > T::MAX_SIZE && self.all.len() > 1 {
            let oldest = self.all.pop_front();
            self.size -= oldest.map_or(0, |oldest| oldest.size());
            self.forgotten += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text by its length.
    #[derive(Debug)]
    struct Text(usize);

    impl Kept for Text {
        const MAX_SIZE: usize = 10_000;

        fn size(&self) -> usize {
            self.0
        }
    }

    fn sizes(latest: &Latest<Text>) -> Vec<usize> {
        latest.iter().map(Kept::size).collect()
    }

    #[test]
    fn the_last_thousand_are_kept_and_the_others_counted() {
        let mut latest = Latest::default();
        (0..1500).for_each(|number| latest.push(Text(number % 10)));
        assert_eq!(sizes(&latest), (500..1500).map(|number| number % 10).collect::<Vec<_>>());
        assert_eq!((latest.forgotten(), latest.size), (500, 4500));
        latest.clear();
        assert_eq!((sizes(&latest).len(), latest.forgotten(), latest.size), (0, 0, 0));
        assert_eq!(latest.next_number(), 1500, "numbers go on");
    }

    #[test]
    fn no_more_bytes_are_kept_than_agreed_unless_the_last_alone_has_more() {
        let mut latest = Latest::default();
        for size in [5000, 4000, 1000] {
            latest.push(Text(size));
        }
        assert_eq!(sizes(&latest), [5000, 4000, 1000]);
        latest.push(Text(1));
        assert_eq!(sizes(&latest), [4000, 1000, 1]);
        latest.push(Text(20_000));
        assert_eq!(sizes(&latest), [20_000]);
        latest.push(Text(2));
        assert_eq!((sizes(&latest), latest.size, latest.forgotten()), (vec![2], 2, 5));
    }

    #[test]
    fn one_that_is_changed_counts_as_it_is_then() {
        let mut latest = Latest::default();
        (0..3).for_each(|_| latest.push(Text(3000)));
        latest.change(1, |text| text.0 = 4000);
        assert_eq!((sizes(&latest), latest.size), (vec![3000, 4000, 3000], 10_000));
        latest.change(2, |text| text.0 = 3001);
        assert_eq!((sizes(&latest), latest.size), (vec![4000, 3001], 7001));
        // Forgotten, and not there yet.
        for number in [0, 3, u64::MAX] {
            latest.change(number, |_| panic!("{number} is not kept"));
        }
        latest.clear();
        latest.change(2, |_| panic!("all were forgotten"));
    }
}
