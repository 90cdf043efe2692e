//! The operations of the data plane, each a value without I/O: it encodes a request and decodes the
//! response.
//!
//! The clients are drivers round these; use them directly to send requests by means of your own.

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
    /// What a success brings: a view over the response's body, or an owner of it.
    type Output<'b>;

    /// Whether a success locks the events that it brings: then their lock tokens are kept even if
    /// it does not fit into the buffer for it, see
    /// [`Error::BatchTooLarge`](crate::Error::BatchTooLarge).
    const LOCKS_EVENTS: bool = false;

    /// Whether a success is read at all. If it is not, a response that does not fit into the buffer
    /// for it is a success all the same.
    const READS_BODY: bool = true;

    /// Where the request goes.
    fn endpoint(&self) -> &Endpoint<'_>;

    /// How that part of the service takes credentials.
    fn endpoint_kind(&self) -> EndpointKind;

    /// What the call does, in the words of telemetry.
    fn operation(&self) -> Operation<'_>;

    /// How many events a success brought, if it is one that brings events.
    fn received(_output: &Self::Output<'_>) -> Option<usize> {
        None
    }

    /// Takes the uptime of the environment when the first byte of the response came.
    fn arrived(_output: &mut Self::Output<'_>, _at: Option<Duration>) {}

    /// How long the call may take in all, the wait time of a long poll not counted, if that is less
    /// than the total of the retry policy.
    fn max_time(&self) -> Option<Duration> {
        None
    }

    /// Whether the caller makes smaller calls of this one where time ran out while bytes moved, as
    /// `Publisher::send_all` does: then the client does not repeat it
    /// as it is.
    fn is_divisible(&self) -> bool {
        false
    }

    /// What it has otherwise than the client that makes it.
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

    /// Checks the arguments and encodes the request into `tx`, but for its credential (see
    /// [`Encoded::authorize`]).
    ///
    /// # Errors
    /// [`RequestError`] if the request cannot be sent as it is.
    fn encode(&self, context: &RequestContext<'_>, tx: &mut Buf<'_>) -> Result<Encoded, RequestError>;

    /// Decodes the body of a 2xx response.
    ///
    /// `replayed` says that an earlier attempt of this same call may have been acted on, although
    /// its response was lost.
    ///
    /// # Errors
    /// [`DecodeError`] if the body is not what the service promises.
    fn decode<'b>(&self, body: Bytes<'b>, replayed: bool) -> Result<Self::Output<'b>, DecodeError>;

    /// Decodes what came of the body of a 2xx response that broke off for the reason `by`. `None`,
    /// the default, if it is of no use: then the call fails.
    fn decode_interrupted<'b>(&self, _body: Bytes<'b>, _by: TransportErrorKind) -> Option<Self::Output<'b>> {
        None
    }
}
