//! What a TLS socket and its session pass to each other.

use core::cell::{Cell, RefCell};
use core::fmt;
use core::future::{Future, poll_fn};
use core::mem;
use core::ops::Range;
use core::str;
use core::task::Poll;

use embassy_futures::select::{Either, select};
use heapless::String;

use super::records::Records;
use crate::error::{TlsConnectError, TlsError};

/// The longest name that a host can have.
pub(super) const HOST: usize = 253;

/// What a [`TlsSocket`](crate::TlsSocket) and its [`session`](crate::session()) exchange commands
/// and bytes through.
///
/// `E` is the error of the socket below when it cannot connect.
pub struct Mailbox<'b, E> {
    command: Cell<Option<Command>>,
    reply: Cell<Option<Reply<E>>>,
    last_error: Cell<Option<TlsError>>,
    buffers: RefCell<Buffers<'b>>,
    /// The records of the present connection.
    pub(super) records: Records,
}

/// What the socket asks of the session.
#[derive(Clone, Copy)]
pub(super) enum Command {
    /// Open a connection. The name of the host is in the first bytes to send.
    Connect {
        host_len: usize,
        port: u16,
    },
    Read,
    /// Send that many of the bytes to send.
    Write(usize),
    Flush,
    Close,
    Abort,
}

/// What the session replies.
pub(super) type Reply<E> = Result<(), TlsConnectError<E>>;

struct Buffers<'b> {
    received: &'b mut [u8],
    /// The part of it that the socket has not given out yet.
    unread: Range<usize>,
    sending: &'b mut [u8],
}

impl<'b, E> Mailbox<'b, E> {
    /// A mailbox for one socket and one session.
    ///
    /// One half of the buffer is for bytes to send, the other for received bytes. 512 bytes are
    /// enough for the longest name of a host. With a larger buffer, data is handed over in fewer
    /// steps.
    pub fn new(buffer: &'b mut [u8]) -> Self {
        let (sending, received) = buffer.split_at_mut(buffer.len() / 2);
        Self {
            command: Cell::new(None),
            reply: Cell::new(None),
            last_error: Cell::new(None),
            buffers: RefCell::new(Buffers { received, unread: 0..0, sending }),
            records: Records::default(),
        }
    }

    pub(super) fn last_error(&self) -> Option<TlsError> {
        self.last_error.get()
    }

    pub(super) fn set_last_error(&self, error: Option<TlsError>) {
        self.last_error.set(error);
    }
}

/// The side of the socket.
impl<E> Mailbox<'_, E> {
    /// Sets the next command. It replaces the one before.
    pub(super) fn ask(&self, command: Command) {
        self.reply.set(None);
        self.command.set(Some(command));
    }

    pub(super) fn take_reply(&self) -> Option<Reply<E>> {
        self.reply.take()
    }

    /// Whether the session has not even seen the command.
    pub(super) fn is_unheard(&self) -> bool {
        let command = self.command.take();
        self.command.set(command);
        command.is_some()
    }

    /// How many received bytes have not been given out.
    pub(super) fn unread(&self) -> usize {
        self.buffers.borrow().unread.len()
    }

    /// Gives out as many received bytes as fit.
    pub(super) fn take_received(&self, into: &mut [u8]) -> usize {
        let mut buffers = self.buffers.borrow_mut();
        let unread = buffers.unread.clone();
        let length = unread.len().min(into.len());
        into[..length].copy_from_slice(&buffers.received[unread.start..unread.start + length]);
        buffers.unread.start += length;
        length
    }

    pub(super) fn forget_received(&self) {
        self.buffers.borrow_mut().unread = 0..0;
    }

    /// Stores as many bytes to send as fit.
    pub(super) fn put_sending(&self, bytes: &[u8]) -> usize {
        let sending = &mut self.buffers.borrow_mut().sending;
        let length = bytes.len().min(sending.len());
        sending[..length].copy_from_slice(&bytes[..length]);
        length
    }
}

/// The side of the session.
impl<'b, E> Mailbox<'b, E> {
    /// The next command. Whoever gives it polls the session right after, so nobody has to be woken.
    pub(super) async fn next(&self) -> Command {
        poll_fn(|_| self.command.take().map_or(Poll::Pending, Poll::Ready)).await
    }

    /// Replies to the last command, unless the socket has set another one meanwhile.
    pub(super) fn reply(&self, reply: Reply<E>) {
        if !self.is_unheard() {
            self.reply.set(Some(reply));
        }
    }

    /// The result, or `None` if the socket sets another command meanwhile.
    pub(super) async fn unless_interrupted<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let interrupted = poll_fn(|_| if self.is_unheard() { Poll::Ready(()) } else { Poll::Pending });
        match select(interrupted, future).await {
            Either::First(()) => None,
            Either::Second(result) => Some(result),
        }
    }

    /// The host to connect to.
    pub(super) fn host(&self, length: usize) -> String<HOST> {
        let buffers = self.buffers.borrow();
        let host = str::from_utf8(&buffers.sending[..length]).unwrap_or_default();
        String::try_from(host).unwrap_or_default()
    }

    /// The buffer of the bytes to send. It must be [given back](Self::give_back).
    pub(super) fn borrow_sending(&self) -> &'b mut [u8] {
        mem::take(&mut self.buffers.borrow_mut().sending)
    }

    pub(super) fn give_back(&self, sending: &'b mut [u8]) {
        self.buffers.borrow_mut().sending = sending;
    }

    /// Stores as many received bytes as fit, if no byte is left unread.
    pub(super) fn put_received(&self, bytes: &[u8]) -> usize {
        let mut buffers = self.buffers.borrow_mut();
        let length = bytes.len().min(buffers.received.len());
        buffers.received[..length].copy_from_slice(&bytes[..length]);
        buffers.unread = 0..length;
        length
    }
}

/// Does not show the bytes, which are plain text.
impl<E> fmt::Debug for Mailbox<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").field("last_error", &self.last_error).finish_non_exhaustive()
    }
}
