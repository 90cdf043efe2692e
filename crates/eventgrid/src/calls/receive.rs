//! Receiving: `POST /topics/{topic}/eventsubscriptions/{subscription}:receive` (api-version
//! 2024-06-01).

use core::time::Duration;

use eventgrid_transport::{Buf, Replay, TransportErrorKind};

use crate::calls::{Call, Operation};
use crate::endpoint::{Endpoint, EndpointKind};
use crate::http::{Encoded, RequestContext, RequestError, UrlWriter};
use crate::received::{Batch, DecodeError};
use crate::target::Subscription;
use crate::text::Bytes;

/// How many events to receive, and how long to wait for the first one.
///
/// The service responds as soon as it has any event: it does not wait for more of them.
///
/// ```
/// use core::time::Duration;
/// use eventgrid::ReceiveOptions;
///
/// let options = ReceiveOptions::new().max_events(100).max_wait_time(Duration::from_secs(10));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReceiveOptions {
    max_events: Option<u32>,
    max_wait_time: Option<Duration>,
    max_time: Option<Duration>,
    unchecked: bool,
}

impl ReceiveOptions {
    /// The wait time of the service if the request has none.
    const DEFAULT_WAIT: Duration = Duration::from_secs(60);

    /// The service's own defaults: 1 event, 60 seconds.
    pub const fn new() -> Self {
        Self { max_events: None, max_wait_time: None, max_time: None, unchecked: false }
    }

    /// The largest number of events: 1 to 100.
    #[must_use]
    pub const fn max_events(mut self, events: u32) -> Self {
        self.max_events = Some(events);
        self
    }

    /// The longest wait for the first event: 10 to 120 seconds, rounded up to whole seconds.
    #[must_use]
    pub const fn max_wait_time(mut self, time: Duration) -> Self {
        self.max_wait_time = Some(time);
        self
    }

    /// How long the receive may take in all, in addition to the [wait time](Self::max_wait_time).
    /// After that it ends with the events that have come completely ([`Batch::interruption`]), or
    /// with a time-out if there are none. Default: the total of the client's [retry
    /// policy](crate::RetryPolicy::total).
    ///
    /// The locks of the first events already run while the last ones are still on their way. Over a
    /// slow link, this limit leaves time to handle the first ones. If the response begins at once,
    /// it may go on for the wait time, too, so choose both such that they are shorter than a lock
    /// together.
    #[must_use]
    pub const fn max_time(mut self, time: Duration) -> Self {
        self.max_time = Some(time);
        self
    }

    /// Does not check the numbers. Otherwise they are checked against the limits of api-version
    /// 2024-06-01 before the request is sent. Use it for a service with other limits.
    #[must_use]
    pub const fn without_limits(mut self) -> Self {
        self.unchecked = true;
        self
    }

    /// How many events it asks for, if that is set.
    #[cfg(feature = "alloc")]
    pub(crate) const fn asked(&self) -> Option<u32> {
        self.max_events
    }

    /// Checks whether the service accepts these numbers.
    ///
    /// # Errors
    /// [`RequestError::MaxEvents`] or [`RequestError::MaxWaitTime`], with the number that it does
    /// not accept.
    pub fn check(&self) -> Result<(), RequestError> {
        match (self.max_events, self.max_wait_time) {
            _ if self.unchecked => Ok(()),
            (Some(events), _) if !(1..=100).contains(&events) => Err(RequestError::MaxEvents(events)),
            // 10 to 120 seconds, after rounding up.
            (_, Some(time)) if time <= Duration::from_secs(9) || time > Duration::from_secs(120) => {
                Err(RequestError::MaxWaitTime(time))
            }
            _ => Ok(()),
        }
    }
}

fn whole_seconds(time: Duration) -> u64 {
    time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0))
}

/// Receives events and locks them for this consumer.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Receive<'c> {
    /// The subscription to receive from.
    pub subscription: &'c Subscription<'c>,
    /// How many events to receive, and how long to wait.
    pub options: ReceiveOptions,
}

impl<'c> Receive<'c> {
    /// A call that receives from this subscription.
    pub const fn new(subscription: &'c Subscription<'c>, options: ReceiveOptions) -> Self {
        Self { subscription, options }
    }
}

impl Call for Receive<'_> {
    type Output<'b> = Batch<'b>;

    const LOCKS_EVENTS: bool = true;

    fn endpoint(&self) -> &Endpoint<'_> {
        self.subscription.endpoint()
    }

    fn endpoint_kind(&self) -> EndpointKind {
        EndpointKind::Namespace
    }

    fn operation(&self) -> Operation<'_> {
        Operation {
            name: "receive",
            kind: Some("receive"),
            destination: Some(self.subscription.topic()),
            subscription: Some(self.subscription.subscription()),
            events: None,
        }
    }

    fn max_time(&self) -> Option<Duration> {
        self.options.max_time
    }

    fn arrived(batch: &mut Batch<'_>, at: Option<Duration>) {
        batch.set_arrived(at);
    }

    fn received(batch: &Batch<'_>) -> Option<usize> {
        Some(batch.len())
    }

    fn encode(&self, context: &RequestContext<'_>, tx: &mut Buf<'_>) -> Result<Encoded, RequestError> {
        self.options.check()?;
        let mut url = subscription_url(self.subscription, ":receive", context, tx)?;
        if let Some(events) = self.options.max_events {
            url.query("maxEvents", u64::from(events))?;
        }
        let wait = self.options.max_wait_time;
        if let Some(time) = wait {
            url.query("maxWaitTime", whole_seconds(time))?;
        }
        let body = url.headers(context)?.body();
        // If it is sent again after a lost response, the events of that response stay locked for a
        // while and lose one delivery each.
        Ok(body.end(wait.unwrap_or(ReceiveOptions::DEFAULT_WAIT), Replay::Always))
    }

    fn decode<'b>(&self, body: Bytes<'b>, _replayed: bool) -> Result<Batch<'b>, DecodeError> {
        Batch::parse(body)
    }

    fn decode_interrupted<'b>(&self, body: Bytes<'b>, by: TransportErrorKind) -> Option<Batch<'b>> {
        Batch::interrupted(body, by)
    }
}

/// The URL of an operation on a subscription, up to its `api-version`.
pub(super) fn subscription_url<'w, 'b>(
    subscription: &Subscription<'_>,
    operation: &str,
    context: &RequestContext<'_>,
    tx: &'w mut Buf<'b>,
) -> Result<UrlWriter<'w, 'b>, RequestError> {
    let mut url = UrlWriter::new(tx, subscription.endpoint())?;
    url.path("/topics/")?;
    url.segment(subscription.topic())?;
    url.path("/eventsubscriptions/")?;
    url.segment(subscription.subscription())?;
    url.path(operation)?;
    url.api_version(context.api_version(EndpointKind::Namespace))?;
    Ok(url)
}
