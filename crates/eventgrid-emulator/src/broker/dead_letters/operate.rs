//! What one who runs a test does with dead letters, and what becomes of them as time passes.

use std::collections::BTreeSet;
use std::path::PathBuf;

use uuid::Uuid;

use super::super::moment::Moment;
use super::super::segments::Sequence;
use super::super::subscription::Subscription;
use super::super::{Broker, SubscriptionId};
use super::form::published_form;
use super::letter::{DeadLetter, DeadLetters, UnknownDeadLetter};
use super::settings::{DeadLetterDestination, DeadLettering};
use crate::time::UnixTime;

/// A dead letter that is due to be written to a folder.
#[derive(Debug)]
pub(crate) struct DueDeadLetter {
    pub(crate) of: SubscriptionId,
    pub(crate) folder: PathBuf,
    /// The same if it is due again.
    pub(crate) id: Uuid,
    pub(crate) letter: DeadLetter,
}

/// An event subscription that was removed has no dead letters.
impl Broker {
    /// Sets where the dead letters of an event subscription go from now on; with `None` they are
    /// dropped.
    ///
    /// Dead letters that are in the list go to the new folder or topic: at the planned time if they
    /// had one, otherwise at once. Without a folder or topic they stay in the list. Returns whether
    /// there is such a subscription.
    pub fn set_dead_lettering(
        &mut self,
        now: UnixTime,
        of: SubscriptionId,
        dead_lettering: Option<DeadLettering>,
    ) -> bool {
        let set = self.with(of, |queue, _| queue.set_dead_lettering(now.into(), dead_lettering));
        #[cfg(feature = "data")]
        if let Some(tracked) = self.tracked.as_mut().filter(|_| set.is_some()) {
            tracked.note_options(of);
        }
        set.is_some()
    }

    /// Where the dead letters of an event subscription go; `None` if they are dropped.
    pub fn dead_lettering(&self, of: SubscriptionId) -> Option<&DeadLettering> {
        self.subscriptions.get(of.0)?.queue.dead_lettering()
    }

    /// Up to `max_letters` of the dead letters in the list of an event subscription, from a
    /// sequence number on, as of the last call. Events that expire are there only after
    /// [`advance`](Self::advance).
    pub fn dead_letters(&self, of: SubscriptionId, from: u64, max_letters: usize) -> DeadLetters {
        let list = self.subscriptions.get(of.0).and_then(|listed| listed.queue.dead_letters());
        list.map_or(DeadLetters { letters: Vec::new(), next: None }, |list| list.page(from, max_letters))
    }

    /// A dead letter by its sequence number; `None` if it is not in the list.
    pub fn dead_letter(&self, of: SubscriptionId, sequence_number: u64) -> Option<DeadLetter> {
        self.subscriptions.get(of.0)?.queue.dead_letters()?.get(sequence_number)
    }

    /// How many dead letters are in the list of an event subscription.
    pub fn dead_letter_count(&self, of: SubscriptionId) -> usize {
        let list = self.subscriptions.get(of.0).and_then(|listed| listed.queue.dead_letters());
        list.map_or(0, super::DeadLetterList::len)
    }

    /// Publishes a dead letter to its event subscription again, and to no other: the same event,
    /// not delivered yet, with its full time to live and a new sequence number. It is counted as
    /// published once more, and still counted as dead.
    ///
    /// # Errors
    /// If it is not in the list.
    pub fn resend_dead_letter(
        &mut self,
        now: UnixTime,
        of: SubscriptionId,
        sequence_number: u64,
    ) -> Result<(), UnknownDeadLetter> {
        let resend =
            |queue: &mut Subscription, _: &mut _| queue.resend_dead_letter(now.into(), sequence_number);
        self.with(of, resend).unwrap_or(Err(UnknownDeadLetter))
    }

    /// Does the same with all dead letters in the list, in the order in which they were published.
    /// Returns their number.
    pub fn resend_dead_letters(&mut self, now: UnixTime, of: SubscriptionId) -> usize {
        self.with(of, |queue, _| queue.resend_dead_letters(now.into())).unwrap_or_default()
    }

    /// Removes a dead letter.
    ///
    /// # Errors
    /// If it is not in the list.
    pub fn remove_dead_letter(
        &mut self,
        of: SubscriptionId,
        sequence_number: u64,
    ) -> Result<(), UnknownDeadLetter> {
        self.with(of, |queue, _| queue.remove_dead_letter(sequence_number)).unwrap_or(Err(UnknownDeadLetter))
    }

    /// Removes all dead letters in the list. Returns their number.
    pub fn remove_dead_letters(&mut self, of: SubscriptionId) -> usize {
        self.with(of, |queue, _| queue.remove_dead_letters()).unwrap_or_default()
    }

    /// Lets dead letters leave that are due, `max_letters` of them at most. Returns how many there
    /// were, and notes in `returned` where events became available by that.
    pub(in crate::broker) fn send_dead_letters(
        &mut self,
        of: SubscriptionId,
        now: Moment,
        max_letters: usize,
        returned: &mut BTreeSet<SubscriptionId>,
    ) -> usize {
        let topic = match self.dead_lettering(of).map(|it| &it.destination) {
            Some(DeadLetterDestination::Folder(_)) => {
                let hand_over = |queue: &mut Subscription, _: &mut _| {
                    queue.dead_letters_mut(|list| list.hand_over(now, max_letters))
                };
                let due: Vec<Sequence> = self.with(of, hand_over).flatten().unwrap_or_default();
                self.due_dead_letters.extend(due.iter().map(|sequence| (of, *sequence)));
                return due.len();
            }
            Some(DeadLetterDestination::Topic(name)) => self.topic(name),
            _ => None,
        };
        let Some(topic) = topic else {
            let keep = |queue: &mut Subscription, _: &mut _| {
                queue.dead_letters_mut(|it| it.keep_due(now, max_letters))
            };
            return self.with(of, keep).flatten().unwrap_or_default();
        };
        let release =
            |queue: &mut Subscription, _: &mut _| queue.dead_letters_mut(|it| it.release(now, max_letters));
        let letters = self.with(of, release).flatten().unwrap_or_default();
        for (sequence, letter) in &letters {
            let moment = letter.leaves.to_unix_time().unwrap_or_default();
            self.publish(moment, topic, &[published_form(&letter.seen(*sequence))]);
        }
        returned.extend(self.subscriptions(topic));
        letters.len()
    }

    /// Takes up to `max_letters` dead letters that are due to be written to the folders of their
    /// event subscriptions. Each stays in its list until it is told that it has left.
    pub(crate) fn take_due_dead_letters(&mut self, max_letters: usize) -> Vec<DueDeadLetter> {
        let mut taken = Vec::new();
        while taken.len() < max_letters {
            let Some((of, sequence)) = self.due_dead_letters.pop_front() else { break };
            // It may have been sent again, or removed.
            taken.extend(self.due_dead_letter(of, sequence));
        }
        taken
    }

    fn due_dead_letter(&self, of: SubscriptionId, sequence: Sequence) -> Option<DueDeadLetter> {
        let queue = &self.subscriptions.get(of.0)?.queue;
        let DeadLetterDestination::Folder(folder) = &queue.dead_lettering()?.destination else { return None };
        let letter = queue.dead_letters()?.get(sequence)?;
        Some(DueDeadLetter { of, folder: folder.clone(), id: queue.dead_letter_id(sequence), letter })
    }

    /// Says whether a dead letter has left. For one that has not there is a retry after 10 seconds,
    /// a minute, and then each five minutes for two days; after that it stays in the list.
    pub(crate) fn dead_letter_has_left(
        &mut self,
        now: UnixTime,
        of: SubscriptionId,
        sequence_number: u64,
        has_left: bool,
    ) {
        self.with(of, |queue, _| {
            queue.dead_letters_mut(|list| {
                if has_left {
                    list.has_left(sequence_number);
                } else {
                    list.has_failed(now.into(), sequence_number);
                }
            })
        });
    }
}
