//! What every direction promises, whatever its options, its seed and its ends do.

mod run;

use std::time::Duration;

use link::{Error, Pipe, PipeOptions, Pulled};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use self::run::{Run, byte, limits, resets, work};

const EVER: Duration = Duration::from_secs(1 << 40);

proptest! {
    #[test]
    fn all_bytes_arrive_in_order_and_then_the_end(options in limits(), work in work(), seed: u64) {
        let run = Run::of(&options, seed, &work);
        prop_assert_eq!(run.end, Ok(()));
        prop_assert_eq!(run.pulled(), work.total());
    }

    #[test]
    fn a_reset_takes_bytes_from_the_end_and_nowhere_else(options in resets(), work in work(), seed: u64) {
        // That the bytes are the first ones, in order, is what every run looks at.
        let run = Run::of(&options, seed, &work);
        match run.end {
            Ok(()) => prop_assert_eq!(run.pulled(), work.total()),
            Err(error) => prop_assert_eq!(error, Error::Reset),
        }
    }

    #[test]
    fn the_rate_is_never_exceeded_by_more_than_the_burst(
        options in limits(), rate in 1_u64..1_000_000, burst in 1_usize..5_000, work in work(), seed: u64,
    ) {
        let run = Run::of(&options.rate(rate).burst(burst), seed, &work);
        // In billionths of a byte: what came until a moment, less what the rate alone allows until
        // then.
        let (mut came, mut lowest) = (0_i128, i128::MAX);
        for (at, count) in &run.pulls {
            let by_rate = i128::try_from(at.as_nanos()).unwrap() * i128::from(rate);
            lowest = lowest.min(came - by_rate);
            came += *count as i128 * 1_000_000_000;
            prop_assert!(came - by_rate - lowest <= burst as i128 * 1_000_000_000, "at {at:?}");
        }
    }

    #[test]
    fn the_latency_is_never_undercut(
        options in limits(), latency in 0_u64..1_000, work in work(), seed: u64,
    ) {
        let latency = Duration::from_millis(latency);
        let run = Run::of(&options.latency(latency), seed, &work);
        let mut pushes = run.each_push();
        for at in run.each_pull() {
            prop_assert!(at >= pushes.next().unwrap() + latency);
        }
    }

    #[test]
    fn nothing_arrives_in_a_stall(
        options in limits(), at in 0_u64..500, length in 0_u64..2_000, work in work(), seed: u64,
    ) {
        let (at, length) = (Duration::from_millis(at), Duration::from_millis(length));
        let run = Run::of(&options.stall(at, length), seed, &work);
        prop_assert!(run.pulls.iter().all(|(pull, _)| !(at..at + length).contains(pull)));
    }

    #[test]
    fn the_buffer_is_bounded(options in limits(), buffer in 1_usize..10_000, work in work(), seed: u64) {
        let mut pipe = Pipe::new(&options.buffer(buffer), seed, Duration::ZERO);
        let mut now = Duration::ZERO;
        let (mut inside, mut room) = (0, [0; 700]);
        for (pause, count) in work.pushes {
            now += pause;
            inside += pipe.push(now, &vec![0; count]).unwrap();
            prop_assert!(inside <= buffer);
            prop_assert!(pipe.room() <= buffer - inside);
            if let Ok(Pulled::Bytes(count)) = pipe.pull(now, &mut room) {
                inside -= count;
            }
        }
    }

    #[test]
    fn a_pull_finds_something_at_the_next_event_and_not_before(
        options in resets(), work in work(), seed: u64,
    ) {
        let mut pipe = Pipe::new(&options, seed, Duration::ZERO);
        let mut now = Duration::ZERO;
        for (pause, count) in work.pushes {
            now += pause;
            let _ = pipe.push(now, &vec![0; count]);
            if let Some(event) = pipe.next_event().filter(|event| *event > now) {
                let before = event.saturating_sub(Duration::from_nanos(1));
                prop_assert_eq!(pipe.pull(before, &mut [0; 100]), Ok(Pulled::Pending));
                prop_assert_ne!(pipe.pull(event, &mut [0; 100]), Ok(Pulled::Pending));
                now = event;
            } else {
                let is_there = pipe.next_event().is_some();
                let found = pipe.pull(now, &mut [0; 100]);
                prop_assert_eq!(found != Ok(Pulled::Pending), is_there);
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_run(options in resets(), work in work(), seed: u64) {
        prop_assert_eq!(Run::of(&options, seed, &work), Run::of(&options, seed, &work));
    }

    #[test]
    fn looking_more_often_changes_nothing(options in resets(), work in work(), seed: u64) {
        let [mut seldom, mut often] = [(); 2].map(|()| Pipe::new(&options, seed, Duration::ZERO));
        let mut now = Duration::ZERO;
        for (pause, count) in &work.pushes {
            for part in 1..=10 {
                often.pull(now + *pause * part / 10, &mut []).ok();
            }
            now += *pause;
            prop_assert_eq!(seldom.push(now, &vec![1; *count]), often.push(now, &vec![1; *count]));
        }
        prop_assert_eq!(seldom.next_event(), often.next_event());
        let (mut one, mut other) = (vec![0; 100_000], vec![0; 100_000]);
        prop_assert_eq!(seldom.pull(now, &mut one), often.pull(now, &mut other));
        prop_assert_eq!(one, other);
    }

    #[test]
    fn where_reads_of_the_sender_are_cut_does_not_change_what_is_lost(
        segments in 1_usize..60, cuts in prop::collection::vec(1_usize..3_000, 1..40), seed: u64,
    ) {
        let options = PipeOptions::new().loss(0.2).buffer(1 << 20).reset_probability(0.02);
        let bytes: Vec<u8> = (0..segments * 1460).map(|place| byte(place as u64)).collect();
        let arrived = |cuts: &[usize]| {
            let mut pipe = Pipe::new(&options, seed, Duration::ZERO);
            let mut rest = &bytes[..];
            for cut in cuts.iter().cycle() {
                // Whole segments: parts of them have fates of their own.
                let (now, later) = rest.split_at(rest.len().min(cut * 1460));
                // A reset that has arrived ends the pushing.
                let is_reset = pipe.push(Duration::ZERO, now) == Err(Error::Reset);
                rest = later;
                if rest.is_empty() || is_reset {
                    break;
                }
            }
            let mut room = vec![0; 1 << 20];
            (pipe.next_event(), pipe.pull(EVER, &mut room))
        };
        prop_assert_eq!(arrived(&cuts), arrived(&[segments]));
    }

    #[test]
    fn options_can_change_on_the_way(
        before in limits(), after in limits(), work in work(), seed: u64, stop in any::<bool>(),
    ) {
        let mut run = Run::new(&before, seed);
        let (early, late) = work.pushes.split_at(work.pushes.len() / 2);
        run.push(early);
        if stop {
            run.set_options(&before.rate(0));
        }
        run.set_options(&after);
        run.push(late);
        prop_assert_eq!(run.finish(), Ok(()));
        prop_assert_eq!(run.pulled(), work.total());
    }
}

#[test]
fn the_options_of_these_tests_do_delay_and_reset() {
    // Otherwise the properties above would say little.
    let mut runner = TestRunner::deterministic();
    let (mut late, mut reset) = (0, 0);
    for _ in 0..100 {
        let (options, work, seed) = (resets(), work(), any::<u64>()).new_tree(&mut runner).unwrap().current();
        let run = Run::of(&options, seed, &work);
        late += usize::from(run.pulls.iter().any(|(at, _)| *at > Duration::from_secs(1)));
        reset += usize::from(run.end.is_err());
    }
    assert!(late > 20 && (20..80).contains(&reset), "{late} late, {reset} reset");
}
