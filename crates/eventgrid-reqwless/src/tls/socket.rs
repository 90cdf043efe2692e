//! TLS over another socket.

use core::convert::Infallible;
use core::fmt;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use embedded_io_async::{ErrorKind, ErrorType, Read, Write};
use eventgrid::TransportErrorKind;

use super::TlsError;
use super::mailbox::{Command, Failure, HOST, Mailbox, Reply};
use crate::error::ConnectError;
use crate::socket::Socket;

/// A socket that speaks TLS 1.3 and trusts nobody without proof.
///
/// It is one half; the [`session`](super::session()) is the other, made with the same [`Mailbox`].
/// The [module](super) shows how they are put together.
pub struct TlsSocket<'a, 'b> {
    mailbox: &'a Mailbox<'b>,
    session: Pin<&'a mut (dyn Future<Output = Infallible> + 'a)>,
}

impl<'a, 'b> TlsSocket<'a, 'b> {
    /// A socket from the two halves of one mailbox. With the session of another one, nothing
    /// connects ([`TlsError::WrongSession`]).
    pub fn new(
        mailbox: &'a Mailbox<'b>,
        session: Pin<&'a mut (dyn Future<Output = Infallible> + 'a)>,
    ) -> Self {
        Self { mailbox, session }
    }

    /// Why TLS failed last, with its figures. `None` since a new connection was asked for.
    pub fn last_error(&self) -> Option<TlsError> {
        self.mailbox.last_error()
    }

    /// Has the session do something, and waits for its answer.
    async fn ask(&mut self, command: Command) -> Reply {
        self.mailbox.ask(command);
        let reply = poll_fn(|context| self.poll(context)).await;
        if let Err(Failure::Tls(error)) = reply {
            self.mailbox.set_last_error(Some(error));
        }
        reply
    }

    /// Has the session do something as far as that goes at once.
    fn ask_at_once(&mut self, command: Command) -> Poll<Reply> {
        self.mailbox.ask(command);
        self.poll(&mut Context::from_waker(Waker::noop()))
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Reply> {
        match self.session.as_mut().poll(context) {
            Poll::Ready(never) => match never {},
            Poll::Pending => match self.mailbox.take_reply() {
                Some(reply) => Poll::Ready(reply),
                None if self.mailbox.is_unheard() => Poll::Ready(Err(Failure::Tls(TlsError::WrongSession))),
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

impl Socket for TlsSocket<'_, '_> {
    const IS_SECURE: bool = true;

    async fn connect(&mut self, host: &str, port: u16) -> Result<(), ConnectError> {
        self.abort();
        self.mailbox.set_last_error(None);
        let connected = match self.put_host(host) {
            Ok(host_len) => self.ask(Command::Connect { host_len, port }).await,
            Err(error) => {
                self.mailbox.set_last_error(Some(error));
                Err(Failure::Tls(error))
            }
        };
        connected.map_err(|failure| match failure {
            Failure::Connect(error) => error,
            Failure::Tls(error) => ConnectError::new(kind(error), error.reason()),
        })
    }

    async fn close(&mut self) {
        self.mailbox.forget_received();
        // There is nothing to be done about a failure: the connection is gone either way.
        let _ = self.ask(Command::Close).await;
    }

    fn abort(&mut self) {
        self.mailbox.forget_received();
        // The answer comes at once, and is always the same.
        let _ = self.ask_at_once(Command::Abort);
    }

    fn is_open(&mut self) -> bool {
        self.mailbox.unread() == 0
            && self.ask_at_once(Command::Read).is_pending()
            && !self.mailbox.records.is_within_a_record()
    }
}

impl ErrorType for TlsSocket<'_, '_> {
    type Error = TlsError;
}

impl Read for TlsSocket<'_, '_> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TlsError> {
        if self.mailbox.unread() == 0 && !buffer.is_empty() {
            self.ask(Command::Read).await.map_err(of_open_connection)?;
        }
        Ok(self.mailbox.take_received(buffer))
    }
}

impl Write for TlsSocket<'_, '_> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, TlsError> {
        if bytes.is_empty() {
            return Ok(0);
        }
        let length = self.mailbox.put_sending(bytes);
        if length == 0 {
            // A write that was dropped half-way still has the room.
            return Err(TlsError::NotConnected);
        }
        self.ask(Command::Write(length)).await.map_err(of_open_connection)?;
        Ok(length)
    }

    async fn flush(&mut self) -> Result<(), TlsError> {
        self.ask(Command::Flush).await.map_err(of_open_connection)
    }
}

/// Whose failure it is, before a connection is open.
fn kind(error: TlsError) -> TransportErrorKind {
    match error {
        TlsError::Io(ErrorKind::TimedOut) => TransportErrorKind::Timeout,
        TlsError::Io(_) => TransportErrorKind::Connect,
        _ => TransportErrorKind::Tls,
    }
}

fn of_open_connection(failure: Failure) -> TlsError {
    match failure {
        Failure::Tls(error) => error,
        Failure::Connect(_) => TlsError::NotConnected,
    }
}

/// Shows nothing of what passes through.
impl fmt::Debug for TlsSocket<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsSocket").field("mailbox", self.mailbox).finish_non_exhaustive()
    }
}
