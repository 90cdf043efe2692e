//! When attempts are planned.

use std::time::Duration;

use super::tier::DeliveryTier;
use crate::facts::FactSource;

/// When attempts are planned.
///
/// ```
/// use std::time::Duration;
///
/// use eventgrid_push::{DeliveryTier, RetrySchedule};
///
/// let schedule = RetrySchedule::of(DeliveryTier::Namespace);
/// // The eighth attempt is in minute 20.
/// assert_eq!(schedule.offset(8), Duration::from_secs(20 * 60));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetrySchedule {
    /// When the first attempts are planned, counted from the first one, which is at zero.
    pub offsets: &'static [Duration],
    /// The interval of all further attempts, after the last of `offsets`.
    pub then_every: Duration,
    /// What is added to each planned time but the first.
    pub jitter: RetryJitter,
    /// How the schedule is known about the service.
    pub source: FactSource,
}

/// How much later than planned an attempt may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryJitter {
    /// At most this many thousandths of the wait since the previous planned time.
    pub thousandths: u32,
    /// And at most this.
    pub most: Duration,
    /// How it is known about the service.
    pub source: FactSource,
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

static BASIC: RetrySchedule = RetrySchedule {
    offsets: &[
        seconds(0),
        seconds(10),
        seconds(30),
        seconds(60),
        seconds(5 * 60),
        seconds(10 * 60),
        seconds(30 * 60),
        seconds(60 * 60),
        seconds(3 * 60 * 60),
        seconds(6 * 60 * 60),
    ],
    then_every: seconds(12 * 60 * 60),
    jitter: RetryJitter {
        thousandths: 100,
        most: seconds(60),
        source: FactSource::NotConfirmed(
            "delivery-and-retry @2ccf6fd4 has a small randomization of all steps, without figures",
        ),
    },
    source: FactSource::NotConfirmed(
        "delivery-and-retry @2ccf6fd4 has the times. Only the page about namespaces says that they count from the first \
         attempt. The six attempts in 30 minutes on the page fit this, but waits between attempts as well",
    ),
};

static NAMESPACE: RetrySchedule = RetrySchedule {
    offsets: &[seconds(0), seconds(10), seconds(30), seconds(60), seconds(5 * 60)],
    then_every: seconds(5 * 60),
    jitter: RetryJitter {
        thousandths: 100,
        most: seconds(60),
        source: FactSource::NotConfirmed("as for basic topics"),
    },
    source: FactSource::Documented("namespace-delivery-retry @01b326c2: the eighth attempt is at minute 20"),
};

impl RetrySchedule {
    /// The schedule of a tier.
    pub const fn of(tier: DeliveryTier) -> &'static Self {
        match tier {
            DeliveryTier::Basic => &BASIC,
            DeliveryTier::Namespace => &NAMESPACE,
        }
    }

    /// When an attempt is planned without jitter, counted from the first one. `attempt` is from 1.
    pub fn offset(&self, attempt: u32) -> Duration {
        let index = attempt.saturating_sub(1) as usize;
        if let Some(offset) = self.offsets.get(index) {
            return *offset;
        }
        let last = self.offsets.last().copied().unwrap_or_default();
        let more = (index + 1).saturating_sub(self.offsets.len());
        last + self.then_every.saturating_mul(u32::try_from(more).unwrap_or(u32::MAX))
    }

    /// When an attempt is planned with jitter, counted from the first one. `attempt` is from 1.
    ///
    /// `random` is a uniformly distributed random value from the caller: 0 adds nothing, and
    /// `u64::MAX` adds the maximum.
    pub fn offset_with_jitter(&self, attempt: u32, random: u64) -> Duration {
        let planned = self.offset(attempt);
        let wait = planned.saturating_sub(self.offset(attempt.saturating_sub(1)));
        let share = wait.as_nanos() * u128::from(self.jitter.thousandths) / 1000;
        let most = share.min(self.jitter.most.as_nanos());
        // Of at most a minute in nanoseconds, multiplied by 64 bits: it fits.
        let added = most * u128::from(random) / u128::from(u64::MAX);
        planned + Duration::from_nanos(u64::try_from(added).unwrap_or(u64::MAX))
    }
}
