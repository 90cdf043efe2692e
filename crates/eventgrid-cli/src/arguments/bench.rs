//! The arguments of `egrid bench`.

use std::time::Duration;

use clap::{Args, Subcommand};

use super::receive::{duration_above_zero, integer};
use super::{ConnectionArguments, SubscriptionArgument};

/// What to measure.
#[derive(Debug, Subcommand)]
pub(crate) enum BenchCommand {
    /// Publish CloudEvents, and measure how long each request takes.
    Publish(Box<PublishBench>),
    /// Receive events and acknowledge them, whoever published them, and measure how long each
    /// request takes. The events are gone after that. Ends early if no event comes for ten seconds.
    Consume(Box<ConsumeBench>),
    /// Publish CloudEvents, receive them from an event subscription and acknowledge them, and
    /// measure the time from sending an event until it is received. Events of others are released:
    /// give it an event subscription of its own.
    RoundTrip(Box<RoundTripBench>),
}

/// How much, and for how long.
#[derive(Debug, Clone, Args)]
pub(crate) struct LoadArguments {
    /// End after this number of events. Default: when the duration is over.
    #[arg(long, value_name = "N", value_parser = integer::<u64>(1, u64::MAX))]
    pub(crate) count: Option<u64>,

    /// End after this time. Default: 10 s, or none with --count.
    #[arg(long, value_name = "TIME", value_parser = duration_above_zero)]
    pub(crate) duration: Option<Duration>,

    /// Number of requests at the same time, each on a connection of its own.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = integer::<u16>(1, 1000))]
    pub(crate) connections: u16,

    /// Number of events in each request, or fewer if the service does not allow it: a request has
    /// at most 1,000,000 bytes, and at most 100 events are received at once.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = integer::<u16>(1, 5000))]
    pub(crate) batch: u16,
}

/// What is published.
#[derive(Debug, Clone, Args)]
pub(crate) struct EventLoadArguments {
    /// Bytes of data in each event.
    #[arg(long, value_name = "BYTES", default_value_t = 1024, value_parser = integer::<u32>(0, 900_000))]
    pub(crate) size: u32,

    /// Events to publish per second. The time of a late request counts from when it was due.
    /// Default: as many as possible.
    #[arg(long, value_name = "N", value_parser = integer::<u32>(1, u32::MAX.into()))]
    pub(crate) rate: Option<u32>,
}

/// How to publish.
#[derive(Debug, Args)]
pub(crate) struct PublishBench {
    /// How much.
    #[command(flatten)]
    pub(crate) load: LoadArguments,

    /// What.
    #[command(flatten)]
    pub(crate) events: EventLoadArguments,

    /// Where to.
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}

/// How to receive.
#[derive(Debug, Args)]
pub(crate) struct ConsumeBench {
    /// How much.
    #[command(flatten)]
    pub(crate) load: LoadArguments,

    /// Where from.
    #[command(flatten)]
    pub(crate) subscription: SubscriptionArgument,

    /// How to connect.
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}

/// How to publish and receive.
#[derive(Debug, Args)]
pub(crate) struct RoundTripBench {
    /// How much.
    #[command(flatten)]
    pub(crate) load: LoadArguments,

    /// What.
    #[command(flatten)]
    pub(crate) events: EventLoadArguments,

    /// Where from.
    #[command(flatten)]
    pub(crate) subscription: SubscriptionArgument,

    /// Where to, and how to connect.
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}
