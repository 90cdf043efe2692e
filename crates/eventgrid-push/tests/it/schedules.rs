//! When an event is pushed, and when the attempts end.

use std::time::Duration;

use eventgrid_push::{
    Attempt, AttemptResult, DeadLetterReason, DeliveryOutcome, DeliveryTier, DueStep, NextStep, RetryPolicy,
    RetryPolicyError, RetrySchedule,
};
use proptest::prelude::*;

/// The whole life of an event whose every attempt ends in the same way after `took`: when attempts
/// began, and how it ended.
fn life(
    policy: &RetryPolicy,
    result: AttemptResult,
    took: Duration,
    random: u64,
) -> (Vec<Duration>, Option<DeadLetterReason>) {
    let (mut began, mut now) = (Vec::new(), Duration::ZERO);
    loop {
        match policy.due(now) {
            DueStep::Push => began.push(now),
            DueStep::DeadLetter { reason } => return (began, Some(reason)),
            other => panic!("{other:?}"),
        }
        let number = u32::try_from(began.len()).unwrap();
        let attempt = Attempt::new(number, result).first_began(began[0]).ended(now + took);
        match policy.after(&attempt, random) {
            NextStep::Delivered => return (began, None),
            NextStep::Retry { at, .. } => now = at,
            NextStep::DeadLetter { reason, .. } => return (began, Some(reason)),
            other => panic!("{other:?}"),
        }
    }
}

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

fn in_seconds(times: &[Duration]) -> Vec<u64> {
    times.iter().map(Duration::as_secs).collect()
}

#[test]
fn basic_attempts_are_at_their_documented_times_for_a_day() {
    let (began, reason) = life(&RetryPolicy::basic(), AttemptResult::Status(500), Duration::ZERO, 0);
    let hour = 3600;
    assert_eq!(
        in_seconds(&began),
        [0, 10, 30, 60, 300, 600, 1800, hour, 3 * hour, 6 * hour, 18 * hour],
        "the next one would be after 30 hours"
    );
    assert_eq!(reason, Some(DeadLetterReason::TimeToLiveExceeded));
}

#[test]
fn thirty_minutes_allow_six_basic_attempts() {
    let policy = RetryPolicy::basic().with_time_to_live(minutes(30)).unwrap();
    for random in [0, u64::MAX / 3, u64::MAX] {
        let (began, reason) = life(&policy, AttemptResult::Status(500), Duration::ZERO, random);
        assert_eq!((began.len(), reason), (6, Some(DeadLetterReason::TimeToLiveExceeded)));
    }
}

#[test]
fn namespace_attempts_are_at_their_documented_times_until_there_are_ten() {
    let policy = RetryPolicy::namespace();
    let (began, reason) = life(&policy, AttemptResult::Status(500), Duration::ZERO, 0);
    assert_eq!(in_seconds(&began), [0, 10, 30, 60, 300, 600, 900, 1200, 1500, 1800]);
    assert_eq!(began[7], minutes(20), "the eighth is at minute 20");
    assert_eq!(reason, Some(DeadLetterReason::MaxDeliveryAttemptsExceeded));
}

#[test]
fn an_event_that_is_too_old_is_kept_until_its_next_attempt_is_due() {
    let policy = RetryPolicy::basic().with_time_to_live(minutes(2)).unwrap();
    let attempt = Attempt::new(4, AttemptResult::Status(500)).ended(minutes(1));
    let NextStep::Retry { at, .. } = policy.after(&attempt, 0) else { panic!("it is retried") };
    assert_eq!(at, minutes(5), "long after its time to live");
    assert_eq!(policy.due(at), DueStep::DeadLetter { reason: DeadLetterReason::TimeToLiveExceeded });
    assert_eq!(policy.due(Duration::new(119, 999_999_999)), DueStep::Push);
}

#[test]
fn an_attempt_that_times_out_pushes_the_next_one_back() {
    let took = DeliveryTier::Basic.response_timeout();
    let (began, _) = life(&RetryPolicy::basic(), AttemptResult::TimedOut, took, 0);
    assert_eq!(in_seconds(&began[..5]), [0, 40, 80, 120, 300]);
}

#[test]
fn some_responses_have_a_least_wait() {
    for (result, seconds) in [(404, 300), (408, 120), (503, 30), (429, 10), (302, 10), (205, 10), (500, 10)] {
        let attempt = Attempt::new(1, AttemptResult::Status(result)).ended(Duration::from_secs(1));
        let NextStep::Retry { at, .. } = RetryPolicy::basic().after(&attempt, 0) else { panic!("{result}") };
        assert_eq!(at, Duration::from_secs(1 + seconds), "{result}");
    }
}

#[test]
fn some_results_are_never_retried() {
    let undeliverable = |policy: RetryPolicy, result| match policy.after(&Attempt::new(1, result), 0) {
        NextStep::DeadLetter { reason, outcome } => {
            assert_eq!(reason, DeadLetterReason::Undeliverable);
            Some(outcome.word())
        }
        _ => None,
    };
    for (status, basic, namespace) in [
        (400, Some("BadRequest"), Some("BadRequest")),
        (401, Some("Unauthorized"), Some("Unauthorized")),
        (403, Some("Forbidden"), Some("Forbidden")),
        (404, None, Some("NotFound")),
        (413, Some("PayloadTooLarge"), Some("PayloadTooLarge")),
        (414, None, Some("BadRequest")),
        (429, None, None),
        (500, None, None),
    ] {
        let result = AttemptResult::Status(status);
        assert_eq!(undeliverable(RetryPolicy::basic(), result), basic, "{status}");
        assert_eq!(undeliverable(RetryPolicy::namespace(), result), namespace, "{status}");
    }
    for result in [AttemptResult::TimedOut, AttemptResult::SocketError, AttemptResult::ResolutionError] {
        assert_eq!(undeliverable(RetryPolicy::basic(), result), None);
        assert!(undeliverable(RetryPolicy::namespace(), result).is_some());
    }
}

#[test]
fn success_is_200_to_204_alone() {
    for status in 100..=599 {
        for tier in DeliveryTier::ALL {
            let attempt = Attempt::new(1, AttemptResult::Status(status));
            let delivered = RetryPolicy::of(tier).after(&attempt, 0) == NextStep::Delivered;
            assert_eq!(delivered, (200..=204).contains(&status), "{tier} {status}");
        }
    }
}

#[test]
fn jitter_is_late_by_a_tenth_of_the_wait_or_a_minute_at_the_most() {
    for tier in DeliveryTier::ALL {
        let schedule = RetrySchedule::of(tier);
        for attempt in 1..=20 {
            let planned = schedule.offset(attempt);
            assert_eq!(schedule.offset_with_jitter(attempt, 0), planned);
            let late = |random| schedule.offset_with_jitter(attempt, random).checked_sub(planned).unwrap();
            let wait = planned.checked_sub(schedule.offset(attempt.saturating_sub(1))).unwrap();
            let most = (wait / 10).min(minutes(1));
            assert_eq!(late(u64::MAX), most, "{tier} {attempt}");
            assert!(late(u64::MAX / 2).abs_diff(most / 2) <= Duration::from_nanos(1), "{tier} {attempt}");
        }
    }
}

#[test]
fn a_late_first_attempt_moves_the_schedule_and_not_the_time_to_live() {
    let attempt = Attempt::new(1, AttemptResult::Status(500)).first_began(minutes(7)).ended(minutes(7));
    let NextStep::Retry { at, outcome } = RetryPolicy::basic().after(&attempt, 0) else { panic!() };
    assert_eq!(at, minutes(7) + Duration::from_secs(10));
    assert_eq!(outcome, DeliveryOutcome::GenericError);
}

#[test]
fn attempts_without_number_and_without_end_do_no_harm() {
    assert_eq!(Attempt::new(0, AttemptResult::TimedOut).number, 1);
    let attempt = Attempt::new(u32::MAX, AttemptResult::Status(500)).ended(Duration::MAX);
    assert!(matches!(RetryPolicy::basic().after(&attempt, u64::MAX), NextStep::DeadLetter { .. }));
    let attempt = Attempt::new(1, AttemptResult::Status(500)).first_began(Duration::MAX).ended(Duration::MAX);
    assert!(matches!(
        RetryPolicy::basic().after(&attempt, u64::MAX),
        NextStep::Retry { at: Duration::MAX, .. }
    ));
    assert!(RetrySchedule::of(DeliveryTier::Basic).offset(u32::MAX) > minutes(1_000_000));
}

#[test]
fn limits_are_those_of_the_tier() {
    for (policy, most) in [(RetryPolicy::basic(), 30), (RetryPolicy::namespace(), 10)] {
        assert_eq!(policy.max_attempts(), most);
        assert_eq!(policy.with_max_attempts(1).unwrap().max_attempts(), 1);
        for attempts in [0, most + 1] {
            let error = policy.with_max_attempts(attempts).unwrap_err();
            assert_eq!(error, RetryPolicyError::Attempts { attempts, most });
        }
    }
    for (policy, longest) in [(RetryPolicy::basic(), 1440), (RetryPolicy::namespace(), 7 * 1440)] {
        assert_eq!(policy.time_to_live(), minutes(longest));
        assert_eq!(policy.with_time_to_live(minutes(1)).unwrap().time_to_live(), minutes(1));
        for bad in
            [Duration::ZERO, Duration::from_secs(90), minutes(longest + 1), Duration::from_millis(60_001)]
        {
            let error = policy.with_time_to_live(bad).unwrap_err().to_string();
            assert!(error.ends_with(&format!("write whole minutes, from 1 to {longest}")), "{error}");
        }
    }
}

#[test]
fn one_attempt_is_one_attempt() {
    let policy = RetryPolicy::namespace().with_max_attempts(1).unwrap();
    let (began, reason) = life(&policy, AttemptResult::Status(503), Duration::ZERO, 0);
    assert_eq!((began.len(), reason), (1, Some(DeadLetterReason::MaxDeliveryAttemptsExceeded)));
}

/// The offsets in seconds, and the waits after some results, as the documentation has them.
const BASIC: [u64; 12] = [0, 10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 64_800, 108_000];
const NAMESPACE: [u64; 10] = [0, 10, 30, 60, 300, 600, 900, 1200, 1500, 1800];

fn least_wait(result: AttemptResult) -> u64 {
    match result {
        AttemptResult::Status(404) => 300,
        AttemptResult::Status(408) => 120,
        AttemptResult::Status(503) => 30,
        _ => 10,
    }
}

fn results() -> impl Strategy<Value = Vec<(AttemptResult, u64, u64)>> {
    let result = prop_oneof![
        8 => prop::sample::select(vec![500, 502, 503, 408, 404, 429, 301, 205]).prop_map(AttemptResult::Status),
        1 => prop::sample::select(vec![200, 204, 400, 401, 403, 413, 414]).prop_map(AttemptResult::Status),
        2 => prop::sample::select(vec![
            AttemptResult::TimedOut,
            AttemptResult::SocketError,
            AttemptResult::ResolutionError,
        ]),
    ];
    prop::collection::vec((result, 0..30_000_u64, any::<u64>()), 40)
}

proptest! {
    #[test]
    fn an_event_keeps_to_the_schedule_and_to_its_limits_whatever_comes_back(
        results in results(),
        is_basic in any::<bool>(),
        most in 1..=10_u32,
        ttl in 1..=1440_u64,
        first in 0..90_000_u64,
    ) {
        let policy = if is_basic { RetryPolicy::basic() } else { RetryPolicy::namespace() };
        let policy = policy.with_max_attempts(most).unwrap().with_time_to_live(minutes(ttl)).unwrap();
        let first = Duration::from_millis(first);
        let mut now = first;
        for (number, (result, took, random)) in (1..).zip(results) {
            if policy.due(now) != DueStep::Push {
                prop_assert!(now >= minutes(ttl), "it is not given up before its time");
                break;
            }
            prop_assert!(now < minutes(ttl) && number <= most);
            let ended = now + Duration::from_millis(took);
            let attempt = Attempt::new(number, result).first_began(first).ended(ended);
            match policy.after(&attempt, random) {
                NextStep::Retry { at, .. } => {
                    let offsets = if is_basic { &BASIC[..] } else { &NAMESPACE[..] };
                    let planned = first + Duration::from_secs(offsets[number as usize]);
                    let wait = offsets[number as usize] - offsets[number as usize - 1];
                    let jitter = Duration::from_millis((wait * 100).min(60_000));
                    let least = if is_basic { least_wait(result) } else { 0 };
                    let earliest = planned.max(ended + Duration::from_secs(least));
                    prop_assert!((earliest..=earliest.max(planned + jitter)).contains(&at), "{number} {at:?}");
                    now = at;
                }
                NextStep::Delivered => {
                    prop_assert!(matches!(result, AttemptResult::Status(200..=204)));
                    break;
                }
                NextStep::DeadLetter { reason: DeadLetterReason::MaxDeliveryAttemptsExceeded, .. } => {
                    prop_assert_eq!(number, most);
                    break;
                }
                NextStep::DeadLetter { reason, .. } => {
                    prop_assert_eq!(reason, DeadLetterReason::Undeliverable);
                    break;
                }
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }
}
