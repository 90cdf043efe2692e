//! How far an attempt has come, and how long it may go on, by the time limits in the contract of a
//! transport.
//!
//! ureq calls a socket in the thread that sends, and has no limits like these. So the attempt that
//! a thread makes is in a thread-local variable, where its socket finds it.

use std::cell::Cell;
use std::io;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use eventgrid::{Limits, Response};

/// An attempt, from its first step to the end of its response.
#[derive(Clone, Copy)]
pub(crate) struct Attempt {
    limits: Limits,
    wait: Duration,
    began: Instant,
    phase: Phase,
    /// Whether the connection is one without TLS.
    is_plain: bool,
    /// How many connectors are at work, nested within each other.
    connectors: u32,
    /// When the last byte moved, or the phase began.
    moved: Instant,
    /// The span whose rate is measured: when it began, and what has moved since.
    span: (Instant, u64),
    /// Bytes of the request that were handed to the network.
    sent: u64,
    /// Bytes of the request that the socket holds back until more of it comes.
    held: u64,
    /// Bytes that were handed to the network since there is a connection, with those that TLS adds.
    on_wire: u64,
    first_byte: Option<Duration>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// No connection is known yet: one is being opened, or a kept one is taken.
    Connecting,
    /// The request is being sent.
    Sending,
    /// The response's head is awaited.
    Head,
    /// The response's body is read.
    Body,
}

/// What the head of a response says about the end of its body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ending {
    /// Whether the connection must not be used again.
    pub(crate) is_last: bool,
    /// Whether the body is complete when the connection ends.
    pub(crate) with_connection: bool,
}

thread_local! {
    /// That of the response whose body is being read.
    static ENDING: Cell<Option<Ending>> = const { Cell::new(None) };
    static CURRENT: Cell<Option<Attempt>> = const { Cell::new(None) };
}

impl Attempt {
    /// An attempt that begins now. A limit that is unset does not apply.
    pub(crate) fn new(limits: Limits, wait: Duration, now: Instant) -> Self {
        Self {
            limits,
            wait,
            began: now,
            phase: Phase::Connecting,
            is_plain: false,
            connectors: 0,
            moved: now,
            span: (now, 0),
            sent: 0,
            held: 0,
            on_wire: 0,
            first_byte: None,
        }
    }

    /// Does a part of the attempt's work, during which the sockets of this thread can find the
    /// attempt.
    pub(crate) fn run<R>(&mut self, work: impl FnOnce() -> R) -> R {
        /// Removes the attempt from the thread, even if the work panics.
        struct End(Option<Attempt>);
        impl Drop for End {
            fn drop(&mut self) {
                CURRENT.set(self.0);
                ENDING.set(None);
            }
        }
        let _end = End(CURRENT.replace(Some(*self)));
        let result = work();
        *self = CURRENT.get().unwrap_or(*self);
        result
    }

    /// Calls `change` with the attempt that this thread makes, if there is one.
    pub(crate) fn current<R>(change: impl FnOnce(&mut Self) -> R) -> Option<R> {
        let mut attempt = CURRENT.get()?;
        let result = change(&mut attempt);
        CURRENT.set(Some(attempt));
        Some(result)
    }

    /// Opens a connection, which may call other connectors.
    pub(crate) fn connect<R>(connect: impl FnOnce() -> R) -> R {
        Self::current(|attempt| attempt.connectors += 1);
        let connected = connect();
        Self::current(|attempt| attempt.connectors -= 1);
        connected
    }

    /// Notes that the head of the response is complete.
    pub(crate) fn head_is_complete(&mut self, now: Instant) {
        self.enter(Phase::Body, now);
    }

    /// Notes how the body that is being read ends.
    pub(crate) fn set_ending(ending: Ending) {
        ENDING.set(Some(ending));
    }

    /// What [`set_ending`](Self::set_ending) noted. The connection asks this.
    pub(crate) fn ending() -> Option<Ending> {
        ENDING.get()
    }

    /// Sets in the response how far the attempt came.
    pub(crate) fn report(&self, response: &mut Response<'_>) {
        response.set_sent(self.sent);
        if let Some(after) = self.first_byte {
            response.set_first_byte(after);
        }
    }

    /// Whether any byte of the request may have left.
    pub(crate) fn may_have_been_sent(&self) -> bool {
        self.on_wire > 0
    }

    fn enter(&mut self, phase: Phase, now: Instant) {
        self.phase = phase;
        self.moved = now;
        self.span = (now, 0);
    }

    /// Whether the head of the response is being read.
    pub(crate) fn reads_head() -> bool {
        CURRENT.get().is_some_and(|attempt| attempt.phase == Phase::Head)
    }

    /// Whether the body of the response is being read.
    pub(crate) fn reads_body() -> bool {
        CURRENT.get().is_some_and(|attempt| attempt.phase == Phase::Body)
    }

    /// Whether a request is being sent of which no byte has left.
    pub(super) fn begins_request() -> bool {
        CURRENT.get().is_some_and(|attempt| attempt.phase == Phase::Sending && attempt.on_wire == 0)
    }

    /// Notes that the bytes that were held back were written, as far as possible.
    pub(super) fn released() {
        Self::current(|attempt| attempt.sent += std::mem::take(&mut attempt.held).min(attempt.on_wire));
    }

    /// How long the next piece may take to be written.
    #[inline(never)]
    pub(crate) fn time_to_write(&mut self, now: Instant) -> io::Result<Duration> {
        let until = match self.phase {
            Phase::Connecting => at(self.began, self.limits.connect),
            _ => at(self.moved, self.limits.idle),
        };
        self.left(until, now)
    }

    /// How long the next piece may take to come.
    #[inline(never)]
    pub(super) fn time_to_read(&mut self, now: Instant) -> io::Result<Duration> {
        if self.phase == Phase::Sending {
            // ureq reads when it has sent everything. The time for the response begins then.
            self.phase = Phase::Head;
        }
        let until = match self.phase {
            Phase::Connecting => at(self.began, self.limits.connect),
            Phase::Head => at(self.moved, self.limits.response.map(|time| time.saturating_add(self.wait))),
            Phase::Sending | Phase::Body => at(now, self.limits.idle),
        };
        self.left(until, now)
    }

    /// The time that is left until `until`, or until the end of the attempt.
    #[inline(never)]
    fn left(&self, until: Option<Instant>, now: Instant) -> io::Result<Duration> {
        let end = at(self.began, self.limits.total);
        let left =
            [until, end].into_iter().flatten().map(|moment| moment.saturating_duration_since(now)).min();
        match left {
            Some(Duration::ZERO) => Err(self.exceeded(now)),
            Some(left) => Ok(left),
            None => Ok(FOREVER),
        }
    }

    /// Whether the service has responded although the request is still being sent. With TLS this is
    /// not known, because bytes that came may be messages of TLS itself.
    pub(super) fn has_early_response(stream: &TcpStream) -> bool {
        let is_sending =
            CURRENT.get().is_some_and(|attempt| attempt.phase == Phase::Sending && attempt.is_plain);
        is_sending && stream.set_nonblocking(true).is_ok() && {
            let came = stream.peek(&mut [0]).is_ok_and(|bytes| bytes > 0);
            stream.set_nonblocking(false).is_ok() && came
        }
    }

    /// The error of an attempt that has exceeded a time limit.
    pub(super) fn exceeded(&self, now: Instant) -> io::Error {
        let limits = &self.limits;
        let (limit, what) = match self.phase {
            _ if at(self.began, limits.total).is_some_and(|end| end <= now) => {
                (limits.total, "the attempt took longer than its total of")
            }
            Phase::Connecting => (limits.connect, "opening the connection took longer than"),
            Phase::Head => (limits.response, "no response came, beyond the wait time of a long poll, within"),
            Phase::Sending | Phase::Body => (limits.idle, "no byte moved for"),
        };
        io::Error::new(io::ErrorKind::TimedOut, format!("{what} {} ms", milliseconds(limit)))
    }

    /// Notes that this many bytes were written; those of the request are counted.
    pub(super) fn wrote(&mut self, bytes: usize, now: Instant) -> io::Result<()> {
        if self.phase == Phase::Connecting {
            return Ok(());
        }
        self.on_wire += bytes as u64;
        self.moved_bytes(bytes, now)
    }

    /// Writes a piece of the request, unless a connector speaks to a proxy, and counts how much of
    /// it was handed to the network.
    pub(crate) fn count_piece<E>(
        bytes: usize,
        is_plain: bool,
        write: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        let before = Self::current(|attempt| {
            attempt.is_plain = is_plain;
            if attempt.phase == Phase::Connecting && attempt.connectors == 0 {
                attempt.enter(Phase::Sending, Instant::now());
            }
            attempt.on_wire
        });
        let written = write();
        Self::current(|attempt| {
            if attempt.phase == Phase::Connecting {
                return;
            }
            let moved = attempt.on_wire - before.unwrap_or_default();
            let whole = std::mem::take(&mut attempt.held) + bytes as u64;
            match &written {
                // It is held back.
                Ok(()) if attempt.on_wire == 0 => attempt.held = whole,
                Ok(()) => attempt.sent += whole,
                Err(_) => attempt.sent += moved.min(whole),
            }
        });
        written
    }

    /// Notes that this many bytes came, perhaps of TLS.
    pub(super) fn read(&mut self, bytes: usize, now: Instant) -> io::Result<()> {
        if self.phase == Phase::Body { self.moved_bytes(bytes, now) } else { Ok(()) }
    }

    /// Notes that bytes of the response itself have come. Messages that TLS 1.3 sends after its
    /// handshake do not count.
    pub(crate) fn head_begins(now: Instant) {
        Self::current(|attempt| {
            if matches!(attempt.phase, Phase::Sending | Phase::Head) && attempt.first_byte.is_none() {
                attempt.first_byte = Some(now.saturating_duration_since(attempt.began));
            }
        });
    }

    fn moved_bytes(&mut self, bytes: usize, now: Instant) -> io::Result<()> {
        self.moved = now;
        let (Some(rate), Some(idle)) = (self.limits.lowest_rate, self.limits.idle) else { return Ok(()) };
        let (since, moved) = (self.span.0, self.span.1 + bytes as u64);
        self.span.1 = moved;
        if now.saturating_duration_since(since) >= idle {
            // The number of bytes is compared with that for a whole span, even if the span took
            // longer to end.
            if u128::from(moved) * 1000 < u128::from(rate) * idle.as_millis() {
                let text =
                    format!("fewer than {rate} bytes per second moved for {} ms", milliseconds(Some(idle)));
                return Err(io::Error::new(io::ErrorKind::TimedOut, text));
            }
            self.span = (now, 0);
        }
        Ok(())
    }
}

/// It stands for no limit: 100 days.
const FOREVER: Duration = Duration::from_secs(100 * 24 * 60 * 60);

/// Whole milliseconds, since formatting fractions costs a small program 20 kB.
fn milliseconds(limit: Option<Duration>) -> u64 {
    limit.map_or(0, |limit| u64::try_from(limit.as_millis()).unwrap_or(u64::MAX))
}

fn at(moment: Instant, limit: Option<Duration>) -> Option<Instant> {
    moment.checked_add(limit?.min(FOREVER))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn attempt(now: Instant) -> Attempt {
        let limits = Limits::new().with_connect(3 * SECOND).with_response(30 * SECOND).with_idle(5 * SECOND);
        Attempt::new(limits, 60 * SECOND, now)
    }

    #[test]
    fn connecting_has_one_limit_for_all_its_steps() {
        let now = Instant::now();
        let mut attempt = attempt(now);
        assert_eq!(attempt.time_to_write(now + SECOND).unwrap(), 2 * SECOND);
        attempt.wrote(10, now + SECOND).unwrap();
        assert_eq!(attempt.time_to_read(now + 2 * SECOND).unwrap(), SECOND);
        assert_eq!(attempt.time_to_read(now + 3 * SECOND).unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn the_response_has_its_time_from_the_last_byte_sent_and_a_long_poll_its_wait_on_top() {
        let now = Instant::now();
        let mut attempt = attempt(now);
        attempt.enter(Phase::Sending, now);
        attempt.wrote(10, now + 4 * SECOND).unwrap();
        assert_eq!(attempt.time_to_write(now + 8 * SECOND).unwrap(), SECOND, "since the last byte moved");
        assert_eq!(attempt.time_to_read(now + 4 * SECOND).unwrap(), 90 * SECOND);
        attempt.read(1, now + 64 * SECOND).unwrap();
        assert_eq!(
            attempt.time_to_read(now + 64 * SECOND).unwrap(),
            30 * SECOND,
            "a head that drips is one head"
        );
    }

    #[test]
    fn a_body_may_be_silent_for_the_idle_limit_and_the_whole_ends_with_the_total() {
        let now = Instant::now();
        let mut attempt = attempt(now);
        attempt.limits = attempt.limits.with_total(20 * SECOND);
        attempt.head_is_complete(now);
        for second in 1..=15 {
            assert_eq!(attempt.time_to_read(now + second * SECOND).unwrap(), 5 * SECOND);
            attempt.read(1, now + second * SECOND).unwrap();
        }
        assert_eq!(attempt.time_to_read(now + 18 * SECOND).unwrap(), 2 * SECOND);
        assert!(attempt.time_to_read(now + 20 * SECOND).is_err());
    }

    #[test]
    fn a_body_that_trickles_below_the_lowest_rate_ends() {
        let now = Instant::now();
        let body = |bytes_per_second| {
            let mut attempt = attempt(now);
            attempt.limits = attempt.limits.with_lowest_rate(100);
            attempt.head_is_complete(now);
            (1..=20).try_for_each(|second| attempt.read(bytes_per_second, now + second * SECOND))
        };
        assert!(body(100).is_ok());
        assert_eq!(body(99).unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn what_moves_while_connecting_is_no_part_of_the_request() {
        let now = Instant::now();
        let mut attempt = attempt(now);
        attempt.run(|| {
            let write = |bytes, fits| {
                let write = || {
                    Attempt::current(|attempt| attempt.wrote(fits, now));
                    if fits < bytes { Err(()) } else { Ok(()) }
                };
                let _ = Attempt::count_piece(bytes, true, write);
            };
            Attempt::connect(|| write(7, 7));
            write(5, 5);
            write(4, 2);
        });
        assert_eq!((attempt.sent, attempt.may_have_been_sent()), (7, true));
        assert_eq!(Attempt::current(|_| ()), None, "it is over");
    }

    #[test]
    fn what_is_held_back_counts_when_it_leaves() {
        let now = Instant::now();
        let piece = |bytes, moved: usize, is_written: bool| {
            let write = || {
                if moved > 0 {
                    Attempt::current(|attempt| attempt.wrote(moved, now));
                }
                if is_written { Ok(()) } else { Err(()) }
            };
            let _ = Attempt::count_piece(bytes, true, write);
        };
        let counted = |work: &dyn Fn()| {
            let mut attempt = attempt(now);
            attempt.run(work);
            (attempt.sent, attempt.may_have_been_sent())
        };
        assert_eq!(counted(&|| piece(7, 0, true)), (0, false));
        for (moved, is_written) in [(12, true), (9, false), (0, false)] {
            let held_and_more = || {
                piece(7, 0, true);
                piece(5, moved, is_written);
            };
            assert_eq!(counted(&held_and_more), (moved as u64, moved > 0));
        }
        let released = |moved| {
            piece(7, 0, true);
            Attempt::current(|attempt| attempt.wrote(moved, now));
            Attempt::released();
        };
        assert_eq!(counted(&|| released(7)), (7, true));
        assert_eq!(counted(&|| released(3)), (3, true));
    }
}
