//! A link between a client and a server.

use std::time::Duration;

use crate::error::Error;
use crate::options::LinkOptions;
use crate::pipe::random::{Purpose, random};
use crate::pipe::{Pipe, Pulled};

/// One of the two ends of a link.
///
/// Exhaustive: a link has two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum End {
    /// The end that has opened the connection.
    Client,
    /// The end that has accepted it.
    Server,
}

impl End {
    /// Returns the end at the other side.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// A connection between a client and a server over a bad network, without I/O and without a clock:
/// two [`Pipe`]s, and what concerns both.
///
/// **A reset in either direction ends both**, at the same moment. As with a [`Pipe`], what happens
/// depends on the options, the seed and what the ends do, never on how often the link is asked.
///
/// ```
/// use std::time::Duration;
/// use link::{End, Link, LinkOptions, PipeOptions, Pulled};
///
/// // 1000 bytes at 500 bytes per second, of which 100 may come at once.
/// let slow = PipeOptions::new().rate(500).burst(100);
/// let mut link = Link::new(&LinkOptions::new().seed(7).both(slow), Duration::ZERO);
/// link.push(End::Client, Duration::ZERO, &[b'x'; 1000])?;
/// link.shutdown(End::Client, Duration::ZERO);
///
/// let (mut now, mut received) = (Duration::ZERO, 0);
/// loop {
///     match link.pull(End::Server, now, &mut [0; 4096])? {
///         Pulled::Bytes(count) => received += count,
///         Pulled::Pending => now = link.next_event(End::Server).unwrap(),
///         Pulled::End => break,
///     }
/// }
/// assert_eq!((received, now), (1000, Duration::from_millis(1800)));
/// # Ok::<(), link::Error>(())
/// ```
#[derive(Debug)]
pub struct Link {
    to_server: Pipe,
    to_client: Pipe,
}

impl Link {
    /// An open link whose times (of stalls, and of resets after a time) count from `now`.
    pub fn new(options: &LinkOptions, now: Duration) -> Self {
        let seed = options.seed;
        Self {
            to_server: Pipe::new(&options.to_server, random(seed, Purpose::Seed, 0), now),
            to_client: Pipe::new(&options.to_client, random(seed, Purpose::Seed, 1), now),
        }
    }

    /// Takes bytes from an end, as many as fit, and returns how many that are. After 0, a later
    /// push takes some when the other end has pulled.
    ///
    /// # Errors
    ///
    /// [`Error::Reset`] if the connection was reset, and [`Error::Closed`] if this end has closed
    /// its direction.
    pub fn push(&mut self, from: End, now: Duration, bytes: &[u8]) -> Result<usize, Error> {
        self.advance(now);
        let taken = self.outgoing(from).push(now, bytes);
        self.spread(now);
        taken
    }

    /// Hands out bytes that have arrived at an end.
    ///
    /// # Errors
    ///
    /// [`Error::Reset`] if the connection was reset and all bytes that arrived before were pulled,
    /// or if this end has closed or aborted the connection itself.
    pub fn pull(&mut self, at: End, now: Duration, room: &mut [u8]) -> Result<Pulled, Error> {
        self.advance(now);
        self.incoming(at).pull(now, room)
    }

    /// Returns how many bytes a push from an end takes at the latest `now`.
    pub fn room(&self, from: End) -> usize {
        match from {
            End::Client => self.to_server.room(),
            End::Server => self.to_client.room(),
        }
    }

    /// Returns when an end that has pulled everything, or cannot push, should look again, if the
    /// other end does nothing. It is never later than bytes, the end or a reset arrive there; it
    /// may be earlier if the other direction can bring a reset. `None` if nothing is on the way.
    pub fn next_event(&self, at: End) -> Option<Duration> {
        let (to, from) = match at {
            End::Client => (&self.to_client, &self.to_server),
            End::Server => (&self.to_server, &self.to_client),
        };
        [to.next_event(), from.next_reset()].into_iter().flatten().min()
    }

    /// Returns when anything arrives at either end, or the connection is reset.
    pub fn upcoming(&self) -> Option<Duration> {
        [self.to_server.upcoming(), self.to_client.upcoming()].into_iter().flatten().min()
    }

    /// Closes one direction: the other end finds [`Pulled::End`] after all bytes, and can still
    /// send.
    pub fn shutdown(&mut self, from: End, now: Duration) {
        self.advance(now);
        self.outgoing(from).close(now);
        self.spread(now);
    }

    /// Closes a socket, as `close` does: an end goes away. If bytes have arrived that it did not
    /// pull, the connection is aborted. Otherwise its direction is closed, and bytes that come for
    /// it later are responded to with a reset.
    pub fn close(&mut self, from: End, now: Duration) {
        self.advance(now);
        if self.incoming(from).has_arrived() {
            self.outgoing(from).abort(now);
        } else {
            self.outgoing(from).close(now);
        }
        self.incoming(from).leave(now);
        self.spread(now);
    }

    /// Aborts the connection, as a socket does that is closed with a linger time of 0: the other
    /// end is reset after all bytes that this one has pushed.
    pub fn abort(&mut self, from: End, now: Duration) {
        self.advance(now);
        self.outgoing(from).abort(now);
        self.incoming(from).leave(now);
        self.spread(now);
    }

    /// Resets the connection in the middle of the way: at both ends, now.
    pub fn reset(&mut self, now: Duration) {
        self.advance(now);
        self.to_server.reset(now);
        self.to_client.reset(now);
    }

    /// Changes the options of both directions from now on, as [`Pipe::set_options`] does. The seed
    /// stays.
    pub fn set_options(&mut self, now: Duration, options: &LinkOptions) {
        self.advance(now);
        self.to_server.set_options(now, &options.to_server);
        self.to_client.set_options(now, &options.to_client);
        self.spread(now);
    }

    /// Returns whether the connection was reset.
    pub fn is_reset(&self) -> bool {
        self.to_server.is_reset() || self.to_client.is_reset()
    }

    /// Returns whether no byte can arrive any more: both directions have ended, or the connection
    /// was reset.
    pub fn is_over(&self) -> bool {
        self.is_reset() || (self.to_server.is_ended() && self.to_client.is_ended())
    }

    /// Lets everything happen that happens until `now`. All other methods that take a `now` do so,
    /// too; this is for [`is_reset`](Self::is_reset) and [`is_over`](Self::is_over), which do not.
    pub fn advance(&mut self, now: Duration) {
        while let Some(at) = self.upcoming().filter(|at| *at <= now) {
            self.to_server.advance(at);
            self.to_client.advance(at);
            self.spread(at);
        }
        self.to_server.advance(now);
        self.to_client.advance(now);
    }

    /// Tells each direction what has happened in the other one.
    fn spread(&mut self, now: Duration) {
        if self.is_reset() {
            self.to_server.reset(now);
            self.to_client.reset(now);
        }
        if self.to_server.is_refused() {
            self.to_client.abort(now);
        }
        if self.to_client.is_refused() {
            self.to_server.abort(now);
        }
    }

    fn outgoing(&mut self, end: End) -> &mut Pipe {
        match end {
            End::Client => &mut self.to_server,
            End::Server => &mut self.to_client,
        }
    }

    fn incoming(&mut self, end: End) -> &mut Pipe {
        self.outgoing(end.other())
    }
}
