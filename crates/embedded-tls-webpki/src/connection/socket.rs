//! TLS over another socket.

use core::convert::Infallible;
use core::fmt;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use embedded_io_async::{ErrorType, Read, Write};

use super::mailbox::{Command, HOST, Mailbox, Reply};
use crate::error::{TlsConnectError, TlsError};

/// A socket with TLS 1.3 that authenticates the server.
///
/// It works together with a [`session`](crate::session()) that was made with the same [`Mailbox`].
/// The documentation of the [crate](crate) shows how to make both.
///
/// It can be opened again and again. It reads and writes plain text, by `Read` and `Write` of
/// `embedded-io-async`; `flush` sends what was written. Any method may be called at any time, even
/// after the future of another one was dropped before its end. Without a connection, reading and
/// writing fail. After the future of a write or a flush was dropped before its end, nothing more
/// can be sent on the connection. Neither can it after one has failed; but what the server has sent
/// until then can still be read.
///
/// `E` is the error of the socket below when it cannot connect.
pub struct TlsSocket<'a, 'b, E> {
    mailbox: &'a Mailbox<'b, E>,
    session: Pin<&'a mut (dyn Future<Output = Infallible> + 'a)>,
}

impl<'a, 'b, E> TlsSocket<'a, 'b, E> {
    /// A socket. The session must have been made with the same mailbox, or connecting fails with
    /// [`TlsError::WrongSession`].
    pub fn new(
        mailbox: &'a Mailbox<'b, E>,
        session: Pin<&'a mut (dyn Future<Output = Infallible> + 'a)>,
    ) -> Self {
        Self { mailbox, session }
    }

    /// The last error of TLS on this connection. A call of [`connect`](Self::connect) sets it to
    /// `None`.
    pub fn last_error(&self) -> Option<TlsError> {
        self.mailbox.last_error()
    }

    /// Opens a connection to that host and authenticates the server. If there still is a
    /// connection, it is aborted first, as by [`abort`](Self::abort).
    ///
    /// `host` is a name or an address without brackets. The socket below connects to it, and the
    /// server's certificate must be for it. There is no time limit here: the caller drops the
    /// future when the time is up.
    ///
    /// # Errors
    /// - [`TlsConnectError::Socket`]: the socket below could not connect. Its error says why.
    /// - [`TlsConnectError::Tls`]: the server is not trusted, does not support the TLS of this
    ///   crate, or ended the connection; or a buffer is too small. The text of each [`TlsError`]
    ///   says what to do.
    ///
    /// No byte that the program wrote was sent.
    pub async fn connect(&mut self, host: &str, port: u16) -> Result<(), TlsConnectError<E>> {
        self.abort();
        self.mailbox.set_last_error(None);
        match self.put_host(host) {
            Ok(host_len) => self.ask(Command::Connect { host_len, port }).await,
            Err(error) => {
                self.mailbox.set_last_error(Some(error));
                Err(TlsConnectError::Tls(error))
            }
        }
    }

    /// Closes the connection cleanly: tells the server, and closes the socket below. Does nothing
    /// without a connection.
    pub async fn close(&mut self) {
        self.mailbox.forget_received();
        // A failure does not matter: the connection is gone in any case.
        let _ = self.ask(Command::Close).await;
    }

    /// Aborts the connection at once: TLS tells the server nothing, and the socket below is
    /// aborted. Does nothing without a connection.
    pub fn abort(&mut self) {
        self.mailbox.forget_received();
        // The reply is there at once, and always the same.
        let _ = self.ask_at_once(Command::Abort);
    }

    /// Whether an idle connection can still be used: the server has neither closed it nor sent
    /// bytes that were not read.
    pub fn is_open(&mut self) -> bool {
        self.mailbox.unread() == 0
            && self.mailbox.last_error().is_none()
            && self.ask_at_once(Command::Read).is_pending()
            && !self.mailbox.records.is_within_a_record()
    }

    /// Gives the session a command, and waits for its reply.
    async fn ask(&mut self, command: Command) -> Reply<E> {
        self.mailbox.ask(command);
        let reply = poll_fn(|context| self.poll(context)).await;
        if let Err(TlsConnectError::Tls(error)) = &reply {
            self.mailbox.set_last_error(Some(*error));
        }
        reply
    }

    /// Gives the session a command, and polls it once.
    fn ask_at_once(&mut self, command: Command) -> Poll<Reply<E>> {
        self.mailbox.ask(command);
        self.poll(&mut Context::from_waker(Waker::noop()))
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Reply<E>> {
        match self.session.as_mut().poll(context) {
            Poll::Ready(never) => match never {},
            Poll::Pending => match self.mailbox.take_reply() {
                Some(reply) => Poll::Ready(reply),
                None if self.mailbox.is_unheard() => {
                    Poll::Ready(Err(TlsConnectError::Tls(TlsError::WrongSession)))
                }
                None => Poll::Pending,
            },
        }
    }

    fn put_host(&mut self, host: &str) -> Result<usize, TlsError> {
        if host.len() > HOST {
            return Err(TlsError::InvalidHost);
        }
        let put = self.mailbox.put_sending(host.as_bytes());
        if put < host.len() { Err(TlsError::MailboxTooSmall) } else { Ok(put) }
    }
}

impl<E> ErrorType for TlsSocket<'_, '_, E> {
    type Error = TlsError;
}

impl<E> Read for TlsSocket<'_, '_, E> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TlsError> {
        if self.mailbox.unread() == 0 && !buffer.is_empty() {
            self.ask(Command::Read).await.map_err(|error| of_open_connection(&error))?;
        }
        Ok(self.mailbox.take_received(buffer))
    }
}

impl<E> Write for TlsSocket<'_, '_, E> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, TlsError> {
        if bytes.is_empty() {
            return Ok(0);
        }
        let length = self.mailbox.put_sending(bytes);
        if length == 0 {
            // A write whose future was dropped still has the buffer.
            return Err(TlsError::NotConnected);
        }
        self.ask(Command::Write(length)).await.map_err(|error| of_open_connection(&error))?;
        Ok(length)
    }

    async fn flush(&mut self) -> Result<(), TlsError> {
        self.ask(Command::Flush).await.map_err(|error| of_open_connection(&error))
    }
}

fn of_open_connection<E>(error: &TlsConnectError<E>) -> TlsError {
    match error {
        TlsConnectError::Tls(error) => *error,
        TlsConnectError::Socket(_) => TlsError::NotConnected,
    }
}

/// Does not show the bytes, which are plain text.
impl<E> fmt::Debug for TlsSocket<'_, '_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsSocket").field("mailbox", self.mailbox).finish_non_exhaustive()
    }
}
