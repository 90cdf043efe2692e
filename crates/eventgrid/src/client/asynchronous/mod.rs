//! The clients whose calls are futures.

mod consumer;
mod publisher;

pub use consumer::Consumer;
pub use publisher::Publisher;

use crate::calls::Call;
use crate::client::Client;
use crate::client::exchange::{Answer, HeaderLog};
#[cfg(feature = "alloc")]
use crate::client::raw::{HeaderList, RawCall, RawRequest, RawResponse};
use crate::{AsyncCredential, AsyncSleep, AsyncTransport, Binary, Buf, Error, ResponseHead};
#[cfg(feature = "alloc")]
use crate::{Endpoint, Realm};

impl<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential> Client<T, E, C> {
    /// Sends a call until it has an answer that is worth reporting.
    async fn exchange(
        &self,
        call: &impl Call,
        tx: &mut Buf<'_>,
        rx: &mut Buf<'_>,
        headers: &mut impl HeaderLog,
    ) -> Result<Answer, Error<'static, T::Error>> {
        let (mut exchange, mut tx) = self.begin(call, tx)?;
        loop {
            let credential_request = self.credential_request(call);
            let prepared = exchange.span.around(self.credential.prepare(&credential_request)).await;
            prepared.map_err(|error| exchange.without_credential(error))?;
            let (request, span) = self
                .next_try(&mut exchange, call, &mut tx)
                .map_err(|error| exchange.without_credential(error))?;
            headers.clear();
            let mut sink = |name: &str, value: &[u8]| headers.push(name, value);
            let mut head = ResponseHead::with_sink(&mut sink);
            rx.clear();
            let sent = span.around(self.transport.send(&request, &mut head, rx)).await;
            span.end(&head, &sent);
            match self.delay(&mut exchange, &request, &head, &sent) {
                Some(delay) => self.environment.sleep(delay).await,
                None => return exchange.end(head.without_sink(), sent),
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
        let answer = self.exchange(call, tx, rx, &mut ()).await?;
        self.finish(call, &answer, Binary::borrowed(rx.filled()))
    }

    /// Makes any call.
    ///
    /// # Errors
    /// [`Error`] says who must act.
    #[cfg(feature = "alloc")]
    pub async fn call<K: Call>(&self, call: &K) -> Result<K::Output<'static>, Error<'static, T::Error>> {
        let (answer, rx) = self.exchange_owned(call, &mut ()).await?;
        self.finish(call, &answer, rx.into())
    }

    /// The answer to a request of the caller's own making, whatever its status.
    #[cfg(feature = "alloc")]
    pub(super) async fn raw(
        &self,
        request: &RawRequest<'_>,
        endpoint: &Endpoint<'_>,
        realm: Realm,
    ) -> Result<RawResponse, Error<'static, T::Error>> {
        let mut headers = HeaderList::new();
        let call = RawCall { request, endpoint, realm };
        let (answer, body) = self.exchange_owned(&call, &mut headers).await?;
        Ok(RawResponse { status: answer.head.status(), headers, body })
    }

    /// Makes a call in a buffer of the client's; the answer's is the caller's.
    #[cfg(feature = "alloc")]
    async fn exchange_owned(
        &self,
        call: &impl Call,
        headers: &mut impl HeaderLog,
    ) -> Result<(Answer, alloc::vec::Vec<u8>), Error<'static, T::Error>> {
        let (mut tx, mut rx) = (self.buffers.lend(), alloc::vec::Vec::new());
        let mut tx_buf = Buf::growable(&mut tx.buffer, self.body_limit);
        let mut rx_buf = Buf::growable(&mut rx, self.body_limit);
        let answer = self.exchange(call, &mut tx_buf, &mut rx_buf, headers).await?;
        let len = rx_buf.len();
        rx.truncate(len);
        Ok((answer, rx))
    }
}
