//! The errors of a call, divided by who must act.
//!
//! An error of a single step is in the module of that step: `http` for requests that cannot be
//! sent, `received` for responses that cannot be read, and `credential`.

mod causes;
mod service_error;

pub use causes::{WithCauses, with_causes};
pub use service_error::ServiceError;

use core::fmt;
use core::time::Duration;

use eventgrid_transport::{Progress, TransportError, TransportErrorKind};

use crate::credential::CredentialError;
use crate::http::RequestError;
use crate::received::{Batch, DecodeError};
use crate::retry::AttemptOutcome;

/// Why a call of a client failed. `T` is the transport's own error; `'b` is the lifetime of the
/// buffer with the service's message.
///
/// | variant | who must act |
/// |---|---|
/// | [`Request`](Self::Request) | you: the request is not valid, and was not sent |
/// | [`Credential`](Self::Credential) | your credential: the request was not sent, or not retried |
/// | [`Transport`](Self::Transport) | your network |
/// | [`Service`](Self::Service) | it depends on the status: your credential (401, 403), you (other 4xx), the service (5xx) |
/// | [`BatchTooLarge`](Self::BatchTooLarge) | you: release the events, and ask for fewer |
/// | [`ResponseTooLarge`](Self::ResponseTooLarge) | you: lend a larger buffer, or ask for less |
/// | [`Decode`](Self::Decode) | nobody: the service did not keep to its contract |
#[derive(Debug)]
#[non_exhaustive]
pub enum Error<'b, T> {
    /// The request is not valid or does not fit. It was not sent.
    Request(RequestError),
    /// There is no credential to send.
    Credential {
        /// Why.
        error: CredentialError,
        /// Whether an earlier attempt of the same call may have been acted on.
        replayed: bool,
    },
    /// No complete response came.
    Transport {
        /// Why.
        error: T,
        /// Whether an earlier attempt of the same call may have been acted on.
        replayed: bool,
        /// How far the last attempt went.
        progress: Progress,
    },
    /// The service responded with a status that is not a success.
    Service(ServiceError<'b>),
    /// The received events do not fit into their buffer. They are locked.
    ///
    /// The batch has their lock tokens and delivery counts, but no events: of each,
    /// [`event`](crate::ReceivedEvent::event) is
    /// [`MalformedEvent::NoEvent`](crate::event::MalformedEvent::NoEvent). It has the tokens of all
    /// events, if the tokens themselves fit into the buffer and the connection did not break.
    ///
    /// Release them, and receive fewer at once. An event that comes alone and does not fit never
    /// will: reject it, or it is delivered again until its maximum delivery count is reached.
    ///
    /// ```
    /// # use eventgrid::{AsyncCredential, AsyncSleep, AsyncTransport, Batch};
    /// use eventgrid::{Buf, Consumer, Error, ReceiveOptions, ReleaseDelay, SettleAction};
    ///
    /// # fn handle(batch: &Batch<'_>) {}
    /// async fn consume<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential>(
    ///     consumer: &Consumer<T, E, C>,
    /// ) -> Result<(), &'static str> {
    ///     let (mut tx, mut rx, mut response) = ([0; 2048], [0; 2048], [0; 1024]);
    ///     let mut max_events = 10;
    ///     loop {
    ///         let (mut tx, mut rx) = (Buf::new(&mut tx), Buf::new(&mut rx));
    ///         let options = ReceiveOptions::new().max_events(max_events);
    ///         let (batch, settling) = match consumer.receive_in(options, &mut tx, &mut rx).await {
    ///             Ok(batch) => {
    ///                 handle(&batch);
    ///                 max_events = 10;
    ///                 (batch, SettleAction::Acknowledge)
    ///             }
    ///             Err(Error::BatchTooLarge(batch)) if max_events == 1 => (batch, SettleAction::Reject),
    ///             Err(Error::BatchTooLarge(batch)) => {
    ///                 max_events = 1;
    ///                 (batch, SettleAction::Release(ReleaseDelay::NoDelay))
    ///             }
    ///             Err(_) => return Err("receive"),
    ///         };
    ///         let mut response = Buf::new(&mut response);
    ///         let _ = consumer.settle_in(settling, &batch, &mut tx, &mut response).await.map_err(|_| "settle")?;
    ///     }
    /// }
    /// ```
    BatchTooLarge(Batch<'b>),
    /// The service did what was asked, but its response does not fit into the buffer. Lend a larger
    /// one, or settle fewer events at once.
    ResponseTooLarge,
    /// The service's response cannot be read. If it is that of a receive, its events are locked:
    /// [`Batch::salvage`] finds lock tokens in the buffer that was lent for it.
    Decode(DecodeError),
}

impl<T> Error<'_, T> {
    /// The HTTP status, if the service responded with one that is not a success.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Service(error) => Some(error.status()),
            _ => None,
        }
    }

    /// Whether the credential was not accepted (401), or does not allow this (403).
    pub fn is_unauthorized(&self) -> bool {
        matches!(self.status(), Some(401 | 403))
    }

    /// Whether there is no such topic or subscription (404).
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(404)
    }

    /// Whether the service asks to slow down (429).
    pub fn is_throttled(&self) -> bool {
        self.status() == Some(429)
    }

    /// Whether the request is too large for the service (413) or for the client's buffer, or the
    /// received events are too large for theirs. Fewer events may fit.
    pub fn is_too_large(&self) -> bool {
        match self {
            Self::Request(error) => *error == RequestError::TooLarge,
            Self::Credential { error, .. } => matches!(error, CredentialError::TooLarge),
            Self::Service(error) => error.status() == 413,
            Self::BatchTooLarge(_) | Self::ResponseTooLarge => true,
            Self::Transport { .. } | Self::Decode(_) => false,
        }
    }

    /// Whether a response had begun when the transport failed. If it was the response to a receive,
    /// its events are locked.
    pub fn broke_off(&self) -> bool {
        match self {
            Self::Transport { progress, .. } => progress.first_byte.is_some() || progress.received > 0,
            _ => false,
        }
    }

    /// The same error, without borrowing the buffer with the service's message.
    #[cfg(feature = "alloc")]
    pub fn into_owned(self) -> Error<'static, T> {
        match self {
            Self::Request(error) => Error::Request(error),
            Self::Credential { error, replayed } => Error::Credential { error, replayed },
            Self::Transport { error, replayed, progress } => Error::Transport { error, replayed, progress },
            Self::Service(error) => Error::Service(error.into_owned()),
            Self::BatchTooLarge(batch) => Error::BatchTooLarge(batch.into_owned()),
            Self::ResponseTooLarge => Error::ResponseTooLarge,
            Self::Decode(error) => Error::Decode(error),
        }
    }
}

impl<T: TransportError> Error<'_, T> {
    /// Whether the same call may succeed later without any change.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Request(_)
            | Self::Credential { .. }
            | Self::BatchTooLarge(_)
            | Self::ResponseTooLarge
            | Self::Decode(_) => false,
            Self::Transport { error, .. } => error.kind().is_transient(),
            Self::Service(error) => {
                AttemptOutcome::Status { status: error.status(), retry_after: None }.is_transient()
            }
        }
    }

    /// Whether the service may have done what was asked although no response confirmed it. Any
    /// attempt of the call counts, not only the last one.
    pub fn may_have_been_acted_on(&self) -> bool {
        match self {
            Self::Request(_) => false,
            Self::Credential { replayed, .. } => *replayed,
            Self::Transport { error, replayed, .. } => *replayed || error.may_have_been_sent(),
            Self::Service(error) => {
                error.is_replayed()
                    || AttemptOutcome::Status { status: error.status(), retry_after: None }
                        .may_have_been_acted_on()
            }
            Self::BatchTooLarge(_) | Self::ResponseTooLarge | Self::Decode(_) => true,
        }
    }

    /// Whether the call timed out while bytes of the request moved, so that a request with fewer
    /// events may succeed, and whether that may be sent. If `replays` is `false`, it must not be
    /// sent if the service may have received the whole request, whose body has `body` bytes.
    pub fn ran_out_of_time(&self, body: usize, replays: bool) -> bool {
        match self {
            Self::Transport { error, replayed, progress } => {
                let is_whole = progress.sent >= body as u64;
                error.kind() == TransportErrorKind::Timeout
                    && progress.sent > 0
                    && (replays || !(*replayed || is_whole))
            }
            _ => false,
        }
    }

    /// How long the service asks to wait before the next attempt.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Service(error) => error.retry_after(),
            _ => None,
        }
    }

    /// The kind of the transport's failure, if it was one.
    pub fn transport_kind(&self) -> Option<TransportErrorKind> {
        match self {
            Self::Transport { error, .. } => Some(error.kind()),
            _ => None,
        }
    }
}

impl<T> fmt::Display for Error<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(_) => f.write_str("the request cannot be sent"),
            Self::Credential { .. } => f.write_str("the request has no credential to be sent with"),
            Self::Transport { .. } => f.write_str("no complete response came from the service"),
            Self::Service(error) => error.fmt(f),
            Self::BatchTooLarge(_) => f.write_str(
                "the events that were received do not fit into the buffer: release them, and receive fewer at once",
            ),
            Self::ResponseTooLarge => f.write_str(
                "the service's response does not fit into the buffer: lend a larger one, or ask for less",
            ),
            Self::Decode(_) => f.write_str("the service's response cannot be understood"),
        }
    }
}

impl<T: core::error::Error + 'static> core::error::Error for Error<'_, T> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Request(error) => Some(error),
            Self::Credential { error, .. } => Some(error),
            Self::Transport { error, .. } => Some(error),
            // The text of the cause is this error's own.
            Self::Service(_) | Self::BatchTooLarge(_) | Self::ResponseTooLarge => None,
            Self::Decode(error) => Some(error),
        }
    }
}

impl<T> From<RequestError> for Error<'_, T> {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

impl<T> From<CredentialError> for Error<'_, T> {
    fn from(error: CredentialError) -> Self {
        Self::Credential { error, replayed: false }
    }
}

impl<T> From<DecodeError> for Error<'_, T> {
    fn from(error: DecodeError) -> Self {
        Self::Decode(error)
    }
}
