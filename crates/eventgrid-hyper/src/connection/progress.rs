//! How long an exchange may take.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use eventgrid::{Request, Response};
use tokio::time::{Instant, Sleep, sleep_until};

/// The longest time of a timer; it stands for no limit.
const FOREVER: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// How long an exchange may take: the limits of one attempt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The limit for opening a connection.
    pub(crate) connect: Duration,
    /// The limit from the last byte of the request to the complete head of the response.
    pub(crate) response: Duration,
    /// How long no byte may move, while the request is sent and while the body of the response is
    /// read.
    pub(crate) idle: Duration,
    /// When the attempt ends at the latest, even if bytes still move.
    pub(crate) end: Option<Instant>,
    /// The lowest number of bytes per second in the same phases, as an average over the idle time.
    pub(crate) lowest_rate: Option<u32>,
}

impl Limits {
    /// The limits of an attempt that begins now: those of the request, and the transport's where
    /// they are unset. The wait time of a long poll is added to the time for the response.
    pub(crate) fn of(request: &Request<'_>, own: eventgrid::Limits, now: Instant) -> Self {
        let limits = request.limits().or(own);
        let or_forever = |limit: Option<Duration>| limit.map_or(FOREVER, |limit| limit.min(FOREVER));
        Self {
            connect: or_forever(limits.connect),
            response: or_forever(limits.response.map(|time| time.saturating_add(request.wait()))),
            idle: or_forever(limits.idle),
            end: limits.total.map(|total| later(now, total.min(FOREVER))),
            lowest_rate: limits.lowest_rate,
        }
    }
}

/// How far an attempt went, to be set in the response.
#[derive(Debug)]
pub(crate) struct Report {
    began: Instant,
    /// How many bytes of the request were written.
    pub(crate) sent: u64,
    first_byte: Option<Duration>,
}

impl Report {
    /// An attempt that begins now.
    pub(crate) fn new(now: Instant) -> Self {
        Self { began: now, sent: 0, first_byte: None }
    }

    /// Notes that the head of the response is complete. If its first byte was not seen, it came
    /// just now.
    pub(crate) fn has_begun(&mut self) {
        self.first_byte.get_or_insert_with(|| self.began.elapsed());
    }

    pub(super) fn set_first_byte(&mut self, at: Option<Instant>) {
        self.first_byte = at.map(|at| at.saturating_duration_since(self.began));
    }

    pub(crate) fn show(&self, response: &mut Response<'_>) {
        response.set_sent(self.sent);
        if let Some(after) = self.first_byte {
            response.set_first_byte(after);
        }
    }
}

/// How much of an exchange has moved so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moved {
    /// A number that changes whenever a byte has moved.
    pub(crate) moves: u64,
    /// How many bytes have moved in the current phase.
    pub(crate) bytes: u64,
    /// Whether the whole request has left.
    pub(crate) is_sent: bool,
}

/// How far an exchange has come, and the time by which it must come further. The clock is read only
/// when the exchange waits.
#[derive(Debug)]
pub(crate) struct Progress {
    limits: Limits,
    phase: Phase,
    /// The last number of moves that was seen, and the time when it was first seen.
    last: Option<(u64, Instant)>,
    /// The number of bytes and the time from which the average is taken that is compared with the
    /// lowest rate.
    average: Option<(u64, Instant)>,
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    Sending,
    Waiting { until: Instant },
    Reading,
}

impl Progress {
    /// An exchange whose request is about to be sent.
    pub(crate) fn sending(limits: Limits) -> Self {
        Self { limits, phase: Phase::Sending, last: None, average: None }
    }

    /// Begins the phase in which the body is read.
    pub(crate) fn read_body(&mut self) {
        self.phase = Phase::Reading;
        self.last = None;
        self.average = None;
    }

    /// Is ready when the exchange has taken too long. Until then it wakes the task when it must be
    /// polled again.
    pub(crate) fn poll_too_late(
        &mut self,
        moved: Moved,
        timer: &mut Timer,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        let now = Instant::now();
        match self.deadline(moved, now) {
            Some(deadline) => timer.poll(deadline, now, context),
            None => Poll::Ready(()),
        }
    }

    /// The time at which the exchange fails unless more bytes have moved by then. `None` if they
    /// move too slowly, so that it fails now.
    fn deadline(&mut self, moved: Moved, now: Instant) -> Option<Instant> {
        let deadline = self.deadline_of_phase(moved, now)?;
        Some(self.limits.end.map_or(deadline, |end| deadline.min(end)))
    }

    fn deadline_of_phase(&mut self, moved: Moved, now: Instant) -> Option<Instant> {
        if let Phase::Waiting { until } = self.phase {
            return Some(until);
        }
        if moved.is_sent && matches!(self.phase, Phase::Sending) {
            let until = later(now, self.limits.response);
            self.phase = Phase::Waiting { until };
            return Some(until);
        }
        let last = match self.last {
            Some((known, at)) if known == moved.moves => at,
            _ => {
                self.last = Some((moved.moves, now));
                now
            }
        };
        let deadline = later(last, self.limits.idle);
        let Some(lowest) = self.limits.lowest_rate else { return Some(deadline) };
        let (bytes, start) = *self.average.get_or_insert((moved.bytes, now));
        let end = later(start, self.limits.idle);
        if now < end {
            return Some(deadline.min(end));
        }
        let needed = u128::from(lowest) * (now - start).as_millis() / 1000;
        if u128::from(moved.bytes - bytes) < needed {
            return None;
        }
        self.average = Some((moved.bytes, now));
        Some(deadline.min(later(now, self.limits.idle)))
    }
}

fn later(time: Instant, by: Duration) -> Instant {
    time.checked_add(by).unwrap_or_else(|| time + FOREVER)
}

/// A timer that each exchange uses with a time of its own. It stays registered with its earlier
/// time, and a wake-up that comes too early is ignored, which costs less than to register it again.
#[derive(Debug, Default)]
pub(crate) struct Timer(Option<Pin<Box<Sleep>>>);

impl Timer {
    fn poll(&mut self, deadline: Instant, now: Instant, context: &mut Context<'_>) -> Poll<()> {
        if deadline <= now {
            return Poll::Ready(());
        }
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() > deadline {
            sleep.as_mut().reset(deadline);
        }
        while sleep.as_mut().poll(context).is_ready() {
            if Instant::now() >= deadline {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(deadline);
        }
        Poll::Pending
    }

    /// Makes sure that the timer wakes no task any more.
    pub(super) fn rest(&mut self) {
        if let Some(sleep) = &mut self.0 {
            // If its time has come, it is set again when it is needed.
            let _ = sleep.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const LIMITS: Limits = Limits {
        response: Duration::from_secs(30),
        idle: SECOND,
        connect: Duration::from_secs(10),
        end: None,
        lowest_rate: None,
    };

    fn moved(bytes: u64) -> Moved {
        Moved { moves: bytes, bytes, is_sent: false }
    }

    #[test]
    fn it_goes_on_forever_while_bytes_move() {
        let mut progress = Progress::sending(LIMITS);
        let start = Instant::now();
        for step in 0..1000 {
            let now = start + SECOND / 2 * step;
            assert_eq!(progress.deadline(moved(step.into()), now), Some(now + SECOND));
        }
    }

    #[test]
    fn it_ends_with_its_total_though_bytes_move() {
        let start = Instant::now();
        let mut progress = Progress::sending(Limits { end: Some(start + 5 * SECOND), ..LIMITS });
        assert_eq!(progress.deadline(moved(1), start), Some(start + SECOND));
        progress.read_body();
        assert_eq!(progress.deadline(moved(2), start + 9 * SECOND / 2), Some(start + 5 * SECOND));
    }

    #[test]
    fn without_a_byte_it_ends_after_the_idle_time() {
        let mut progress = Progress::sending(LIMITS);
        let start = Instant::now();
        progress.deadline(moved(5), start);
        assert_eq!(progress.deadline(moved(5), start + SECOND / 2), Some(start + SECOND));
        progress.read_body();
        assert_eq!(progress.deadline(moved(5), start + SECOND), Some(start + 2 * SECOND));
    }

    #[test]
    fn the_response_is_awaited_from_the_last_byte_of_the_request() {
        let mut progress = Progress::sending(LIMITS);
        let start = Instant::now();
        progress.deadline(moved(1), start);
        let sent = Moved { is_sent: true, ..moved(2) };
        let until = start + SECOND + LIMITS.response;
        assert_eq!(progress.deadline(sent, start + SECOND), Some(until));
        // The bytes of its head do not prolong it.
        assert_eq!(progress.deadline(Moved { moves: 3, ..sent }, start + 5 * SECOND), Some(until));
    }

    #[test]
    fn bytes_that_move_too_slowly_end_it() {
        let mut progress = Progress::sending(Limits { lowest_rate: Some(10), ..LIMITS });
        let start = Instant::now();
        assert_eq!(progress.deadline(moved(0), start), Some(start + SECOND));
        assert!(progress.deadline(moved(10), start + SECOND).is_some());
        assert!(progress.deadline(moved(15), start + SECOND * 3 / 2).is_some());
        assert_eq!(progress.deadline(moved(19), start + 2 * SECOND), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_timer_that_was_set_for_an_earlier_exchange_waits_for_this_one() {
        let mut timer = Timer::default();
        let start = Instant::now();
        let mut wait = async |by: Duration| {
            let deadline = start + by;
            std::future::poll_fn(|context| timer.poll(deadline, Instant::now(), context)).await;
            assert!(Instant::now() >= deadline);
        };
        wait(SECOND).await;
        wait(5 * SECOND).await;
        wait(3 * SECOND).await;
        assert!(start.elapsed() < 6 * SECOND);
    }
}
