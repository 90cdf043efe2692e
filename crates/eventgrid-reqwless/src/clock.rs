//! The time limits of one attempt.

use core::time::Duration;

use embassy_futures::select::{Select, select};
use eventgrid::TransportErrorKind::Timeout;
use eventgrid::{AsyncSleep, Limits};

use crate::error::Error;

/// 136 years, which clocks can add to their time.
const FOREVER: Duration = Duration::from_secs(u32::MAX as u64);

/// The clock of one attempt.
pub(crate) struct Clock<'t, T> {
    timer: &'t T,
    began: Duration,
    /// How long the attempt may take in all.
    total: Duration,
    idle: Duration,
    /// In bytes per second; zero means no limit.
    lowest_rate: u32,
    /// When the present span began, over which the rate is measured, and the bytes that moved in
    /// it.
    span_began: Duration,
    moved: u64,
}

impl<'t, T: AsyncSleep> Clock<'t, T> {
    pub(crate) fn new(timer: &'t T, limits: &Limits) -> Self {
        let began = timer.uptime();
        Self {
            timer,
            began,
            total: limits.total.unwrap_or(Duration::MAX),
            idle: limits.idle.unwrap_or(Duration::MAX),
            lowest_rate: limits.lowest_rate.unwrap_or(0),
            span_began: began,
            moved: 0,
        }
    }

    /// How long the attempt has taken so far.
    pub(crate) fn elapsed(&self) -> Duration {
        self.timer.uptime().saturating_sub(self.began)
    }

    /// The time that is left until `time` has passed since the beginning; `Duration::MAX` means
    /// forever.
    pub(crate) fn left(&self, time: Duration) -> Duration {
        if time == Duration::MAX { time } else { time.saturating_sub(self.elapsed()) }
    }

    /// Returns the result of `work`, unless the time is up before. It is not an async function,
    /// since that would hold `work` twice.
    pub(crate) fn within<F: Future>(
        &self,
        time: Duration,
        work: F,
    ) -> Select<F, impl Future<Output = ()> + use<'t, F, T>> {
        select(work, self.timer.sleep(time.min(self.left(self.total)).min(FOREVER)))
    }

    /// How long no byte may move.
    pub(crate) fn idle(&self) -> Duration {
        self.idle
    }

    /// The error of a part that took too long: that of the total, if that is exceeded, or one with
    /// this reason.
    #[inline(never)]
    pub(crate) fn too_late(&self, reason: &'static str) -> Error {
        let is_over = self.left(self.total).is_zero();
        Error::new(Timeout, if is_over { "the attempt took too long in all" } else { reason })
    }

    /// Begins to measure the rate at which bytes move.
    pub(crate) fn start(&mut self) {
        self.span_began = self.timer.uptime();
        self.moved = 0;
    }

    /// Counts bytes that moved.
    ///
    /// # Errors
    /// Too few bytes moved over a span as long as the idle limit, or the attempt has taken too long
    /// in all.
    pub(crate) fn moved(&mut self, bytes: usize) -> Result<(), Error> {
        // If bytes come without a pause, no wait is interrupted, so the total is checked here.
        if self.left(self.total).is_zero() {
            return Err(self.too_late(""));
        }
        if self.lowest_rate == 0 {
            return Ok(());
        }
        self.moved = self.moved.saturating_add(bytes as u64);
        let span = self.timer.uptime().saturating_sub(self.span_began);
        if span < self.idle {
            return Ok(());
        }
        let needed = u64::from(span.subsec_millis()) * u64::from(self.lowest_rate) / 1000;
        let is_slow =
            self.moved < span.as_secs().saturating_mul(self.lowest_rate.into()).saturating_add(needed);
        self.start();
        if is_slow {
            Err(Error::new(Timeout, "fewer bytes moved than the lowest rate allows"))
        } else {
            Ok(())
        }
    }
}
