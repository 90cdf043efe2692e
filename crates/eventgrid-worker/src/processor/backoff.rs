//! How long to wait after a failure.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);
/// The longest wait that is granted to the service.
const LONGEST_ASKED: Duration = Duration::from_secs(3600);

/// The wait after this many failures in a row (from 1): one second, doubled with each failure up to
/// a minute, and jittered down to half of that. It is longer, up to an hour, if the service asks
/// for it.
pub(super) fn delay(failures: u32, retry_after: Option<Duration>, random: u64) -> Duration {
    let doubled = FIRST.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1))).min(LONGEST);
    jittered(doubled, random).max(retry_after.unwrap_or_default().min(LONGEST_ASKED))
}

/// The wait after an error that is not expected to pass by itself: a minute, jittered down to half
/// of that.
pub(super) fn long_delay(random: u64) -> Duration {
    jittered(LONGEST, random)
}

fn jittered(longest: Duration, random: u64) -> Duration {
    let half = longest / 2;
    half + half / 1024 * u32::try_from(random % 1025).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_up_to_a_minute() {
        let shortest = |failures| delay(failures, None, 0).as_millis();
        assert_eq!([1, 2, 3, 6, 7, 100].map(shortest), [500, 1_000, 2_000, 16_000, 30_000, 30_000]);
        let longest = delay(1, None, 1024).as_millis();
        assert!((990..=1000).contains(&longest), "{longest}");
        assert_eq!(long_delay(1025), Duration::from_secs(30));
    }

    #[test]
    fn the_service_may_ask_for_longer() {
        assert_eq!(delay(1, Some(Duration::from_secs(90)), 7), Duration::from_secs(90));
        assert_eq!(delay(1, Some(Duration::MAX), 7), LONGEST_ASKED);
    }
}
