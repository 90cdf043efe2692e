//! How long an attempt may take.

use core::time::Duration;

/// How long each part of an attempt may take. What is `None` is left to whoever has limits of its
/// own: a request leaves it to the client, the client to the transport, and the transport to
/// [`Limits::DEFAULT`].
///
/// All but `total` bound silence, never size: as long as bytes move, an attempt goes on. What
/// bounds the whole of a call is the client's retry policy.
///
/// ```
/// use core::time::Duration;
/// use eventgrid_transport::Limits;
///
/// let own = Limits::new().with_idle(Duration::from_secs(5));
/// let effective = own.or(Limits::DEFAULT);
/// assert_eq!(effective.idle, Some(Duration::from_secs(5)));
/// assert_eq!(effective.connect, Some(Duration::from_secs(10)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Limits {
    /// How long opening a connection may take: the look-up of the host's name, TCP, a proxy and TLS
    /// together.
    pub connect: Option<Duration>,
    /// How long the service may take from the last byte of the request to the last byte of the
    /// response's head. The [wait time](crate::Request::wait) of a long poll comes on top.
    pub response: Option<Duration>,
    /// How long no byte may move, in either direction, while the request is sent and while the
    /// response's body is read.
    pub idle: Option<Duration>,
    /// The fewest bytes per second that may move while a request is sent or a body is read, over
    /// any span as long as `idle`. It ends an attempt whose bytes trickle. Without it, as by
    /// default, one byte in time is enough.
    pub lowest_rate: Option<u32>,
    /// How long the attempt may take in all, however many bytes move. A client sets it to what is
    /// left of the total of its retry policy, and the wait time of a long poll.
    pub total: Option<Duration>,
}

impl Limits {
    /// What every transport begins with: 10 seconds to connect, 30 for a response, 30 without a
    /// byte, no lowest rate and no total.
    pub const DEFAULT: Self = Self {
        connect: Some(Duration::from_secs(10)),
        response: Some(Duration::from_secs(30)),
        idle: Some(Duration::from_secs(30)),
        lowest_rate: None,
        total: None,
    };

    /// No limits of its own.
    pub const fn new() -> Self {
        Self { connect: None, response: None, idle: None, lowest_rate: None, total: None }
    }

    /// Sets [`connect`](Self::connect). `Duration::MAX` is no limit.
    #[must_use]
    pub const fn with_connect(self, time: Duration) -> Self {
        Self { connect: Some(time), ..self }
    }

    /// Sets [`response`](Self::response). `Duration::MAX` is no limit.
    #[must_use]
    pub const fn with_response(self, time: Duration) -> Self {
        Self { response: Some(time), ..self }
    }

    /// Sets [`idle`](Self::idle). `Duration::MAX` is no limit.
    #[must_use]
    pub const fn with_idle(self, time: Duration) -> Self {
        Self { idle: Some(time), ..self }
    }

    /// Sets [`lowest_rate`](Self::lowest_rate), in bytes per second. Zero is no limit.
    #[must_use]
    pub const fn with_lowest_rate(self, bytes_per_second: u32) -> Self {
        Self { lowest_rate: Some(bytes_per_second), ..self }
    }

    /// Sets [`total`](Self::total). `Duration::MAX` is no limit.
    #[must_use]
    pub const fn with_total(self, time: Duration) -> Self {
        Self { total: Some(time), ..self }
    }

    /// These limits, and where they are unset those of `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            connect: self.connect.or(other.connect),
            response: self.response.or(other.response),
            idle: self.idle.or(other.idle),
            lowest_rate: self.lowest_rate.or(other.lowest_rate),
            total: self.total.or(other.total),
        }
    }
}
