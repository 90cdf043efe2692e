//! What a fault does to a response on its way.

use std::time::Duration;

use super::effect::ResetPoint;

/// What a fault does to the transfer of a response. It is an extension of the response. The server
/// and the in-process transport apply it; a program that sends responses of an
/// [`Emulator`](crate::service::Emulator) itself must read and apply it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransportFault {
    /// How long it is delayed.
    pub delay: Duration,
    /// Where the connection is reset.
    pub reset: Option<ResetPoint>,
    /// After how many bytes of its body the connection is closed.
    pub truncate_after: Option<u64>,
    /// How many bytes of its body are sent in a second.
    pub bytes_per_second: Option<u64>,
}

impl TransportFault {
    /// How much of a body of that length comes.
    pub(crate) fn sent(&self, length: usize) -> usize {
        let limit = self.truncate_after.map_or(length, |limit| usize::try_from(limit).unwrap_or(length));
        match self.reset {
            Some(ResetPoint::BeforeRequest | ResetPoint::BeforeResponse) => 0,
            Some(ResetPoint::InBody) => length / 2,
            Some(ResetPoint::AfterBody) | None => limit.min(length),
        }
    }

    /// Whether the client gets no whole response of that length.
    pub(crate) fn breaks(&self, length: usize) -> bool {
        match self.reset {
            Some(ResetPoint::BeforeRequest | ResetPoint::BeforeResponse) => true,
            // One without a body is reset after it.
            Some(ResetPoint::InBody) => length > 0,
            Some(ResetPoint::AfterBody) | None => self.sent(length) < length,
        }
    }

    /// Whether not even the head of the response comes.
    pub(crate) fn has_no_response(&self) -> bool {
        matches!(self.reset, Some(ResetPoint::BeforeRequest | ResetPoint::BeforeResponse))
    }

    /// How long so many bytes take.
    pub(crate) fn duration_of(&self, bytes: usize) -> Duration {
        let seconds = self.bytes_per_second.map(|speed| Duration::from_secs(bytes as u64) / clamped(speed));
        seconds.unwrap_or_default()
    }
}

/// A speed that a duration can be divided by: what is faster takes no time to speak of.
fn clamped(speed: u64) -> u32 {
    u32::try_from(speed).unwrap_or(u32::MAX).max(1)
}
