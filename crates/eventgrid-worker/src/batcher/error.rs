//! Why an event was not taken, and why it was not published.

use std::fmt;
use std::sync::Arc;

use eventgrid::{Error, RequestError, TransportError};

/// Why a [`Batcher`](super::Batcher) did not take an event. The event was not buffered, so it is
/// not reported anywhere else.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The service would refuse the event. Change it.
    #[error("the service would refuse the event")]
    Invalid(#[from] RequestError),
    /// The event is larger than a request may be. Make it smaller.
    #[error("the event has {bytes} bytes, more than the {limit} bytes for which a request has room")]
    TooLarge {
        /// Its size as JSON, in bytes.
        bytes: usize,
        /// The largest size that an event can have, in bytes: that of a request, without the
        /// brackets around its events.
        limit: usize,
    },
    /// The buffer is full. Wait for room by [`send`](super::Batcher::send), or drop events by
    /// [`force_send`](super::Batcher::force_send).
    #[error("the buffer is full: wait until there is room, or drop an event")]
    Full,
    /// An earlier event of the same key was not published, and this one would overtake it. Send the
    /// earlier one again or give it up, then [`resume`](super::Batcher::resume).
    #[error(
        "an earlier event of the same key was not published: send it again or give it up, then resume the key"
    )]
    Paused,
    /// The run was never polled, so no event would be sent. Spawn the future that
    /// [`build`](super::BatcherBuilder::build) returned, or await it concurrently with the code
    /// that sends events.
    #[error(
        "the batcher is not running: spawn the future that `build` returned, or await it together with the \
         code that sends events"
    )]
    NotRunning,
    /// The batcher was closed, or its run has ended.
    #[error("the batcher takes no more events: it was closed, or its run has ended")]
    Closed,
}

/// Why a buffered event was not published, or why that is not known.
#[derive(Debug)]
#[non_exhaustive]
pub enum PublishError<X> {
    /// Its request failed, after all retries of the client. The error says who must act; all events
    /// of the request share it.
    Failed(Arc<Error<'static, X>>),
    /// It was dropped by [`force_send`](super::Batcher::force_send) to make room for a newer event.
    /// It was never sent.
    Displaced,
    /// An earlier event of the same key was not published, and this one would have overtaken it.
    /// This one was not published either: it was not sent, or was part of a request that the
    /// service refused as a whole.
    Paused,
    /// The run ended before the outcome of the event was known, because its future was dropped or
    /// never polled.
    Stopped {
        /// Whether a request with the event may have left.
        may_have_been_sent: bool,
    },
}

impl<X: TransportError> PublishError<X> {
    /// Whether the service may have stored the event although no response confirmed it.
    pub fn may_have_been_acted_on(&self) -> bool {
        match self {
            Self::Failed(error) => error.may_have_been_acted_on(),
            Self::Displaced | Self::Paused => false,
            Self::Stopped { may_have_been_sent } => *may_have_been_sent,
        }
    }

    /// Whether publishing the same event again may succeed without any change.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Failed(error) => error.is_retryable(),
            Self::Displaced | Self::Paused | Self::Stopped { .. } => true,
        }
    }
}

impl<X> fmt::Display for PublishError<X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Failed(error) => return error.fmt(f),
            Self::Displaced => "the event was dropped to make room for a newer one",
            Self::Paused => "an earlier event of the same key was not published",
            Self::Stopped { may_have_been_sent: true } => {
                "the batcher was stopped while the event was being sent: it may have been published"
            }
            Self::Stopped { may_have_been_sent: false } => {
                "the batcher was stopped before the event was sent: send it again"
            }
        })
    }
}

impl<X: std::error::Error + 'static> std::error::Error for PublishError<X> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // The text of `error` is the text of this error.
            Self::Failed(error) => error.source(),
            Self::Displaced | Self::Paused | Self::Stopped { .. } => None,
        }
    }
}

impl<X> Clone for PublishError<X> {
    fn clone(&self) -> Self {
        match self {
            Self::Failed(error) => Self::Failed(Arc::clone(error)),
            Self::Displaced => Self::Displaced,
            Self::Paused => Self::Paused,
            Self::Stopped { may_have_been_sent } => Self::Stopped { may_have_been_sent: *may_have_been_sent },
        }
    }
}
