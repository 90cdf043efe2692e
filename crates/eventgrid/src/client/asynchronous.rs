//! The clients whose calls are futures.

use crate::calls::{Call, Publish, Publishable, Receive, ReceiveOptions, Settle, Settling};
use crate::client::Client;
use crate::client::exchange::{Answer, HeaderLog};
use crate::lock_token::LockTokens;
use crate::target::{Accepts, Target};
use crate::{
    AsyncCredential, AsyncSleep, AsyncTransport, Batch, Binary, Buf, Error, NamespaceTopic, ResponseHead,
    Settlement, Subscription,
};
#[cfg(feature = "alloc")]
use crate::{
    Endpoint,
    calls::{Event, event::WriteContext},
    client::raw::{HeaderList, RawCall, RawRequest, RawResponse},
    client::split::{SendLimits, SendReport, Splitter},
    target::Realm,
};

impl<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential> Client<T, E, C> {
    /// Sends a call until it has an answer that is worth reporting.
    async fn exchange(
        &self,
        call: &impl Call,
        tx: &mut Buf<'_>,
        rx: &mut Buf<'_>,
        headers: &mut impl HeaderLog,
    ) -> Result<Answer, Error<'static, T::Error>> {
        let mut exchange = self.begin(call, tx)?;
        loop {
            self.credential.prepare(&self.credential_request(call)).await?;
            let request = self.next_try(&mut exchange, call, tx)?;
            headers.clear();
            let mut sink = |name: &str, value: &[u8]| headers.push(name, value);
            let mut head = ResponseHead::with_sink(&mut sink);
            rx.clear();
            let sent = self.transport.send(&request, &mut head, rx).await;
            match self.delay(&mut exchange, &head, &sent) {
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
    async fn raw(
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

    /// Makes a call in buffers of its own.
    #[cfg(feature = "alloc")]
    async fn exchange_owned(
        &self,
        call: &impl Call,
        headers: &mut impl HeaderLog,
    ) -> Result<(Answer, alloc::vec::Vec<u8>), Error<'static, T::Error>> {
        let (mut tx, mut rx) = (alloc::vec::Vec::new(), alloc::vec::Vec::new());
        let mut tx_buf = Buf::growable(&mut tx, self.body_limit);
        let mut rx_buf = Buf::growable(&mut rx, self.body_limit);
        let answer = self.exchange(call, &mut tx_buf, &mut rx_buf, headers).await?;
        let len = rx_buf.len();
        rx.truncate(len);
        Ok((answer, rx))
    }
}

/// Publishes events to a target.
///
/// Shared by reference: several tasks may publish at the same time.
#[derive(Debug, Clone)]
pub struct Publisher<T, E, C, K = NamespaceTopic<'static>> {
    client: Client<T, E, C>,
    target: K,
    #[cfg(feature = "alloc")]
    limits: SendLimits,
}

impl<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential, K: Target> Publisher<T, E, C, K> {
    /// A publisher to a target: a topic of a namespace, or one of those in [`target`](crate::target).
    pub fn new(client: Client<T, E, C>, target: K) -> Self {
        Self {
            #[cfg(feature = "alloc")]
            limits: SendLimits::of(target.realm()),
            client,
            target,
        }
    }

    /// How large one request of [`send_all`](Self::send_all) may be. Default: [`SendLimits::of`] the target.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn limits(mut self, limits: SendLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Publishes an event, or a batch of them in one request: the service takes all of a request or none.
    ///
    /// When it returns `Ok`, the service has stored them. An empty batch sends nothing.
    ///
    /// # Errors
    /// [`Error`] says who must act.
    #[cfg(feature = "alloc")]
    pub async fn send<P: Publishable + ?Sized>(&self, events: &P) -> Result<(), Error<'static, T::Error>>
    where
        K: Accepts<P::Schema>,
    {
        if events.is_empty() {
            return Ok(());
        }
        self.client.call(&Publish { target: &self.target, events, trace: None }).await
    }

    /// [`send`](Self::send), as a part of a trace, whatever the [source](Client::trace_source) of the client says.
    ///
    /// # Errors
    /// [`Error`] says who must act.
    #[cfg(feature = "alloc")]
    pub async fn send_traced<P: Publishable + ?Sized>(
        &self,
        events: &P,
        trace: &crate::TraceContext<'_>,
    ) -> Result<(), Error<'static, T::Error>>
    where
        K: Accepts<P::Schema>,
    {
        if events.is_empty() {
            return Ok(());
        }
        self.client.call(&Publish { target: &self.target, events, trace: Some(trace) }).await
    }

    /// Publishes any number of events, in as many requests as the limits ask for, one after the other.
    ///
    /// A request that the service finds too large (413) is halved and sent again. An event that is invalid, or too large on
    /// its own, is left out, and a request that fails does not keep the others from being sent; only after one that was refused
    /// for its credential or its topic, the rest is not attempted. The report says what became of each event.
    #[cfg(feature = "alloc")]
    pub async fn send_all<V: Event>(&self, events: &[V]) -> SendReport<T::Error>
    where
        K: Accepts<V::Schema>,
    {
        let trace = self.client.trace_source.and_then(|source| source());
        let context = WriteContext { realm: self.target.realm(), trace: trace.as_ref() };
        let mut splitter = Splitter::new(events, self.limits, context);
        while let Some(part) = splitter.next_part(&self.target) {
            let result = self.client.call(&part).await;
            splitter.done(result);
        }
        splitter.into_report()
    }

    /// Sends a request of your own making to the target's endpoint, and gives the answer whatever its status.
    ///
    /// # Errors
    /// [`Error::Request`], [`Error::Credential`] or [`Error::Transport`].
    #[cfg(feature = "alloc")]
    pub async fn send_request(
        &self,
        request: &RawRequest<'_>,
    ) -> Result<RawResponse, Error<'static, T::Error>> {
        self.client.raw(request, self.target.endpoint(), self.target.realm()).await
    }

    /// [`send`](Self::send), in buffers of the caller's: `tx` holds the request, `rx` the answer.
    ///
    /// # Errors
    /// [`Error`] says who must act.
    pub async fn send_in<'r, P: Publishable + ?Sized>(
        &self,
        events: &P,
        tx: &mut Buf<'_>,
        rx: &'r mut Buf<'_>,
    ) -> Result<(), Error<'r, T::Error>>
    where
        K: Accepts<P::Schema>,
    {
        if events.is_empty() {
            return Ok(());
        }
        self.client.call_in(&Publish { target: &self.target, events, trace: None }, tx, rx).await
    }
}

/// Receives events from a subscription and settles them.
///
/// Shared by reference: several tasks may receive and settle at the same time.
#[derive(Debug, Clone)]
pub struct Consumer<T, E, C> {
    client: Client<T, E, C>,
    subscription: Subscription<'static>,
}

impl<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential> Consumer<T, E, C> {
    /// A consumer of a subscription.
    pub fn new(client: Client<T, E, C>, subscription: Subscription<'static>) -> Self {
        Self { client, subscription }
    }

    /// Receives events and locks them for this consumer. It returns as soon as any event is available, or with an empty
    /// batch at the end of the wait.
    ///
    /// # Errors
    /// [`Error`] says who must act.
    #[cfg(feature = "alloc")]
    pub async fn receive(&self, options: ReceiveOptions) -> Result<Batch<'static>, Error<'static, T::Error>> {
        self.client.call(&Receive { subscription: &self.subscription, options }).await
    }

    /// [`receive`](Self::receive), in buffers of the caller's: `tx` holds the request, `rx` the answer.
    ///
    /// # Errors
    /// [`Error`] says who must act.
    pub async fn receive_in<'r>(
        &self,
        options: ReceiveOptions,
        tx: &mut Buf<'_>,
        rx: &'r mut Buf<'_>,
    ) -> Result<Batch<'r>, Error<'r, T::Error>> {
        self.client.call_in(&Receive { subscription: &self.subscription, options }, tx, rx).await
    }

    /// Acknowledges events that were handled: the subscription forgets them.
    ///
    /// # Errors
    /// [`Error`] if the call failed; what it did to each token is in the [`Settlement`].
    #[cfg(feature = "alloc")]
    pub async fn acknowledge<L: LockTokens + ?Sized>(
        &self,
        lock_tokens: &L,
    ) -> Result<Settlement<'static>, Error<'static, T::Error>> {
        self.settle(Settling::Acknowledge, lock_tokens).await
    }

    /// Releases events that were not handled: they become available again, after a delay.
    ///
    /// # Errors
    /// [`Error`] if the call failed; what it did to each token is in the [`Settlement`].
    #[cfg(feature = "alloc")]
    pub async fn release<L: LockTokens + ?Sized>(
        &self,
        lock_tokens: &L,
        delay: crate::ReleaseDelay,
    ) -> Result<Settlement<'static>, Error<'static, T::Error>> {
        self.settle(Settling::Release(delay), lock_tokens).await
    }

    /// Rejects events that cannot be handled: they are dead-lettered if the subscription has a place for that, or else
    /// dropped.
    ///
    /// # Errors
    /// [`Error`] if the call failed; what it did to each token is in the [`Settlement`].
    #[cfg(feature = "alloc")]
    pub async fn reject<L: LockTokens + ?Sized>(
        &self,
        lock_tokens: &L,
    ) -> Result<Settlement<'static>, Error<'static, T::Error>> {
        self.settle(Settling::Reject, lock_tokens).await
    }

    /// Renews the locks of events that are still being handled; their tokens stay the same.
    ///
    /// # Errors
    /// [`Error`] if the call failed; what it did to each token is in the [`Settlement`].
    #[cfg(feature = "alloc")]
    pub async fn renew_locks<L: LockTokens + ?Sized>(
        &self,
        lock_tokens: &L,
    ) -> Result<Settlement<'static>, Error<'static, T::Error>> {
        self.settle(Settling::RenewLocks, lock_tokens).await
    }

    /// Does any of the four to events. Without a token, nothing is sent.
    ///
    /// # Errors
    /// [`Error`] if the call failed; what it did to each token is in the [`Settlement`].
    #[cfg(feature = "alloc")]
    pub async fn settle<L: LockTokens + ?Sized>(
        &self,
        settling: Settling,
        lock_tokens: &L,
    ) -> Result<Settlement<'static>, Error<'static, T::Error>> {
        if lock_tokens.lock_tokens().next().is_none() {
            return Ok(Settlement::default());
        }
        self.client.call(&Settle { subscription: &self.subscription, settling, lock_tokens }).await
    }

    /// Sends a request of your own making to the namespace, and gives the answer whatever its status.
    ///
    /// # Errors
    /// [`Error::Request`], [`Error::Credential`] or [`Error::Transport`].
    #[cfg(feature = "alloc")]
    pub async fn send_request(
        &self,
        request: &RawRequest<'_>,
    ) -> Result<RawResponse, Error<'static, T::Error>> {
        self.client.raw(request, self.subscription.endpoint(), Realm::Namespace).await
    }

    /// [`settle`](Self::settle), in buffers of the caller's: `tx` holds the request, `rx` the answer.
    ///
    /// # Errors
    /// [`Error`] if the call failed; what it did to each token is in the [`Settlement`].
    pub async fn settle_in<'r, L: LockTokens + ?Sized>(
        &self,
        settling: Settling,
        lock_tokens: &L,
        tx: &mut Buf<'_>,
        rx: &'r mut Buf<'_>,
    ) -> Result<Settlement<'r>, Error<'r, T::Error>> {
        if lock_tokens.lock_tokens().next().is_none() {
            return Ok(Settlement::default());
        }
        self.client.call_in(&Settle { subscription: &self.subscription, settling, lock_tokens }, tx, rx).await
    }
}
