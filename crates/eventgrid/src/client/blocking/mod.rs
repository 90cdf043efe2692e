//! The clients that block the thread.

mod consumer;
mod mqtt_client;
#[cfg(feature = "alloc")]
mod open_response;
mod publisher;

pub use consumer::Consumer;
pub use mqtt_client::MqttClient;
#[cfg(feature = "alloc")]
pub use open_response::OpenResponse;
pub use publisher::Publisher;

use eventgrid_transport::{Buf, Sleep, Transport};
#[cfg(feature = "alloc")]
use eventgrid_transport::{Open, ReadBody};

use crate::calls::Call;
use crate::client::Client;
#[cfg(feature = "alloc")]
use crate::client::exchange::Owned;
use crate::client::exchange::{self, Authorized, Condensing, Exchange, HeaderLog, NoResponse};
#[cfg(feature = "alloc")]
use crate::client::raw::{Discarded, HeaderList, RawCall, RawHead, RawRequest, RawResponse, Reading};
use crate::credential::Credential;
#[cfg(feature = "alloc")]
use crate::endpoint::{Endpoint, EndpointKind};
use crate::error::Error;
use crate::received::Outline;
use crate::text::Bytes;

impl<T: Transport, E: Sleep, C: Credential> Client<T, E, C> {
    /// Makes attempts until there is a response to report.
    fn exchange_blocking(
        &self,
        exchange: &mut Exchange<'_>,
        tx: &mut Authorized<'_, '_>,
        rx: &mut Buf<'_>,
        mut outline: Option<&mut dyn Condensing>,
        headers: &mut impl HeaderLog,
    ) -> Result<(), NoResponse<T::Error>> {
        loop {
            let (request, span) = self.next_try(exchange, tx)?;
            headers.clear();
            let mut sink = |name: &str, value: &[u8]| headers.push(name, value);
            let mut response = exchange::response(rx, &mut sink, exchange::shorter(&mut outline));
            let sent = span.in_scope(|| self.transport.send(&request, &mut response));
            let received = response.finish();
            span.end(&received.head, &sent);
            #[cfg(feature = "alloc")]
            exchange.tell(&request, &received, &sent);
            if exchange.take(received, exchange::shorter(&mut outline), rx) {
                return Ok(());
            }
            match self.delay(exchange, &request, &sent) {
                Some(delay) => self.environment.sleep(delay),
                None => return sent.map_err(NoResponse::Transport),
            }
        }
    }

    /// Closes the connections that the transport keeps, and returns when that is done. Call it at
    /// the end of a program, or of the scope in which its clients are used.
    ///
    /// They are closed for all clients, publishers and consumers that share the transport. No call
    /// is cancelled: connections in use are closed when their responses are complete. A later call
    /// opens a new connection.
    pub fn close_blocking(&self) {
        self.transport.close();
    }

    /// Makes any call, blocking the thread, in buffers of the caller.
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act.
    pub fn call_blocking_in<'r, K: Call>(
        &self,
        call: &K,
        tx: &mut Buf<'_>,
        rx: &'r mut Buf<'_>,
    ) -> Result<K::Output<'r>, Error<'r, T::Error>> {
        let (span, mut tx) = self.begin(call, tx)?;
        let mut exchange = self.under_way(call, span, &tx);
        let mut outline = Outline::default();
        let outline = exchange::outline::<K>(&mut outline);
        let exchanged = self.exchange_blocking(&mut exchange, &mut tx, rx, outline, &mut ());
        self.finish(call, &exchange, exchanged, Bytes::borrowed(rx.filled()))
    }

    /// `call_blocking_in`, and keeps headers of the response; apart from it as its asynchronous
    /// twin is.
    fn call_with_headers_blocking_in<'r, K: Call>(
        &self,
        call: &K,
        headers: &mut impl HeaderLog,
        tx: &mut Buf<'_>,
        rx: &'r mut Buf<'_>,
    ) -> Result<K::Output<'r>, Error<'r, T::Error>> {
        let (span, mut tx) = self.begin(call, tx)?;
        let mut exchange = self.under_way(call, span, &tx);
        let mut outline = Outline::default();
        let outline = exchange::outline::<K>(&mut outline);
        let exchanged = self.exchange_blocking(&mut exchange, &mut tx, rx, outline, headers);
        self.finish(call, &exchange, exchanged, Bytes::borrowed(rx.filled()))
    }

    /// Makes any call, blocking the thread.
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act.
    #[cfg(feature = "alloc")]
    pub fn call_blocking<K: Call>(&self, call: &K) -> Result<K::Output<'static>, Error<'static, T::Error>> {
        self.call_with_headers_blocking(call, &mut ())
    }

    /// Makes any call, and keeps headers of its response.
    #[cfg(feature = "alloc")]
    fn call_with_headers_blocking<K: Call>(
        &self,
        call: &K,
        headers: &mut impl HeaderLog,
    ) -> Result<K::Output<'static>, Error<'static, T::Error>> {
        let (exchange, rx, exchanged) = self.exchange_blocking_owned(call, headers)?;
        self.finish(call, &exchange, exchanged, rx.into())
    }

    /// The response to a request of the caller's own making, whatever its status.
    #[cfg(feature = "alloc")]
    pub(super) fn raw_blocking(
        &self,
        request: &RawRequest<'_>,
        endpoint: &Endpoint<'_>,
        endpoint_kind: EndpointKind,
    ) -> Result<RawResponse, Error<'static, T::Error>> {
        let mut headers = HeaderList::new();
        let call = RawCall { request, endpoint, endpoint_kind };
        let (exchange, body, exchanged) = self.exchange_blocking_owned(&call, &mut headers)?;
        let exchanged = exchanged.map_err(|why| exchange.failed(why));
        self.measure(&call, &exchange, || None, exchanged.as_ref().err());
        exchanged?;
        Ok(RawResponse::new(RawHead::new(exchange.received.head.status(), headers), body))
    }

    /// Makes a call in a buffer of the client's; the response's is the caller's.
    #[cfg(feature = "alloc")]
    fn exchange_blocking_owned<'c, K: Call>(
        &self,
        call: &'c K,
        headers: &mut impl HeaderLog,
    ) -> Result<Owned<'c, T::Error>, Error<'static, T::Error>> {
        let (mut tx, mut rx) = (self.buffers.lend(), alloc::vec::Vec::new());
        let mut tx_buf = Buf::growable(&mut tx.buffer, self.body_limit);
        let mut rx_buf = Buf::growable(&mut rx, self.body_limit);
        let (span, mut authorized) = self.begin(call, &mut tx_buf)?;
        let mut exchange = self.under_way(call, span, &authorized);
        let mut outline = Outline::default();
        let outline = exchange::outline::<K>(&mut outline);
        let exchanged = self.exchange_blocking(&mut exchange, &mut authorized, &mut rx_buf, outline, headers);
        let len = rx_buf.len();
        rx.truncate(len);
        drop(authorized);
        Ok((exchange, rx, exchanged))
    }

    /// The response to a request of the caller's own making, whatever its status, with its body to
    /// be read.
    #[cfg(feature = "alloc")]
    pub(super) fn open_raw_blocking(
        &self,
        request: &RawRequest<'_>,
        endpoint: &Endpoint<'_>,
        endpoint_kind: EndpointKind,
    ) -> Result<OpenResponse<T::Body<'_>>, Error<'static, T::Error>>
    where
        T: Open,
    {
        let mut headers = HeaderList::new();
        let call = RawCall { request, endpoint, endpoint_kind };
        let mut tx = self.buffers.lend();
        let mut tx_buf = Buf::growable(&mut tx.buffer, self.body_limit);
        let (span, mut authorized) = self.begin(&call, &mut tx_buf)?;
        let mut exchange = self.under_way(&call, span, &authorized);
        let opened = self.open_exchange_blocking(&mut exchange, &mut authorized, &mut headers);
        let opened = opened.map_err(|why| exchange.failed(why));
        self.measure(&call, &exchange, || None, opened.as_ref().err());
        Ok(OpenResponse::new(Reading::new(exchange, headers), opened?))
    }

    /// Makes attempts until there is the head of a response to report.
    #[cfg(feature = "alloc")]
    fn open_exchange_blocking(
        &self,
        exchange: &mut Exchange<'_>,
        tx: &mut Authorized<'_, '_>,
        headers: &mut HeaderList,
    ) -> Result<T::Body<'_>, NoResponse<T::Error>>
    where
        T: Open,
    {
        loop {
            let (request, span) = self.next_try(exchange, tx)?;
            headers.clear();
            let mut sink = |name: &str, value: &[u8]| HeaderLog::push(headers, name, value);
            let mut room = Buf::new(&mut []);
            let mut response = exchange::response(&mut room, &mut sink, None);
            let opened = span.in_scope(|| self.transport.open(&request, &mut response));
            let received = response.finish();
            span.end(&received.head, &opened);
            exchange.tell(&request, &received, &opened);
            exchange.take(received, None, &mut room);
            match (self.delay(exchange, &request, &opened), opened) {
                (None, opened) => return opened.map_err(NoResponse::Transport),
                (Some(delay), opened) => {
                    if let Ok(body) = opened {
                        discard(body);
                    }
                    self.environment.sleep(delay);
                }
            }
        }
    }
}

/// Reads the rest of the body of an attempt that is retried, so that its connection can be used
/// again, unless the rest is long.
#[cfg(feature = "alloc")]
fn discard(mut body: impl ReadBody) {
    let (mut discarded, mut room) = (Discarded::new(), [0; Discarded::PIECE]);
    while discarded.goes_on(&body.read(&mut room)) {}
}
