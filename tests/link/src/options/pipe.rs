//! Options of one direction.

use std::time::Duration;

/// Options of one direction of a link. By default nothing is limited, delayed or lost.
///
/// All rates are in bytes (not bits) per second. Probabilities are between 0 and 1.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PipeOptions {
    pub(crate) rate: Option<u64>,
    pub(crate) burst: Option<usize>,
    pub(crate) segment: usize,
    pub(crate) buffer: usize,
    pub(crate) fragment: Option<usize>,
    pub(crate) latency: Duration,
    pub(crate) jitter: Duration,
    pub(crate) loss: f64,
    pub(crate) retransmission: Duration,
    pub(crate) stalls: Vec<(Duration, Duration)>,
    pub(crate) random_stalls: Option<(Duration, Duration)>,
    pub(crate) reset_after_bytes: Option<u64>,
    pub(crate) reset_after: Option<Duration>,
    pub(crate) reset_probability: f64,
}

impl Default for PipeOptions {
    fn default() -> Self {
        Self {
            rate: None,
            burst: None,
            segment: 1460,
            buffer: 45 * 1460,
            fragment: None,
            latency: Duration::ZERO,
            jitter: Duration::ZERO,
            loss: 0.0,
            retransmission: Duration::from_millis(200),
            stalls: Vec::new(),
            random_stalls: None,
            reset_after_bytes: None,
            reset_after: None,
            reset_probability: 0.0,
        }
    }
}

impl PipeOptions {
    /// A perfect direction: no limit, no delay, no fault.
    pub fn new() -> Self {
        Self::default()
    }

    /// Limits how fast bytes arrive, in bytes per second. At 0 none arrive. Default: no limit.
    #[must_use]
    pub fn rate(mut self, bytes_per_second: u64) -> Self {
        self.rate = Some(bytes_per_second);
        self
    }

    /// Sets how many bytes may arrive at once after a pause, beyond the rate: the size of the token
    /// bucket, which is full at first. Default: one segment.
    ///
    /// # Panics
    ///
    /// Panics at 0.
    #[must_use]
    pub fn burst(mut self, bytes: usize) -> Self {
        assert_ne!(
            bytes, 0,
            "a burst of 0 bytes would let no byte through; to stop the link, set its rate to 0"
        );
        self.burst = Some(bytes);
        self
    }

    /// Sets the largest segment: the bytes that are delayed, lost and delivered together. A burst
    /// that is smaller makes segments smaller, too. Default: 1460 bytes, as over Ethernet.
    ///
    /// # Panics
    ///
    /// Panics at 0.
    #[must_use]
    pub fn segment(mut self, bytes: usize) -> Self {
        assert_ne!(bytes, 0, "a segment needs at least 1 byte");
        self.segment = bytes;
        self
    }

    /// Sets how many bytes the direction takes ahead: those on the way, and those that have arrived
    /// but were not pulled. Like the window of a TCP connection, it limits the rate to `buffer /
    /// latency`. Default: 65700 bytes, which is 45 segments.
    ///
    /// # Panics
    ///
    /// Panics at 0.
    #[must_use]
    pub fn buffer(mut self, bytes: usize) -> Self {
        assert_ne!(bytes, 0, "a buffer needs room for at least 1 byte");
        self.buffer = bytes;
        self
    }

    /// Limits how many bytes one pull (one read, one write to a socket) hands out. At 1, a reader
    /// that expects a whole message in one read is found out. Default: no limit.
    ///
    /// # Panics
    ///
    /// Panics at 0.
    #[must_use]
    pub fn fragment(mut self, bytes: usize) -> Self {
        assert_ne!(bytes, 0, "a fragment needs at least 1 byte");
        self.fragment = Some(bytes);
        self
    }

    /// Sets the time that every byte is on the way at least, in this direction alone. Default: 0.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Adds a random time between 0 and this to the latency of each segment. Segments stay in
    /// order, so one that is late delays those after it. Default: 0.
    #[must_use]
    pub fn jitter(mut self, jitter: Duration) -> Self {
        self.jitter = jitter;
        self
    }

    /// Sets the probability that a segment is lost and sent again. Above TCP no byte is missing: a
    /// loss delays the segment and those after it by the retransmission time. Default: 0.
    ///
    /// # Panics
    ///
    /// Panics unless the probability is between 0 and 1.
    #[must_use]
    pub fn loss(mut self, probability: f64) -> Self {
        self.loss = checked(probability);
        self
    }

    /// Sets how long a lost segment takes to be sent again. The time doubles with each further loss
    /// of the same segment, as in RFC 6298; the seventh transmission always arrives. Default: 200
    /// ms.
    #[must_use]
    pub fn retransmission(mut self, time: Duration) -> Self {
        self.retransmission = time;
        self
    }

    /// Adds a stall: from `at` after the link was made, no byte arrives for `length`. Default:
    /// none.
    #[must_use]
    pub fn stall(mut self, at: Duration, length: Duration) -> Self {
        self.stalls.push((at, length));
        self
    }

    /// Adds stalls of `length` at random moments. The time from one to the next is random, between
    /// 0 and twice `every`, so it is `every` on average. At least 1 ms. Default: none.
    #[must_use]
    pub fn random_stalls(mut self, every: Duration, length: Duration) -> Self {
        self.random_stalls = Some((every.max(Duration::from_millis(1)), length));
        self
    }

    /// Resets the connection after that many bytes: exactly these arrive in this direction. At 0 it
    /// is reset by the first byte, which does not arrive. Default: never.
    #[must_use]
    pub fn reset_after_bytes(mut self, bytes: u64) -> Self {
        self.reset_after_bytes = Some(bytes);
        self
    }

    /// Resets the connection that long after the link was made. Default: never.
    #[must_use]
    pub fn reset_after(mut self, time: Duration) -> Self {
        self.reset_after = Some(time);
        self
    }

    /// Sets the probability that a segment is not delivered, and the connection is reset instead.
    /// Default: 0.
    ///
    /// # Panics
    ///
    /// Panics unless the probability is between 0 and 1.
    #[must_use]
    pub fn reset_probability(mut self, probability: f64) -> Self {
        self.reset_probability = checked(probability);
        self
    }

    /// The size of the token bucket, in bytes.
    pub(crate) fn bucket_size(&self) -> usize {
        self.burst.unwrap_or(self.segment)
    }

    /// The largest segment that the token bucket lets through.
    pub(crate) fn segment_size(&self) -> usize {
        if self.rate.is_some() { self.segment.min(self.bucket_size()) } else { self.segment }
    }
}

fn checked(probability: f64) -> f64 {
    assert!(
        (0.0..=1.0).contains(&probability),
        "{probability} is not a probability, which is between 0 and 1"
    );
    probability
}
