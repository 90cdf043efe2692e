//! The clients that block the thread.

mod consumer;
mod publisher;

pub use consumer::Consumer;
pub use publisher::Publisher;

use eventgrid_transport::{Buf, Sleep, Transport};

use crate::calls::Call;
use crate::client::Client;
#[cfg(feature = "alloc")]
use crate::client::exchange::Owned;
use crate::client::exchange::{self, Authorized, Condensing, Exchange, HeaderLog, NoResponse};
#[cfg(feature = "alloc")]
use crate::client::raw::{HeaderList, RawCall, RawRequest, RawResponse};
use crate::credential::Credential;
#[cfg(feature = "alloc")]
use crate::endpoint::{Endpoint, EndpointKind};
use crate::error::Error;
use crate::received::Outline;
use crate::text::Bytes;

impl<T: Transport, E: Sleep, C: Credential> Client<T, E, C> {
    /// Sends a call until it has a response that is worth reporting.
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

    /// Makes any call, blocking the thread, in buffers of the caller's.
    ///
    /// # Errors
    /// [`Error`] says who must act.
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

    /// Makes any call, blocking the thread.
    ///
    /// # Errors
    /// [`Error`] says who must act.
    #[cfg(feature = "alloc")]
    pub fn call_blocking<K: Call>(&self, call: &K) -> Result<K::Output<'static>, Error<'static, T::Error>> {
        let (exchange, rx, exchanged) = self.exchange_blocking_owned(call, &mut ())?;
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
        exchanged.map_err(|why| exchange.failed(why))?;
        Ok(RawResponse { status: exchange.received.head.status(), headers, body })
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
}
