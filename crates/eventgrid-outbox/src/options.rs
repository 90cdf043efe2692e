//! The options of an outbox.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use eventgrid::{EndpointKind, RetryPolicy, SendLimits};

use crate::notice::OutboxNotice;

pub(crate) type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;
pub(crate) type OnNotice = Arc<dyn Fn(&OutboxNotice<'_>) + Send + Sync>;

/// The options with which an [`Outbox`](crate::Outbox) is opened.
#[derive(Clone)]
#[non_exhaustive]
pub struct OutboxOptions {
    pub(crate) endpoint_kind: EndpointKind,
    pub(crate) capacity: SendLimits,
    pub(crate) backoff: RetryPolicy,
    pub(crate) clock: Clock,
    pub(crate) on_notice: Option<OnNotice>,
}

impl Default for OutboxOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl OutboxOptions {
    /// The defaults, which are in the docs of the setters.
    pub fn new() -> Self {
        Self {
            endpoint_kind: EndpointKind::Namespace,
            capacity: SendLimits { max_bytes: 256 << 20, max_events: 1_000_000 },
            backoff: RetryPolicy::new().with_max_retries(u32::MAX).with_base_delay(FIRST_DELAY),
            clock: Arc::new(SystemTime::now),
            on_notice: None,
        }
    }

    /// The kind of endpoint that the events are for. They are checked against its limits when they
    /// are put. Default: a namespace.
    #[must_use]
    pub fn endpoint_kind(mut self, kind: EndpointKind) -> Self {
        self.endpoint_kind = kind;
        self
    }

    /// How many events and bytes the outbox may have, including events that were set aside. The
    /// bytes are those of the events' JSON and keys; the file is larger, see the
    /// [README](crate#how-large-does-the-file-get). Default: 1,000,000 events and 256 MiB.
    #[must_use]
    pub fn capacity(mut self, capacity: SendLimits) -> Self {
        self.capacity = capacity;
        self
    }

    /// The wait after events could not be published, or the file could not be written, before the
    /// next attempt. It is longer, up to an hour, if the service asks for it. Only the delays of
    /// the policy apply: the number of attempts is not limited. Default: one second, doubled with
    /// each failure up to a minute, and jittered down to half of that.
    #[must_use]
    pub fn backoff(mut self, backoff: RetryPolicy) -> Self {
        self.backoff = backoff.with_max_retries(u32::MAX);
        self
    }

    /// The clock that tells when events are put. Default: that of the system.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Calls `on_notice` with everything that goes wrong while events are forwarded, for logs and
    /// metrics. It must return soon. Its panics are not caught: a panic ends the future that
    /// [forwards](crate::Outbox::forward), and no event is lost.
    #[must_use]
    pub fn on_notice(mut self, on_notice: impl Fn(&OutboxNotice<'_>) + Send + Sync + 'static) -> Self {
        self.on_notice = Some(Arc::new(on_notice));
        self
    }
}

/// The wait after the first failure.
const FIRST_DELAY: std::time::Duration = std::time::Duration::from_secs(1);

impl fmt::Debug for OutboxOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboxOptions")
            .field("endpoint_kind", &self.endpoint_kind)
            .field("capacity", &self.capacity)
            .field("backoff", &self.backoff)
            .finish_non_exhaustive()
    }
}
