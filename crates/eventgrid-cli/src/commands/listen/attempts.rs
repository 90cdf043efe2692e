//! The attempts to deliver one event: what is done after each. No I/O, no clock.

use std::time::Duration;

use eventgrid_push::{
    Attempt, AttemptResult, DeadLetterReason, DeliveryTier, DueStep, NextStep, RetryPolicy, RetrySchedule,
};

/// The shortest and the longest wait after an attempt to which no response came.
const SHORTEST_UNREACHED_WAIT: Duration = Duration::from_secs(10);
const LONGEST_UNREACHED_WAIT: Duration = Duration::from_secs(60);

/// How delivery is attempted.
#[derive(Debug, Clone, Copy)]
pub(super) struct AttemptPolicy {
    pub(super) policy: RetryPolicy,
    /// How long to wait before each retry, instead of as long as the policy says.
    pub(super) retry_wait: Option<Duration>,
}

/// The attempts to deliver one event.
///
/// Attempts to which no response came do not count, and give up no event.
#[derive(Debug)]
pub(super) struct Attempts {
    policy: AttemptPolicy,
    number: u32,
    responses: u32,
    /// When the first attempt began that got a response, after the event was received.
    first_reached: Duration,
}

/// What is done after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The event is delivered.
    Delivered,
    /// It is attempted again.
    Retry {
        /// After this time.
        wait: Duration,
    },
    /// It is given up.
    GiveUp(DeadLetterReason),
    /// It is for others to attempt.
    Release,
}

impl Attempts {
    /// None were made.
    pub(super) fn new(policy: AttemptPolicy) -> Self {
        Self { policy, number: 0, responses: 0, first_reached: Duration::ZERO }
    }

    /// Begins an attempt. Its number is returned, from 1.
    pub(super) fn begin(&mut self) -> u32 {
        self.number = self.number.saturating_add(1);
        self.number
    }

    /// What is done after the attempt that was begun last. `began` and `ended` are counted from
    /// when the event was received; `random` is for the jitter.
    pub(super) fn after(
        &mut self,
        result: AttemptResult,
        began: Duration,
        ended: Duration,
        random: u64,
    ) -> Step {
        let retry_wait = self.policy.retry_wait;
        if !has_response(result) {
            let planned = RetrySchedule::of(DeliveryTier::Namespace).offset(self.number.saturating_add(1));
            let wait = planned.saturating_sub(ended).clamp(SHORTEST_UNREACHED_WAIT, LONGEST_UNREACHED_WAIT);
            return Step::Retry { wait: retry_wait.unwrap_or(wait) };
        }
        self.responses += 1;
        if self.responses == 1 {
            // What is planned counts from here, without the time in which there was no webhook.
            self.first_reached = began;
        }
        let attempt = Attempt::new(self.responses, result).first_began(self.first_reached).ended(ended);
        match self.policy.policy.after(&attempt, random) {
            NextStep::Delivered => Step::Delivered,
            NextStep::Retry { at, .. } => {
                Step::Retry { wait: retry_wait.unwrap_or_else(|| at.saturating_sub(ended)) }
            }
            NextStep::DeadLetter { reason, .. } => Step::GiveUp(reason),
            // A step of a newer policy: the event is not lost.
            _ => Step::Release,
        }
    }

    /// Whether it is too late for the attempt that is due now: why the event is given up then.
    pub(super) fn too_late(&self, last: AttemptResult, age: Duration) -> Option<DeadLetterReason> {
        match self.policy.policy.due(age) {
            DueStep::DeadLetter { reason } if has_response(last) => Some(reason),
            _ => None,
        }
    }
}

/// Whether the webhook was reached.
pub(super) fn has_response(result: AttemptResult) -> bool {
    matches!(result, AttemptResult::Status(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUSY: AttemptResult = AttemptResult::Status(503);
    const DOWN: AttemptResult = AttemptResult::SocketError;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn attempts(retry_wait: Option<Duration>) -> Attempts {
        Attempts::new(AttemptPolicy { policy: RetryPolicy::namespace(), retry_wait })
    }

    /// When further attempts begin, if each ends like this and takes no time.
    fn times(attempts: &mut Attempts, result: AttemptResult, from: u64, count: usize) -> Vec<u64> {
        let mut now = seconds(from);
        let mut times = Vec::new();
        for _ in 0..count {
            attempts.begin();
            match attempts.after(result, now, now, 0) {
                Step::Retry { wait } => now += wait,
                _ => break,
            }
            times.push(now.as_secs());
        }
        times
    }

    #[test]
    fn responses_are_retried_as_event_grid_does_until_it_gives_up() {
        let mut attempts = attempts(None);
        let times = times(&mut attempts, BUSY, 0, 100);
        assert_eq!(times, [10, 30, 60, 300, 600, 900, 1200, 1500, 1800]);
        let last = attempts.after(BUSY, seconds(1800), seconds(1800), 0);
        assert_eq!(last, Step::GiveUp(DeadLetterReason::MaxDeliveryAttemptsExceeded));
        let refused = self::attempts(None).after(AttemptResult::Status(400), seconds(0), seconds(0), 0);
        assert_eq!(refused, Step::GiveUp(DeadLetterReason::Undeliverable));
        let taken = self::attempts(None).after(AttemptResult::Status(204), seconds(0), seconds(0), 0);
        assert_eq!(taken, Step::Delivered);
    }

    #[test]
    fn a_webhook_that_is_down_is_retried_forever() {
        for result in [DOWN, AttemptResult::TimedOut, AttemptResult::ResolutionError] {
            let mut attempts = attempts(None);
            let times = times(&mut attempts, result, 0, 20);
            assert_eq!(times[..6], [10, 30, 60, 120, 180, 240]);
            assert_eq!(times.len(), 20);
            let year = seconds(365 * 24 * 3600);
            assert_eq!(attempts.too_late(result, year), None);
            assert_eq!(attempts.too_late(BUSY, year), Some(DeadLetterReason::TimeToLiveExceeded));
        }
    }

    #[test]
    fn the_schedule_begins_when_the_webhook_is_there() {
        let mut attempts = attempts(None);
        times(&mut attempts, DOWN, 0, 5);
        assert_eq!(times(&mut attempts, BUSY, 4000, 4), [4010, 4030, 4060, 4300]);
    }

    #[test]
    fn a_wait_of_the_users_is_that_of_all_retries() {
        let mut attempts = attempts(Some(seconds(2)));
        assert_eq!(times(&mut attempts, DOWN, 0, 2), [2, 4]);
        assert_eq!(times(&mut attempts, BUSY, 4, 2), [6, 8]);
    }
}
