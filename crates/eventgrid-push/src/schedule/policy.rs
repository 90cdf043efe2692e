//! What is done after an attempt.

use std::time::Duration;

use super::attempt::Attempt;
use super::outcome::DeliveryOutcome;
use super::reason::DeadLetterReason;
use super::response::{ResponseMeaning, ResponseRow};
use super::retry_schedule::RetrySchedule;
use super::tier::DeliveryTier;

/// How often and for how long a subscription pushes an event: its `retryPolicy`.
///
/// After each attempt ask [`after`](Self::after), and when the time it returns has come, ask
/// [`due`](Self::due): the time to live is looked at only then, as the service does it.
///
/// ```
/// use std::time::Duration;
///
/// use eventgrid_push::{Attempt, AttemptResult, DueStep, NextStep, RetryPolicy};
///
/// let policy = RetryPolicy::basic().with_time_to_live(Duration::from_secs(60))?;
/// let attempt = Attempt::new(1, AttemptResult::Status(500)).ended(Duration::from_millis(40));
/// // Without jitter: `random` is 0.
/// let NextStep::Retry { at, .. } = policy.after(&attempt, 0) else { panic!("500 is retried") };
/// assert_eq!(at, Duration::from_millis(10_040));
/// assert_eq!(policy.due(at), DueStep::Push);
/// # Ok::<(), eventgrid_push::RetryPolicyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    tier: DeliveryTier,
    max_attempts: u32,
    time_to_live: Duration,
}

/// What is done after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NextStep {
    /// Nothing: the event is delivered.
    Delivered,
    /// The event is pushed again, if it is not too old then.
    Retry {
        /// When the next attempt is due, after the event was published. Ask [`RetryPolicy::due`]
        /// then.
        at: Duration,
        /// How this attempt ended.
        outcome: DeliveryOutcome,
    },
    /// The event is dead-lettered, or dropped if there is no dead-letter destination.
    DeadLetter {
        /// Why.
        reason: DeadLetterReason,
        /// How this attempt ended.
        outcome: DeliveryOutcome,
    },
}

/// What is done when the time of an attempt has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DueStep {
    /// The event is pushed.
    Push,
    /// The event is dead-lettered, or dropped if there is no dead-letter destination.
    DeadLetter {
        /// Why.
        reason: DeadLetterReason,
    },
}

impl RetryPolicy {
    /// The limits of basic topics, domains and partner topics, and their defaults: 30 attempts, one
    /// day.
    pub const fn basic() -> Self {
        Self::of(DeliveryTier::Basic)
    }

    /// The limits of namespace topics, and their defaults: 10 attempts, seven days.
    pub const fn namespace() -> Self {
        Self::of(DeliveryTier::Namespace)
    }

    /// The defaults of a tier.
    pub const fn of(tier: DeliveryTier) -> Self {
        Self { tier, max_attempts: tier.most_attempts(), time_to_live: tier.longest_time_to_live() }
    }

    /// Sets how many attempts are made at most: `maxDeliveryAttempts` of a basic subscription, from
    /// 1 to 30, or `maxDeliveryCount` of a namespace's, from 1 to 10.
    ///
    /// # Errors
    /// [`RetryPolicyError::Attempts`] if it is outside this range.
    pub const fn with_max_attempts(mut self, attempts: u32) -> Result<Self, RetryPolicyError> {
        if attempts == 0 || attempts > self.tier.most_attempts() {
            return Err(RetryPolicyError::Attempts { attempts, most: self.tier.most_attempts() });
        }
        self.max_attempts = attempts;
        Ok(self)
    }

    /// Sets how old an event may be when an attempt begins: `eventTimeToLiveInMinutes` of a basic
    /// subscription, up to a day, or `eventTimeToLive` of a namespace's, up to seven days. It must
    /// be in whole minutes, at least one.
    ///
    /// # Errors
    /// [`RetryPolicyError::TimeToLive`] if it is outside this range, or not in whole minutes.
    pub fn with_time_to_live(mut self, time_to_live: Duration) -> Result<Self, RetryPolicyError> {
        let longest = self.tier.longest_time_to_live();
        let whole_minutes = time_to_live.subsec_nanos() == 0 && time_to_live.as_secs() % 60 == 0;
        if time_to_live.is_zero() || time_to_live > longest || !whole_minutes {
            let longest_minutes = longest.as_secs() / 60;
            return Err(RetryPolicyError::TimeToLive { time_to_live, longest_minutes });
        }
        self.time_to_live = time_to_live;
        Ok(self)
    }

    /// The tier.
    pub const fn tier(&self) -> DeliveryTier {
        self.tier
    }

    /// How many attempts are made at most.
    pub const fn max_attempts(&self) -> u32 {
        self.max_attempts
    }

    /// How old an event may be when an attempt begins.
    pub const fn time_to_live(&self) -> Duration {
        self.time_to_live
    }

    /// What is done after an attempt has ended.
    ///
    /// A retry is due at the planned time of the schedule, counted from the first attempt, but not
    /// before the minimum wait for the result after the end of this attempt. `random` is a
    /// uniformly distributed random value from the caller, for the jitter; with 0 there is no
    /// jitter.
    pub fn after(&self, attempt: &Attempt, random: u64) -> NextStep {
        let row = ResponseRow::of(self.tier, attempt.result);
        let outcome = row.outcome.unwrap_or(DeliveryOutcome::GenericError);
        let least_wait = match row.meaning {
            ResponseMeaning::Delivered => return NextStep::Delivered,
            ResponseMeaning::NotRetried => {
                return NextStep::DeadLetter { reason: DeadLetterReason::Undeliverable, outcome };
            }
            ResponseMeaning::Retried { least_wait } => least_wait,
        };
        if attempt.number >= self.max_attempts {
            let reason = DeadLetterReason::MaxDeliveryAttemptsExceeded;
            return NextStep::DeadLetter { reason, outcome };
        }
        let schedule = RetrySchedule::of(self.tier);
        let offset = schedule.offset_with_jitter(attempt.number.saturating_add(1), random);
        let planned = attempt.first_began.saturating_add(offset);
        NextStep::Retry { at: planned.max(attempt.ended.saturating_add(least_wait)), outcome }
    }

    /// What is done when an attempt is due. `age` is the time since the event was published.
    pub fn due(&self, age: Duration) -> DueStep {
        if age < self.time_to_live {
            DueStep::Push
        } else {
            DueStep::DeadLetter { reason: DeadLetterReason::TimeToLiveExceeded }
        }
    }
}

/// Why the service would not accept a retry policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RetryPolicyError {
    /// The number of attempts is outside of its range.
    #[error("{attempts} attempts cannot be set: write a number from 1 to {most}")]
    Attempts {
        /// The value that was set.
        attempts: u32,
        /// The maximum.
        most: u32,
    },
    /// The time to live is outside of its range, or not in whole minutes.
    #[error(
        "a time to live of {time_to_live:?} cannot be set: write whole minutes, from 1 to {longest_minutes}"
    )]
    TimeToLive {
        /// The value that was set.
        time_to_live: Duration,
        /// The maximum, in minutes.
        longest_minutes: u64,
    },
}
