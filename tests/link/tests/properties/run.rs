//! A sender with pauses, and a receiver that pulls whenever bytes are there.

use std::iter::repeat_n;
use std::time::Duration;

use link::{Error, Pipe, PipeOptions, Pulled};
use proptest::prelude::*;

/// What the sender does: a pause, then so many bytes, and again.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) pushes: Vec<(Duration, usize)>,
}

impl Work {
    pub(crate) fn total(&self) -> u64 {
        self.pushes.iter().map(|(_, count)| *count as u64).sum()
    }
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Run {
    pipe: Pipe,
    now: Duration,
    pushed: u64,
    pulled: u64,
    /// When so many bytes were taken.
    pub(crate) pushes: Vec<(Duration, usize)>,
    /// When so many bytes were pulled.
    pub(crate) pulls: Vec<(Duration, usize)>,
    /// Whether the end of the stream has come.
    pub(crate) end: Result<(), Error>,
}

impl PartialEq for Run {
    fn eq(&self, other: &Self) -> bool {
        (&self.pushes, &self.pulls, &self.end) == (&other.pushes, &other.pulls, &other.end)
    }
}

impl Run {
    pub(crate) fn new(options: &PipeOptions, seed: u64) -> Self {
        let pipe = Pipe::new(options, seed, Duration::ZERO);
        Self {
            pipe,
            now: Duration::ZERO,
            pushed: 0,
            pulled: 0,
            pushes: Vec::new(),
            pulls: Vec::new(),
            end: Ok(()),
        }
    }

    pub(crate) fn of(options: &PipeOptions, seed: u64, work: &Work) -> Self {
        let mut run = Self::new(options, seed);
        run.push(&work.pushes);
        run.end = run.finish();
        run
    }

    pub(crate) fn set_options(&mut self, options: &PipeOptions) {
        self.pipe.set_options(self.now, options);
    }

    /// Pushes all of it. Where the buffer is full, the sender waits for the receiver.
    pub(crate) fn push(&mut self, pushes: &[(Duration, usize)]) {
        for (pause, count) in pushes {
            self.pull_until(self.now + *pause);
            let bytes: Vec<u8> = (self.pushed..).take(*count).map(byte).collect();
            let mut rest = &bytes[..];
            while !rest.is_empty() {
                let Ok(taken) = self.pipe.push(self.now, rest) else { return };
                self.pushes.push((self.now, taken));
                self.pushed += taken as u64;
                rest = &rest[taken..];
                if taken == 0 {
                    self.pull_until(self.pipe.next_event().expect("a full buffer empties"));
                }
            }
        }
    }

    /// Closes the direction and pulls the rest.
    pub(crate) fn finish(&mut self) -> Result<(), Error> {
        self.pipe.close(self.now);
        while let Some(event) = self.pipe.next_event() {
            self.now = self.now.max(event);
            if self.pull()? == Pulled::End {
                return Ok(());
            }
        }
        panic!("no end");
    }

    pub(crate) fn pulled(&self) -> u64 {
        self.pulled
    }

    /// When each byte was pushed.
    pub(crate) fn each_push(&self) -> impl Iterator<Item = Duration> {
        self.pushes.iter().flat_map(|(at, count)| repeat_n(*at, *count))
    }

    /// When each byte was pulled.
    pub(crate) fn each_pull(&self) -> impl Iterator<Item = Duration> {
        self.pulls.iter().flat_map(|(at, count)| repeat_n(*at, *count))
    }

    fn pull_until(&mut self, end: Duration) {
        while let Some(event) = self.pipe.next_event().filter(|event| *event <= end) {
            self.now = self.now.max(event);
            if !matches!(self.pull(), Ok(Pulled::Bytes(_))) {
                break;
            }
        }
        self.now = self.now.max(end);
    }

    fn pull(&mut self) -> Result<Pulled, Error> {
        let mut room = [0; 3000];
        let pulled = self.pipe.pull(self.now, &mut room)?;
        if let Pulled::Bytes(count) = pulled {
            let in_order =
                (self.pulled..).map(byte).zip(&room[..count]).all(|(expected, found)| expected == *found);
            assert!(in_order, "the bytes from {} on", self.pulled);
            self.pulled += count as u64;
            self.pulls.push((self.now, count));
        }
        Ok(pulled)
    }
}

/// The byte at a place of the stream. 251 is a prime, so a byte at the wrong place is found out.
pub(crate) fn byte(place: u64) -> u8 {
    u8::try_from(place % 251).unwrap()
}

pub(crate) fn work() -> impl Strategy<Value = Work> {
    let push = (milliseconds(300), prop_oneof![1..10_usize, 1..4_000_usize]);
    prop::collection::vec(push, 0..10).prop_map(|pushes| Work { pushes })
}

/// Any delays.
fn delays() -> impl Strategy<Value = PipeOptions> {
    let stalls = prop::collection::vec((milliseconds(1_000), milliseconds(500)), 0..3);
    let random_stalls = prop::option::of((milliseconds(400), milliseconds(100)));
    (milliseconds(300), milliseconds(100), 0.0..1.0, milliseconds(400), stalls, random_stalls).prop_map(
        |(latency, jitter, loss, retransmission, stalls, random_stalls)| {
            let mut options =
                PipeOptions::new().latency(latency).jitter(jitter).loss(loss).retransmission(retransmission);
            for (at, length) in stalls {
                options = options.stall(at, length);
            }
            match random_stalls {
                Some((every, length)) => options.random_stalls(every, length),
                None => options,
            }
        },
    )
}

/// Any delays and limits.
pub(crate) fn limits() -> impl Strategy<Value = PipeOptions> {
    let rate = prop::option::of(100_u64..1_000_000);
    let burst = prop::option::of(1_usize..5_000);
    let fragment = prop::option::of(prop_oneof![1..10_usize, 1..5_000_usize]);
    (delays(), rate, burst, 1_usize..3_000, 100_usize..20_000, fragment).prop_map(
        |(mut options, rate, burst, segment, buffer, fragment)| {
            options = options.segment(segment).buffer(buffer);
            options = rate.into_iter().fold(options, PipeOptions::rate);
            options = burst.into_iter().fold(options, PipeOptions::burst);
            fragment.into_iter().fold(options, PipeOptions::fragment)
        },
    )
}

/// Any delays, limits and resets.
pub(crate) fn resets() -> impl Strategy<Value = PipeOptions> {
    let bytes = prop::option::weighted(0.3, 0_u64..20_000);
    let time = prop::option::weighted(0.3, milliseconds(2_000));
    (limits(), bytes, time, prop_oneof![Just(0.0), 0.0..0.01]).prop_map(
        |(mut options, bytes, time, probability)| {
            options = options.reset_probability(probability);
            options = bytes.into_iter().fold(options, PipeOptions::reset_after_bytes);
            time.into_iter().fold(options, PipeOptions::reset_after)
        },
    )
}

fn milliseconds(most: u64) -> impl Strategy<Value = Duration> {
    // Microseconds, so that moments do not coincide.
    (0..most * 1_000).prop_map(Duration::from_micros)
}
