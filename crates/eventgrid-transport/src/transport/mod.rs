//! The traits of what carries a request to the service and its response back, and their contract.
//!
//! What decides on another attempt is not here: a transport makes one.

mod error;
mod open;
mod pointers;

pub use error::{TransportError, TransportErrorKind};
pub use open::{AsyncOpen, AsyncReadBody, Open, ReadBody};

use crate::request::Request;
use crate::response::Response;

/// Sends one HTTP request and waits for its response, blocking the thread.
///
/// # The contract
/// What follows holds for [`AsyncTransport`] and [`SendAsyncTransport`] too. The crate
/// `eventgrid-transport-tests` proves it for an adapter.
///
/// **What is sent**
/// - The method, the path and query, the headers and the body exactly as the [`Request`] has them;
///   each header once and verbatim. The transport adds what HTTP/1.1 demands, `Host` with the port
///   if the URL has one and `Content-Length`, also `Content-Length: 0` for an empty `POST`; and
///   `Accept-Encoding: identity`, unless the request has one.
/// - A header that [is sensitive](crate::Header::is_sensitive) is kept out of every log, error and
///   `Debug`.
/// - Each call of `send` puts the request on the wire at most once. Once a byte of it may have
///   left, nothing is sent again; whether to make another attempt is the client's decision.
/// - No redirect is followed: a 3xx status is a response like any other.
/// - A loopback address is never reached through a proxy.
///
/// **What comes back**
/// - Any HTTP status is `Ok`. `Err` means that no complete response came.
/// - The transport calls [`Response::begin`] with the status, then [`Response::header`] with every
///   header, those of one name in the order received, then hands over the body by
///   [`Response::room`] or [`Response::write`].
/// - 1xx responses are passed over.
/// - A response that came before the whole request was sent is read, even if the service then takes
///   no more.
/// - The body comes whole, or until the response [is full](Response::is_full). Then the transport
///   stops reading, closes the connection and returns `Ok`: what a body that does not fit means,
///   the client says.
/// - Bodies with a length, chunked bodies and bodies that end with the connection are all read, in
///   fragments of any size. A body that ends before its length is
///   [`TransportErrorKind::Interrupted`].
/// - Servers as they are (RFC 9112): `Transfer-Encoding` in any case, repeated equal
///   `Content-Length` lines or a list of equal values, a length beside `chunked` (which wins, and
///   the connection is closed after it), a body after 204 or 304 (there is none), folded header
///   lines. What cannot be read safely is [`TransportErrorKind::Other`], with an error that names
///   the cause. A body in a coding that was not asked for, such as `gzip`, is an error that names
///   it.
/// - A head has at least 16 KiB and 100 headers of room, or as much as the caller's own buffer for
///   it; beyond that is an error that says so.
///
/// **Time** ([`Limits`](crate::Limits); those of the request go before the transport's own)
/// - Opening a connection takes at most `connect`: name, TCP, proxy and TLS together.
/// - The response's head comes within `response` and the request's [wait time](Request::wait) after
///   the last byte was sent.
/// - While the request is sent and the body is read, a byte moves at least every `idle`. As long as
///   bytes move, the attempt goes on, unless there is a `lowest_rate`, or the `total` has passed.
/// - Running out of any of them is [`TransportErrorKind::Timeout`].
///
/// **How far it came**
/// - [`Response::set_sent`] has the bytes that were handed to the network by the time the attempt
///   ends, and [`Response::set_first_byte`] the time to the first byte of the response, where the
///   transport has a clock.
/// - [`TransportError::may_have_been_sent`] is `false` only if no byte of the request can have
///   left.
///
/// **Afterwards**
/// - A connection is used again after any complete response, a 4xx included; after anything else it
///   is closed.
/// - A kept connection that the server has closed meanwhile is not an error as long as nothing was
///   sent on it: another one is opened.
/// - Dropping the future of an asynchronous call closes its connection, by the time `drop` returns
///   where the network stack allows it, and leaves the next call sound.
///
/// # Example
/// A transport around another one, which counts requests. For a whole one, see the crate's guide
/// "Write a transport".
///
/// ```
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use eventgrid_transport::{Request, Response, Transport};
///
/// struct Counted<T> {
///     inner: T,
///     requests: AtomicU32,
/// }
///
/// impl<T: Transport> Transport for Counted<T> {
///     type Error = T::Error;
///
///     fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), T::Error> {
///         self.requests.fetch_add(1, Ordering::Relaxed);
///         self.inner.send(request, response)
///     }
///
///     fn close(&self) {
///         self.inner.close();
///     }
/// }
/// ```
pub trait Transport {
    /// Why no complete response came.
    type Error: TransportError;

    /// Sends `request` and fills in `response`.
    ///
    /// # Errors
    /// No complete response came.
    fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Self::Error>;

    /// Closes the connections that are kept. Those in use are closed when their response is
    /// complete. A transport that is used again opens new ones. By default it does nothing, as fits
    /// a transport that keeps none.
    fn close(&self) {}
}

/// Sends one HTTP request and awaits its response. The contract is that of [`Transport`].
///
/// Implement [`SendAsyncTransport`] instead where the future can be `Send`; this one comes with it.
#[allow(async_fn_in_trait, reason = "SendAsyncTransport is the twin whose future is Send")]
pub trait AsyncTransport {
    /// Why no complete response came.
    type Error: TransportError;

    /// Sends `request` and fills in `response`.
    ///
    /// # Errors
    /// No complete response came.
    async fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Self::Error>;

    /// Closes the connections that are kept, and returns when they are closed. Those in use are
    /// closed when their response is complete. A transport that is used again opens new ones. By
    /// default it does nothing.
    async fn close(&self) {}
}

/// Sends one HTTP request and awaits its response, in a future that can move between threads. The
/// contract is that of [`Transport`].
pub trait SendAsyncTransport: Sync {
    /// Why no complete response came.
    type Error: TransportError + Send;

    /// Sends `request` and fills in `response`.
    ///
    /// # Errors
    /// No complete response came.
    fn send(
        &self,
        request: &Request<'_>,
        response: &mut Response<'_>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Closes the connections that are kept, as [`AsyncTransport::close`] does.
    fn close(&self) -> impl Future<Output = ()> + Send {
        async {}
    }
}

impl<T: SendAsyncTransport> AsyncTransport for T {
    type Error = T::Error;

    async fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Self::Error> {
        SendAsyncTransport::send(self, request, response).await
    }

    async fn close(&self) {
        SendAsyncTransport::close(self).await;
    }
}
