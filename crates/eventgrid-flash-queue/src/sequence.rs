//! The sequence numbers of events: by them it is known what was peeked, and what is missing.

/// The numbers in use, from the oldest event to the newest one. They begin anew after 2^32 events;
/// a queue holds far fewer at once.
#[derive(Debug, Default)]
pub(crate) struct Sequence {
    oldest: u32,
    next: u32,
    lost: u32,
}

impl Sequence {
    /// From the oldest number to the newest one.
    pub(crate) fn spanning(oldest_and_newest: Option<(u32, u32)>) -> Self {
        let (oldest, next) =
            oldest_and_newest.map_or((0, 0), |(oldest, newest)| (oldest, newest.wrapping_add(1)));
        Self { oldest, next, lost: 0 }
    }

    /// The next number. It is used up even if writing fails halfway, since the record may be there
    /// all the same.
    pub(crate) fn take(&mut self) -> u32 {
        let taken = self.next;
        self.next = taken.wrapping_add(1);
        taken
    }

    /// Nothing was written with the number taken last.
    pub(crate) fn give_back(&mut self) {
        self.next = self.next.wrapping_sub(1);
    }

    /// The oldest event has this number, or there is none: those before it that were not removed
    /// are lost.
    pub(crate) fn found(&mut self, oldest: Option<u32>) {
        let oldest = oldest.unwrap_or(self.next);
        if precedes(self.oldest, oldest) {
            self.lost = self.lost.saturating_add(oldest.wrapping_sub(self.oldest));
        }
        self.oldest = oldest;
    }

    /// The oldest event, which had this number, is no more.
    pub(crate) fn removed(&mut self, oldest: u32) {
        self.oldest = oldest.wrapping_add(1);
    }

    pub(crate) fn oldest(&self) -> u32 {
        self.oldest
    }

    pub(crate) fn len(&self) -> u32 {
        self.next.wrapping_sub(self.oldest)
    }

    pub(crate) fn lost(&self) -> u32 {
        self.lost
    }
}

/// Whether one number comes before another one.
pub(crate) fn precedes(one: u32, other: u32) -> bool {
    one != other && other.wrapping_sub(one) < 1 << 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_begin_anew_after_the_last_one() {
        let mut sequence = Sequence::spanning(Some((u32::MAX - 1, u32::MAX)));
        assert_eq!((sequence.len(), sequence.take(), sequence.len()), (2, 0, 3));
        sequence.removed(u32::MAX - 1);
        sequence.found(Some(0));
        assert_eq!((sequence.len(), sequence.lost()), (1, 1));
        assert!(precedes(u32::MAX, 0) && !precedes(0, u32::MAX) && !precedes(7, 7));
    }
}
