//! What is told of each attempt.

use std::io::{self, Write};
use std::time::Duration;

use eventgrid_push::AttemptResult;
use eventgrid_worker::ProcessorEvent;
use serde::Serialize;

use crate::failure::one_line;
use crate::output::Record;

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    /// The webhook has taken the event, which is acknowledged.
    Delivered,
    /// It has not, and there will be another attempt.
    Retry,
    /// It has not, and there is no further attempt: the event is rejected.
    Rejected,
    /// It has not, and the event is released: it is delivered again.
    Released,
    /// It has not, and this attempt was one that changes no verdict.
    Failed,
    /// The lock of the event was lost meanwhile: it is delivered again.
    Lost,
}

impl Outcome {
    /// The word, as JSON has it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Retry => "retry",
            Self::Rejected => "rejected",
            Self::Released => "released",
            Self::Failed => "failed",
            Self::Lost => "lost",
        }
    }
}

/// An attempt to deliver an event.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AttemptRecord {
    pub(super) outcome: Outcome,
    /// Which attempt of this run it was, from 1.
    pub(super) attempt: u32,
    /// How often delivery was attempted before, runs before this one included: what the webhook is
    /// told.
    pub(super) delivery_count: u32,
    /// The status of the response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<u16>,
    /// How long the attempt took.
    pub(super) took_milliseconds: u64,
    /// After how long the next attempt begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) retry_after_seconds: Option<u64>,
    #[serde(rename = "type")]
    pub(super) event_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<String>,
    pub(super) source: String,
    pub(super) id: String,
    /// Why the event was not delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
}

impl AttemptRecord {
    /// Of an attempt that was not made, or is still under way.
    pub(super) fn new(event: &ProcessorEvent, outcome: Outcome, attempt: u32, delivery_count: u32) -> Self {
        Self {
            outcome,
            attempt,
            delivery_count,
            status: None,
            took_milliseconds: 0,
            retry_after_seconds: None,
            event_type: event.event_type().to_string(),
            subject: event.subject().map(|subject| subject.to_string()),
            source: event.source().to_string(),
            id: event.id().to_string(),
            reason: None,
        }
    }

    /// Adds how the attempt ended.
    pub(super) fn ended(mut self, result: AttemptResult, text: &str, took: Duration) -> Self {
        self.took_milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        if let AttemptResult::Status(status) = result {
            self.status = Some(status);
        }
        if self.outcome != Outcome::Delivered {
            self.reason = Some(match self.status {
                Some(status) if text.is_empty() => format!("status {status}"),
                Some(status) => format!("status {status}: {text}"),
                None => text.to_owned(),
            });
        }
        self
    }
}

impl Record for AttemptRecord {
    const COLUMNS: &'static [&'static str] =
        &["OUTCOME", "ATTEMPT", "STATUS", "TOOK", "RETRY", "TYPE", "SUBJECT", "ID", "REASON"];

    fn cells(&self) -> Vec<String> {
        let retry = self.retry_after_seconds.map(|seconds| format!("in {seconds} s"));
        vec![
            self.outcome.word().to_owned(),
            self.attempt.to_string(),
            self.status.map(|status| status.to_string()).unwrap_or_default(),
            format!("{} ms", self.took_milliseconds),
            retry.unwrap_or_default(),
            self.event_type.clone(),
            self.subject.clone().unwrap_or_default(),
            self.id.clone(),
            self.reason.clone().unwrap_or_default(),
        ]
    }

    fn write_raw(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{} {}", self.outcome.word(), one_line(&self.id))
    }
}
