//! A queue as data, and back.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::RawValue;
use uuid::Uuid;

use super::super::dead_letters::{DeadLetterList, DeadLetterReason, KeptDeadLetter};
use super::super::entry::{Entry, State};
use super::super::moment::Moment;
use super::super::pushes::outcome_of_word;
use super::super::segments::{Segments, Sequence};
use super::super::snapshot::{
    CountsSnapshot, DeadLetterSnapshot, DeadLetteringSnapshot, EventSnapshot, ReasonSnapshot,
    SettingsSnapshot, StateSnapshot, SubscriptionSnapshot,
};
use super::super::token;
use super::pushes::first_began;
use super::{Event, Expired, Subscription, SubscriptionSettings, SubscriptionStats};
use crate::time::UnixTime;

/// How far the sequence numbers of a queue may lie apart, since places in between take room.
const WIDEST: u64 = 1 << 28;

impl Subscription {
    pub(in crate::broker) fn snapshot(&self, name: &str) -> SubscriptionSnapshot {
        let sequences = self.entries.first_sequence()..self.entries.next_sequence();
        let event = |sequence| Some(self.event_snapshot(sequence, self.entries.get(sequence)?));
        SubscriptionSnapshot {
            name: name.to_owned(),
            id: self.guid.to_string(),
            settings: SettingsSnapshot {
                lock_duration: self.settings.lock_duration.into(),
                max_delivery_count: self.settings.max_delivery_count,
                time_to_live: self.settings.time_to_live.into(),
            },
            // It is no part of the queue.
            filter: None,
            next_sequence_number: self.entries.next_sequence(),
            counts: CountsSnapshot {
                acknowledged: self.counts.acknowledged,
                rejected: self.counts.rejected,
                exhausted: self.counts.exhausted,
                expired: self.counts.expired,
                deliveries: self.counts.deliveries,
                redeliveries: self.counts.redeliveries,
            },
            events: sequences.filter_map(event).collect(),
            dead_lettering: self.dead_lettering().map(DeadLetteringSnapshot::from),
            dead_letters: self.dead_letters().map(dead_letter_snapshots).unwrap_or_default(),
        }
    }

    fn event_snapshot(&self, sequence: Sequence, entry: &Entry) -> EventSnapshot {
        let text = |moment: Moment| moment.to_unix_time().map(|time| time.to_string());
        let (state, is_held) = match entry.state {
            State::Available => (StateSnapshot::Available, false),
            State::Locked => (StateSnapshot::Locked, true),
            State::Delayed => (StateSnapshot::Delayed, true),
        };
        let lock_token = || token::encode(self.guid, token::lock_id(sequence, entry.nonce));
        EventSnapshot {
            sequence_number: sequence,
            published: text(entry.published).unwrap_or_default(),
            state,
            until: text(entry.until).filter(|_| is_held),
            delivered: text(entry.locked_since).unwrap_or_default(),
            lock_token: (entry.state == State::Locked).then(lock_token),
            first_attempt: text(first_began(entry)).filter(|_| self.is_retried(entry)),
            outcome: entry.outcome.map(|outcome| outcome.word().to_owned()),
            delivery_count: entry.delivery_count,
            is_canonical: entry.event.is_canonical(),
            event: RawValue::from_string(entry.event.json().to_owned()).expect("an event is JSON"),
        }
    }

    /// # Errors
    /// If it is not a state that a queue can have.
    pub(in crate::broker) fn restored(snapshot: &SubscriptionSnapshot) -> Result<Self, String> {
        let guid = Uuid::try_parse(&snapshot.id).map_err(|_| format!("{:?} is not a GUID", snapshot.id))?;
        let settings = SubscriptionSettings {
            lock_duration: snapshot.settings.lock_duration.read()?,
            max_delivery_count: snapshot.settings.max_delivery_count.max(1),
            time_to_live: snapshot.settings.time_to_live.read()?,
        };
        let next = snapshot.next_sequence_number;
        let first = snapshot.events.first().map_or(next, |event| event.sequence_number);
        if next.checked_sub(first).is_none_or(|width| width > WIDEST) {
            return Err(format!("its sequence numbers must be below {next} and lie at most {WIDEST} apart"));
        }
        let mut queue = Self::new(guid, settings);
        queue.entries = Segments::starting_at(first);
        queue.next_fresh = first;
        queue.expired = Expired { from: first, to: first, since: queue.last_published };
        for event in &snapshot.events {
            queue
                .restore_event(event)
                .map_err(|error| format!("event {}: {error}", event.sequence_number))?;
        }
        queue.entries.skip_to(next);
        queue.list_available();
        let counts = snapshot.counts;
        let gone = [counts.acknowledged, counts.rejected, counts.exhausted, counts.expired];
        let gone = gone.into_iter().try_fold(queue.entries.len() as u64, u64::checked_add);
        queue.counts = SubscriptionStats {
            published: gone.ok_or("its counts are too large")?,
            acknowledged: counts.acknowledged,
            rejected: counts.rejected,
            exhausted: counts.exhausted,
            expired: counts.expired,
            deliveries: counts.deliveries,
            redeliveries: counts.redeliveries,
            ..SubscriptionStats::default()
        };
        let dead_lettering = snapshot.dead_lettering.as_ref().map(DeadLetteringSnapshot::read).transpose()?;
        let mut dead_letters = BTreeMap::new();
        for letter in &snapshot.dead_letters {
            let sequence = letter.sequence_number;
            let read =
                read_dead_letter(letter).map_err(|error| format!("dead letter {sequence}: {error}"))?;
            if sequence >= next || dead_letters.insert(sequence, read).is_some() {
                return Err(format!("dead letter {sequence}: it occurs twice, or never was an event"));
            }
        }
        if dead_lettering.is_some() || !dead_letters.is_empty() {
            queue.set_dead_letters(DeadLetterList::restored(dead_lettering, dead_letters));
        }
        Ok(queue)
    }

    fn restore_event(&mut self, event: &EventSnapshot) -> Result<(), String> {
        let sequence = event.sequence_number;
        if sequence < self.entries.next_sequence() || sequence >= self.entries.first_sequence() + WIDEST {
            return Err("sequence numbers must go up".to_owned());
        }
        let published = moment(&event.published)?;
        if published < self.last_published {
            return Err("it was published before the one before it".to_owned());
        }
        self.last_published = published;
        let mut entry = Entry::new(read_event(&event.event, event.is_canonical)?, published);
        entry.locked_since = moment(&event.delivered)?;
        entry.delivery_count = event.delivery_count;
        entry.outcome = event.outcome.as_deref().map(outcome_of_word).transpose()?;
        entry.state = match event.state {
            StateSnapshot::Available => State::Available,
            StateSnapshot::Locked => State::Locked,
            StateSnapshot::Delayed => State::Delayed,
        };
        if entry.state != State::Available {
            entry.until = event.until.as_deref().map_or(Ok(Moment::NEVER), moment)?;
            self.deadlines.insert(entry.until, sequence);
        }
        if let Some(first) = &event.first_attempt {
            entry.nonce = moment(first)?.to_nanoseconds();
        }
        if entry.state == State::Locked {
            let token = event.lock_token.as_deref().and_then(token::decode);
            let parts = token.and_then(|token| token.lock_of(self.guid)).map(token::parts);
            let parts = parts.filter(|(of, _)| *of == sequence && entry.delivery_count > 0);
            entry.nonce = parts.ok_or("it is locked, but not delivered, or its lock token is another's")?.1;
            self.locked += 1;
        }
        self.entries.skip_to(sequence);
        self.entries.push(entry);
        Ok(())
    }

    /// Finds the available events that were delivered before, or lie before one that was.
    fn list_available(&mut self) {
        let sequences = self.entries.first_sequence()..self.entries.next_sequence();
        let is_fresh = |entry: &Entry| entry.state == State::Available && entry.delivery_count == 0;
        let last_known = sequences
            .clone()
            .rev()
            .find(|sequence| self.entries.get(*sequence).is_some_and(|entry| !is_fresh(entry)));
        self.next_fresh = last_known.map_or(sequences.start, |last| last + 1);
        let is_available =
            |sequence: &Sequence| self.entries.get(*sequence).is_some_and(|it| it.state == State::Available);
        self.returned = (sequences.start..self.next_fresh).filter(is_available).collect::<BTreeSet<_>>();
        self.pass_holes();
    }
}

fn dead_letter_snapshots(of: &DeadLetterList) -> Vec<DeadLetterSnapshot> {
    let text = |moment: Moment| moment.to_unix_time().map(|time| time.to_string());
    let snapshot = |(sequence_number, letter): (Sequence, &KeptDeadLetter)| DeadLetterSnapshot {
        sequence_number,
        reason: match letter.reason {
            DeadLetterReason::Rejected => ReasonSnapshot::Rejected,
            DeadLetterReason::Exhausted => ReasonSnapshot::Exhausted,
            DeadLetterReason::Expired => ReasonSnapshot::Expired,
        },
        delivery_count: letter.delivery_count,
        published: text(letter.published).unwrap_or_default(),
        last_delivered: letter.last_delivered.and_then(text),
        outcome: letter.outcome.map(|outcome| outcome.word().to_owned()),
        died: text(letter.died).unwrap_or_default(),
        leaves: text(letter.leaves),
        is_canonical: letter.event.is_canonical(),
        event: RawValue::from_string(letter.event.json().to_owned()).expect("an event is JSON"),
    };
    of.letters().map(snapshot).collect()
}

fn read_dead_letter(letter: &DeadLetterSnapshot) -> Result<KeptDeadLetter, String> {
    let leaves = letter.leaves.as_deref().map_or(Ok(Moment::NEVER), moment)?;
    Ok(KeptDeadLetter {
        event: read_event(&letter.event, letter.is_canonical)?,
        reason: match letter.reason {
            ReasonSnapshot::Rejected => DeadLetterReason::Rejected,
            ReasonSnapshot::Exhausted => DeadLetterReason::Exhausted,
            ReasonSnapshot::Expired => DeadLetterReason::Expired,
        },
        delivery_count: letter.delivery_count,
        published: moment(&letter.published)?,
        last_delivered: letter.last_delivered.as_deref().map(moment).transpose()?,
        outcome: letter.outcome.as_deref().map(outcome_of_word).transpose()?,
        died: moment(&letter.died)?,
        leaves,
        next_attempt: leaves,
        failures: 0,
    })
}

fn moment(text: &str) -> Result<Moment, String> {
    let time = UnixTime::parse(text);
    time.map(Moment::from).ok_or_else(|| format!("{text:?} is not a time of RFC 3339 from 1970 on"))
}

fn read_event(event: &RawValue, is_canonical: bool) -> Result<Event, String> {
    if is_canonical {
        Event::canonical(event.get()).ok_or_else(|| "it is not an event of a namespace".to_owned())
    } else {
        Ok(Event::from_raw(event))
    }
}
