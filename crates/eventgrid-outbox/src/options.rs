//! How an outbox is opened.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use eventgrid::{EndpointKind, RetryPolicy, SendLimits};

use crate::notice::OutboxNotice;

pub(crate) type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;
pub(crate) type OnNotice = Arc<dyn Fn(&OutboxNotice<'_>) + Send + Sync>;

/// How an [`Outbox`](crate::Outbox) is opened.
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
    /// The defaults, which the setters name.
    pub fn new() -> Self {
        Self {
            endpoint_kind: EndpointKind::Namespace,
            capacity: SendLimits { max_bytes: 256 << 20, max_events: 1_000_000 },
            backoff: RetryPolicy::new().with_max_retries(u32::MAX).with_base_delay(FIRST_DELAY),
            clock: Arc::new(SystemTime::now),
            on_notice: None,
        }
    }

    /// The part of the service for which events are checked when they are put. Default: a
    /// namespace.
    #[must_use]
    pub fn endpoint_kind(mut self, kind: EndpointKind) -> Self {
        self.endpoint_kind = kind;
        self
    }

    /// How much may be kept: events that wait, and those that the service refused. Bytes are those
    /// of their JSON and their keys; the file takes more, see the
    /// [README](crate#how-large-does-the-file-get). Default: 1,000,000 events and 256 MiB.
    #[must_use]
    pub fn capacity(mut self, capacity: SendLimits) -> Self {
        self.capacity = capacity;
        self
    }

    /// How long is waited after events could not be published, or the file not be written, before
    /// that is done again. Only its delays count: there is no last attempt. Default: a second that
    /// doubles up to a minute, jittered down to half.
    #[must_use]
    pub fn backoff(mut self, backoff: RetryPolicy) -> Self {
        self.backoff = backoff.with_max_retries(u32::MAX);
        self
    }

    /// What time it is, for the times at which events are put. Default: the system's.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Calls this with whatever goes wrong while events are forwarded: for logs and metrics. It
    /// should be quick.
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
