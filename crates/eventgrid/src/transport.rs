//! What carries a request to the service and its answer back: the traits, and what they promise.

use core::error::Error;
use core::fmt;

use crate::{Buf, Request, ResponseHead};

/// Sends one HTTP request and waits for its answer, blocking the thread.
///
/// # The contract
/// What follows holds for [`AsyncTransport`] and [`SendAsyncTransport`] too. The crate `tests/conformance`
/// of the project proves it for each adapter.
///
/// **What is sent**
/// - The method, the path and query, the headers and the body exactly as the [`Request`] has them; each header
///   once and verbatim. The adapter adds what HTTP/1.1 demands: `Host` with the port if the URL has one, and
///   `Content-Length`, also `Content-Length: 0` for an empty `POST`.
/// - A header that [is sensitive](crate::Header::is_sensitive) is kept out of every log.
/// - Each call of `send` puts the request on the wire at most once. Once a byte of it may have left, nothing is
///   sent again; whether to try again is the client's decision.
/// - No redirect is followed: a 3xx status is an answer like any other.
/// - A loopback address is never reached through a proxy.
///
/// **What comes back**
/// - Any HTTP status is `Ok`. `Err` means that no complete answer came.
/// - The adapter calls [`ResponseHead::begin`] with the status, then [`ResponseHead::header`] with every header,
///   those of one name in the order received, then appends the body by [`ResponseHead::append`] or straight into the
///   buffer.
/// - `1xx` answers are passed over.
/// - An answer that came before the whole request was sent is read, even if the service then takes no more.
/// - The body of a 2xx answer arrives whole, or the result is [`TransportErrorKind::TooLarge`] with as much in the buffer as fits. Any other body is cut
///   where the buffer ends and the head says [`truncated`](ResponseHead::truncated), so that a long error page never
///   hides its status. Which of these it is, and whether it can go on all the same, [`ResponseHead::append`] says of the first piece that does not fit.
/// - Bodies with a length, chunked bodies and bodies that end with the connection are all read, in fragments of any
///   size. A body that ends before its length is [`TransportErrorKind::Interrupted`].
///
/// **Time**
/// - The answer's head may take as long as [`Request::hold`] (the service holds a long poll back on purpose) plus the
///   adapter's own timeout; running out of it is [`TransportErrorKind::Timeout`].
///
/// **Afterwards**
/// - A connection is used again after any complete answer, a 4xx included; after anything else it is closed.
/// - A kept connection that the server has closed meanwhile is not an error as long as nothing was sent on it: another
///   one is opened.
/// - Dropping the future of an asynchronous call leaves the next call sound.
pub trait Transport {
    /// Why no complete answer came.
    type Error: TransportError;

    /// Sends `request`, fills in `head`, and reads the answer's body into `body`, which the caller has cleared.
    ///
    /// # Errors
    /// No complete answer came.
    fn send(
        &self,
        request: &Request<'_>,
        head: &mut ResponseHead<'_>,
        body: &mut Buf<'_>,
    ) -> Result<(), Self::Error>;
}

/// Sends one HTTP request and awaits its answer. The contract is that of [`Transport`].
///
/// Implement [`SendAsyncTransport`] instead where the future can be `Send`; this one comes with it.
#[allow(async_fn_in_trait, reason = "SendAsyncTransport is the twin whose future is Send")]
pub trait AsyncTransport {
    /// Why no complete answer came.
    type Error: TransportError;

    /// Sends `request`, fills in `head`, and reads the answer's body into `body`, which the caller has cleared.
    ///
    /// # Errors
    /// No complete answer came.
    async fn send(
        &self,
        request: &Request<'_>,
        head: &mut ResponseHead<'_>,
        body: &mut Buf<'_>,
    ) -> Result<(), Self::Error>;
}

/// Sends one HTTP request and awaits its answer, in a future that can move between threads. The contract is that of
/// [`Transport`].
pub trait SendAsyncTransport: Sync {
    /// Why no complete answer came.
    type Error: TransportError + Send;

    /// Sends `request`, fills in `head`, and reads the answer's body into `body`, which the caller has cleared.
    ///
    /// # Errors
    /// No complete answer came.
    fn send(
        &self,
        request: &Request<'_>,
        head: &mut ResponseHead<'_>,
        body: &mut Buf<'_>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

impl<T: SendAsyncTransport> AsyncTransport for T {
    type Error = T::Error;

    async fn send(
        &self,
        request: &Request<'_>,
        head: &mut ResponseHead<'_>,
        body: &mut Buf<'_>,
    ) -> Result<(), Self::Error> {
        SendAsyncTransport::send(self, request, head, body).await
    }
}

macro_rules! through_pointer {
    ($($pointer:ty),+) => {$(
        impl<T: Transport + ?Sized> Transport for $pointer {
            type Error = T::Error;

            fn send(
                &self,
                request: &Request<'_>,
                head: &mut ResponseHead<'_>,
                body: &mut Buf<'_>,
            ) -> Result<(), Self::Error> {
                (**self).send(request, head, body)
            }
        }
    )+};
}

through_pointer!(&T);
#[cfg(feature = "std")]
through_pointer!(std::sync::Arc<T>);

impl<T: SendAsyncTransport> SendAsyncTransport for &T {
    type Error = T::Error;

    fn send(
        &self,
        request: &Request<'_>,
        head: &mut ResponseHead<'_>,
        body: &mut Buf<'_>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send {
        SendAsyncTransport::send(*self, request, head, body)
    }
}

#[cfg(feature = "std")]
impl<T: SendAsyncTransport + Send> SendAsyncTransport for std::sync::Arc<T> {
    type Error = T::Error;

    fn send(
        &self,
        request: &Request<'_>,
        head: &mut ResponseHead<'_>,
        body: &mut Buf<'_>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send {
        SendAsyncTransport::send(&**self, request, head, body)
    }
}

/// Why no complete answer came. Its text says what happened, and never holds a credential.
pub trait TransportError: Error + 'static {
    /// What kind of failure it is.
    fn kind(&self) -> TransportErrorKind;

    /// Whether any byte of the request may have left.
    ///
    /// `false` only if it is certain that the service cannot have seen the request: then sending it again cannot do
    /// anything twice.
    fn may_have_been_sent(&self) -> bool;
}

/// The kinds of [`TransportError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The host's name has no address.
    Resolve,
    /// No connection could be opened.
    Connect,
    /// The connection cannot be trusted, or the two sides found no common TLS version or cipher.
    Tls,
    /// It took too long.
    Timeout,
    /// The connection broke before the answer was complete.
    Interrupted,
    /// The body of a 2xx answer is larger than the buffer.
    TooLarge,
    /// What came back is not HTTP, or something else went wrong.
    Other,
}

impl TransportErrorKind {
    /// Whether another try may succeed where this one failed.
    pub fn is_transient(self) -> bool {
        matches!(self, Self::Resolve | Self::Connect | Self::Timeout | Self::Interrupted)
    }
}

impl fmt::Display for TransportErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resolve => "the host's name has no address",
            Self::Connect => "no connection could be opened",
            Self::Tls => "the connection cannot be secured",
            Self::Timeout => "the answer took too long",
            Self::Interrupted => "the connection broke before the answer was complete",
            Self::TooLarge => "the answer is larger than the buffer",
            Self::Other => "what came back is not an answer",
        })
    }
}
