//! The consumer.

use crate::calls::{Receive, ReceiveOptions, Settle, Settling};
use crate::client::Client;
#[cfg(feature = "alloc")]
use crate::client::{RawRequest, RawResponse};
use crate::lock_token::LockTokens;
#[cfg(feature = "alloc")]
use crate::target::Realm;
use crate::{AsyncCredential, AsyncSleep, AsyncTransport, Batch, Buf, Error, Settlement, Subscription};

/// Receives events from a subscription and settles them.
///
/// Shared by reference: several tasks may receive and settle at the same time.
#[derive(Debug, Clone)]
pub struct Consumer<T, E, C> {
    client: Client<T, E, C>,
    subscription: Subscription<'static>,
}

impl<T, E, C> Consumer<T, E, C> {
    /// How it talks to the service.
    pub fn client(&self) -> &Client<T, E, C> {
        &self.client
    }

    /// Where it receives from.
    pub fn subscription(&self) -> &Subscription<'static> {
        &self.subscription
    }
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

    /// `receive`, in buffers of the caller's: `tx` holds the request, `rx` the answer.
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

    /// `settle`, in buffers of the caller's: `tx` holds the request, `rx` the answer.
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
