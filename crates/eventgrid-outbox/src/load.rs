//! The number and size of events.

use eventgrid::SendLimits;

/// A number of events and their size.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) events: u64,
    /// The size of their JSON and their keys, in bytes.
    pub(crate) bytes: u64,
}

impl Load {
    pub(crate) fn of_event(json: &[u8], key: Option<&[u8]>) -> Self {
        Self { events: 1, bytes: (json.len() + key.map_or(0, <[u8]>::len)) as u64 }
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            events: self.events.saturating_add(other.events),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }

    /// The rest after `other` is removed. It is never less than zero, since only stored events are
    /// removed; if a damaged file says otherwise, it is zero.
    pub(crate) fn minus(self, other: Self) -> Self {
        Self {
            events: self.events.saturating_sub(other.events),
            bytes: self.bytes.saturating_sub(other.bytes),
        }
    }

    pub(crate) fn fits(self, limits: SendLimits) -> bool {
        self.events <= limits.max_events as u64 && self.bytes <= limits.max_bytes as u64
    }
}
