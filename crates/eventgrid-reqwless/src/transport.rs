//! The transport: one request and its answer.

use core::fmt;
use core::time::Duration;

use embassy_futures::select::{Either, Select, select};
use embassy_sync::blocking_mutex::raw::{NoopRawMutex, RawMutex};
use eventgrid::TransportErrorKind::{Other, Timeout, Tls};
use eventgrid::{AsyncSleep, AsyncTransport, Request, Response};

use crate::answer::FinalAnswer;
use crate::authority::host_and_port;
use crate::exchange::{self, Progress};
use crate::slot::Slots;
use crate::{Error, Slot, Socket, request_head};

/// How long closing a connection in good order may take.
const CLOSING: Duration = Duration::from_secs(1);

/// Sends requests over sockets of its own, by `reqwless`, and waits with the timer `T`.
///
/// It has `N` connections, which it keeps open from one request to the next. Several tasks share it by reference; each request
/// has one of the connections to itself, a free one that goes to the right host already if there is one. If all are in
/// use, it waits for one. Dropping the future of a call gives its connection up; the next call opens it again.
///
/// Tasks of one executor share it as it is. For tasks of several (of a thread and of an interrupt, say), make it by
/// [`with_mutex`](Self::with_mutex), where `M` is
/// [`CriticalSectionRawMutex`](embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex).
pub struct Reqwless<'b, S, T, const N: usize = 2, M: RawMutex = NoopRawMutex> {
    slots: Slots<'b, S, M, N>,
    timer: T,
    connect_timeout: Duration,
    response_timeout: Duration,
    body_timeout: Duration,
}

impl<'b, S: Socket, T: AsyncSleep, const N: usize> Reqwless<'b, S, T, N> {
    /// A transport with the default options, for the tasks of one executor.
    pub fn new(timer: T, slots: [Slot<'b, S>; N]) -> Self {
        Self::with_mutex(timer, slots)
    }
}

impl<'b, S: Socket, T: AsyncSleep, const N: usize, M: RawMutex> Reqwless<'b, S, T, N, M> {
    /// A transport with the default options, which is locked by `M`.
    pub fn with_mutex(timer: T, slots: [Slot<'b, S>; N]) -> Self {
        const { assert!(N > 0, "a transport needs a connection") };
        Self {
            slots: Slots::new(slots),
            timer,
            connect_timeout: Duration::from_secs(10),
            response_timeout: Duration::from_secs(30),
            body_timeout: Duration::from_mins(1),
        }
    }

    /// How long opening a connection may take: the look-up of the host's name and TLS included. Default: 10 seconds.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long sending the request and the head of the answer may take, once there is a connection. It is added to the time
    /// for which the service holds a long poll back on purpose. Default: 30 seconds.
    #[must_use]
    pub fn response_timeout(mut self, timeout: Duration) -> Self {
        self.response_timeout = timeout;
        self
    }

    /// How long reading the whole body of the answer may take. Default: 60 seconds.
    #[must_use]
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.body_timeout = timeout;
        self
    }

    /// The result of `work` is first, unless time is up before it. (Not an async function: that would hold `work` twice.)
    fn within<F: Future>(&self, time: Duration, work: F) -> Select<F, impl Future<Output = ()> + '_> {
        select(work, self.timer.sleep(time))
    }

    /// Sees to it that the slot has a connection to `authority`.
    async fn connect(&self, slot: &mut Slot<'b, S>, authority: &str) -> Result<(), Error> {
        if slot.is_connected_to(authority) && slot.socket.is_open() {
            return Ok(());
        }
        let Some((host, port)) = host_and_port(authority, S::IS_SECURE) else {
            return Err(Error::unsent(Other, "the host of the url, or its port, cannot be read"));
        };
        self.disconnect(slot).await;
        let place = slot.buffer.get_mut(..authority.len());
        let place = place.ok_or(Error::unsent(Other, "the host does not fit into the buffer of its slot"))?;
        place.copy_from_slice(authority.as_bytes());
        match self.within(self.connect_timeout, slot.socket.connect(host, port)).await {
            Either::First(Ok(())) => {
                slot.authority = authority.len();
                Ok(())
            }
            Either::First(Err(error)) => Err(Error::not_connected(error)),
            Either::Second(()) => Err(Error::unsent(Timeout, "opening the connection took too long")),
        }
    }

    /// Closes the connection of the slot in good order, if there is one.
    async fn disconnect(&self, slot: &mut Slot<'b, S>) {
        if slot.authority > 0 {
            slot.authority = 0;
            // If the other side does not answer, that is as good.
            let _ = self.within(CLOSING, slot.socket.close()).await;
        }
        slot.socket.abort();
    }

    /// Sends the request and takes its answer, over a connection that is there. Says whether it can be used again.
    async fn exchange(
        &self,
        slot: &mut Slot<'b, S>,
        request: &Request<'_>,
        response: &mut Response<'_>,
    ) -> Result<bool, Error> {
        let buffer = slot.buffer.get_mut(slot.authority..).unwrap_or_default();
        let length = request_head::write(request, buffer)?;
        let progress = Progress::default();
        let mut connection = FinalAnswer::new(&mut slot.socket, &progress.is_http_1_0);
        let begun = exchange::begin(&mut connection, buffer, length, request.body(), &progress, response);
        let time = self.response_timeout.saturating_add(request.wait());
        let (head, following) = match self.within(time, begun).await {
            Either::First(begun) => begun?,
            Either::Second(()) => {
                return Err(Error::sent(Timeout, "the answer took too long").if_sent(progress.sent.get()));
            }
        };
        let finished = exchange::finish(head, following.framing, response);
        match self.within(self.body_timeout, finished).await {
            Either::First(finished) => finished?,
            Either::Second(()) => return Err(Error::sent(Timeout, "the body of the answer took too long")),
        }
        Ok(following.keeps_connection && !response.is_full())
    }
}

impl<S: Socket, T: AsyncSleep, const N: usize, M: RawMutex> AsyncTransport for Reqwless<'_, S, T, N, M> {
    type Error = Error;

    async fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Error> {
        if request.is_https() != S::IS_SECURE {
            return Err(Error::unsent(Tls, WRONG_SCHEME));
        }
        let mut taken = self.slots.take(request.authority()).await;
        let slot = &mut *taken.slot;
        slot.busy = true;
        self.connect(slot, request.authority()).await?;
        if !self.exchange(slot, request, response).await? {
            self.disconnect(slot).await;
        }
        slot.busy = false;
        Ok(())
    }
}

/// Clients share a transport by reference.
impl<S: Socket, T: AsyncSleep, const N: usize, M: RawMutex> AsyncTransport for &Reqwless<'_, S, T, N, M> {
    type Error = Error;

    async fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Error> {
        (**self).send(request, response).await
    }
}

const WRONG_SCHEME: &str = "https needs a socket with TLS, and http one without";

impl<S, T, const N: usize, M: RawMutex> fmt::Debug for Reqwless<'_, S, T, N, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reqwless")
            .field("slots", &N)
            .field("connect_timeout", &self.connect_timeout)
            .field("response_timeout", &self.response_timeout)
            .field("body_timeout", &self.body_timeout)
            .finish_non_exhaustive()
    }
}
