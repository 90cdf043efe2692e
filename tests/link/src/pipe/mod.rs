//! One direction of a link. It knows neither the other direction nor any clock or socket.

mod bucket;
mod fate;
mod in_a_link;
mod queue;
pub(crate) mod random;
mod stalls;
mod states;

use std::time::Duration;

pub use self::states::Pulled;

use self::fate::Fate;
use self::queue::{Arrival, Queue};
use self::states::{Receiver, Sender};
use crate::error::Error;
use crate::options::PipeOptions;

/// One direction of a link, without I/O and without a clock.
///
/// Every method that needs the time takes it as `now`: the time since any moment that the caller
/// chooses, always the same one. A `now` that goes back counts as the latest one before it.
///
/// **When bytes arrive depends on when they were pushed, the options and the seed, and never on
/// when or how often the pipe is asked.** Bytes arrive while nobody asks, as they do in a socket.
///
/// ```
/// use std::time::Duration;
/// use link::{Pipe, PipeOptions, Pulled};
///
/// let options = PipeOptions::new().latency(Duration::from_millis(50));
/// let mut pipe = Pipe::new(&options, 7, Duration::ZERO);
/// pipe.push(Duration::ZERO, b"hello")?;
///
/// let mut room = [0; 16];
/// assert_eq!(pipe.pull(Duration::ZERO, &mut room)?, Pulled::Pending);
/// let arrival = pipe.next_event().unwrap();
/// assert_eq!(arrival, Duration::from_millis(50));
/// assert_eq!(pipe.pull(arrival, &mut room)?, Pulled::Bytes(5));
/// # Ok::<(), link::Error>(())
/// ```
#[derive(Debug)]
pub struct Pipe {
    options: PipeOptions,
    seed: u64,
    opened: Duration,
    now: Duration,
    /// How many bytes were pushed, which is where in the stream the next one is.
    pushed: u64,
    queue: Queue,
    sender: Sender,
    receiver: Receiver,
    reset: bool,
}

impl Pipe {
    /// An open pipe whose times (of stalls, and of [`PipeOptions::reset_after`]) count from `now`.
    pub fn new(options: &PipeOptions, seed: u64, now: Duration) -> Self {
        let mut pipe = Self {
            queue: Queue::new(options, seed, now),
            options: options.clone(),
            seed,
            opened: now,
            now,
            pushed: 0,
            sender: Sender::Open,
            receiver: Receiver::Open,
            reset: false,
        };
        pipe.advance(now);
        pipe
    }

    /// Takes as many bytes as there is [room](Self::room) for and returns how many that are; 0
    /// means that the buffer is full until the receiver pulls.
    ///
    /// # Errors
    ///
    /// [`Error::Reset`] if the connection was reset, and [`Error::Closed`] after
    /// [`close`](Self::close) or [`abort`](Self::abort).
    pub fn push(&mut self, now: Duration, bytes: &[u8]) -> Result<usize, Error> {
        self.advance(now);
        match self.sender {
            _ if self.reset => return Err(Error::Reset),
            Sender::Closed => return Err(Error::Closed),
            Sender::Doomed => return Ok(bytes.len()),
            Sender::Open => {}
        }
        let taken = bytes.len().min(self.room());
        let mut rest = &bytes[..taken];
        while !rest.is_empty() && self.sender == Sender::Open {
            let (segment, after) = rest.split_at(self.next_segment().min(rest.len()));
            match Fate::of(self.pushed, &self.options, self.seed) {
                Fate::Delay(delay) if !segment.is_empty() => {
                    self.queue.push(segment, self.now.saturating_add(delay));
                    self.pushed += segment.len() as u64;
                }
                _ => self.doom(Sender::Doomed),
            }
            rest = after;
            if self.options.reset_after_bytes.is_some_and(|limit| limit <= self.pushed) {
                self.doom(Sender::Doomed);
            }
        }
        self.advance(now);
        Ok(taken)
    }

    /// Hands out bytes that have arrived, at most as many as `room` has space for and as a fragment
    /// has.
    ///
    /// # Errors
    ///
    /// [`Error::Reset`] if the connection was reset and all bytes that arrived before were pulled.
    pub fn pull(&mut self, now: Duration, room: &mut [u8]) -> Result<Pulled, Error> {
        self.advance(now);
        if self.queue.arrived() > 0 {
            let most = self.options.fragment.unwrap_or(usize::MAX).min(room.len());
            return Ok(Pulled::Bytes(self.queue.pull(&mut room[..most])));
        }
        match self.receiver {
            Receiver::Ended => Ok(Pulled::End),
            Receiver::Gone(_) => Err(Error::Reset),
            Receiver::Open if self.reset => Err(Error::Reset),
            Receiver::Open => Ok(Pulled::Pending),
        }
    }

    /// Returns the moment from which a pull finds something: bytes, the end, or a reset. It is the
    /// latest `now` if that is there already, and `None` if only a push, a close or other options
    /// can bring it.
    ///
    /// It is exact: a pull before that moment finds [`Pulled::Pending`].
    pub fn next_event(&self) -> Option<Duration> {
        let waiting = self.queue.arrived() == 0 && self.receiver == Receiver::Open && !self.reset;
        if waiting { self.upcoming() } else { Some(self.now) }
    }

    /// Returns how many bytes a push takes at the latest `now`: what is free in the buffer, or 0 if
    /// that is neither a segment nor half of the buffer. A TCP receiver does the same (RFC 9293,
    /// 3.8.6.2.2); otherwise a sender that fills every gap at once would send smaller and smaller
    /// segments.
    pub fn room(&self) -> usize {
        let free = self.options.buffer.saturating_sub(self.queue.len());
        let least = self.options.segment_size().min(self.options.buffer.div_ceil(2));
        if free < least { 0 } else { free }
    }

    /// Ends the stream: the receiver finds [`Pulled::End`] after all bytes. Closing twice is
    /// allowed.
    pub fn close(&mut self, now: Duration) {
        self.finish(now, Sender::Closed, Arrival::End);
    }

    /// Aborts the connection as its sender does: the reset takes the way of the bytes, after them.
    pub fn abort(&mut self, now: Duration) {
        self.advance(now);
        if !self.queue.has_reset() {
            // An end that is still on the way does not arrive any more.
            self.queue.drop_end();
            self.sender = Sender::Open;
            self.finish(now, Sender::Closed, Arrival::Reset);
        }
    }

    /// Resets the connection now. Bytes that have arrived can still be pulled; those on the way are
    /// lost.
    pub fn reset(&mut self, now: Duration) {
        self.advance(now);
        self.reset = true;
        self.queue.lose();
    }

    /// Changes the options from now on. Rate, stalls, fragments and resets apply to bytes on the
    /// way, too; latency, jitter and loss to those that are pushed from now on. Times still count
    /// from when the pipe was made.
    pub fn set_options(&mut self, now: Duration, options: &PipeOptions) {
        self.advance(now);
        self.options = options.clone();
        self.queue.set_options(options, self.seed, self.opened, self.now);
        self.advance(now);
    }

    /// Lets everything arrive that arrives until `now`.
    pub(crate) fn advance(&mut self, now: Duration) {
        self.now = self.now.max(now);
        while let Some(at) = self.upcoming().filter(|at| *at <= self.now) {
            if self.deadline().is_some_and(|deadline| deadline <= at) {
                self.reset = true;
                self.queue.lose();
                return;
            }
            match self.queue.arrive(at) {
                Arrival::Bytes(_) if matches!(self.receiver, Receiver::Gone(_)) => {
                    self.queue.discard();
                    self.receiver = Receiver::Gone(true);
                }
                Arrival::End if self.receiver == Receiver::Open => self.receiver = Receiver::Ended,
                Arrival::Bytes(_) | Arrival::End => {}
                Arrival::Reset => {
                    self.reset = true;
                    self.queue.lose();
                }
            }
        }
    }

    fn deadline(&self) -> Option<Duration> {
        let time = self.options.reset_after.filter(|_| !self.reset)?;
        Some(self.opened.saturating_add(time))
    }

    /// How long the segment is that begins where the next byte is pushed. Segments end at multiples
    /// of their size, so that their beginnings, on which their fates depend, are the same in each
    /// run.
    fn next_segment(&self) -> usize {
        let size = self.options.segment_size();
        // The remainder is less than the size.
        let to_boundary = size - usize::try_from(self.pushed % size as u64).unwrap_or(0);
        let to_reset = self.options.reset_after_bytes.map(|limit| limit.saturating_sub(self.pushed));
        to_boundary.min(to_reset.map_or(usize::MAX, |bytes| usize::try_from(bytes).unwrap_or(usize::MAX)))
    }

    fn doom(&mut self, sender: Sender) {
        self.finish(self.now, sender, Arrival::Reset);
    }

    /// Sends the last that the sender sends.
    fn finish(&mut self, now: Duration, sender: Sender, last: Arrival) {
        self.advance(now);
        if self.sender == Sender::Open && !self.reset {
            self.sender = sender;
            self.queue.push_last(last, self.now.saturating_add(self.options.latency));
            self.advance(now);
        }
    }
}
