//! What a fault does.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::transport_fault::TransportFault;

/// What a fault does to a request that it meets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct FaultEffect {
    /// The status to respond with. The request is not carried out then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Headers of that response, by their names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The body of that response. Without it, the body is an error in the form of the service if
    /// the status is an error, and otherwise empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// How long the response is delayed, at most an hour. The request is carried out before the
    /// delay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_in_milliseconds: Option<u64>,
    /// Where the connection is reset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset: Option<ResetPoint>,
    /// After how many bytes of the response's body the connection is closed, although
    /// `Content-Length` has the full length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncate_after_bytes: Option<u64>,
    /// How many bytes of the response's body are sent in a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes_per_second: Option<u64>,
    /// Whether events come twice: what is received is put into the queue of that event subscription
    /// once more, with a delivery count of its own; what is published is published twice.
    #[serde(skip_serializing_if = "is_false")]
    pub duplicate_delivery: bool,
    /// Whether locks end early: those of events that are received, when they are; those of events
    /// that are to be settled, just before that.
    #[serde(skip_serializing_if = "is_false")]
    pub lose_lock: bool,
}

/// Where a connection is reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ResetPoint {
    /// `beforeRequest`: the request is not done, and there is no response.
    BeforeRequest,
    /// `beforeResponse`: the request is done, and there is no response.
    BeforeResponse,
    /// `inBody`: after half of the response's body.
    InBody,
    /// `afterBody`: after the response.
    AfterBody,
}

impl FaultEffect {
    /// No effect yet; add at least one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Responds with that status, and does not carry out the request.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Adds that header to the response with a [`status`](Self::status).
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// Sets the body of the response with a [`status`](Self::status).
    #[must_use]
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Delays the response, in whole milliseconds, at most an hour.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay_in_milliseconds = Some(delay.as_millis().try_into().unwrap_or(u64::MAX));
        self
    }

    /// Resets the connection there.
    #[must_use]
    pub fn reset(mut self, point: ResetPoint) -> Self {
        self.reset = Some(point);
        self
    }

    /// Closes the connection after this many bytes of the response's body.
    #[must_use]
    pub fn truncate_after(mut self, bytes: u64) -> Self {
        self.truncate_after_bytes = Some(bytes);
        self
    }

    /// Sends the response's body no faster than that.
    #[must_use]
    pub fn bytes_per_second(mut self, bytes: u64) -> Self {
        self.bytes_per_second = Some(bytes);
        self
    }

    /// Delivers or publishes events twice.
    #[must_use]
    pub fn duplicate_delivery(mut self) -> Self {
        self.duplicate_delivery = true;
        self
    }

    /// Ends the locks of events early.
    #[must_use]
    pub fn lose_lock(mut self) -> Self {
        self.lose_lock = true;
        self
    }

    /// Whether the request is done at all.
    pub(crate) fn does_request(&self) -> bool {
        self.status.is_none() && self.reset != Some(ResetPoint::BeforeRequest)
    }

    /// What it does to a response on its way.
    pub(crate) fn transport_fault(&self) -> Option<TransportFault> {
        let fault = TransportFault {
            delay: Duration::from_millis(self.delay_in_milliseconds.unwrap_or_default()),
            reset: self.reset,
            truncate_after: self.truncate_after_bytes,
            bytes_per_second: self.bytes_per_second,
        };
        (fault != TransportFault::default()).then_some(fault)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}
