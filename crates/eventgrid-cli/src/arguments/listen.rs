//! The arguments of `egrid listen`.

use std::time::Duration;

use clap::Args;

use super::receive::{duration, duration_above_zero, integer};
use super::{ConnectionArguments, SubscriptionArgument};

/// Where to deliver events, and how.
#[derive(Args)]
pub(crate) struct ListenArguments {
    /// URL of the webhook that events are delivered to. It must be on this machine, unless
    /// --allow-host names its host.
    #[arg(long, value_name = "URL")]
    pub(crate) forward_to: String,

    /// Also deliver to this host, which is not this machine. Repeatable.
    #[arg(long, value_name = "HOST")]
    pub(crate) allow_host: Vec<String>,

    /// Leave out the handshake of CloudEvents, which asks the webhook whether it wants the events.
    #[arg(long)]
    pub(crate) skip_handshake: bool,

    /// Also send this header, like a delivery property of the event subscription. Repeatable.
    #[arg(long = "header", value_name = "NAME=VALUE")]
    pub(crate) headers: Vec<String>,

    /// Also send this header, whose value is secret and read from an environment variable.
    /// Repeatable.
    #[arg(long, value_name = "NAME=VARIABLE")]
    pub(crate) header_env: Vec<String>,

    /// Deliver in batches, with at most this number of events. Default: one event in each request.
    #[arg(long, value_name = "N", value_parser = integer::<u32>(1, 5000))]
    pub(crate) batch_events: Option<u32>,

    /// Deliver in batches of at most this size in KiB, unless one event alone is larger.
    #[arg(long, value_name = "KIB", value_parser = integer::<u32>(1, 1024))]
    pub(crate) batch_kilobytes: Option<u32>,

    /// Number of requests at the same time.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = integer::<u16>(1, u16::MAX.into()))]
    pub(crate) concurrency: u16,

    /// Give up an event after this number of failed responses, 1 to 10. Attempts that get no
    /// response do not count: an event that the webhook has not seen is not given up.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = integer::<u32>(1, 10))]
    pub(crate) max_attempts: u32,

    /// Give up an event this long after it was received, in whole minutes, if the last attempt got
    /// a response.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) time_to_live: Option<Duration>,

    /// How long to wait before each retry, instead of Event Grid's own waits (until 10 s, 30 s,
    /// 1 min, 5 min and so on after the first attempt).
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) retry_wait: Option<Duration>,

    /// Release an event that would be given up, instead of rejecting it: it is delivered again.
    #[arg(long)]
    pub(crate) release_failed: bool,

    /// End after this number of events.
    #[arg(long, value_name = "N", value_parser = integer::<u64>(1, u64::MAX))]
    pub(crate) max: Option<u64>,

    /// Maximum number of events to keep locked, including those that wait for a retry; then no more
    /// are received.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = integer::<usize>(1, u64::MAX))]
    pub(crate) max_locks: usize,

    /// Lock duration of the event subscription, if it is not the service's default.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = duration_above_zero)]
    pub(crate) lock_duration: Duration,

    /// Where from.
    #[command(flatten)]
    pub(crate) subscription: SubscriptionArgument,

    /// How to connect.
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}

/// Without headers and URL, which may have secrets.
impl std::fmt::Debug for ListenArguments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ListenArguments")
            .field("subscription", &self.subscription)
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}
