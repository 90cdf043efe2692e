//! The arguments of `egrid process`.

use std::time::Duration;

use clap::Args;
use eventgrid::ReleaseDelay;

use super::receive::{delay, duration_above_zero, integer};
use super::{ConnectionArguments, SubscriptionArgument};

/// What handles events, and how.
#[derive(Debug, Args)]
pub(crate) struct ProcessArguments {
    /// Number of commands that run at the same time.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = integer::<usize>(1, u64::MAX))]
    pub(crate) concurrency: usize,

    /// Kill a command that takes longer, and release its event.
    #[arg(long, value_name = "TIME", value_parser = duration_above_zero)]
    pub(crate) timeout: Option<Duration>,

    /// Make an event whose command has failed available again after this time; the service supports
    /// 0, 10 s, 1 min, 10 min and 1 h.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = delay)]
    pub(crate) delay: ReleaseDelay,

    /// Reject an event that was delivered more often, without running the command.
    #[arg(long, value_name = "N", value_parser = integer::<u32>(1, u32::MAX.into()))]
    pub(crate) max_deliveries: Option<u32>,

    /// End after this number of commands.
    #[arg(long, value_name = "N", value_parser = integer::<u64>(1, u64::MAX))]
    pub(crate) max: Option<u64>,

    /// Lock duration of the event subscription, if it is not the service's default.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = duration_above_zero)]
    pub(crate) lock_duration: Duration,

    /// The command and its arguments, run for each event without a shell.
    #[arg(required = true, last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,

    /// Where from.
    #[command(flatten)]
    pub(crate) subscription: SubscriptionArgument,

    /// How to connect.
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}
