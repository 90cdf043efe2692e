//! The traits of a transport, which carries a request to the service and its response back, and
//! their contract.
//!
//! A transport makes one attempt. The decision to make another one is not here.

mod error;
mod open;
mod pointers;

pub use error::{TransportError, TransportErrorKind};
pub use open::{AsyncOpen, AsyncReadBody, Open, ReadBody};

use crate::request::Request;
use crate::response::Response;

/// A transport that sends one HTTP request and waits for its response, blocking the thread.
///
/// # The contract
/// This contract also applies to [`AsyncTransport`] and [`SendAsyncTransport`]. The crate
/// `eventgrid-transport-tests` checks that an adapter keeps it.
///
/// **What is sent**
/// - The method, the path and query, the headers and the body are sent exactly as the [`Request`]
///   has them, and each header once. The transport adds `Host`, with the port if the URL has one,
///   and `Content-Length`, also for an empty `POST`: `Content-Length: 0`. It adds `Accept-Encoding:
///   identity` unless the request has an `Accept-Encoding`, because no transport decompresses a
///   body.
/// - The body follows the head at once, even if the request has `Expect: 100-continue`, because a
///   server may ignore that.
/// - The value of a header that [is sensitive](crate::Header::is_sensitive) appears in no log,
///   error or `Debug`.
/// - Each call of `send` sends the request at most once. After a byte of it may have left, the
///   transport does not send it again, not even on another connection: the client decides whether
///   to make another attempt, because the request may then have its effect twice.
/// - Redirects are not followed: a 3xx response is returned like any other.
/// - A loopback address is never reached through a proxy.
///
/// **What comes back**
/// - Any HTTP status is `Ok`. `Err` means that no complete response came.
/// - The transport calls [`Response::begin`] with the status, then [`Response::header`] with every
///   header, where headers of the same name keep their order. Then it passes on the body by
///   [`Response::room`] or [`Response::write`].
/// - 1xx responses are ignored.
/// - The service may respond before it has received the whole request, and then take no more of it.
///   This response is read, too.
/// - The body is read to its end, or until the response [is full](Response::is_full). In the second
///   case the transport stops reading, closes the connection and returns `Ok`: the client decides
///   what a body that does not fit means.
/// - Bodies with a length, chunked bodies and bodies that end with the connection are all read, in
///   fragments of any size. A body that ends before it is complete is
///   [`TransportErrorKind::Interrupted`]. A chunked body is complete after the empty line that
///   follows its last chunk and its trailers.
/// - What servers send in practice is read (RFC 9112): `Transfer-Encoding` in upper or lower case;
///   several equal values of `Content-Length`, in lines or in a list; a `Content-Length` beside
///   `chunked`, where `chunked` wins and the connection is closed afterwards; headers of a body
///   after 204 or 304, where there is no body; folded header lines. What cannot be read safely is
///   [`TransportErrorKind::Other`], with an error that names the cause. A success (2xx) in a
///   content coding that was not asked for, such as `gzip`, is an error that names the coding. With
///   any other status the body is passed on as it is: gateways compress their error pages, and the
///   status must not be lost by that. The coding of an empty body does not matter.
/// - A head of up to 16 KiB and 100 headers is read, or one as large as the buffer that the caller
///   provides for it. A larger head may be an error, which says so.
///
/// **Time** ([`Limits`](crate::Limits); a limit of the request takes precedence over the
/// transport's own)
/// - Opening a connection takes at most `connect`: name resolution, TCP, proxy and TLS together.
/// - After the last byte of the request was sent, the whole head of the response comes within
///   `response` plus the request's [wait time](Request::wait).
/// - While the request is sent and while the body is read, the time between two bytes is at most
///   `idle`. As long as bytes move, the attempt goes on, unless they move more slowly than
///   `lowest_rate`.
/// - The whole attempt takes at most `total`.
/// - An attempt that exceeds one of these limits fails with [`TransportErrorKind::Timeout`].
///
/// **How far the attempt went**
/// - Before `send` returns, the transport calls [`Response::set_sent`] with the number of bytes
///   that were handed to the network. If it has a clock, it also calls [`Response::set_first_byte`]
///   with the time to the first byte of the response.
/// - [`TransportError::may_have_been_sent`] is `false` only if it is certain that no byte of the
///   request has left.
///
/// **Afterwards**
/// - A connection is used again after a complete response of any status. After anything else it is
///   closed.
/// - If the server has closed a kept connection before any byte of the request was sent on it, the
///   transport opens another one instead of failing.
/// - Dropping the future of an asynchronous call closes its connection: before `drop` returns,
///   where the network stack allows that. Later calls are not affected.
///
/// # Example
/// A transport around another one, which counts requests. For a complete one, see the crate's guide
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
    /// Why an attempt failed.
    type Error: TransportError;

    /// Makes one attempt: sends `request` and fills in `response`.
    ///
    /// # Errors
    /// No complete response came. The kind of the error says why.
    fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Self::Error>;

    /// Closes the connections that are kept for later calls. Those in use are closed when their
    /// response is complete. A later call opens a new connection. The default implementation does
    /// nothing, for transports that keep no connections.
    fn close(&self) {}
}

/// A transport that sends one HTTP request and awaits its response. The contract is that of
/// [`Transport`].
///
/// If the future can be `Send`, implement [`SendAsyncTransport`] instead: it implements this trait,
/// too.
#[allow(async_fn_in_trait, reason = "SendAsyncTransport is the twin whose future is Send")]
pub trait AsyncTransport {
    /// Why an attempt failed.
    type Error: TransportError;

    /// Makes one attempt: sends `request` and fills in `response`.
    ///
    /// # Errors
    /// No complete response came. The kind of the error says why.
    async fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Self::Error>;

    /// Closes the connections that are kept for later calls, and returns when they are closed.
    /// Those in use are closed when their response is complete. A later call opens a new
    /// connection. The default implementation does nothing, for transports that keep no
    /// connections.
    async fn close(&self) {}
}

/// A transport that sends one HTTP request and awaits its response, in a future that can move
/// between threads. The contract is that of [`Transport`].
pub trait SendAsyncTransport: Sync {
    /// Why an attempt failed.
    type Error: TransportError + Send;

    /// Makes one attempt: sends `request` and fills in `response`.
    ///
    /// # Errors
    /// No complete response came. The kind of the error says why.
    fn send(
        &self,
        request: &Request<'_>,
        response: &mut Response<'_>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Closes the connections that are kept for later calls, as [`AsyncTransport::close`] does.
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
