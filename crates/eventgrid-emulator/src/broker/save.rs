//! A broker as a store keeps it, and back.

use std::collections::BTreeSet;

use super::dead_letters::DeadLetterList;
use super::snapshot::{DeadLetteringSnapshot, FilterSnapshot};
use super::stored::{BrokerChanges, OptionChange, QueueChanges, StoredBroker, StoredSubscription};
use super::subscription::Subscription;
use super::tracked::{SavedQueue, Tracked};
use super::{Broker, SubscriptionId};

impl Broker {
    /// Puts the broker together from what a store has, and notes from then on what changes. It must
    /// be without topics.
    ///
    /// # Errors
    /// If it is not a state that a broker can have: what is wrong, and where.
    pub(crate) fn open(&mut self, stored: StoredBroker) -> Result<(), String> {
        let mut tracked = Tracked { next_number: stored.next_number, ..Tracked::default() };
        for topic in &stored.topics {
            self.create_topic(topic);
            tracked.saved_topics.insert(topic.to_ascii_lowercase(), topic.clone());
        }
        let mut queues = stored.queues;
        queues.sort_by_key(|queue| queue.subscription.order);
        for queue in queues {
            let StoredSubscription { topic, name, order, head } = &queue.subscription;
            let wrong = |error: &str| Err(format!("event subscription {topic}/{name}: {error}"));
            let Some(of) = self.topic(topic) else { return wrong("its topic does not exist") };
            if self.subscription(of, name).is_some() {
                return wrong("it occurs twice");
            }
            let mut read = match Subscription::stored(head, &queue.segments, queue.source) {
                Ok(read) => read,
                Err(error) => return wrong(&error),
            };
            let dead_lettering = queue.dead_lettering.as_deref().map(DeadLetteringSnapshot::parse);
            match dead_lettering.transpose() {
                Ok(None) if queue.dead_letters.is_empty() => {}
                Ok(settings) => {
                    let list = DeadLetterList::restored(settings, queue.dead_letters).saved();
                    read.set_dead_letters(list);
                }
                Err(error) => return wrong(&error),
            }
            if let Some(id) = self.create_subscription(of, name, head.settings) {
                self.with(id, |subscription, _| *subscription = read);
                let (number, head) = (Some(queue.number), Some(*head));
                tracked.saved.insert(id, SavedQueue { order: *order, number, head, has_options: true });
                if let Some(text) = &queue.filter {
                    match FilterSnapshot::parse(text) {
                        Ok(filter) => self.set_filter(id, Some(filter)),
                        Err(error) => return wrong(&error),
                    };
                }
            }
            tracked.next_order = tracked.next_order.max(order.saturating_add(1));
        }
        self.tracked = Some(Box::new(tracked));
        Ok(())
    }

    /// What changed since it was put together or since the last call; none if it was not put
    /// together from a store.
    pub(crate) fn take_changes(&mut self) -> BrokerChanges {
        let Some(mut tracked) = self.tracked.take() else { return BrokerChanges::default() };
        let changes = BrokerChanges {
            topics: self.changed_topics(&mut tracked),
            discarded: std::mem::take(&mut tracked.discarded),
            queues: self.changed_queues(&mut tracked),
        };
        self.tracked = Some(tracked);
        changes
    }

    fn changed_topics(&self, tracked: &mut Tracked) -> Vec<(String, bool)> {
        let names: BTreeSet<_> = tracked.topics.drain(..).collect();
        let mut changes = Vec::new();
        for name in names {
            let current = self.topic(&name).and_then(|id| self.topic_name(id));
            let key = name.to_ascii_lowercase();
            match current {
                Some(current) if tracked.saved_topics.get(&key).is_none_or(|saved| saved != current) => {
                    tracked.saved_topics.insert(key, current.to_owned());
                    changes.push((current.to_owned(), true));
                }
                None if tracked.saved_topics.remove(&key).is_some() => changes.push((name, false)),
                _ => {}
            }
        }
        changes
    }

    fn changed_queues(&mut self, tracked: &mut Tracked) -> Vec<QueueChanges> {
        let mut changed = std::mem::take(&mut tracked.changed);
        changed.sort_unstable();
        changed.dedup();
        let mut queues = Vec::new();
        for id in changed {
            queues.extend(self.changed_queue(id, tracked));
        }
        queues
    }

    fn changed_queue(&mut self, id: SubscriptionId, tracked: &mut Tracked) -> Option<QueueChanges> {
        let listed = self.subscriptions.get_mut(id.0)?;
        let saved = tracked.saved.get_mut(&id)?;
        let (entries, head) = (listed.queue.take_changes(), listed.queue.head());
        let dead_letters = listed.queue.dead_letters_mut(DeadLetterList::take_changes).unwrap_or_default();
        let is_same_queue = entries.is_empty() && dead_letters.is_empty() && saved.head == Some(head);
        if is_same_queue && saved.number.is_some() && saved.has_options {
            return None;
        }
        let change = |option: Option<String>| match option {
            _ if saved.has_options => OptionChange::Unchanged,
            Some(text) => OptionChange::Set(text),
            None => OptionChange::Removed,
        };
        let filter = change(listed.filter.as_ref().map(FilterSnapshot::text));
        let dead_lettering = change(listed.queue.dead_lettering().map(DeadLetteringSnapshot::text));
        saved.has_options = true;
        saved.head = Some(head);
        let number = *saved.number.get_or_insert_with(|| {
            tracked.next_number += 1;
            tracked.next_number - 1
        });
        let topic = self.topics.get(listed.topic.0)?.name.clone();
        let subscription = StoredSubscription { topic, name: listed.name.clone(), order: saved.order, head };
        Some(QueueChanges { number, subscription, filter, dead_lettering, entries, dead_letters })
    }
}
