//! What a run reports while it goes on, for logs and metrics.

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
    /// Events were received.
    Received {
        /// The subscription they came from.
        subscription: &'n Subscription<'static>,
        /// How many events were received.
        events: usize,
        /// How many more came without a lock token. They cannot be handled, and are delivered again
        /// when their locks expire.
        without_lock_token: usize,
    },
    /// A handler has ended, or was aborted.
    Handled {
        /// The event that it handled.
        event: &'n ProcessorEvent,
        /// The verdict on the event. It is not sent if the [lock was
        /// lost](ProcessorEvent::lock_loss) meanwhile.
        verdict: Verdict,
        /// Why the verdict is not the handler's own; `None` if it is.
        cause: Option<FailureCause<'n>>,
        /// How long the handler took.
        took: Duration,
    },
    /// An event was not passed to a handler, because it is malformed or poison.
    Withheld {
        /// The event.
        event: &'n OwnedReceivedEvent,
        /// Why no handler got it.
        cause: FailureCause<'n>,
        /// The verdict on the event.
        verdict: Verdict,
    },
    /// The lock of an event was lost. The event will be handled again, whatever its handler has
    /// done or still does.
    LockLost {
        /// The event.
        event: &'n OwnedReceivedEvent,
        /// How the lock was lost.
        loss: LockLoss,
    },
    /// The verdict on an event may have reached the service, but no response confirmed it before
    /// the lock ended: the event is settled, or will be delivered again.
    SettledOrLost {
        /// The event.
        event: &'n OwnedReceivedEvent,
    },
    /// The connection broke in the middle of the response to a receive. The events that came
    /// completely are handled. Each of the others has lost one delivery, and is delivered again
    /// when its lock expires. The next receive asks for fewer events.
    ReceiveInterrupted {
        /// The subscription of the receive.
        subscription: &'n Subscription<'static>,
        /// How many events came completely.
        events: usize,
        /// How many events the receive asked for.
        asked: usize,
        /// Why the response broke off.
        by: TransportErrorKind,
    },
    /// A receive failed. Each attempt is reported.
    ReceiveFailed {
        /// The subscription of the receive.
        subscription: &'n Subscription<'static>,
        /// Why the call failed.
        error: &'n Error<'static, X>,
        /// When it is retried. `None` if the run ends with this error.
        retry_in: Option<Duration>,
    },
    /// A call that settles events or renews their locks failed. It is retried as long as their
    /// locks last. Each attempt is reported.
    SettleFailed {
        /// The subscription of the events.
        subscription: &'n Subscription<'static>,
        /// What the call should have done with the events.
        action: SettleAction,
        /// How many events the call had.
        events: usize,
        /// Why the call failed.
        error: &'n Error<'static, X>,
    },
}

/// How important a [`ProcessorNotice`] is to the reader of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NoticeLevel {
    /// Normal work.
    Debug,
    /// Something failed, was lost or was repeated. The run goes on.
    Warning,
    /// The run ends because of the notice.
    Error,
}

impl<X> ProcessorNotice<'_, X> {
    /// How important the notice is.
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

    /// Whether the level is [`Warning`](NoticeLevel::Warning) or [`Error`](NoticeLevel::Error):
    /// something went wrong in the handler, the network or the service.
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
                write!(f, "event {} was not passed to a handler: {verdict}, since {cause}", Id(event))
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

/// A number of things, in the singular or plural.
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
