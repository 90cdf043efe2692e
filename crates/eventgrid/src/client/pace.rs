//! How many events to ask for at once, so that their locks do not expire on the way. No I/O, no
//! clock.

use core::time::Duration;

/// How many events a receive should ask for, based on how fast earlier ones came.
///
/// The locks of all events of a receive begin when the service sends its response. If the response
/// takes longer than a lock, the deliveries of all its events are lost. A pace begins with four
/// events, doubles this number as long as responses are full and fast, and asks for no more than
/// arrive within a third of a lock's time. After a response that was slow or broke off, the number
/// is reduced at once, and then grows by one event for each full response.
///
/// The processor of `eventgrid-worker` has a pace for each subscription, and a consumer has one
/// that does not start slowly. Use it in a loop of your own:
///
/// ```
/// use core::time::Duration;
/// use eventgrid::ReceivePace;
///
/// let mut pace = ReceivePace::new(Duration::from_secs(60));
/// assert_eq!(pace.max_events(), 4);
/// // Four events came in a second.
/// pace.received(4, 4, Some(Duration::from_secs(1)));
/// assert_eq!(pace.max_events(), 8);
/// // Eight took 40 seconds: only four come in a third of the lock.
/// pace.received(8, 8, Some(Duration::from_secs(40)));
/// assert_eq!(pace.max_events(), 4);
/// // Of four, only two came before the connection broke.
/// pace.interrupted(4, 2);
/// assert_eq!(pace.max_events(), 2);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceivePace {
    lock_duration: Duration,
    max_events: u32,
    is_starting: bool,
}

/// The number of events with which a pace begins.
const FIRST: u32 = 4;

/// The most events that the service returns at once (api-version 2024-06-01).
const MOST: u32 = 100;

impl ReceivePace {
    /// A pace that starts slowly, for a subscription with this receive lock duration.
    pub const fn new(lock_duration: Duration) -> Self {
        Self { lock_duration, max_events: FIRST, is_starting: true }
    }

    /// A pace that begins with this number of events.
    #[cfg(any(feature = "alloc", test))]
    pub(super) const fn at(lock_duration: Duration, max_events: u32) -> Self {
        Self { lock_duration, max_events, is_starting: false }
    }

    /// How many events to ask for at most: 1 to 100.
    pub const fn max_events(&self) -> u32 {
        self.max_events
    }

    /// Records that a receive of `asked` events brought `events` in a complete response. `time` is
    /// the time from its [first byte](crate::Batch::arrived) to its last, if that is known.
    ///
    /// A response without events has no effect.
    pub fn received(&mut self, asked: u32, events: usize, time: Option<Duration>) {
        if events == 0 {
            return;
        }
        let fits = self.fits(events, time.unwrap_or_default());
        if fits < self.max_events {
            self.shrink(fits);
        } else if events >= asked as usize && self.max_events < MOST {
            let step = if self.is_starting { self.max_events } else { 1 };
            self.max_events = self.max_events.saturating_add(step).min(fits).min(MOST);
        }
    }

    /// Records that of a receive of `asked` events, `whole` came completely before the response
    /// broke off.
    pub fn interrupted(&mut self, asked: u32, whole: usize) {
        let whole = u32::try_from(whole).unwrap_or(u32::MAX);
        self.shrink(if whole == 0 { asked / 4 } else { whole.min(asked / 2) });
    }

    /// Records that the response to a receive of `asked` events did not fit into its buffer.
    pub fn did_not_fit(&mut self, asked: u32) {
        self.shrink(asked / 4);
    }

    /// How many events arrive within a third of a lock's time, if `events` took `time`.
    fn fits(&self, events: usize, time: Duration) -> u32 {
        let fits = (microseconds(self.lock_duration) / 3)
            .saturating_mul(events as u64)
            .checked_div(microseconds(time))
            .unwrap_or(u64::MAX);
        u32::try_from(fits).unwrap_or(u32::MAX)
    }

    fn shrink(&mut self, events: u32) {
        self.max_events = self.max_events.min(events).max(1);
        self.is_starting = false;
    }
}

fn microseconds(time: Duration) -> u64 {
    time.as_secs().saturating_mul(1_000_000).saturating_add(time.subsec_micros().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn pace() -> ReceivePace {
        ReceivePace::new(60 * SECOND)
    }

    #[test]
    fn full_responses_double_it_up_to_what_the_service_gives() {
        let mut pace = pace();
        let mut asked = std::vec![pace.max_events()];
        for _ in 0..6 {
            pace.received(pace.max_events(), pace.max_events() as usize, Some(SECOND / 1000));
            asked.push(pace.max_events());
        }
        assert_eq!(asked, [4, 8, 16, 32, 64, 100, 100]);
    }

    #[test]
    fn responses_that_are_not_full_say_nothing_of_more_events() {
        let mut pace = pace();
        pace.received(4, 3, Some(SECOND / 1000));
        pace.received(4, 0, Some(100 * SECOND));
        assert_eq!(pace.max_events(), 4);
    }

    #[test]
    fn it_asks_for_what_comes_in_a_third_of_a_lock() {
        // An event takes 2.25 seconds: 0.9 MB at 400 kB/s.
        let mut pace = pace();
        for asked in [4, 8, 8, 8] {
            assert_eq!(pace.max_events(), asked);
            pace.received(asked, asked as usize, Some(SECOND * 9 / 4 * asked));
        }
    }

    #[test]
    fn it_shrinks_at_once_and_grows_again_by_one() {
        let mut pace = pace();
        pace.received(4, 4, None);
        pace.received(8, 2, Some(40 * SECOND));
        assert_eq!(pace.max_events(), 1);
        pace.received(1, 1, Some(SECOND));
        pace.received(2, 2, Some(2 * SECOND));
        assert_eq!(pace.max_events(), 3);
        pace.received(3, 3, Some(Duration::MAX));
        assert_eq!(pace.max_events(), 1);
    }

    #[test]
    fn it_never_asks_for_the_same_number_after_a_response_that_broke_off() {
        for asked in 2..=100 {
            for whole in 0..=asked {
                let mut pace = ReceivePace::at(60 * SECOND, asked);
                pace.interrupted(asked, whole as usize);
                assert!((1..asked).contains(&pace.max_events()), "{whole} of {asked}");
            }
        }
        let mut pace = ReceivePace::at(Duration::MAX, 1);
        pace.interrupted(1, 0);
        pace.did_not_fit(1);
        assert_eq!(pace.max_events(), 1);
    }
}
