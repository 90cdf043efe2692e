//! The operations of the data plane, each a value without I/O: it encodes a request and decodes the
//! response.
//!
//! The clients send these. Use them directly to send requests by other means.

mod binary_mode;
mod call_options;
mod divisible;
#[cfg(feature = "alloc")]
mod encoded_event;
#[cfg(feature = "alloc")]
mod encoded_events;
pub(crate) mod event;
mod operation;
pub(crate) mod publish;
mod receive;
mod settle;
mod with_options;

#[cfg(feature = "alloc")]
pub use call_options::Attempt;
pub use call_options::CallOptions;
pub use divisible::Divisible;
#[cfg(feature = "alloc")]
pub use encoded_event::EncodedEvent;
#[cfg(feature = "alloc")]
pub use encoded_events::{EncodedEventRef, EncodedEvents};
pub use event::OutgoingEvent;
pub use operation::Operation;
pub use publish::{Publish, Publishable};
pub use receive::{Receive, ReceiveOptions};
pub use settle::{ReleaseDelay, Settle, SettleAction};
pub use with_options::WithOptions;

pub use crate::http::{BodyWriter, Encoded, HeaderWriter, RequestContext, RequestId, UrlWriter};

use core::time::Duration;

use eventgrid_transport::{Buf, TransportErrorKind};

use crate::endpoint::{Endpoint, EndpointKind};
use crate::http::RequestError;
use crate::received::DecodeError;
use crate::text::Bytes;

/// One operation of the data plane, without I/O.
///
/// ```
/// use eventgrid::calls::{Call, Receive, ReceiveOptions, RequestContext};
/// use eventgrid::{Buf, Subscription};
///
/// let subscription = Subscription::new("https://ns.example", "orders", "billing")?;
/// let call = Receive::new(&subscription, ReceiveOptions::new().max_events(10));
///
/// let mut storage = [0; 512];
/// let mut tx = Buf::new(&mut storage);
/// let encoded = call.encode(&RequestContext::default(), &mut tx)?;
/// assert_eq!(
///     encoded.request(&tx).url(),
///     "https://ns.example/topics/orders/eventsubscriptions/billing:receive?api-version=2024-06-01&maxEvents=10",
/// );
///
/// let batch = call.decode(br#"{"value":[]}"#[..].into(), false)?;
/// assert!(batch.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Call {
    /// The result of a success: a view over the response's body, or a value that owns it.
    type Output<'b>;

    /// Whether a success locks the events in its response. If so, their lock tokens are kept even
    /// if the response does not fit into its buffer, see
    /// [`Error::BatchTooLarge`](crate::Error::BatchTooLarge).
    const LOCKS_EVENTS: bool = false;

    /// Whether the body of a success is read. If not, a response that does not fit into its buffer
    /// is a success all the same.
    const READS_BODY: bool = true;

    /// The endpoint that the request goes to.
    fn endpoint(&self) -> &Endpoint<'_>;

    /// The kind of the endpoint, which decides how credentials are written.
    fn endpoint_kind(&self) -> EndpointKind;

    /// The operation, as telemetry describes it.
    fn operation(&self) -> Operation<'_>;

    /// How many events a success has brought, if the call receives events.
    fn received(_output: &Self::Output<'_>) -> Option<usize> {
        None
    }

    /// Stores the environment's uptime at which the first byte of the response came.
    fn arrived(_output: &mut Self::Output<'_>, _at: Option<Duration>) {}

    /// How long the call may take in all, without the wait time of a long poll, if that is less
    /// than the total of the retry policy.
    fn max_time(&self) -> Option<Duration> {
        None
    }

    /// Whether the caller divides this call into smaller ones if it times out while bytes move, as
    /// `Publisher::send_all` does. The client then does not retry it unchanged.
    fn is_divisible(&self) -> bool {
        false
    }

    /// The options of this call that differ from those of the client.
    #[cfg(feature = "alloc")]
    fn options(&self) -> Option<&CallOptions<'_>> {
        None
    }

    /// The same call with options of its own.
    ///
    /// ```
    /// use eventgrid::calls::{Call, Publish, RequestContext};
    /// use eventgrid::{Buf, CallOptions, CloudEvent, NamespaceTopic};
    ///
    /// let target = NamespaceTopic::new("https://ns.example", "orders")?;
    /// let event = CloudEvent::new("1", "/shop", "Ordered");
    /// let call = Publish::new(&target, &event);
    /// let options = CallOptions::new().headers(&[("x-tenant", "17")]);
    ///
    /// let mut storage = [0; 512];
    /// let mut tx = Buf::new(&mut storage);
    /// let encoded = call.with_options(&options).encode(&RequestContext::default(), &mut tx)?;
    /// assert!(encoded.request(&tx).has_header("x-tenant"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn with_options<'c>(&'c self, options: &'c CallOptions<'c>) -> WithOptions<'c, Self>
    where
        Self: Sized,
    {
        WithOptions::new(self, options)
    }

    /// Checks the arguments and encodes the request into `tx`, without its credential (see
    /// [`Encoded::authorize`]).
    ///
    /// # Errors
    /// [`RequestError`] if the request is not valid or does not fit.
    fn encode(&self, context: &RequestContext<'_>, tx: &mut Buf<'_>) -> Result<Encoded, RequestError>;

    /// Decodes the body of a 2xx response.
    ///
    /// `replayed` says that an earlier attempt of this same call may have been acted on, although
    /// its response was lost.
    ///
    /// # Errors
    /// [`DecodeError`] if the body is not as the service's contract says.
    fn decode<'b>(&self, body: Bytes<'b>, replayed: bool) -> Result<Self::Output<'b>, DecodeError>;

    /// Decodes the part of a 2xx response's body that came before it broke off for the reason `by`.
    /// Returns `None`, as by default, if the part is of no use; the call then fails.
    fn decode_interrupted<'b>(&self, _body: Bytes<'b>, _by: TransportErrorKind) -> Option<Self::Output<'b>> {
        None
    }
}
