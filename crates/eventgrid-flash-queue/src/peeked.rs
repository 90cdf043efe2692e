//! The events that were peeked.

use eventgrid::event::CloudEventBuf;

/// Up to `M` of the oldest events, in order. Publish them as one batch, and then pop them.
///
/// It belongs to the queue that returned it, until that queue is opened again.
#[derive(Debug, Clone, Default)]
pub struct Peeked<const N: usize, const M: usize> {
    events: heapless::Vec<CloudEventBuf<N>, M>,
    /// The sequence number of the newest of them.
    newest: u32,
}

impl<const N: usize, const M: usize> Peeked<N, M> {
    /// The events, ready to be published.
    pub fn events(&self) -> &[CloudEventBuf<N>] {
        &self.events
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether there are no events, because the queue was empty.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    pub(crate) const fn new() -> Self {
        Self { events: heapless::Vec::new(), newest: 0 }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.events.is_full()
    }

    pub(crate) fn add(&mut self, sequence: u32, event: CloudEventBuf<N>) {
        if self.events.push(event).is_ok() {
            self.newest = sequence;
        }
    }

    /// The sequence number of the newest event.
    pub(crate) fn newest(&self) -> Option<u32> {
        (!self.is_empty()).then_some(self.newest)
    }
}
