//! The clients whose calls are futures.

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

#[cfg(feature = "alloc")]
use eventgrid_transport::{AsyncOpen, AsyncReadBody};
use eventgrid_transport::{AsyncSleep, AsyncTransport, Buf};

use crate::calls::Call;
use crate::client::Client;
#[cfg(feature = "alloc")]
use crate::client::exchange::Owned;
use crate::client::exchange::{self, Authorized, Condensing, Exchange, HeaderLog, NoResponse};
#[cfg(feature = "alloc")]
use crate::client::raw::{Discarded, HeaderList, RawCall, RawHead, RawRequest, RawResponse, Reading};
use crate::credential::AsyncCredential;
#[cfg(feature = "alloc")]
use crate::endpoint::{Endpoint, EndpointKind};
use crate::error::Error;
use crate::received::Outline;
use crate::text::Bytes;

impl<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential> Client<T, E, C> {
    /// Makes attempts until there is a response to report.
    async fn exchange(
        &self,
        exchange: &mut Exchange<'_>,
        tx: &mut Authorized<'_, '_>,
        rx: &mut Buf<'_>,
        mut outline: Option<&mut dyn Condensing>,
        headers: &mut impl HeaderLog,
    ) -> Result<(), NoResponse<T::Error>> {
        loop {
            let credential_request = self.credential_request(exchange);
            exchange.span.around(self.credential.prepare(&credential_request)).await?;
            let (request, span) = self.next_try(exchange, tx)?;
            headers.clear();
            let mut sink = |name: &str, value: &[u8]| headers.push(name, value);
            let mut response = exchange::response(rx, &mut sink, exchange::shorter(&mut outline));
            let sent = span.around(self.transport.send(&request, &mut response)).await;
            let received = response.finish();
            span.end(&received.head, &sent);
            #[cfg(feature = "alloc")]
            exchange.tell(&request, &received, &sent);
            if exchange.take(received, exchange::shorter(&mut outline), rx) {
                return Ok(());
            }
            match self.delay(exchange, &request, &sent) {
                Some(delay) => self.environment.sleep(delay).await,
                None => return sent.map_err(NoResponse::Transport),
            }
        }
    }

    /// Closes the connections that the transport keeps, and returns when they are closed. Call it
    /// at the end of a program, or of the scope in which its clients are used.
    ///
    /// They are closed for all clients, publishers and consumers that share the transport. No call
    /// is cancelled: connections in use are closed when their responses are complete. A later call
    /// opens a new connection.
    pub async fn close(&self) {
        self.transport.close().await;
    }

    /// Makes any call, in buffers of the caller.
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act.
    pub async fn call_in<'r, K: Call>(
        &self,
        call: &K,
        tx: &mut Buf<'_>,
        rx: &'r mut Buf<'_>,
    ) -> Result<K::Output<'r>, Error<'r, T::Error>> {
        let (span, mut tx) = self.begin(call, tx)?;
        let mut exchange = self.under_way(call, span, &tx);
        let mut outline = Outline::default();
        let outline = exchange::outline::<K>(&mut outline);
        let exchanged = self.exchange(&mut exchange, &mut tx, rx, outline, &mut ()).await;
        self.finish(call, &exchange, exchanged, Bytes::borrowed(rx.filled()))
    }

    /// `call_in`, and keeps headers of the response. `call_in` does not await it: a future within a
    /// future costs a device that reads no headers 150 bytes of flash.
    async fn call_with_headers_in<'r, K: Call>(
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
        let exchanged = self.exchange(&mut exchange, &mut tx, rx, outline, headers).await;
        self.finish(call, &exchange, exchanged, Bytes::borrowed(rx.filled()))
    }

    /// Makes any call.
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act.
    #[cfg(feature = "alloc")]
    pub async fn call<K: Call>(&self, call: &K) -> Result<K::Output<'static>, Error<'static, T::Error>> {
        self.call_with_headers(call, &mut ()).await
    }

    /// Makes any call, and keeps headers of its response.
    #[cfg(feature = "alloc")]
    async fn call_with_headers<K: Call>(
        &self,
        call: &K,
        headers: &mut impl HeaderLog,
    ) -> Result<K::Output<'static>, Error<'static, T::Error>> {
        let (exchange, rx, exchanged) = self.exchange_owned(call, headers).await?;
        self.finish(call, &exchange, exchanged, rx.into())
    }

    /// The response to a request of the caller's own making, whatever its status.
    #[cfg(feature = "alloc")]
    pub(super) async fn raw(
        &self,
        request: &RawRequest<'_>,
        endpoint: &Endpoint<'_>,
        endpoint_kind: EndpointKind,
    ) -> Result<RawResponse, Error<'static, T::Error>> {
        let mut headers = HeaderList::new();
        let call = RawCall { request, endpoint, endpoint_kind };
        let (exchange, body, exchanged) = self.exchange_owned(&call, &mut headers).await?;
        let exchanged = exchanged.map_err(|why| exchange.failed(why));
        self.measure(&call, &exchange, || None, exchanged.as_ref().err());
        exchanged?;
        Ok(RawResponse::new(RawHead::new(exchange.received.head.status(), headers), body))
    }

    /// Makes a call in a buffer of the client's; the response's is the caller's.
    #[cfg(feature = "alloc")]
    async fn exchange_owned<'c, K: Call>(
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
        let exchanged = self.exchange(&mut exchange, &mut authorized, &mut rx_buf, outline, headers).await;
        let len = rx_buf.len();
        rx.truncate(len);
        drop(authorized);
        Ok((exchange, rx, exchanged))
    }

    /// The response to a request of the caller's own making, whatever its status, with its body to
    /// be read.
    #[cfg(feature = "alloc")]
    pub(super) async fn open_raw(
        &self,
        request: &RawRequest<'_>,
        endpoint: &Endpoint<'_>,
        endpoint_kind: EndpointKind,
    ) -> Result<OpenResponse<T::Body<'_>>, Error<'static, T::Error>>
    where
        T: AsyncOpen,
    {
        let mut headers = HeaderList::new();
        let call = RawCall { request, endpoint, endpoint_kind };
        let mut tx = self.buffers.lend();
        let mut tx_buf = Buf::growable(&mut tx.buffer, self.body_limit);
        let (span, mut authorized) = self.begin(&call, &mut tx_buf)?;
        let mut exchange = self.under_way(&call, span, &authorized);
        let opened = self.open_exchange(&mut exchange, &mut authorized, &mut headers).await;
        let opened = opened.map_err(|why| exchange.failed(why));
        self.measure(&call, &exchange, || None, opened.as_ref().err());
        Ok(OpenResponse::new(Reading::new(exchange, headers), opened?))
    }

    /// Makes attempts until there is the head of a response to report.
    #[cfg(feature = "alloc")]
    async fn open_exchange(
        &self,
        exchange: &mut Exchange<'_>,
        tx: &mut Authorized<'_, '_>,
        headers: &mut HeaderList,
    ) -> Result<T::Body<'_>, NoResponse<T::Error>>
    where
        T: AsyncOpen,
    {
        loop {
            let credential_request = self.credential_request(exchange);
            exchange.span.around(self.credential.prepare(&credential_request)).await?;
            let (request, span) = self.next_try(exchange, tx)?;
            headers.clear();
            let mut sink = |name: &str, value: &[u8]| HeaderLog::push(headers, name, value);
            let mut room = Buf::new(&mut []);
            let mut response = exchange::response(&mut room, &mut sink, None);
            let opened = span.around(self.transport.open(&request, &mut response)).await;
            let received = response.finish();
            span.end(&received.head, &opened);
            exchange.tell(&request, &received, &opened);
            exchange.take(received, None, &mut room);
            match (self.delay(exchange, &request, &opened), opened) {
                (None, opened) => return opened.map_err(NoResponse::Transport),
                (Some(delay), opened) => {
                    if let Ok(body) = opened {
                        discard(body).await;
                    }
                    self.environment.sleep(delay).await;
                }
            }
        }
    }
}

/// Reads the rest of the body of an attempt that is retried, so that its connection can be used
/// again, unless the rest is long.
#[cfg(feature = "alloc")]
async fn discard(mut body: impl AsyncReadBody) {
    let (mut discarded, mut room) = (Discarded::new(), [0; Discarded::PIECE]);
    while discarded.goes_on(&body.read(&mut room).await) {}
}
