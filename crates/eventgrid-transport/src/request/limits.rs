//! How long an attempt may take.

use core::time::Duration;

/// How long each part of an attempt may take. A limit that is `None` is unset. Where a request's
/// limit is unset, the client's applies; then the transport's; then that of [`Limits::DEFAULT`].
///
/// While a request is sent and while a body is read, an attempt goes on as long as bytes move,
/// however large they are: `idle` limits only how long no byte moves. `lowest_rate` and `total`
/// limit more than that. A whole call, with its retries, is limited by the client's retry policy.
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
    /// How long opening a connection may take: name resolution, TCP, a proxy and TLS together. 10
    /// seconds if it is unset everywhere.
    pub connect: Option<Duration>,
    /// How long the service may take from the last byte of the request to the last byte of the
    /// response's head. The [wait time](crate::Request::wait) of a long poll is added to it. 30
    /// seconds if it is unset everywhere.
    pub response: Option<Duration>,
    /// How long no byte may move, in either direction, while the request is sent and while the
    /// response's body is read. 30 seconds if it is unset everywhere.
    pub idle: Option<Duration>,
    /// The lowest average rate, in bytes per second, at which the bytes of a request or of a body
    /// may move, over any span as long as `idle`. It ends an attempt that is too slow to be of use.
    /// If it is unset everywhere, one byte per `idle` is enough.
    pub lowest_rate: Option<u32>,
    /// How long the attempt may take in all, however many bytes move. A client sets it to the rest
    /// of the total time of its retry policy, plus the wait time of a long poll. If it is unset
    /// everywhere, there is no such limit.
    pub total: Option<Duration>,
}

impl Limits {
    /// The defaults of every transport: 10 seconds for `connect`, 30 seconds for `response`, 30
    /// seconds for `idle`, and neither a `lowest_rate` nor a `total`.
    pub const DEFAULT: Self = Self {
        connect: Some(Duration::from_secs(10)),
        response: Some(Duration::from_secs(30)),
        idle: Some(Duration::from_secs(30)),
        lowest_rate: None,
        total: None,
    };

    /// Limits that are all unset.
    pub const fn new() -> Self {
        Self { connect: None, response: None, idle: None, lowest_rate: None, total: None }
    }

    /// Sets [`connect`](Self::connect). `Duration::MAX` means no limit.
    #[must_use]
    pub const fn with_connect(self, time: Duration) -> Self {
        Self { connect: Some(time), ..self }
    }

    /// Sets [`response`](Self::response). `Duration::MAX` means no limit.
    #[must_use]
    pub const fn with_response(self, time: Duration) -> Self {
        Self { response: Some(time), ..self }
    }

    /// Sets [`idle`](Self::idle). `Duration::MAX` means no limit.
    #[must_use]
    pub const fn with_idle(self, time: Duration) -> Self {
        Self { idle: Some(time), ..self }
    }

    /// Sets [`lowest_rate`](Self::lowest_rate), in bytes per second. Zero means no limit.
    #[must_use]
    pub const fn with_lowest_rate(self, bytes_per_second: u32) -> Self {
        Self { lowest_rate: Some(bytes_per_second), ..self }
    }

    /// Sets [`total`](Self::total). `Duration::MAX` means no limit.
    #[must_use]
    pub const fn with_total(self, time: Duration) -> Self {
        Self { total: Some(time), ..self }
    }

    /// These limits, with each one that is unset taken from `other`.
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
