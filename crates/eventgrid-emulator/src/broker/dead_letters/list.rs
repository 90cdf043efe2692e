//! The list of dead letters that an event subscription has.
//!
//! A dead letter that leaves for a folder or a topic is in the list until it has left. It is in
//! `waiting` until it is due; from then on, if it goes to a folder, somebody else has it in hand
//! and says whether it was written.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use eventgrid_push::DeliveryOutcome;

use super::super::Event;
use super::super::entry::Entry;
use super::super::moment::Moment;
use super::super::segments::Sequence;
use super::letter::{DeadLetter, DeadLetterReason, DeadLetters, UnknownDeadLetter};
use super::settings::{DeadLetterDestination, DeadLettering};

/// How many dead letters are kept at most where a list is their destination, and how many bytes of
/// their events.
const MOST_LETTERS: usize = 10_000;
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// How long after a failure there is a retry. The last of these goes on until [`RETRY_PERIOD`] is
/// over ("dead-letter-event-subscriptions-namespace-topics" of the service's documentation,
/// 2023-09-29).
const RETRIES: [Duration; 3] =
    [Duration::from_secs(10), Duration::from_secs(60), Duration::from_secs(5 * 60)];

/// How long after the moment at which a dead letter was due there are retries: two days.
const RETRY_PERIOD: Duration = Duration::from_secs(2 * 24 * 60 * 60);

#[derive(Debug, Default)]
pub(in crate::broker) struct DeadLetterList {
    /// `None` if events that die are dropped.
    settings: Option<DeadLettering>,
    letters: BTreeMap<Sequence, KeptDeadLetter>,
    /// How many bytes of events there are.
    size: usize,
    /// Those that leave, by the moment of their next attempt.
    waiting: BTreeSet<(Moment, Sequence)>,
    /// The sequence numbers of those that are new, changed or gone since it was saved, perhaps
    /// several times; `None` if none of it was saved.
    #[cfg(feature = "data")]
    touched: Option<Vec<Sequence>>,
}

/// A dead letter as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct KeptDeadLetter {
    pub(crate) event: Event,
    pub(crate) reason: DeadLetterReason,
    pub(crate) delivery_count: u32,
    pub(crate) outcome: Option<DeliveryOutcome>,
    pub(crate) published: Moment,
    pub(crate) last_delivered: Option<Moment>,
    pub(crate) died: Moment,
    /// When it leaves; [`Moment::NEVER`] if it stays.
    pub(crate) leaves: Moment,
    /// When there is an attempt to let it leave, and how many of them have failed.
    pub(crate) next_attempt: Moment,
    pub(crate) failures: u32,
}

impl KeptDeadLetter {
    pub(super) fn seen(&self, sequence_number: Sequence) -> DeadLetter {
        DeadLetter {
            sequence_number,
            reason: self.reason,
            delivery_count: self.delivery_count,
            outcome: self.outcome,
            published: self.published.to_unix_time().unwrap_or_default(),
            last_delivered: self.last_delivered.and_then(Moment::to_unix_time),
            died: self.died.to_unix_time().unwrap_or_default(),
            leaves: self.leaves.to_unix_time(),
            event: self.event.clone(),
        }
    }
}

impl DeadLetterList {
    pub(in crate::broker) fn settings(&self) -> Option<&DeadLettering> {
        self.settings.as_ref()
    }

    /// Takes other settings. What waits to leave keeps its moment; what stayed in the list leaves
    /// now if there is a folder or a topic from now on, and what would have left stays if there is
    /// none any more.
    pub(in crate::broker) fn configure(&mut self, now: Moment, settings: Option<DeadLettering>) {
        let leaves = settings.as_ref().is_some_and(|it| it.destination != DeadLetterDestination::List);
        let is_same =
            self.settings.as_ref().map(|it| &it.destination) == settings.as_ref().map(|it| &it.destination);
        self.settings = settings;
        if is_same {
            return;
        }
        let sequences: Vec<_> = self.letters.keys().copied().collect();
        for sequence in sequences {
            let Some(letter) = self.letters.get(&sequence) else { continue };
            let moment = match (leaves, letter.leaves) {
                (false, _) => Moment::NEVER,
                (true, Moment::NEVER) => now,
                (true, moment) => moment,
            };
            self.plan(sequence, moment);
        }
        self.make_room();
    }

    pub(in crate::broker) fn len(&self) -> usize {
        self.letters.len()
    }

    /// When the next one leaves.
    pub(in crate::broker) fn next_leave(&self) -> Option<Moment> {
        self.waiting.first().map(|(moment, _)| *moment)
    }

    /// Adds an event that died, if there is a destination.
    pub(in crate::broker) fn add(
        &mut self,
        sequence: Sequence,
        entry: Entry,
        reason: DeadLetterReason,
        died: Moment,
    ) {
        let Some(settings) = &self.settings else { return };
        let last_delivered = (entry.delivery_count > 0).then_some(entry.locked_since);
        // An event that was released with a delay beyond its time to live has died before.
        let died = last_delivered.map_or(died, |delivered| died.max(delivered));
        let leaves = match settings.destination {
            DeadLetterDestination::List => Moment::NEVER,
            _ => died.max(last_delivered.unwrap_or(died).after(settings.delay)),
        };
        self.insert(
            sequence,
            KeptDeadLetter {
                event: entry.event,
                reason,
                delivery_count: entry.delivery_count,
                outcome: entry.outcome,
                published: entry.published,
                last_delivered,
                died,
                leaves,
                next_attempt: leaves,
                failures: 0,
            },
        );
        self.make_room();
    }

    /// Puts a dead letter into the list.
    pub(in crate::broker) fn insert(&mut self, sequence: Sequence, letter: KeptDeadLetter) {
        self.touch(sequence);
        self.size += letter.event.json().len();
        if letter.next_attempt != Moment::NEVER {
            self.waiting.insert((letter.next_attempt, sequence));
        }
        self.letters.insert(sequence, letter);
    }

    /// Takes a dead letter out.
    pub(in crate::broker) fn remove(
        &mut self,
        sequence: Sequence,
    ) -> Result<KeptDeadLetter, UnknownDeadLetter> {
        let letter = self.letters.remove(&sequence).ok_or(UnknownDeadLetter)?;
        self.touch(sequence);
        self.waiting.remove(&(letter.next_attempt, sequence));
        self.size -= letter.event.json().len();
        Ok(letter)
    }

    /// Takes out the first one.
    pub(in crate::broker) fn remove_first(&mut self) -> Option<KeptDeadLetter> {
        let first = *self.letters.first_key_value()?.0;
        self.remove(first).ok()
    }

    pub(in crate::broker) fn get(&self, sequence: Sequence) -> Option<DeadLetter> {
        self.letters.get(&sequence).map(|letter| letter.seen(sequence))
    }

    /// Up to `max_letters` of them from a sequence number on.
    pub(in crate::broker) fn page(&self, from: Sequence, max_letters: usize) -> DeadLetters {
        let mut rest = self.letters.range(from..);
        let letters = rest.by_ref().take(max_letters);
        let letters = letters.map(|(sequence, letter)| letter.seen(*sequence)).collect();
        DeadLetters { letters, next: rest.next().map(|(sequence, _)| *sequence) }
    }

    /// The first one that is due, which waits no longer.
    fn take_due(&mut self, now: Moment) -> Option<Sequence> {
        let (_, sequence) = *self.waiting.first().filter(|(moment, _)| *moment <= now)?;
        self.waiting.pop_first();
        Some(sequence)
    }

    /// Up to `max_letters` of those that are due. They stay in the list until it is told that they
    /// have left.
    pub(in crate::broker) fn hand_over(&mut self, now: Moment, max_letters: usize) -> Vec<Sequence> {
        std::iter::from_fn(|| self.take_due(now)).take(max_letters).collect()
    }

    /// Takes out up to `max_letters` of those that are due.
    pub(in crate::broker) fn release(
        &mut self,
        now: Moment,
        max_letters: usize,
    ) -> Vec<(Sequence, KeptDeadLetter)> {
        let due = std::iter::from_fn(|| {
            let sequence = self.take_due(now)?;
            Some((sequence, self.remove(sequence).ok()?))
        });
        due.take(max_letters).collect()
    }

    /// Keeps in the list up to `max_letters` of those that are due. Returns how many there were.
    pub(in crate::broker) fn keep_due(&mut self, now: Moment, max_letters: usize) -> usize {
        let due = self.hand_over(now, max_letters);
        for sequence in &due {
            self.plan(*sequence, Moment::NEVER);
        }
        due.len()
    }

    /// It has left: takes it out. Does nothing if it is gone.
    pub(in crate::broker) fn has_left(&mut self, sequence: Sequence) {
        let _ = self.remove(sequence);
    }

    /// It could not leave: there is a retry, or it stays in the list if the time for that is over.
    /// Does nothing if it is gone, or waits again by now.
    pub(in crate::broker) fn has_failed(&mut self, now: Moment, sequence: Sequence) {
        if !self.is_in_hand(sequence) {
            return;
        }
        let Some(letter) = self.letters.get_mut(&sequence) else { return };
        let pause = RETRIES.get(letter.failures as usize).or(RETRIES.last()).copied().unwrap_or_default();
        letter.failures = letter.failures.saturating_add(1);
        if now.since(letter.leaves) < RETRY_PERIOD {
            letter.next_attempt = now.after(pause);
            self.waiting.insert((letter.next_attempt, sequence));
        } else {
            self.plan(sequence, Moment::NEVER);
        }
    }

    /// Whether somebody else is about to let it leave.
    fn is_in_hand(&self, sequence: Sequence) -> bool {
        self.letters.get(&sequence).is_some_and(|letter| {
            letter.next_attempt != Moment::NEVER && !self.waiting.contains(&(letter.next_attempt, sequence))
        })
    }

    /// Lets a dead letter leave at that moment, or never.
    fn plan(&mut self, sequence: Sequence, leaves: Moment) {
        let Some(letter) = self.letters.get_mut(&sequence) else { return };
        self.waiting.remove(&(letter.next_attempt, sequence));
        (letter.leaves, letter.next_attempt, letter.failures) = (leaves, leaves, 0);
        if leaves != Moment::NEVER {
            self.waiting.insert((leaves, sequence));
        }
        self.touch(sequence);
    }

    /// Drops the first ones if a list is their destination and has too many.
    fn make_room(&mut self) {
        let is_list = self.settings.as_ref().is_some_and(|it| it.destination == DeadLetterDestination::List);
        while is_list && (self.len() > MOST_LETTERS || self.size > MOST_BYTES) && self.len() > 1 {
            self.remove_first();
        }
    }

    #[cfg_attr(
        not(feature = "data"),
        expect(clippy::unused_self, clippy::needless_pass_by_ref_mut, reason = "a store is used")
    )]
    fn touch(&mut self, sequence: Sequence) {
        #[cfg(feature = "data")]
        if let Some(touched) = &mut self.touched {
            touched.push(sequence);
        }
        #[cfg(not(feature = "data"))]
        let _ = sequence;
    }

    /// All of them, with their sequence numbers.
    pub(in crate::broker) fn letters(&self) -> impl Iterator<Item = (Sequence, &KeptDeadLetter)> {
        self.letters.iter().map(|(sequence, letter)| (*sequence, letter))
    }

    /// A list of what was kept, none of which counts as saved. What has to leave waits for its
    /// moment, or is due at once.
    pub(in crate::broker) fn restored(
        settings: Option<DeadLettering>,
        letters: impl IntoIterator<Item = (Sequence, KeptDeadLetter)>,
    ) -> Self {
        let mut list = Self { settings, ..Self::default() };
        letters.into_iter().for_each(|(sequence, letter)| list.insert(sequence, letter));
        list
    }
}

/// What a store needs to know.
#[cfg(feature = "data")]
impl DeadLetterList {
    /// The same, but all of it counts as saved.
    pub(in crate::broker) fn saved(self) -> Self {
        Self { touched: Some(Vec::new()), ..self }
    }

    /// What changed since the last call, `None` for what is gone; all of it is new for the first
    /// one.
    pub(in crate::broker) fn take_changes(&mut self) -> Vec<(Sequence, Option<KeptDeadLetter>)> {
        let Some(mut touched) = self.touched.replace(Vec::new()) else {
            return self.letters().map(|(sequence, letter)| (sequence, Some(letter.clone()))).collect();
        };
        touched.sort_unstable();
        touched.dedup();
        touched.into_iter().map(|sequence| (sequence, self.letters.get(&sequence).cloned())).collect()
    }
}
