//! The transport: one request and its response.

mod response_body;

pub use response_body::ResponseBody;

use core::fmt;
use core::time::Duration;

use embassy_futures::select::{Either, select};
use embassy_sync::blocking_mutex::raw::{NoopRawMutex, RawMutex};
use eventgrid::TransportErrorKind::{Configuration, Tls};
use eventgrid::{AsyncOpen, AsyncSleep, AsyncTransport, Limits, Request, Response};

use crate::authority::host_and_port;
use crate::clock::Clock;
use crate::error::Error;
use crate::exchange::{Afterwards, Exchange};
use crate::slot::{Slot, Slots, Taken};
use crate::socket::Socket;

/// How long closing a connection cleanly may take.
const CLOSING: Duration = Duration::from_secs(1);

/// A transport that sends requests over its own sockets `S`, and waits with the timer `T`.
///
/// It has `N` connections, which it keeps open from one request to the next. Several tasks share it
/// by reference. Each request occupies one of the connections, preferably a free one that is
/// already open to the right host. If all are in use, it waits for one. Dropping the future of a
/// call closes its connection, and the next call opens it again.
///
/// Tasks of one executor can share it as it is. For tasks of several executors, such as those of a
/// thread and of an interrupt, create it by [`with_mutex`](Self::with_mutex), where `M` is
/// [`CriticalSectionRawMutex`](embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex).
///
/// The limits below are those of [`Limits`]. A request may have limits of its own, which take
/// precedence.
pub struct Reqwless<'b, S, T, const N: usize = 2, M: RawMutex = NoopRawMutex> {
    slots: Slots<'b, S, M, N>,
    timer: T,
    limits: Limits,
}

impl<'b, S: Socket, T: AsyncSleep, const N: usize> Reqwless<'b, S, T, N> {
    /// A transport with the default options, for the tasks of one executor.
    pub fn new(timer: T, slots: [Slot<'b, S>; N]) -> Self {
        Self::with_mutex(timer, slots)
    }
}

impl<'b, S: Socket, T: AsyncSleep, const N: usize, M: RawMutex> Reqwless<'b, S, T, N, M> {
    /// A transport with the default options whose state is locked by `M`.
    pub fn with_mutex(timer: T, slots: [Slot<'b, S>; N]) -> Self {
        const { assert!(N > 0, "a transport needs a connection") };
        Self { slots: Slots::new(slots), timer, limits: Limits::DEFAULT }
    }

    /// Sets all limits that `limits` has; the others stay as they are.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits.or(self.limits);
        self
    }

    /// How long opening a connection may take: name resolution, TCP to each of the addresses, and
    /// TLS together. Default: 10 seconds. A `NetSocket` that looks names up may need more
    /// than 5 seconds to turn from IPv6 to IPv4, and more than 20 to ask a second name server.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.limits = self.limits.with_connect(timeout);
        self
    }

    /// How long the head of the response may take after the last byte of the request was sent. The
    /// wait time of a long poll is added to it. Default: 30 seconds.
    #[must_use]
    pub fn response_timeout(mut self, timeout: Duration) -> Self {
        self.limits = self.limits.with_response(timeout);
        self
    }

    /// How long no byte may move while the request is sent and while the body of the response is
    /// read. As long as bytes move, both go on. Default: 30 seconds.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.limits = self.limits.with_idle(timeout);
        self
    }

    /// The lowest average rate, in bytes per second, at which the bytes of a request or of a body
    /// may move, over any span as long as the [idle time-out](Self::idle_timeout). Default: no
    /// limit.
    #[must_use]
    pub fn lowest_rate(mut self, bytes_per_second: u32) -> Self {
        self.limits = self.limits.with_lowest_rate(bytes_per_second);
        self
    }

    /// How long a request may take in all, including the wait for a free connection. Default: no
    /// limit.
    #[must_use]
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.limits = self.limits.with_total(timeout);
        self
    }

    /// Makes sure that the slot has a connection to `authority`.
    async fn connect(
        &self,
        slot: &mut Slot<'b, S>,
        request: &Request<'_>,
        clock: &Clock<'_, T>,
    ) -> Result<(), Error> {
        let authority = request.authority();
        if slot.is_connected_to(authority) && slot.socket.is_open() {
            return Ok(());
        }
        let Some((host, port)) = host_and_port(authority, S::IS_SECURE) else {
            return Err(Error::new(Configuration, "the host of the URL, or its port, cannot be read"));
        };
        self.disconnect(slot).await;
        let place = slot.buffer.get_mut(..authority.len()).ok_or(Error::new(Configuration, HOST_TOO_LONG))?;
        place.copy_from_slice(authority.as_bytes());
        let time = request.limits().or(self.limits).connect.unwrap_or(Duration::MAX);
        match clock.within(time, slot.socket.connect(host, port)).await {
            Either::First(connected) => connected?,
            Either::Second(()) => return Err(clock.too_late("opening the connection took too long")),
        }
        slot.authority = authority.len();
        Ok(())
    }

    /// Closes the connection of the slot cleanly, if there is one.
    async fn disconnect(&self, slot: &mut Slot<'b, S>) {
        if slot.authority > 0 {
            slot.authority = 0;
            if let Either::First(()) = select(slot.socket.close(), self.timer.sleep(CLOSING)).await {
                // A reset now might overtake the end in the server's eyes.
                return;
            }
        }
        slot.socket.abort();
    }

    /// Sends the request on a connection of its own.
    async fn attempt(
        &self,
        request: &Request<'_>,
        sent: &mut u64,
        response: &mut Response<'_>,
    ) -> Result<(), Error> {
        let mut clock = self.clock(request);
        let Either::First(mut taken) =
            clock.within(Duration::MAX, self.slots.take(request.authority())).await
        else {
            return Err(clock.too_late(""));
        };
        let slot = &mut *taken.slot;
        slot.busy = true;
        self.connect(slot, request, &clock).await?;
        let buffer = slot.buffer.get_mut(slot.authority..).unwrap_or_default();
        let response_time = self.response_time(request);
        let mut exchange = Exchange { socket: &mut slot.socket, clock: &mut clock, sent, response_time };
        let afterwards = exchange.run(request, buffer, response).await?;
        self.done(&mut taken, afterwards).await;
        Ok(())
    }

    /// Ends an exchange after its response.
    async fn done(&self, taken: &mut Taken<'_, 'b, S, M>, afterwards: Afterwards) {
        match afterwards {
            Afterwards::Keep if !taken.is_to_be_closed() => {}
            Afterwards::Keep | Afterwards::Close => self.disconnect(&mut taken.slot).await,
            Afterwards::Abort => taken.slot.abort(),
        }
        taken.slot.busy = false;
    }

    /// Sends the request on a connection of its own, and reads the head of its response. It takes
    /// its slot in the same way as `attempt`: a shared future for that would cost 200 bytes of
    /// flash.
    async fn begin(
        &self,
        request: &Request<'_>,
        sent: &mut u64,
        response: &mut Response<'_>,
    ) -> Result<ResponseBody<'_, 'b, S, T, N, M>, Error> {
        let mut clock = self.clock(request);
        let Either::First(mut taken) =
            clock.within(Duration::MAX, self.slots.take(request.authority())).await
        else {
            return Err(clock.too_late(""));
        };
        let slot = &mut *taken.slot;
        slot.busy = true;
        self.connect(slot, request, &clock).await?;
        let buffer = slot.buffer.get_mut(slot.authority..).unwrap_or_default();
        let response_time = self.response_time(request);
        let mut exchange = Exchange { socket: &mut slot.socket, clock: &mut clock, sent, response_time };
        let begun = exchange.begin(request, buffer, response).await?;
        Ok(ResponseBody::new(self, taken, clock, begun, *sent))
    }

    fn clock(&self, request: &Request<'_>) -> Clock<'_, T> {
        Clock::new(&self.timer, &request.limits().or(self.limits))
    }

    fn response_time(&self, request: &Request<'_>) -> Duration {
        let response = request.limits().or(self.limits).response;
        response.unwrap_or(Duration::MAX).saturating_add(request.wait())
    }
}

impl<S: Socket, T: AsyncSleep, const N: usize, M: RawMutex> AsyncTransport for Reqwless<'_, S, T, N, M> {
    type Error = Error;

    async fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Error> {
        if request.is_https() != S::IS_SECURE {
            return Err(Error::new(Tls, WRONG_SCHEME));
        }
        let mut sent = 0;
        let result = self.attempt(request, &mut sent, response).await;
        response.set_sent(sent);
        result.map_err(|error| error.if_sent(sent))
    }

    async fn close(&self) {
        self.slots.close_when_returned();
        for index in 0..N {
            if let Some(mut idle) = self.slots.take_idle(index) {
                self.disconnect(&mut idle.slot).await;
            }
        }
    }
}

impl<'b, S: Socket, T: AsyncSleep, const N: usize, M: RawMutex> AsyncOpen for Reqwless<'b, S, T, N, M> {
    type Body<'t>
        = ResponseBody<'t, 'b, S, T, N, M>
    where
        Self: 't;

    async fn open(
        &self,
        request: &Request<'_>,
        response: &mut Response<'_>,
    ) -> Result<ResponseBody<'_, 'b, S, T, N, M>, Error> {
        if request.is_https() != S::IS_SECURE {
            return Err(Error::new(Tls, WRONG_SCHEME));
        }
        let mut sent = 0;
        let result = self.begin(request, &mut sent, response).await;
        response.set_sent(sent);
        result.map_err(|error| error.if_sent(sent))
    }
}

/// Clients share a transport by reference.
impl<S: Socket, T: AsyncSleep, const N: usize, M: RawMutex> AsyncTransport for &Reqwless<'_, S, T, N, M> {
    type Error = Error;

    async fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Error> {
        (**self).send(request, response).await
    }

    async fn close(&self) {
        (**self).close().await;
    }
}

impl<'b, S: Socket, T: AsyncSleep, const N: usize, M: RawMutex> AsyncOpen for &Reqwless<'b, S, T, N, M> {
    type Body<'t>
        = ResponseBody<'t, 'b, S, T, N, M>
    where
        Self: 't;

    async fn open(
        &self,
        request: &Request<'_>,
        response: &mut Response<'_>,
    ) -> Result<ResponseBody<'_, 'b, S, T, N, M>, Error> {
        (**self).open(request, response).await
    }
}

const WRONG_SCHEME: &str =
    "https needs a socket with TLS, and http one without; change the URL or the socket";
const HOST_TOO_LONG: &str = "the host does not fit into the buffer of its slot; give Slot::new a larger one";

impl<S, T, const N: usize, M: RawMutex> fmt::Debug for Reqwless<'_, S, T, N, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reqwless").field("slots", &N).field("limits", &self.limits).finish_non_exhaustive()
    }
}
