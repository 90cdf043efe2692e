//! What a run reports while it goes on: for logs and metrics.

use std::fmt;
use std::time::Duration;

use eventgrid::{Error, OwnedReceivedEvent, SettleAction, Subscription, TransportErrorKind, with_causes};

use super::{FailureCause, LockLoss, ProcessorEvent, Verdict};

/// Something that happened in a run. `X` is the transport's error.
///
/// Its `Display` is one line for a log, without the data of events and without secrets:
///
/// ```
/// # use eventgrid::{AsyncCredential, AsyncSleep, AsyncTransport};
/// use eventgrid_worker::{ProcessorNotice, NoticeLevel, Processor};
///
/// # fn example<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential>(processor: Processor<T, E, C>) -> Processor<T, E, C> {
/// processor.on_notice(|notice: &ProcessorNotice<'_, _>| {
///     if notice.is_problem() {
///         eprintln!("{notice}");
///     }
/// })
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum ProcessorNotice<'n, X> {
    /// Events came.
    Received {
        /// From where.
        subscription: &'n Subscription<'static>,
        /// How many.
        events: usize,
        /// How many more came without a lock token. They cannot be handled; they come again when
        /// their locks end.
        without_lock_token: usize,
    },
    /// A handler came to its end, or was ended.
    Handled {
        /// What it handled.
        event: &'n ProcessorEvent,
        /// What becomes of the event. If its [lock was lost](ProcessorEvent::lock_loss) meanwhile,
        /// it is not sent.
        verdict: Verdict,
        /// Why, if it is no verdict of the handler's own.
        cause: Option<FailureCause<'n>>,
        /// How long it took.
        took: Duration,
    },
    /// An event was kept from the handlers: it is malformed or poison.
    Withheld {
        /// The event.
        event: &'n OwnedReceivedEvent,
        /// Why.
        cause: FailureCause<'n>,
        /// What becomes of it.
        verdict: Verdict,
    },
    /// The lock of an event was lost. What its handler did, or still does, will be done again.
    LockLost {
        /// The event.
        event: &'n OwnedReceivedEvent,
        /// How.
        loss: LockLoss,
    },
    /// The verdict on an event may have reached the service, but no response said so until its lock
    /// was over: the event is settled, or comes again.
    SettledOrLost {
        /// The event.
        event: &'n OwnedReceivedEvent,
    },
    /// The response to a receive broke off. The events that came whole are handled; of those that
    /// were cut, each has lost a delivery and comes again when its lock ends. Fewer are asked for
    /// next.
    ReceiveInterrupted {
        /// Where from.
        subscription: &'n Subscription<'static>,
        /// How many events came whole.
        events: usize,
        /// How many were asked for.
        asked: usize,
        /// Why it broke off.
        by: TransportErrorKind,
    },
    /// A receive failed. Each attempt is reported.
    ReceiveFailed {
        /// Where from.
        subscription: &'n Subscription<'static>,
        /// Why.
        error: &'n Error<'static, X>,
        /// When it is tried again. None if the run ends with this error.
        retry_in: Option<Duration>,
    },
    /// A call that settles events, or renews their locks, failed. It is made again as long as their
    /// locks last. Each attempt is reported.
    SettleFailed {
        /// Where the events came from.
        subscription: &'n Subscription<'static>,
        /// What was to be done with them.
        action: SettleAction,
        /// How many events there were.
        events: usize,
        /// Why.
        error: &'n Error<'static, X>,
    },
}

/// How much a [`ProcessorNotice`] matters to whoever reads a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NoticeLevel {
    /// Work as it should be.
    Debug,
    /// Something was not done, lost or repeated; the run goes on.
    Warning,
    /// The run ends because of it.
    Error,
}

impl<X> ProcessorNotice<'_, X> {
    /// How much it matters.
    pub fn level(&self) -> NoticeLevel {
        match self {
            Self::Received { without_lock_token: 0, .. } | Self::Handled { cause: None, .. } => {
                NoticeLevel::Debug
            }
            Self::ReceiveFailed { retry_in: None, .. } => NoticeLevel::Error,
            Self::Received { .. }
            | Self::Handled { .. }
            | Self::Withheld { .. }
            | Self::LockLost { .. }
            | Self::SettledOrLost { .. }
            | Self::ReceiveInterrupted { .. }
            | Self::ReceiveFailed { .. }
            | Self::SettleFailed { .. } => NoticeLevel::Warning,
        }
    }

    /// Whether something went wrong, in the handler, the network or the service: a warning, or
    /// more.
    pub fn is_problem(&self) -> bool {
        self.level() >= NoticeLevel::Warning
    }
}

impl<X: std::error::Error + 'static> fmt::Display for ProcessorNotice<'_, X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Received { subscription, events, without_lock_token } => {
                write!(f, "received {} from {}", Count(*events, "event"), Name(subscription))?;
                match without_lock_token {
                    0 => Ok(()),
                    more => write!(
                        f,
                        ", and {} without a lock token, which cannot be handled",
                        Count(*more, "event")
                    ),
                }
            }
            Self::Handled { event, verdict, cause, took } => {
                write!(f, "event {} was handled in {took:.1?}: {verdict}", Id(&event.0.received))?;
                cause.iter().try_for_each(|cause| write!(f, ", since {cause}"))
            }
            Self::Withheld { event, cause, verdict } => {
                write!(f, "event {} was given to no handler: {verdict}, since {cause}", Id(event))
            }
            Self::LockLost { event, loss } => {
                write!(f, "the lock of event {} was lost: {loss}; it will be delivered again", Id(event))
            }
            Self::SettledOrLost { event } => write!(
                f,
                "no response said that event {} was settled before its lock ended: it may be delivered again",
                Id(event)
            ),
            Self::ReceiveInterrupted { subscription, events, asked, by } => write!(
                f,
                "the response to a receive of {} from {} broke off ({by}) after {events}; fewer are asked for next",
                Count(*asked, "event"),
                Name(subscription)
            ),
            Self::ReceiveFailed { subscription, error, retry_in } => {
                write!(f, "receiving from {} failed: {}", Name(subscription), with_causes(*error))?;
                match retry_in {
                    Some(wait) => write!(f, "; next attempt in {wait:.1?}"),
                    None => f.write_str("; the run ends"),
                }
            }
            Self::SettleFailed { subscription, action, events, error } => write!(
                f,
                "could not {action} {} from {}: {}",
                Count(*events, "event"),
                Name(subscription),
                with_causes(*error)
            ),
        }
    }
}

/// A number of things.
struct Count(usize, &'static str);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(count, thing) = self;
        write!(f, "{count} {thing}{}", if *count == 1 { "" } else { "s" })
    }
}

/// The id of an event, as far as it can be read.
struct Id<'e>(&'e OwnedReceivedEvent);

impl fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.event() {
            Ok(event) => write!(f, "{:?}", event.id()),
            Err(_) => f.write_str("(malformed)"),
        }
    }
}

/// Topic and subscription.
struct Name<'s>(&'s Subscription<'static>);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.0.topic(), self.0.subscription())
    }
}
