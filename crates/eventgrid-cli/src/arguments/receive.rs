//! The arguments of commands that receive and settle.

use std::time::Duration;

use clap::Args;
use eventgrid::ReleaseDelay;
use jiff::SignedDuration;

use super::{ConnectionArguments, FilterArguments, SubscriptionArgument};

/// What to receive, and what becomes of it.
#[derive(Debug, Args)]
pub(crate) struct ReceiveArguments {
    /// Maximum number of events to receive, 1 to 100.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = integer::<u32>(1, 100))]
    pub(crate) max: u32,

    /// How long to wait for the first event, 10 to 120 seconds.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
    pub(crate) wait: Duration,

    /// Acknowledge the events after they were printed.
    #[arg(long, group = "then")]
    pub(crate) ack: bool,

    /// Release the events after they were printed, for others to receive.
    #[arg(long, group = "then")]
    pub(crate) release: bool,

    /// Release the events at once, before they are printed. It still costs each of them one of its
    /// deliveries.
    #[arg(long, group = "then")]
    pub(crate) peek: bool,

    /// Where from.
    #[command(flatten)]
    pub(crate) subscription: SubscriptionArgument,

    /// How to connect.
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}

/// What to settle.
#[derive(Debug, Args)]
pub(crate) struct SettleArguments {
    /// Lock tokens. Without any, lines of stdin: tokens, or what `egrid receive` prints as JSON.
    #[arg(value_name = "TOKEN")]
    pub(crate) tokens: Vec<String>,

    /// Where the events were received from.
    #[command(flatten)]
    pub(crate) subscription: SubscriptionArgument,

    /// How to connect.
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}

/// What to release.
#[derive(Debug, Args)]
pub(crate) struct ReleaseArguments {
    /// Make the events available again after this time; the service supports 0, 10 s, 1 min, 10 min
    /// and 1 h.
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = delay)]
    pub(crate) delay: ReleaseDelay,

    /// What to settle.
    #[command(flatten)]
    pub(crate) settle: SettleArguments,
}

/// What to follow, and what becomes of it.
#[derive(Debug, Args)]
pub(crate) struct TailArguments {
    /// Acknowledge every event, after it was printed or if it does not match. Without it, all
    /// events stay locked until the end, and are then released.
    #[arg(long)]
    pub(crate) ack: bool,

    /// End after this number of printed events.
    #[arg(long, value_name = "N", value_parser = integer::<u64>(1, u64::MAX))]
    pub(crate) max: Option<u64>,

    /// Maximum number of events to keep locked; then no more are received.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = integer::<usize>(1, u64::MAX))]
    pub(crate) max_locks: usize,

    /// Which events to print.
    #[command(flatten)]
    pub(crate) filter: FilterArguments,

    /// Where from.
    #[command(flatten)]
    pub(crate) subscription: SubscriptionArgument,

    /// How to connect.
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}

/// A time such as `90`, `90s` or `1m 30s`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<u32>().map(|seconds| Duration::from_secs(seconds.into()));
    seconds
        .or_else(|_| {
            let duration: SignedDuration = text.parse().map_err(|_| "this is not a time".to_owned())?;
            Duration::try_from(duration).map_err(|_| "a time must not be negative".to_owned())
        })
        .map_err(|error: String| format!("{error}; write it as 10s or 2m"))
}

/// The same, but not zero.
pub(super) fn duration_above_zero(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("a time of zero is over at once; write it as 10s or 2m".to_owned()),
        duration => Ok(duration),
    }
}

/// How many digits the largest integer has.
const MOST_DIGITS: usize = 20;

/// An integer in a range. The standard library's error would not name the range.
pub(super) fn integer<T: TryFrom<u64>>(least: u64, most: u64) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        let is_integer = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|number| is_integer && (least..=most).contains(number));
        number.and_then(|number| T::try_from(number).ok()).ok_or_else(|| match most {
            u64::MAX if !is_integer || text.len() < MOST_DIGITS => {
                format!("expected an integer of at least {least}")
            }
            _ => format!("expected an integer from {least} to {most}"),
        })
    }
}

/// A delay that the service supports. With any other one, no event could be released: it would stay
/// locked.
pub(super) fn delay(text: &str) -> Result<ReleaseDelay, String> {
    match duration(text)?.as_millis() {
        0 => Ok(ReleaseDelay::NoDelay),
        10_000 => Ok(ReleaseDelay::TenSeconds),
        60_000 => Ok(ReleaseDelay::OneMinute),
        600_000 => Ok(ReleaseDelay::TenMinutes),
        3_600_000 => Ok(ReleaseDelay::OneHour),
        _ => Err("the service supports 0s, 10s, 1m, 10m and 1h".to_owned()),
    }
}
