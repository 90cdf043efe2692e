//! The bytes of a direction, and when each of their segments arrives.

use std::collections::VecDeque;
use std::time::Duration;

use super::bucket::Bucket;
use super::stalls::Stalls;
use crate::options::PipeOptions;

/// Bytes that have arrived, then bytes on the way.
#[derive(Debug)]
pub(super) struct Queue {
    bytes: VecDeque<u8>,
    /// How many of the bytes have arrived.
    arrived: usize,
    on_the_way: VecDeque<OnTheWay>,
    bucket: Bucket,
    stalls: Stalls,
    /// When the last thing that was pushed has come through the delays, losses included.
    last_ready: Duration,
    /// When the first on the way arrives.
    upcoming: Option<Duration>,
}

/// Something that arrives as a whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Arrival {
    /// A segment of so many bytes.
    Bytes(usize),
    End,
    Reset,
}

#[derive(Debug, Clone, Copy)]
struct OnTheWay {
    what: Arrival,
    /// When it has come through the delays; the rate and stalls come after that.
    ready: Duration,
}

impl Queue {
    pub(super) fn new(options: &PipeOptions, seed: u64, now: Duration) -> Self {
        Self {
            bytes: VecDeque::new(),
            arrived: 0,
            on_the_way: VecDeque::new(),
            bucket: Bucket::new(options.rate, options.bucket_size(), now),
            stalls: Stalls::new(options, seed, now),
            last_ready: now,
            upcoming: None,
        }
    }

    /// How many bytes are in it, whether they have arrived or not.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn arrived(&self) -> usize {
        self.arrived
    }

    pub(super) fn upcoming(&self) -> Option<Duration> {
        self.upcoming
    }

    pub(super) fn has_reset(&self) -> bool {
        self.on_the_way.back().is_some_and(|last| last.what == Arrival::Reset)
    }

    /// Sends a segment that is through the delays at `ready`, or with the one before it.
    pub(super) fn push(&mut self, segment: &[u8], ready: Duration) {
        self.bytes.extend(segment);
        self.push_last(Arrival::Bytes(segment.len()), ready);
    }

    pub(super) fn push_last(&mut self, what: Arrival, ready: Duration) {
        self.last_ready = self.last_ready.max(ready);
        self.on_the_way.push_back(OnTheWay { what, ready: self.last_ready });
        if self.on_the_way.len() == 1 {
            self.schedule();
        }
    }

    /// Takes back an end that has not arrived.
    pub(super) fn drop_end(&mut self) {
        if self.on_the_way.back().is_some_and(|last| last.what == Arrival::End) {
            self.on_the_way.pop_back();
            self.schedule();
        }
    }

    /// Lets the first on the way arrive at its moment.
    pub(super) fn arrive(&mut self, at: Duration) -> Arrival {
        let what = self.on_the_way.pop_front().map_or(Arrival::Bytes(0), |first| first.what);
        if let Arrival::Bytes(count) = what {
            self.bucket.take(at, count);
            self.arrived += count;
        }
        self.schedule();
        what
    }

    /// Moves bytes that have arrived into the room.
    pub(super) fn pull(&mut self, room: &mut [u8]) -> usize {
        let count = room.len().min(self.arrived);
        let (front, back) = self.bytes.as_slices();
        let from_front = count.min(front.len());
        room[..from_front].copy_from_slice(&front[..from_front]);
        room[from_front..count].copy_from_slice(&back[..count - from_front]);
        self.bytes.drain(..count);
        self.arrived -= count;
        count
    }

    /// Drops what has arrived.
    pub(super) fn discard(&mut self) {
        self.bytes.drain(..self.arrived);
        self.arrived = 0;
    }

    /// Drops what is on the way.
    pub(super) fn lose(&mut self) {
        self.bytes.truncate(self.arrived);
        self.on_the_way.clear();
        self.schedule();
    }

    pub(super) fn set_options(&mut self, options: &PipeOptions, seed: u64, opened: Duration, now: Duration) {
        self.bucket.change(options.rate, options.bucket_size(), now);
        self.stalls = Stalls::new(options, seed, opened);
        // What does not fit into the bucket would never come through.
        let size = options.segment_size();
        let whole = std::mem::take(&mut self.on_the_way);
        self.on_the_way = whole.into_iter().flat_map(|one| one.cut(size)).collect();
        self.schedule();
    }

    fn schedule(&mut self) {
        self.upcoming = self.on_the_way.front().and_then(|first| {
            let through = self.bucket.ready_at(first.ready, first.what.len())?;
            Some(self.stalls.after(through))
        });
    }
}

impl Arrival {
    fn len(self) -> usize {
        match self {
            Self::Bytes(count) => count,
            Self::End | Self::Reset => 0,
        }
    }
}

impl OnTheWay {
    fn cut(self, size: usize) -> impl Iterator<Item = Self> {
        let len = self.what.len();
        (0..len.div_ceil(size).max(1)).map(move |piece| match self.what {
            Arrival::Bytes(_) => Self { what: Arrival::Bytes(size.min(len - piece * size)), ..self },
            Arrival::End | Arrival::Reset => self,
        })
    }
}
