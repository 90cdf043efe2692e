//! The readings that wait for the network.

use eventgrid::event::CloudEventBuf;
use heapless::{Deque, Vec};

/// Events that wait to be published: `CAPACITY` of at most `BYTES` bytes each. When it is full, the
/// oldest is dropped and counted.
///
/// An event stays in it until the service has accepted it, so whatever fails on the way loses
/// nothing.
#[derive(Debug)]
pub struct OfflineQueue<const CAPACITY: usize, const BYTES: usize> {
    events: Deque<CloudEventBuf<BYTES>, CAPACITY>,
    /// How many events have left it: the number of the oldest one in it.
    left: u64,
    dropped: u32,
}

/// Copies of the oldest events of a queue, to be published while the queue is used.
#[derive(Debug)]
pub struct OfflineBatch<const EVENTS: usize, const BYTES: usize> {
    /// The events.
    pub events: Vec<CloudEventBuf<BYTES>, EVENTS>,
    /// The number of the first.
    start: u64,
}

impl<const CAPACITY: usize, const BYTES: usize> OfflineQueue<CAPACITY, BYTES> {
    /// An empty queue.
    pub const fn new() -> Self {
        Self { events: Deque::new(), left: 0, dropped: 0 }
    }

    /// Appends an event.
    pub fn push(&mut self, event: CloudEventBuf<BYTES>) {
        if let Err(event) = self.events.push_back(event) {
            self.drop_oldest();
            // There is room now, unless the capacity is 0.
            self.events.push_back(event).unwrap_or_else(|_| self.dropped = self.dropped.saturating_add(1));
        }
    }

    /// The oldest events, at most `EVENTS` of them. They stay in the queue.
    pub fn oldest<const EVENTS: usize>(&self) -> OfflineBatch<EVENTS, BYTES> {
        OfflineBatch { events: self.events.iter().take(EVENTS).cloned().collect(), start: self.left }
    }

    /// Removes what the service has accepted.
    pub fn accepted<const EVENTS: usize>(&mut self, batch: &OfflineBatch<EVENTS, BYTES>) {
        let end = batch.start + batch.events.len() as u64;
        // Dropped while they were on their way, and so not lost.
        let arrived = self.left.min(end) - batch.start;
        self.dropped = self.dropped.saturating_sub(u32::try_from(arrived).unwrap_or(u32::MAX));
        while self.left < end && self.events.pop_front().is_some() {
            self.left += 1;
        }
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// How many events were dropped, since newer ones needed their place. One that was published
    /// without a response is among them, though it may have arrived.
    pub fn dropped(&self) -> u32 {
        self.dropped
    }

    fn drop_oldest(&mut self) {
        if self.events.pop_front().is_some() {
            self.left += 1;
            self.dropped = self.dropped.saturating_add(1);
        }
    }
}

impl<const CAPACITY: usize, const BYTES: usize> Default for OfflineQueue<CAPACITY, BYTES> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::{String, ToString};
    use std::vec::Vec;

    use eventgrid::CloudEvent;

    use super::*;

    type Queue = OfflineQueue<4, 64>;

    fn push(queue: &mut Queue, ids: impl IntoIterator<Item = u32>) {
        for id in ids {
            let id = id.to_string();
            queue.push(CloudEventBuf::new(&CloudEvent::new(id.as_str(), "urn:d", "R")).unwrap());
        }
    }

    fn ids<const EVENTS: usize>(batch: &OfflineBatch<EVENTS, 64>) -> Vec<String> {
        batch.events.iter().map(|event| event.view().unwrap().id().to_string()).collect()
    }

    #[test]
    fn what_is_not_accepted_stays_in_order() {
        let mut queue = Queue::new();
        push(&mut queue, 1..=3);
        assert_eq!(ids(&queue.oldest::<2>()), ["1", "2"]);
        let batch = queue.oldest::<2>();
        push(&mut queue, 4..=4);
        queue.accepted(&batch);
        assert_eq!(ids(&queue.oldest::<8>()), ["3", "4"]);
        assert_eq!(queue.dropped(), 0);
    }

    #[test]
    fn a_full_queue_drops_the_oldest_and_counts() {
        let mut queue = Queue::new();
        push(&mut queue, 1..=6);
        assert_eq!(ids(&queue.oldest::<8>()), ["3", "4", "5", "6"]);
        assert_eq!(queue.dropped(), 2);
    }

    #[test]
    fn what_arrives_after_it_was_dropped_is_not_lost() {
        let mut queue = Queue::new();
        push(&mut queue, 1..=4);
        let batch = queue.oldest::<2>();
        push(&mut queue, 5..=5);
        assert_eq!(queue.dropped(), 1);
        queue.accepted(&batch);
        assert_eq!(queue.dropped(), 0);
        assert_eq!(ids(&queue.oldest::<8>()), ["3", "4", "5"]);
    }

    #[test]
    fn a_batch_that_was_dropped_as_a_whole_takes_nothing_else_along() {
        let mut queue = Queue::new();
        push(&mut queue, 1..=4);
        let batch = queue.oldest::<2>();
        push(&mut queue, 5..=7);
        assert_eq!(queue.dropped(), 3);
        queue.accepted(&batch);
        assert_eq!(queue.dropped(), 1, "the third one did not arrive");
        assert_eq!(ids(&queue.oldest::<8>()), ["4", "5", "6", "7"]);
    }
}
