//! The dead letters of a queue.

use uuid::Uuid;

use super::super::dead_letters::{
    DeadLetterList, DeadLetterReason, DeadLettering, KeptDeadLetter, UnknownDeadLetter,
};
use super::super::entry::Entry;
use super::super::moment::Moment;
use super::super::segments::Sequence;
use super::super::token;
use super::Subscription;

impl Subscription {
    pub(in crate::broker) fn dead_lettering(&self) -> Option<&DeadLettering> {
        self.dead_letters.as_ref()?.settings()
    }

    pub(in crate::broker) fn set_dead_lettering(&mut self, now: Moment, settings: Option<DeadLettering>) {
        // What has died by now died as was said before.
        self.end_due(now, usize::MAX);
        self.sweep(now, usize::MAX);
        self.dead_letters.get_or_insert_default().configure(now, settings);
    }

    /// `None` if there was never a destination for any.
    pub(in crate::broker) fn dead_letters(&self) -> Option<&DeadLetterList> {
        self.dead_letters.as_deref()
    }

    /// Puts a list in place of its own.
    pub(in crate::broker) fn set_dead_letters(&mut self, list: DeadLetterList) {
        self.dead_letters = Some(Box::new(list));
    }

    /// Works on the list; `None` if there is none.
    pub(in crate::broker) fn dead_letters_mut<T>(
        &mut self,
        work: impl FnOnce(&mut DeadLetterList) -> T,
    ) -> Option<T> {
        self.dead_letters.as_deref_mut().map(work)
    }

    pub(in crate::broker) fn resend_dead_letter(
        &mut self,
        now: Moment,
        sequence: Sequence,
    ) -> Result<(), UnknownDeadLetter> {
        let letter = self.take_dead_letter(sequence)?;
        self.publish(now, letter.event);
        Ok(())
    }

    pub(in crate::broker) fn resend_dead_letters(&mut self, now: Moment) -> usize {
        let count = self.dead_letters().map_or(0, DeadLetterList::len);
        for _ in 0..count {
            if let Some(letter) = self.dead_letters_mut(DeadLetterList::remove_first).flatten() {
                self.publish(now, letter.event);
            }
        }
        count
    }

    pub(in crate::broker) fn remove_dead_letter(
        &mut self,
        sequence: Sequence,
    ) -> Result<(), UnknownDeadLetter> {
        self.take_dead_letter(sequence).map(drop)
    }

    pub(in crate::broker) fn remove_dead_letters(&mut self) -> usize {
        self.dead_letters_mut(|list| std::iter::from_fn(|| list.remove_first()).count()).unwrap_or_default()
    }

    /// What names a dead letter among those of all queues.
    pub(in crate::broker) fn dead_letter_id(&self, sequence: Sequence) -> Uuid {
        token::event_id(self.guid, sequence)
    }

    /// The next moment at which an event dies by its time to live, or a dead letter leaves; `None`
    /// as long as there is no destination.
    pub(in crate::broker) fn next_death(&self) -> Option<Moment> {
        let list = self.dead_letters.as_ref().filter(|list| list.settings().is_some())?;
        [list.next_leave(), self.next_expiry()].into_iter().flatten().min()
    }

    /// Keeps an event that died, if there is a destination.
    pub(super) fn bury(
        &mut self,
        sequence: Sequence,
        entry: Option<Entry>,
        reason: DeadLetterReason,
        died: Moment,
    ) {
        if let (Some(list), Some(entry)) = (&mut self.dead_letters, entry) {
            list.add(sequence, entry, reason, died);
        }
    }

    fn take_dead_letter(&mut self, sequence: Sequence) -> Result<KeptDeadLetter, UnknownDeadLetter> {
        self.dead_letters_mut(|list| list.remove(sequence)).unwrap_or(Err(UnknownDeadLetter))
    }
}
