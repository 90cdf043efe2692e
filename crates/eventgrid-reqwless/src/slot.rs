//! The connections that a transport keeps, and which of them are in use.

use core::cell::RefCell;
use core::fmt;
use core::future::poll_fn;
use core::task::Poll;

use embassy_sync::blocking_mutex;
use embassy_sync::blocking_mutex::raw::RawMutex;
use embassy_sync::mutex::{Mutex, MutexGuard};
use embassy_sync::waitqueue::MultiWakerRegistration;

use crate::socket::Socket;

/// A connection of a transport: a socket, and a buffer for the heads of requests and responses.
pub struct Slot<'b, S> {
    pub(crate) socket: S,
    /// It begins with the authority that the socket is connected to.
    pub(crate) buffer: &'b mut [u8],
    /// The length of the authority; 0 without a connection.
    pub(crate) authority: usize,
    /// Whether an exchange is in progress.
    pub(crate) busy: bool,
}

impl<'b, S: Socket> Slot<'b, S> {
    /// A connection that is not open yet.
    ///
    /// `buffer` must have room for the host with its port, plus the head of a request or of a
    /// response, whichever is longer: 1024 bytes with an access key or a shared access signature,
    /// 4096 with a bearer token. If it is too small, the request fails with an error that says so.
    pub fn new(socket: S, buffer: &'b mut [u8]) -> Self {
        Self { socket, buffer, authority: 0, busy: false }
    }

    /// Whether there is a connection to this authority, as far as is known.
    pub(crate) fn is_connected_to(&self, authority: &str) -> bool {
        self.connected_to() == Some(authority.as_bytes())
    }

    fn connected_to(&self) -> Option<&[u8]> {
        self.buffer.get(..self.authority).filter(|authority| !authority.is_empty())
    }

    /// Aborts the connection, if there is one.
    pub(crate) fn abort(&mut self) {
        self.authority = 0;
        self.socket.abort();
    }
}

/// Shows whether there is a connection, but not where the buffer holds credentials.
impl<S> fmt::Debug for Slot<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot")
            .field("buffer_len", &self.buffer.len())
            .field("is_connected", &(self.authority > 0))
            .finish_non_exhaustive()
    }
}

/// How many tasks can wait for a slot without waking each other unnecessarily.
const WAITING: usize = 8;

type Shared<M> = blocking_mutex::Mutex<M, RefCell<Queue>>;

/// The state that all slots share.
struct Queue {
    waiting: MultiWakerRegistration<WAITING>,
    /// How often all connections were closed.
    closings: u32,
}

/// All slots of a transport.
pub(crate) struct Slots<'b, S, M: RawMutex, const N: usize> {
    slots: [Mutex<M, Slot<'b, S>>; N],
    shared: Shared<M>,
}

impl<'b, S: Socket, M: RawMutex, const N: usize> Slots<'b, S, M, N> {
    pub(crate) fn new(slots: [Slot<'b, S>; N]) -> Self {
        Self {
            slots: slots.map(Mutex::new),
            shared: Shared::new(RefCell::new(Queue { waiting: MultiWakerRegistration::new(), closings: 0 })),
        }
    }

    /// Waits for a free slot and takes it, preferably one that is already connected to `authority`.
    pub(crate) async fn take(&self, authority: &str) -> Taken<'_, 'b, S, M> {
        poll_fn(|context| {
            // Only one task looks for a slot at a time.
            self.shared.lock(|queue| {
                let mut queue = queue.borrow_mut();
                if let Some(slot) = self.best(authority) {
                    return Poll::Ready(self.taken(slot, queue.closings));
                }
                queue.waiting.register(context.waker());
                Poll::Pending
            })
        })
        .await
    }

    /// Makes the connections that are in use be closed when they are returned.
    pub(crate) fn close_when_returned(&self) {
        self.shared.lock(|queue| {
            let mut queue = queue.borrow_mut();
            queue.closings = queue.closings.wrapping_add(1);
        });
    }

    /// Takes this slot, if it is free.
    pub(crate) fn take_idle(&self, index: usize) -> Option<Taken<'_, 'b, S, M>> {
        self.slots.get(index)?.try_lock().ok().map(|slot| self.taken(slot, 0))
    }

    fn taken<'s>(&'s self, slot: MutexGuard<'s, M, Slot<'b, S>>, closings: u32) -> Taken<'s, 'b, S, M> {
        Taken { slot, closings, returned: Returned(&self.shared) }
    }

    /// The most suitable free slot.
    fn best(&self, authority: &str) -> Option<MutexGuard<'_, M, Slot<'b, S>>> {
        let mut best = None;
        for slot in &self.slots {
            let Ok(slot) = slot.try_lock() else { continue };
            let rank = match slot.connected_to() {
                Some(other) if other == authority.as_bytes() => 2,
                None => 1,
                Some(_) => 0,
            };
            if best.as_ref().is_none_or(|(highest, _)| rank > *highest) {
                best = Some((rank, slot));
            }
        }
        best.map(|(_, slot)| slot)
    }
}

/// A slot in use. If it is dropped in the middle of an exchange, the connection is aborted. In any
/// case, the request's credentials in the buffer are overwritten.
pub(crate) struct Taken<'s, 'b, S: Socket, M: RawMutex> {
    // The fields are dropped in this order.
    pub(crate) slot: MutexGuard<'s, M, Slot<'b, S>>,
    returned: Returned<'s, M>,
    /// How often all connections had been closed when it was taken.
    closings: u32,
}

impl<S: Socket, M: RawMutex> Taken<'_, '_, S, M> {
    /// Whether all connections were closed since it was taken.
    pub(crate) fn is_to_be_closed(&self) -> bool {
        self.returned.0.lock(|queue| queue.borrow().closings != self.closings)
    }
}

impl<S: Socket, M: RawMutex> Drop for Taken<'_, '_, S, M> {
    fn drop(&mut self) {
        if self.slot.busy {
            self.slot.busy = false;
            self.slot.abort();
        }
        let connected_to = self.slot.authority;
        self.slot.buffer.get_mut(connected_to..).unwrap_or_default().fill(0);
    }
}

/// Wakes the tasks that wait for a slot when it is dropped.
struct Returned<'s, M: RawMutex>(&'s Shared<M>);

impl<M: RawMutex> Drop for Returned<'_, M> {
    fn drop(&mut self) {
        self.0.lock(|queue| queue.borrow_mut().waiting.wake());
    }
}
