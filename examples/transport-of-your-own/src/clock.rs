//! How long each part of an attempt may take, and how far it came.

use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use eventgrid_transport::Limits;

/// The clock of one attempt.
#[derive(Debug)]
pub(crate) struct Clock {
    limits: Limits,
    started: Instant,
    /// Bytes that were handed to the network.
    pub(crate) sent: u64,
    /// When the first byte of the response came.
    pub(crate) first_byte: Option<Duration>,
    /// When the current phase ends, unless bytes move.
    end: Option<Instant>,
    /// Whether bytes that move put the end off.
    is_transfer: bool,
    /// The span over which the rate is measured: when it began, and what moved in it.
    span: (Instant, u64),
}

impl Clock {
    pub(crate) fn start(limits: Limits) -> Self {
        let started = Instant::now();
        let end = after(started, limits.connect);
        let span = (started, 0);
        Self { limits, started, sent: 0, first_byte: None, end, is_transfer: false, span }
    }

    /// The request or the body moves from now on.
    pub(crate) fn transfer(&mut self) {
        let now = Instant::now();
        self.end = after(now, self.limits.idle);
        self.is_transfer = true;
        self.span = (now, 0);
    }

    /// The response's head is waited for from now on, and the wait time of a long poll on top.
    pub(crate) fn wait_for_head(&mut self, wait: Duration) {
        let limit = self.limits.response.map(|response| response.saturating_add(wait));
        self.end = after(Instant::now(), limit);
        self.is_transfer = false;
    }

    /// Takes note that bytes have moved.
    pub(crate) fn moved(&mut self, bytes: usize) -> io::Result<()> {
        if !self.is_transfer {
            return Ok(());
        }
        let now = Instant::now();
        self.end = after(now, self.limits.idle);
        self.span.1 += bytes as u64;
        let Some(idle) = self.limits.idle.filter(|idle| now - self.span.0 >= *idle) else { return Ok(()) };
        let lowest = idle.as_millis() * u128::from(self.limits.lowest_rate.unwrap_or_default()) / 1000;
        if u128::from(self.span.1) < lowest {
            return Err(io::Error::new(ErrorKind::TimedOut, "fewer bytes moved than the lowest rate"));
        }
        self.span = (now, 0);
        Ok(())
    }

    /// The caller has paused, which is not the service's fault.
    pub(crate) fn resume(&mut self, pause: Duration) {
        self.end = self.end.and_then(|end| end.checked_add(pause));
        self.span.0 = self.span.0.checked_add(pause).unwrap_or(self.span.0);
    }

    /// How long the next step may block: until the phase or the whole attempt ends.
    pub(crate) fn left(&self) -> io::Result<Duration> {
        let end = [self.end, after(self.started, self.limits.total)].into_iter().flatten().min();
        match end.map(|end| end.saturating_duration_since(Instant::now())) {
            Some(Duration::ZERO) => Err(ErrorKind::TimedOut.into()),
            left => Ok(left.unwrap_or(Duration::MAX)),
        }
    }

    /// Takes note that bytes of the response have come.
    pub(crate) fn received(&mut self, bytes: usize) -> io::Result<()> {
        self.first_byte.get_or_insert(self.started.elapsed());
        self.moved(bytes)
    }
}

/// No moment is as far away as `Duration::MAX`, which means no limit.
fn after(start: Instant, limit: Option<Duration>) -> Option<Instant> {
    start.checked_add(limit?)
}
