//! When locked and delayed events change by themselves.

use std::collections::BTreeMap;

use super::super::moment::Moment;
use super::super::segments::Sequence;

/// Events with the moments at which they change by themselves, the earliest first.
///
/// A receive or a push locks many events that follow each other until one moment, so these are kept
/// as one run. They are usually settled in their order, which only moves the beginning of the run.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    /// The first event of each run, by the moment of all its events and the last of them.
    runs: BTreeMap<(Moment, Sequence), Sequence>,
    /// How many events there are.
    len: usize,
}

impl Deadlines {
    /// How many events there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The earliest moment, and the first event of the run that comes first with it.
    pub(super) fn first(&self) -> Option<(Moment, Sequence)> {
        self.runs.first_key_value().map(|((moment, _), first)| (*moment, *first))
    }

    /// Adds an event that is not there.
    pub(super) fn insert(&mut self, moment: Moment, sequence: Sequence) {
        self.insert_run(moment, sequence, sequence);
    }

    /// Adds events that are not there, all of them for one moment.
    pub(super) fn insert_all(&mut self, moment: Moment, sequences: impl IntoIterator<Item = Sequence>) {
        let mut run: Option<(Sequence, Sequence)> = None;
        for sequence in sequences {
            run = match run {
                Some((first, last)) if last + 1 == sequence => Some((first, sequence)),
                ended => {
                    if let Some((first, last)) = ended {
                        self.insert_run(moment, first, last);
                    }
                    Some((sequence, sequence))
                }
            };
        }
        if let Some((first, last)) = run {
            self.insert_run(moment, first, last);
        }
    }

    fn insert_run(&mut self, moment: Moment, first: Sequence, last: Sequence) {
        self.runs.insert((moment, last), first);
        self.len += usize::try_from(last - first).unwrap_or(usize::MAX).saturating_add(1);
    }

    /// Removes an event, if it is there with that moment.
    pub(super) fn remove(&mut self, moment: Moment, sequence: Sequence) {
        let run = self.runs.range_mut((moment, sequence)..).next();
        let Some((&(of, last), first)) = run.filter(|((of, _), first)| *of == moment && **first <= sequence)
        else {
            return;
        };
        let before = (*first < sequence).then_some(*first);
        if sequence < last {
            *first = sequence + 1;
        } else {
            self.runs.remove(&(of, last));
        }
        if let Some(first) = before {
            self.runs.insert((moment, sequence - 1), first);
        }
        self.len -= 1;
    }

    /// Removes all.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Those that can be taken one after the other from the front.
    fn drained(deadlines: &mut Deadlines) -> Vec<(Moment, Sequence)> {
        let mut all = Vec::new();
        while let Some((moment, sequence)) = deadlines.first() {
            deadlines.remove(moment, sequence);
            all.push((moment, sequence));
        }
        assert_eq!(deadlines.len(), 0);
        all
    }

    #[test]
    fn events_that_follow_each_other_are_one_run() {
        let (soon, later) = (Moment::from_nanoseconds(1), Moment::from_nanoseconds(2));
        let mut deadlines = Deadlines::default();
        deadlines.insert_all(soon, 0..100);
        deadlines.insert_all(later, [200, 201, 300]);
        assert_eq!((deadlines.runs.len(), deadlines.len()), (3, 103));
        (0..99).for_each(|sequence| deadlines.remove(soon, sequence));
        assert_eq!((deadlines.runs.len(), deadlines.first()), (3, Some((soon, 99))));
        deadlines.remove(later, 99);
        assert_eq!(deadlines.len(), 4);
        assert_eq!(drained(&mut deadlines), [(soon, 99), (later, 200), (later, 201), (later, 300)]);
    }

    #[derive(Debug, Clone)]
    enum Step {
        Insert(u64, Vec<Sequence>),
        Remove(usize),
        RemoveAbsent(u64, Sequence),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            1 => (0..4_u64, prop::collection::vec(0..40_u64, 1..8))
                .prop_map(|(at, of)| Step::Insert(at, of)),
            1 => (0..4_u64, 0..40_u64, 1..20_u64)
                .prop_map(|(at, from, count)| Step::Insert(at, (from..from + count).collect())),
            3 => any::<usize>().prop_map(Step::Remove),
            1 => (0..4_u64, 0..60_u64).prop_map(|(at, of)| Step::RemoveAbsent(at, of)),
        ]
    }

    proptest! {
        #[test]
        fn they_are_a_set(steps in prop::collection::vec(step(), 0..40)) {
            let (mut deadlines, mut set) = (Deadlines::default(), BTreeSet::new());
            for step in steps {
                match step {
                    Step::Insert(at, mut sequences) => {
                        let moment = Moment::from_nanoseconds(at);
                        sequences.retain(|sequence| set.insert((moment, *sequence)));
                        deadlines.insert_all(moment, sequences);
                    }
                    Step::Remove(index) => {
                        let Some((moment, sequence)) = set.iter().nth(index % set.len().max(1)).copied() else {
                            continue;
                        };
                        set.remove(&(moment, sequence));
                        deadlines.remove(moment, sequence);
                    }
                    Step::RemoveAbsent(at, sequence) => {
                        let moment = Moment::from_nanoseconds(at);
                        set.remove(&(moment, sequence));
                        deadlines.remove(moment, sequence);
                    }
                }
                prop_assert_eq!(deadlines.len(), set.len());
                prop_assert_eq!(deadlines.first(), set.first().copied());
            }
            prop_assert_eq!(drained(&mut deadlines), set.into_iter().collect::<Vec<_>>());
        }
    }
}
