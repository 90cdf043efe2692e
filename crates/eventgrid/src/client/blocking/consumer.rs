//! The consumer.

#[cfg(feature = "alloc")]
use core::time::Duration;

#[cfg(feature = "alloc")]
use super::OpenResponse;
#[cfg(feature = "alloc")]
use eventgrid_transport::Open;
use eventgrid_transport::{Buf, Sleep, Transport};

#[cfg(feature = "alloc")]
use crate::calls::{Call as _, CallOptions};
use crate::calls::{Receive, ReceiveOptions, Settle, SettleAction};
use crate::client::Client;
#[cfg(feature = "alloc")]
use crate::client::shared_pace::SharedPace;
#[cfg(feature = "alloc")]
use crate::client::{RawRequest, RawResponse};
use crate::credential::Credential;
#[cfg(feature = "alloc")]
use crate::endpoint::EndpointKind;
use crate::error::Error;
use crate::received::LockTokens;
use crate::received::{Batch, Settlement};
use crate::target::Subscription;

/// Receives events from a subscription and settles them, blocking the thread.
///
/// It is shared by reference: several threads may receive and settle at the same time.
#[derive(Debug, Clone)]
pub struct Consumer<T, E, C> {
    client: Client<T, E, C>,
    subscription: Subscription<'static>,
    #[cfg(feature = "alloc")]
    pace: SharedPace,
}

impl<T, E, C> Consumer<T, E, C> {
    /// The client through which it sends requests.
    pub fn client(&self) -> &Client<T, E, C> {
        &self.client
    }

    /// The same consumer with the client that `change` makes of its own.
    #[must_use]
    pub fn map_client(self, change: impl FnOnce(Client<T, E, C>) -> Client<T, E, C>) -> Self {
        Self { client: change(self.client), ..self }
    }

    /// The subscription that it receives from.
    pub fn subscription(&self) -> &Subscription<'static> {
        &self.subscription
    }
}

impl<T: Transport, E: Sleep, C: Credential> Consumer<T, E, C> {
    /// A consumer of a subscription.
    pub fn new(client: Client<T, E, C>, subscription: Subscription<'static>) -> Self {
        Self {
            client,
            subscription,
            #[cfg(feature = "alloc")]
            pace: SharedPace::new(),
        }
    }

    /// Closes the connections that its client's transport keeps, see [`Client::close_blocking`].
    pub fn close(&self) {
        self.client.close_blocking();
    }

    /// How long a lock lasts. Set it to the receive lock duration of the subscription, which no
    /// response contains. When a response has shown how fast events arrive,
    /// [`receive`](Self::receive) asks for no more than arrive within a third of this time.
    /// Default: 60 seconds, which is the service's default.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn lock_duration(mut self, duration: Duration) -> Self {
        self.pace.set_lock_duration(duration);
        self
    }

    /// Receives events and locks them for this consumer. It returns as soon as any event is
    /// available, or with an empty batch at the end of the wait time.
    ///
    /// If the response breaks off, the events that came completely are returned, see
    /// [`Batch::interruption`]. After that, and after a response that took longer than a third of a
    /// [lock](Self::lock_duration), it asks for fewer events than `options` says, and then for one
    /// more after each full response. The reason is that an event whose lock expires on the way
    /// loses one of its deliveries.
    ///
    /// ```
    /// use eventgrid::blocking::Consumer;
    /// use eventgrid::{Credential, ReceiveOptions, Sleep, Transport};
    ///
    /// fn poll<T: Transport, E: Sleep, C: Credential>(
    ///     consumer: &Consumer<T, E, C>,
    /// ) -> Result<(), Box<dyn std::error::Error>> {
    ///     let batch = consumer.receive(ReceiveOptions::new().max_events(10))?;
    ///     for received in &batch {
    ///         let event = received.event()?; // It fails for an event that cannot be read: reject that one.
    ///         println!("{} {}, delivery {}", event.event_type(), event.id(), received.delivery_count());
    ///     }
    ///     // All of them; `acknowledge(&received)` in the loop is one of them.
    ///     for failed in consumer.acknowledge(&batch)?.failed() {
    ///         eprintln!("{}: {}", failed.lock_token(), failed.message());
    ///     }
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act.
    #[cfg(feature = "alloc")]
    pub fn receive(&self, options: ReceiveOptions) -> Result<Batch<'static>, Error<'static, T::Error>> {
        let options = self.pace.limit(options);
        let result = self.client.call_blocking(&Receive::new(&self.subscription, options));
        self.pace.learn(options, &result, self.client.environment().uptime());
        result
    }

    /// Like [`receive`](Self::receive), with options for this call only.
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act.
    #[cfg(feature = "alloc")]
    pub fn receive_with(
        &self,
        options: ReceiveOptions,
        call_options: &CallOptions<'_>,
    ) -> Result<Batch<'static>, Error<'static, T::Error>> {
        let options = self.pace.limit(options);
        let call = Receive::new(&self.subscription, options);
        let result = self.client.call_blocking(&call.with_options(call_options));
        self.pace.learn(options, &result, self.client.environment().uptime());
        result
    }

    /// Like `receive`, in buffers of the caller: `tx` for the request and `rx` for the response.
    ///
    /// It asks for as many events as `options` says. If the response breaks off, the events that
    /// came completely are returned, see [`Batch::interruption`]. Over a slow link, use a
    /// [`ReceivePace`](crate::ReceivePace) to find how many to ask for.
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act.
    pub fn receive_in<'r>(
        &self,
        options: ReceiveOptions,
        tx: &mut Buf<'_>,
        rx: &'r mut Buf<'_>,
    ) -> Result<Batch<'r>, Error<'r, T::Error>> {
        self.client.call_blocking_in(&Receive::new(&self.subscription, options), tx, rx)
    }

    /// Acknowledges events that were handled: the subscription removes them.
    ///
    /// An event whose lock has expired meanwhile is not acknowledged, and is delivered again; the
    /// settlement says so. The other events are acknowledged all the same.
    ///
    /// ```
    /// use eventgrid::blocking::Consumer;
    /// use eventgrid::{Batch, Credential, FailureReason, Sleep, Transport};
    ///
    /// fn done<T: Transport, E: Sleep, C: Credential>(
    ///     consumer: &Consumer<T, E, C>,
    ///     batch: &Batch<'_>,
    /// ) -> Result<(), Box<dyn std::error::Error>> {
    ///     let settlement = consumer.acknowledge(batch)?;
    ///     for failed in settlement.failed() {
    ///         match failed.reason() {
    ///             FailureReason::TokenLost => eprintln!("it comes again: {}", failed.lock_token()),
    ///             _ => eprintln!("{}", failed.message()),
    ///         }
    ///     }
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error`] if the call failed as a whole. The outcome of each token is in the [`Settlement`].
    #[cfg(feature = "alloc")]
    pub fn acknowledge<L: LockTokens + ?Sized>(
        &self,
        lock_tokens: &L,
    ) -> Result<Settlement<'static>, Error<'static, T::Error>> {
        self.settle(SettleAction::Acknowledge, lock_tokens)
    }

    /// Releases events that were not handled: they become available again after a delay.
    ///
    /// # Errors
    /// [`Error`] if the call failed as a whole. The outcome of each token is in the [`Settlement`].
    #[cfg(feature = "alloc")]
    pub fn release<L: LockTokens + ?Sized>(
        &self,
        lock_tokens: &L,
        delay: crate::calls::ReleaseDelay,
    ) -> Result<Settlement<'static>, Error<'static, T::Error>> {
        self.settle(SettleAction::Release(delay), lock_tokens)
    }

    /// Rejects events that cannot be handled: they are dead-lettered if the subscription has a
    /// destination for that, and dropped otherwise.
    ///
    /// # Errors
    /// [`Error`] if the call failed as a whole. The outcome of each token is in the [`Settlement`].
    #[cfg(feature = "alloc")]
    pub fn reject<L: LockTokens + ?Sized>(
        &self,
        lock_tokens: &L,
    ) -> Result<Settlement<'static>, Error<'static, T::Error>> {
        self.settle(SettleAction::Reject, lock_tokens)
    }

    /// Renews the locks of events that are still being handled; their tokens stay the same.
    ///
    /// # Errors
    /// [`Error`] if the call failed as a whole. The outcome of each token is in the [`Settlement`].
    #[cfg(feature = "alloc")]
    pub fn renew_locks<L: LockTokens + ?Sized>(
        &self,
        lock_tokens: &L,
    ) -> Result<Settlement<'static>, Error<'static, T::Error>> {
        self.settle(SettleAction::RenewLocks, lock_tokens)
    }

    /// Acknowledges, releases or rejects events, or renews their locks, as `action` says. Without a
    /// token, no request is sent.
    ///
    /// # Errors
    /// [`Error`] if the call failed as a whole. The outcome of each token is in the [`Settlement`].
    #[cfg(feature = "alloc")]
    pub fn settle<L: LockTokens + ?Sized>(
        &self,
        action: SettleAction,
        lock_tokens: &L,
    ) -> Result<Settlement<'static>, Error<'static, T::Error>> {
        if lock_tokens.lock_tokens().next().is_none() {
            return Ok(Settlement::default());
        }
        self.client.call_blocking(&Settle::new(&self.subscription, action, lock_tokens))
    }

    /// Like [`settle`](Self::settle), with options for this call only. Without a token, no request
    /// is sent.
    ///
    /// # Errors
    /// [`Error`] if the call failed as a whole. The outcome of each token is in the [`Settlement`].
    #[cfg(feature = "alloc")]
    pub fn settle_with<L: LockTokens + ?Sized>(
        &self,
        action: SettleAction,
        lock_tokens: &L,
        options: &CallOptions<'_>,
    ) -> Result<Settlement<'static>, Error<'static, T::Error>> {
        if lock_tokens.lock_tokens().next().is_none() {
            return Ok(Settlement::default());
        }
        let call = Settle::new(&self.subscription, action, lock_tokens);
        self.client.call_blocking(&call.with_options(options))
    }

    /// Sends a request of your own to the namespace, and returns the response whatever its status
    /// is.
    ///
    /// # Errors
    /// [`Error::Request`], [`Error::Credential`] or [`Error::Transport`].
    #[cfg(feature = "alloc")]
    pub fn send_request(&self, request: &RawRequest<'_>) -> Result<RawResponse, Error<'static, T::Error>> {
        self.client.raw_blocking(request, self.subscription.endpoint(), EndpointKind::Namespace)
    }

    /// Like [`send_request`](Self::send_request), but the body of the response is read in pieces,
    /// in constant memory.
    ///
    /// Attempts are made as for `send_request`, until the head of a response has come that is
    /// returned. After that there is no retry: if the body breaks off, reading it fails.
    ///
    /// # Errors
    /// [`Error::Request`], [`Error::Credential`] or [`Error::Transport`].
    #[cfg(feature = "alloc")]
    pub fn open_request(
        &self,
        request: &RawRequest<'_>,
    ) -> Result<OpenResponse<T::Body<'_>>, Error<'static, T::Error>>
    where
        T: Open,
    {
        self.client.open_raw_blocking(request, self.subscription.endpoint(), EndpointKind::Namespace)
    }

    /// Like `settle`, in buffers of the caller: `tx` for the request and `rx` for the response.
    ///
    /// # Errors
    /// [`Error`] if the call failed as a whole. The outcome of each token is in the [`Settlement`].
    pub fn settle_in<'r, L: LockTokens + ?Sized>(
        &self,
        action: SettleAction,
        lock_tokens: &L,
        tx: &mut Buf<'_>,
        rx: &'r mut Buf<'_>,
    ) -> Result<Settlement<'r>, Error<'r, T::Error>> {
        if lock_tokens.lock_tokens().next().is_none() {
            return Ok(Settlement::default());
        }
        self.client.call_blocking_in(&Settle::new(&self.subscription, action, lock_tokens), tx, rx)
    }
}
