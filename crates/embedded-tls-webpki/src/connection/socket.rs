//! TLS over another socket.

use core::convert::Infallible;
use core::fmt;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use embedded_io_async::{ErrorType, Read, Write};

use super::mailbox::{Command, HOST, Mailbox, Reply};
use crate::error::{TlsConnectError, TlsError};

/// A socket that speaks TLS 1.3 and trusts nobody without proof.
///
/// It is one half; the [`session`](crate::session()) is the other, made with the same [`Mailbox`].
/// The [crate](crate) shows how they are put together.
///
/// It can be opened again and again. It reads and writes plain text, by `Read` and `Write` of
/// `embedded-io-async`; `flush` sends what was written. Any method may be called at any time, also
/// after a future of another one was dropped half-way. Without a connection, reading and writing
/// fail. A connection on which a write or a flush was dropped half-way sends nothing any more.
///
/// `E` is the error that the socket below fails to connect with.
pub struct TlsSocket<'a, 'b, E> {
    mailbox: &'a Mailbox<'b, E>,
    session: Pin<&'a mut (dyn Future<Output = Infallible> + 'a)>,
}

impl<'a, 'b, E> TlsSocket<'a, 'b, E> {
    /// A socket from the two halves of one mailbox. With the session of another one, nothing
    /// connects ([`TlsError::WrongSession`]).
    pub fn new(
        mailbox: &'a Mailbox<'b, E>,
        session: Pin<&'a mut (dyn Future<Output = Infallible> + 'a)>,
    ) -> Self {
        Self { mailbox, session }
    }

    /// Why TLS failed last, with its figures. `None` since a new connection was asked for.
    pub fn last_error(&self) -> Option<TlsError> {
        self.mailbox.last_error()
    }

    /// Opens a connection to that host and makes sure that the server is one to trust. A connection
    /// that is still there is given up first, as by [`abort`](Self::abort).
    ///
    /// `host` is the name or the address that the certificate must be for, the latter without
    /// brackets; the socket below connects to the same. How long it may take is up to the caller,
    /// who drops the future when time is up.
    ///
    /// # Errors
    /// - [`TlsConnectError::Socket`]: the socket below could not connect, with its reason.
    /// - [`TlsConnectError::Tls`]: the server is not to be trusted, speaks no TLS that this crate
    ///   does, or broke off; or a buffer is too small. Each [`TlsError`] says who must act.
    ///
    /// Nothing that the program writes was sent.
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
        // There is nothing to be done about a failure: the connection is gone either way.
        let _ = self.ask(Command::Close).await;
    }

    /// Gives the connection up at once, without telling the server more than the socket below does.
    /// Does nothing without a connection.
    pub fn abort(&mut self) {
        self.mailbox.forget_received();
        // The reply comes at once, and is always the same.
        let _ = self.ask_at_once(Command::Abort);
    }

    /// Whether a connection that nothing was sent on for a while can still be used: the server has
    /// neither closed it nor sent anything that was not read.
    pub fn is_open(&mut self) -> bool {
        self.mailbox.unread() == 0
            && self.ask_at_once(Command::Read).is_pending()
            && !self.mailbox.records.is_within_a_record()
    }

    /// Has the session do something, and waits for its reply.
    async fn ask(&mut self, command: Command) -> Reply<E> {
        self.mailbox.ask(command);
        let reply = poll_fn(|context| self.poll(context)).await;
        if let Err(TlsConnectError::Tls(error)) = &reply {
            self.mailbox.set_last_error(Some(*error));
        }
        reply
    }

    /// Has the session do something as far as that goes at once.
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
            // A write that was dropped half-way still has the room.
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

/// Shows nothing of what passes through.
impl<E> fmt::Debug for TlsSocket<'_, '_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsSocket").field("mailbox", self.mailbox).finish_non_exhaustive()
    }
}
