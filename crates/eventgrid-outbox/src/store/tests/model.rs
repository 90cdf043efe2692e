//! The shortest possible model of an outbox.

use std::collections::BTreeMap;

use super::ALL;
use crate::load::Load;
use crate::store::{Change, NewEvent, Store, StoredEvent};

/// An event: its key and its JSON.
type Kept = (Option<String>, String);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Model {
    next: u64,
    pub(super) queued: BTreeMap<u64, Kept>,
    pub(super) refused: BTreeMap<u64, Kept>,
}

impl Model {
    pub(super) fn apply(&mut self, change: &Change) {
        match change {
            Change::Put(NewEvent { key, json, .. }) => {
                let key = key.as_deref().map(str::to_owned);
                self.append((key, json.clone()));
            }
            Change::Settle { published, refused } => {
                self.queued.retain(|sequence, _| !published.contains(sequence));
                for refusal in refused {
                    if let Some(event) = self.queued.remove(&refusal.sequence) {
                        self.refused.insert(refusal.sequence, event);
                    }
                }
            }
            Change::RemoveRefused(sequences) => {
                self.refused.retain(|sequence, _| !sequences.contains(sequence));
            }
            Change::Requeue(sequences) => {
                for sequence in sequences {
                    if let Some(event) = self.refused.remove(sequence) {
                        self.append(event);
                    }
                }
            }
        }
    }

    fn append(&mut self, event: Kept) {
        self.queued.insert(self.next, event);
        self.next += 1;
    }

    /// What a store has. Its totals must be those of what can be read.
    pub(super) fn of(store: &Store) -> Self {
        let mut model = Self { next: store.totals().next_sequence, ..Self::default() };
        let (mut queued, mut refused) = (Load::default(), Load::default());
        for event in store.events(0, ALL).unwrap() {
            let StoredEvent::Whole { sequence, key, json } = event else {
                panic!("it is damaged: {event:?}")
            };
            queued = queued.plus(Load::of_event(json.as_bytes(), key.as_deref().map(str::as_bytes)));
            model.queued.insert(sequence, (key.map(|key| key.to_string()), json));
        }
        for event in store.refused(0, usize::MAX).unwrap() {
            refused = refused.plus(Load::of_event(&event.event, event.key.as_deref().map(str::as_bytes)));
            model.refused.insert(event.id.0, (event.key, String::from_utf8(event.event).unwrap()));
        }
        assert_eq!((store.totals().queued, store.totals().refused), (queued, refused));
        assert_eq!(store.totals().oldest.is_some(), !model.queued.is_empty());
        model
    }
}
