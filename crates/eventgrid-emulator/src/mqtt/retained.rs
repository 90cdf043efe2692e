//! The messages that the broker retains: the last one of each topic that was published to be
//! retained.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::message::{Message, Qos};
use super::topic::TopicFilter;
use crate::limits::Limits;
use crate::time::UnixTime;

/// The largest message that is retained, in bytes ("mqtt-retain", 2025-07-30: 64 KB).
const MAX_SIZE: usize = 64 * 1024;

/// How many messages are retained for each throughput unit, and how many bytes ("mqtt-retain",
/// 2025-07-30). The emulator is a namespace with one unit.
const MAX_COUNT: usize = 10_000;
const MAX_TOTAL: usize = 640 * 1024 * 1024;

/// The most messages of a page of a list.
pub(crate) const MAX_PAGE: usize = 100;

/// How many messages a page looks at, so that a filter that few match holds nobody up.
const MAX_LOOKED_AT: usize = 10_000;

/// A message that is retained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Retained {
    pub(crate) qos: Qos,
    /// Of the whole message.
    pub(crate) size: usize,
    pub(crate) payload: Bytes,
    pub(crate) expiry: Option<UnixTime>,
    pub(crate) last_modified: UnixTime,
}

/// Why a message is not retained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotRetained {
    #[error("a message that is retained has at most {0} bytes, and this one has {1}")]
    TooLarge(usize, usize),
    #[error(
        "the namespace retains at most {MAX_COUNT} messages of {MAX_TOTAL} bytes together: delete some of them"
    )]
    Full,
}

/// The messages by their topics, in the order of the bytes of these.
#[derive(Debug, Default)]
pub(crate) struct RetainedMessages {
    messages: BTreeMap<String, Retained>,
    /// When each that expires does.
    expiries: BTreeSet<(UnixTime, String)>,
    total: usize,
    /// The topics whose messages are others than those that a store has; `None` without a store.
    touched: Option<BTreeSet<String>>,
}

/// A page of a list.
#[derive(Debug)]
pub(crate) struct Page<'r> {
    pub(crate) messages: Vec<(&'r str, &'r Retained)>,
    /// The topic after which the next page begins; `None` on the last one.
    pub(crate) next: Option<String>,
}

/// A message as a snapshot has it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(inline)]
pub(crate) struct RetainedSnapshot {
    topic: String,
    qos: u8,
    /// Of the whole message, in bytes.
    size: usize,
    /// In base64.
    payload: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expiry: Option<String>,
    last_modified_time: String,
}

impl RetainedMessages {
    /// Retains a message, or deletes what is retained for its topic if its payload is empty (MQTT
    /// 5.0, 3.3.1.3).
    ///
    /// # Errors
    /// If it is too large, or too much is retained; then what was there stays.
    pub(crate) fn put(
        &mut self,
        message: &Message,
        now: UnixTime,
        limits: Limits,
    ) -> Result<(), NotRetained> {
        self.expire(now);
        if message.payload.is_empty() {
            self.remove(&message.topic);
            return Ok(());
        }
        let (size, longest) = (message.size(), limits.of(MAX_SIZE));
        if size > longest {
            return Err(NotRetained::TooLarge(longest, size));
        }
        let before = self.messages.get(&message.topic);
        let count = self.messages.len() - usize::from(before.is_some());
        let total = self.total - before.map_or(0, |before| before.size);
        if count >= MAX_COUNT || size > MAX_TOTAL - total {
            return Err(NotRetained::Full);
        }
        let expiry = message.expiry.map(|seconds| now + Duration::from_secs(seconds.into()));
        let (qos, payload) = (message.qos, message.payload.clone());
        self.insert(message.topic.clone(), Retained { qos, size, payload, expiry, last_modified: now });
        // One that expires at once is not there at all.
        self.expire(now);
        Ok(())
    }

    /// The message of a topic.
    pub(crate) fn get(&mut self, topic: &str, now: UnixTime) -> Option<&Retained> {
        self.expire(now);
        self.messages.get(topic)
    }

    /// The messages whose topics match, at most `count` of them, from the one after a topic on.
    pub(crate) fn page(
        &mut self,
        filter: &TopicFilter,
        after: Option<&str>,
        count: usize,
        now: UnixTime,
    ) -> Page<'_> {
        self.expire(now);
        let from = match after {
            Some(topic) => Bound::Excluded(topic),
            None => Bound::Included(filter.prefix()),
        };
        let all = self.messages.range::<str, _>((from, Bound::Unbounded));
        let all = all.take_while(|(topic, _)| topic.starts_with(filter.prefix()));
        let mut page = Page { messages: Vec::new(), next: None };
        let mut last: Option<&String> = None;
        for (looked_at, (topic, message)) in all.enumerate() {
            if page.messages.len() >= count || looked_at >= MAX_LOOKED_AT {
                page.next = last.cloned();
                break;
            }
            if filter.matches(topic) {
                page.messages.push((topic, message));
            }
            last = Some(topic);
        }
        page
    }

    pub(crate) fn clear(&mut self) {
        self.replace_with(Self::default());
    }

    /// Puts other messages in place of all.
    pub(crate) fn replace_with(&mut self, mut others: Self) {
        if let Some(mut touched) = self.touched.take() {
            touched.extend(self.messages.keys().chain(others.messages.keys()).cloned());
            others.touched = Some(touched);
        }
        *self = others;
    }

    /// Puts together what a store has, and notes from then on what changes.
    ///
    /// # Errors
    /// If no broker can have it: what is wrong.
    #[cfg(feature = "data")]
    pub(crate) fn open(stored: Vec<(String, Retained)>) -> Result<Self, String> {
        let mut all = Self::default();
        for (topic, message) in stored {
            super::check_name(&topic, Limits::Relaxed)
                .map_err(|error| format!("the topic {topic:?} of a retained message: {error}"))?;
            all.insert(topic, message);
        }
        all.touched = Some(BTreeSet::new());
        Ok(all)
    }

    /// What changed since it was opened or since the last call: the messages of these topics, or
    /// that there is none any more. Nothing if it is in no store.
    #[cfg(feature = "data")]
    pub(crate) fn take_changes(&mut self) -> Vec<(String, Option<Retained>)> {
        let touched = self.touched.as_mut().map(std::mem::take).unwrap_or_default();
        let changes = touched.into_iter().map(|topic| {
            let message = self.messages.get(&topic).cloned();
            (topic, message)
        });
        changes.collect()
    }

    /// All messages that have not expired.
    pub(crate) fn snapshot(&self, now: UnixTime) -> Vec<RetainedSnapshot> {
        let all =
            self.messages.iter().filter(|(_, message)| message.expiry.is_none_or(|expiry| expiry > now));
        let written = all.map(|(topic, message)| RetainedSnapshot {
            topic: topic.clone(),
            qos: message.qos.number(),
            size: message.size,
            payload: STANDARD.encode(&message.payload),
            expiry: message.expiry.map(|expiry| expiry.to_string()),
            last_modified_time: message.last_modified.to_string(),
        });
        written.collect()
    }

    /// Reads what a snapshot has.
    ///
    /// # Errors
    /// Which message cannot be, and why.
    pub(crate) fn read(snapshot: &[RetainedSnapshot]) -> Result<Self, String> {
        let mut all = Self::default();
        for (index, message) in snapshot.iter().enumerate() {
            let wrong = |what: &str| format!("retainedMessages[{index}]: {what}");
            let time =
                |text: &str| UnixTime::parse(text).ok_or_else(|| wrong("a time is not one of RFC 3339"));
            super::check_name(&message.topic, Limits::Relaxed).map_err(|error| wrong(&error.to_string()))?;
            let payload =
                STANDARD.decode(&message.payload).map_err(|_| wrong("the payload is not base64"))?;
            let retained = Retained {
                qos: Qos::from_number(message.qos).ok_or_else(|| wrong("the qos is 0 or 1"))?,
                size: message.size.max(payload.len()),
                payload: payload.into(),
                expiry: message.expiry.as_deref().map(time).transpose()?,
                last_modified: time(&message.last_modified_time)?,
            };
            if all.messages.contains_key(&message.topic) {
                return Err(wrong("its topic occurs twice"));
            }
            all.insert(message.topic.clone(), retained);
        }
        Ok(all)
    }

    fn insert(&mut self, topic: String, message: Retained) {
        self.remove(&topic);
        self.touch(&topic);
        self.total = self.total.saturating_add(message.size);
        self.expiries.extend(message.expiry.map(|expiry| (expiry, topic.clone())));
        self.messages.insert(topic, message);
    }

    fn remove(&mut self, topic: &str) {
        if let Some(message) = self.messages.remove(topic) {
            self.touch(topic);
            self.total = self.total.saturating_sub(message.size);
            if let Some(expiry) = message.expiry {
                self.expiries.remove(&(expiry, topic.to_owned()));
            }
        }
    }

    fn touch(&mut self, topic: &str) {
        if let Some(touched) = &mut self.touched {
            touched.insert(topic.to_owned());
        }
    }

    /// Forgets what has expired.
    fn expire(&mut self, now: UnixTime) {
        while let Some((_, topic)) = self.expiries.first().filter(|(expiry, _)| *expiry <= now).cloned() {
            self.remove(&topic);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(topic: &str, payload: &str) -> Message {
        Message {
            topic: topic.to_owned(),
            qos: Qos::AtLeastOnce,
            retain: true,
            response_topic: None,
            correlation_data: None,
            user_properties: Vec::new(),
            content_type: None,
            expiry: None,
            is_text: false,
            payload: payload.to_owned().into(),
        }
    }

    fn topics(retained: &mut RetainedMessages, filter: &str, count: usize) -> Vec<Vec<String>> {
        let filter = TopicFilter::new(filter, Limits::Strict).unwrap();
        let (mut pages, mut after) = (Vec::new(), None::<String>);
        loop {
            let page = retained.page(&filter, after.as_deref(), count, UnixTime::default());
            pages.push(page.messages.iter().map(|(topic, _)| (*topic).to_owned()).collect());
            after = page.next;
            if after.is_none() {
                return pages;
            }
        }
    }

    #[test]
    fn the_last_message_of_a_topic_is_retained_and_an_empty_one_deletes_it() {
        let (mut retained, now) = (RetainedMessages::default(), UnixTime::from_secs(5));
        for payload in ["1", "2"] {
            retained.put(&message("a", payload), now, Limits::Strict).unwrap();
        }
        assert_eq!(retained.get("a", now).unwrap().payload, "2");
        assert_eq!(retained.get("A", now), None);
        assert_eq!(retained.get("b", now), None);
        retained.put(&message("a", ""), now, Limits::Strict).unwrap();
        assert_eq!(retained.get("a", now), None);
        assert_eq!(retained.total, 0);
    }

    #[test]
    fn a_message_expires_at_its_moment() {
        let (mut retained, now) = (RetainedMessages::default(), UnixTime::from_secs(5));
        retained.put(&Message { expiry: Some(10), ..message("a", "1") }, now, Limits::Strict).unwrap();
        retained.put(&Message { expiry: Some(0), ..message("b", "1") }, now, Limits::Strict).unwrap();
        assert_eq!(retained.get("b", now), None);
        assert!(retained.get("a", UnixTime::from_secs(14)).is_some());
        assert_eq!(retained.snapshot(UnixTime::from_secs(15)).len(), 0);
        assert_eq!(retained.get("a", UnixTime::from_secs(15)), None);
        // Another message of the topic has an end of its own, or none.
        retained.put(&Message { expiry: Some(10), ..message("a", "1") }, now, Limits::Strict).unwrap();
        retained.put(&message("a", "2"), now, Limits::Strict).unwrap();
        assert!(retained.get("a", UnixTime::from_secs(1000)).is_some());
    }

    #[test]
    fn pages_have_every_message_that_matches_once() {
        let mut retained = RetainedMessages::default();
        for topic in ["a", "a-b", "a/1", "a/2", "a/2/x", "a/3", "ab", "b/2"] {
            retained.put(&message(topic, "x"), UnixTime::default(), Limits::Strict).unwrap();
        }
        for (filter, all) in [
            ("#", &["a", "a-b", "a/1", "a/2", "a/2/x", "a/3", "ab", "b/2"][..]),
            ("a/#", &["a", "a/1", "a/2", "a/2/x", "a/3"]),
            ("a/+", &["a/1", "a/2", "a/3"]),
            ("+/2", &["a/2", "b/2"]),
            ("c/#", &[]),
        ] {
            for count in [1, 2, 3, 100] {
                let pages = topics(&mut retained, filter, count);
                assert_eq!(pages.concat(), all, "{filter} {count}");
                assert!(pages.iter().all(|page| page.len() <= count), "{filter} {count}");
            }
        }
    }

    #[test]
    fn what_is_retained_is_bounded() {
        let (mut retained, now) = (RetainedMessages::default(), UnixTime::default());
        let large = message("a", &"x".repeat(MAX_SIZE));
        assert!(matches!(retained.put(&large, now, Limits::Strict), Err(NotRetained::TooLarge(MAX_SIZE, _))));
        assert_eq!(retained.put(&large, now, Limits::Relaxed), Ok(()));
        for number in 1..MAX_COUNT {
            retained.put(&message(&number.to_string(), "x"), now, Limits::Strict).unwrap();
        }
        assert_eq!(retained.put(&message("b", "x"), now, Limits::Relaxed), Err(NotRetained::Full));
        assert_eq!(
            retained.put(&message("1", "y"), now, Limits::Strict),
            Ok(()),
            "it takes the place of another"
        );
        retained.put(&message("1", ""), now, Limits::Strict).unwrap();
        assert_eq!(retained.put(&message("b", "x"), now, Limits::Strict), Ok(()));
    }

    #[test]
    fn a_snapshot_brings_back_what_was_retained() {
        let (mut retained, now) = (RetainedMessages::default(), UnixTime::from_secs(5));
        retained.put(&Message { expiry: Some(10), ..message("ä/1", "1") }, now, Limits::Strict).unwrap();
        retained.put(&Message { qos: Qos::AtMostOnce, ..message("b", "\0") }, now, Limits::Strict).unwrap();
        let snapshot = retained.snapshot(now);
        let read = RetainedMessages::read(&snapshot).unwrap();
        assert_eq!(
            (&read.messages, &read.expiries, read.total),
            (&retained.messages, &retained.expiries, retained.total)
        );
        let twice = [&snapshot[..], &snapshot].concat();
        assert_eq!(
            RetainedMessages::read(&twice).unwrap_err(),
            "retainedMessages[2]: its topic occurs twice"
        );
    }
}
