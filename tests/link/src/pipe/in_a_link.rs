//! What only a link asks of its pipes.

use std::time::Duration;

use super::Pipe;
use super::states::Receiver;

impl Pipe {
    /// The receiver goes away: what has arrived, and what arrives from now on, is lost.
    pub(crate) fn leave(&mut self, now: Duration) {
        self.advance(now);
        self.queue.discard();
        self.receiver = Receiver::Gone(false);
    }

    /// Whether bytes have arrived that were not pulled.
    pub(crate) fn has_arrived(&self) -> bool {
        self.queue.arrived() > 0
    }

    /// Whether bytes have arrived after the receiver had gone away.
    pub(crate) fn is_refused(&self) -> bool {
        self.receiver == Receiver::Gone(true)
    }

    pub(crate) fn is_reset(&self) -> bool {
        self.reset
    }

    /// Whether the receiver has seen the end of the stream.
    pub(crate) fn is_ended(&self) -> bool {
        self.receiver == Receiver::Ended && self.queue.arrived() == 0
    }

    /// When something arrives next, or the connection is reset.
    pub(crate) fn upcoming(&self) -> Option<Duration> {
        [self.queue.upcoming(), self.deadline()].into_iter().flatten().min()
    }

    /// When that which arrives next can bring a reset, of which the other direction must know.
    pub(crate) fn next_reset(&self) -> Option<Duration> {
        let on_the_way = self.queue.has_reset() || matches!(self.receiver, Receiver::Gone(_));
        if on_the_way { self.upcoming() } else { self.deadline() }
    }
}
