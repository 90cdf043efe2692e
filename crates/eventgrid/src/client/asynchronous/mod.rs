//! The clients whose calls are futures.

mod consumer;
mod publisher;

pub use consumer::Consumer;
pub use publisher::Publisher;

use eventgrid_transport::{AsyncSleep, AsyncTransport, Buf};

use crate::calls::Call;
use crate::client::Client;
#[cfg(feature = "alloc")]
use crate::client::exchange::Owned;
use crate::client::exchange::{self, Authorized, Condensing, Exchange, HeaderLog, NoResponse};
#[cfg(feature = "alloc")]
use crate::client::raw::{HeaderList, RawCall, RawRequest, RawResponse};
use crate::credential::AsyncCredential;
#[cfg(feature = "alloc")]
use crate::endpoint::{Endpoint, EndpointKind};
use crate::error::Error;
use crate::received::Outline;
use crate::text::Bytes;

impl<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential> Client<T, E, C> {
    /// Sends a call until it has a response that is worth reporting.
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

    /// Makes any call, in buffers of the caller's.
    ///
    /// # Errors
    /// [`Error`] says who must act.
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

    /// Makes any call.
    ///
    /// # Errors
    /// [`Error`] says who must act.
    #[cfg(feature = "alloc")]
    pub async fn call<K: Call>(&self, call: &K) -> Result<K::Output<'static>, Error<'static, T::Error>> {
        let (exchange, rx, exchanged) = self.exchange_owned(call, &mut ()).await?;
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
        exchanged.map_err(|why| exchange.failed(why))?;
        Ok(RawResponse { status: exchange.received.head.status(), headers, body })
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
}
