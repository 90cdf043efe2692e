//! What was peeked.

use eventgrid::event::CloudEventBuf;

/// Up to `M` of the oldest events, in order: to be published as one batch, and then popped.
///
/// It belongs to the queue that gave it, until that is opened anew.
#[derive(Debug, Clone, Default)]
pub struct Peeked<const N: usize, const M: usize> {
    events: heapless::Vec<CloudEventBuf<N>, M>,
    /// The sequence number of the newest of them.
    newest: u32,
}

impl<const N: usize, const M: usize> Peeked<N, M> {
    /// The events, which can be published as they are.
    pub fn events(&self) -> &[CloudEventBuf<N>] {
        &self.events
    }

    /// How many events it has.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether there was nothing in the queue.
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
