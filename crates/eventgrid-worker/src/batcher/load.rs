//! The number and size of events.

use eventgrid::SendLimits;

/// A number of events and their size.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Load {
    pub(super) events: usize,
    pub(super) bytes: usize,
}

impl Load {
    pub(super) fn add(&mut self, other: Self) {
        self.events += other.events;
        self.bytes += other.bytes;
    }

    pub(super) fn subtract(&mut self, other: Self) {
        self.events -= other.events;
        self.bytes -= other.bytes;
    }

    pub(super) fn with_event(mut self, bytes: usize) -> Self {
        self.add(Self { events: 1, bytes });
        self
    }

    /// The size of a request with these events, with the brackets around them and the commas
    /// between them.
    pub(super) fn body(self) -> usize {
        self.bytes + self.events + 1
    }

    /// Whether they fit into one request.
    pub(super) fn fits(self, limits: SendLimits) -> bool {
        self.events <= limits.max_events && self.body() <= limits.max_bytes
    }

    /// Whether they fill a request.
    pub(super) fn fills(self, limits: SendLimits) -> bool {
        self.events >= limits.max_events || self.body() >= limits.max_bytes
    }
}
