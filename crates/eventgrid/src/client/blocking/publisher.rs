//! The publisher.

#[cfg(feature = "alloc")]
use super::OpenResponse;
#[cfg(feature = "alloc")]
use eventgrid_transport::Open;
use eventgrid_transport::{Buf, Sleep, Transport};

#[cfg(feature = "alloc")]
use crate::calls::{Call as _, CallOptions, EncodedEvent, OutgoingEvent, event::WriteContext};
use crate::calls::{Publish, Publishable};
use crate::client::Client;
#[cfg(feature = "alloc")]
use crate::client::{RawRequest, RawResponse, SendLimits, SendReport, split::Splitter};
use crate::credential::Credential;
use crate::error::Error;
use crate::target::{Accepts, NamespaceTopic, Target};

/// Publishes events to a target, blocking the thread.
///
/// It is shared by reference: several threads may publish at the same time.
#[derive(Debug, Clone)]
pub struct Publisher<T, E, C, K = NamespaceTopic<'static>> {
    client: Client<T, E, C>,
    target: K,
    #[cfg(feature = "alloc")]
    limits: SendLimits,
}

impl<T, E, C, K> Publisher<T, E, C, K> {
    /// The client through which it sends requests.
    pub fn client(&self) -> &Client<T, E, C> {
        &self.client
    }

    /// The target that it publishes to.
    pub fn target(&self) -> &K {
        &self.target
    }

    /// The limits of one request.
    #[cfg(feature = "alloc")]
    pub fn send_limits(&self) -> SendLimits {
        self.limits
    }
}

impl<T: Transport, E: Sleep, C: Credential, K: Target> Publisher<T, E, C, K> {
    /// A publisher to a target: a topic of a namespace, or one of the targets in
    /// [`target`](crate::target).
    pub fn new(client: Client<T, E, C>, target: K) -> Self {
        Self {
            #[cfg(feature = "alloc")]
            limits: SendLimits::of(target.endpoint_kind()),
            client,
            target,
        }
    }

    /// Closes the connections that its client's transport keeps, see [`Client::close_blocking`].
    pub fn close(&self) {
        self.client.close_blocking();
    }

    /// How large one request of [`send_all`](Self::send_all) may be. Default: [`SendLimits::of`]
    /// the target.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn limits(mut self, limits: SendLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Publishes an event, or a batch of events in one request: the service accepts all events of a
    /// request or none.
    ///
    /// After it has returned `Ok`, the service has stored the events. For an empty batch, no
    /// request is sent.
    ///
    /// ```
    /// use eventgrid::blocking::Publisher;
    /// use eventgrid::{CloudEvent, Credential, Data, Sleep, Transport};
    ///
    /// fn report<T: Transport, E: Sleep, C: Credential>(
    ///     publisher: &Publisher<T, E, C>,
    /// ) -> Result<(), Box<dyn std::error::Error>> {
    ///     let celsius = Data::raw_json(r#"{"celsius":71}"#)?;
    ///     let event = CloudEvent::new("17", "urn:plant/boiler", "Reading").with_data(celsius);
    ///     publisher.send(&event)?;
    ///     // A batch is one request, of which the service takes all or none.
    ///     let started = CloudEvent::new("18", "urn:plant/boiler", "Started");
    ///     publisher.send(&[event, started])?;
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act.
    #[cfg(feature = "alloc")]
    pub fn send<P: Publishable + ?Sized>(&self, events: &P) -> Result<(), Error<'static, T::Error>>
    where
        K: Accepts<P::Schema>,
    {
        if events.is_empty() {
            return Ok(());
        }
        self.client.call_blocking(&Publish::new(&self.target, events))
    }

    /// Like [`send`](Self::send), as a part of `trace` instead of that from the client's
    /// [source](Client::trace_source).
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act.
    #[cfg(feature = "alloc")]
    pub fn send_traced<P: Publishable + ?Sized>(
        &self,
        events: &P,
        trace: &crate::trace::TraceContext<'_>,
    ) -> Result<(), Error<'static, T::Error>>
    where
        K: Accepts<P::Schema>,
    {
        if events.is_empty() {
            return Ok(());
        }
        self.client.call_blocking(&Publish::new(&self.target, events).with_trace(Some(trace)))
    }

    /// Like [`send`](Self::send), with options for this call only.
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act.
    #[cfg(feature = "alloc")]
    pub fn send_with<P: Publishable + ?Sized>(
        &self,
        events: &P,
        options: &CallOptions<'_>,
    ) -> Result<(), Error<'static, T::Error>>
    where
        K: Accepts<P::Schema>,
    {
        if events.is_empty() {
            return Ok(());
        }
        self.client.call_blocking(&Publish::new(&self.target, events).with_options(options))
    }

    /// Publishes any number of events, in as many requests as the limits require, one after the
    /// other.
    ///
    /// A request is split into halves, which are sent again, if the service responds that it is too
    /// large (413) or if it times out. An event that is not valid or too large is left out. After a
    /// request has failed, the others are still sent, unless it was refused because of its
    /// credential or its topic. The report has the outcome of each event.
    ///
    /// ```
    /// use eventgrid::blocking::Publisher;
    /// use eventgrid::{CloudEvent, Credential, Sleep, Transport, with_causes};
    ///
    /// fn report<T: Transport, E: Sleep, C: Credential>(publisher: &Publisher<T, E, C>, events: &[CloudEvent<'_>]) {
    ///     let report = publisher.send_all(events);
    ///     println!("{} of {} published", report.accepted(), events.len());
    ///     for failure in report.failures() {
    ///         eprintln!("events {:?}: {}", failure.events(), with_causes(failure.reason()));
    ///     }
    /// }
    /// ```
    #[cfg(feature = "alloc")]
    pub fn send_all<V: OutgoingEvent>(&self, events: &[V]) -> SendReport<T::Error>
    where
        K: Accepts<V::Schema>,
    {
        let trace = self.client.trace_source.and_then(|source| source());
        let context = WriteContext { endpoint_kind: self.target.endpoint_kind(), trace: trace.as_ref() };
        let mut splitter = Splitter::new(events, self.limits, context, self.client.replay_publish);
        while let Some(part) = splitter.next_part(&self.target) {
            let result = self.client.call_blocking(&part);
            splitter.done(result);
        }
        splitter.into_report()
    }

    /// Like [`send_all`](Self::send_all), with options for the requests of this call only.
    #[cfg(feature = "alloc")]
    pub fn send_all_with<V: OutgoingEvent>(
        &self,
        events: &[V],
        options: &CallOptions<'_>,
    ) -> SendReport<T::Error>
    where
        K: Accepts<V::Schema>,
    {
        let trace = self.client.trace_source.and_then(|source| source());
        let context = WriteContext { endpoint_kind: self.target.endpoint_kind(), trace: trace.as_ref() };
        let mut splitter = Splitter::new(events, self.limits, context, self.client.replay_publish);
        while let Some(part) = splitter.next_part(&self.target) {
            let result = self.client.call_blocking(&part.with_options(options));
            splitter.done(result);
        }
        splitter.into_report()
    }

    /// Checks an event and encodes it, to be sent later. It becomes a part of the current trace.
    ///
    /// # Errors
    /// [`RequestError`](crate::RequestError) if the service would refuse the event, or if its data
    /// cannot be JSON.
    #[cfg(feature = "alloc")]
    pub fn encode<V: OutgoingEvent>(
        &self,
        event: &V,
    ) -> Result<EncodedEvent<V::Schema>, crate::http::RequestError>
    where
        K: Accepts<V::Schema>,
    {
        let trace = self.client.trace_source.and_then(|source| source());
        EncodedEvent::new(event, self.target.endpoint_kind(), trace.as_ref())
    }

    /// Sends a request of your own to the target's endpoint, and returns the response whatever its
    /// status is.
    ///
    /// # Errors
    /// [`Error::Request`], [`Error::Credential`] or [`Error::Transport`].
    #[cfg(feature = "alloc")]
    pub fn send_request(&self, request: &RawRequest<'_>) -> Result<RawResponse, Error<'static, T::Error>> {
        self.client.raw_blocking(request, self.target.endpoint(), self.target.endpoint_kind())
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
        self.client.open_raw_blocking(request, self.target.endpoint(), self.target.endpoint_kind())
    }

    /// Like `send`, in buffers of the caller: `tx` for the request and `rx` for the response.
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act.
    pub fn send_in<'r, P: Publishable + ?Sized>(
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
        self.client.call_blocking_in(&Publish::new(&self.target, events), tx, rx)
    }
}
