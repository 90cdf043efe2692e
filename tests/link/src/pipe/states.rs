//! What the two ends of a direction may still do, or have noticed.

/// What the sender may still do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sender {
    Open,
    /// It has closed the direction, or aborted the connection.
    Closed,
    /// A reset is on the way, of which it does not know yet: what it pushes is lost.
    Doomed,
}

/// What the receiver has seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Receiver {
    Open,
    /// The end of the stream has arrived.
    Ended,
    /// It has gone away. The flag says whether bytes have arrived since, which a system responds to
    /// with a reset.
    Gone(bool),
}

/// What a pull has found.
///
/// Exhaustive: bytes come, will come, or will not come. A reset is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulled {
    /// So many bytes were written to the beginning of the room.
    Bytes(usize),
    /// No byte has arrived that was not pulled before;
    /// [`Pipe::next_event`](super::Pipe::next_event) returns when one will.
    Pending,
    /// The sender has closed the direction, and all bytes before that were pulled.
    End,
}
