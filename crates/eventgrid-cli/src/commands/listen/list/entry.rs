//! An event in the list.

use std::rc::Rc;
use std::time::Duration;

use eventgrid_worker::ProcessorEvent;
use tokio::sync::Notify;

use super::super::record::{AttemptRecord, Outcome};

/// How many attempts of an event are kept.
const MOST_ATTEMPTS: usize = 50;

/// An event in the list.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    key: String,
    json: String,
    /// What the records of its attempts have in common.
    template: AttemptRecord,
    pub(super) attempts: Vec<AttemptRecord>,
    /// When the next attempt begins, if it waits for one.
    pub(super) retry_at: Option<Duration>,
    retry: Rc<Notify>,
}

impl Entry {
    /// An event that was received.
    pub(super) fn new(event: &ProcessorEvent) -> Self {
        let count = event.delivery_count().saturating_sub(1);
        Self::with(
            event.lock_token().to_string(),
            event.view().as_json().as_str().to_owned(),
            AttemptRecord::new(event, Outcome::Retry, 1, count),
        )
    }

    pub(super) fn with(key: String, json: String, template: AttemptRecord) -> Self {
        Self { key, json, template, attempts: Vec::new(), retry_at: None, retry: Rc::default() }
    }

    /// Tells this entry from others.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// The event.
    pub(super) fn json(&self) -> &str {
        &self.json
    }

    /// Who is told that the event is to be retried at once.
    pub(super) fn retry(&self) -> Rc<Notify> {
        Rc::clone(&self.retry)
    }

    /// What is known of the event, apart from attempts.
    pub(super) fn event(&self) -> &AttemptRecord {
        &self.template
    }

    /// What the last attempt came to.
    pub(super) fn outcome(&self) -> Outcome {
        self.attempts.last().map_or(Outcome::Retry, |attempt| attempt.outcome)
    }

    /// How often its delivery was attempted.
    pub(super) fn delivery_count(&self) -> u32 {
        self.attempts
            .last()
            .map_or(self.template.delivery_count, |attempt| attempt.delivery_count.saturating_add(1))
    }

    /// A record of an attempt after the last one.
    pub(super) fn next_record(&self, outcome: Outcome) -> AttemptRecord {
        let attempt = self.attempts.last().map_or(1, |attempt| attempt.attempt.saturating_add(1));
        AttemptRecord { outcome, attempt, delivery_count: self.delivery_count(), ..self.template.clone() }
    }

    /// Whether it has its verdict.
    pub(super) fn is_over(&self) -> bool {
        self.outcome() != Outcome::Retry
    }

    /// Adds an attempt.
    pub(super) fn add(&mut self, attempt: AttemptRecord, now: Duration) {
        self.retry_at = attempt.retry_after_seconds.map(|seconds| now + Duration::from_secs(seconds));
        if self.attempts.len() >= MOST_ATTEMPTS {
            self.attempts.remove(0);
        }
        self.attempts.push(attempt);
    }

    /// Retries it at once, if it waits for that.
    pub(super) fn retry_now(&mut self) -> bool {
        let waits = self.retry_at.take().is_some();
        if waits {
            self.retry.notify_one();
        }
        waits
    }
}
