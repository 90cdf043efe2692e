//! A call that its caller divides into smaller ones.

use core::time::Duration;

use eventgrid_transport::{Buf, TransportErrorKind};

#[cfg(feature = "alloc")]
use crate::calls::CallOptions;
use crate::calls::{Call, Operation};
use crate::endpoint::{Endpoint, EndpointKind};
use crate::http::{Encoded, RequestContext, RequestError};
use crate::received::DecodeError;
use crate::text::Bytes;

/// A call that its caller divides into smaller ones if it times out while bytes move. The client
/// then does not retry it unchanged, but returns the error, see
/// [`Error::ran_out_of_time`](crate::Error::ran_out_of_time).
///
/// ```
/// use eventgrid::calls::{Call, Divisible, Publish};
/// use eventgrid::{CloudEvent, NamespaceTopic};
///
/// let target = NamespaceTopic::new("https://ns.example", "orders")?;
/// let events = [CloudEvent::new("1", "/shop", "Ordered"), CloudEvent::new("2", "/shop", "Ordered")];
/// let call = Divisible(Publish::new(&target, &events));
/// assert!(call.is_divisible());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Divisible<K>(pub K);

impl<K: Call> Call for Divisible<K> {
    type Output<'b> = K::Output<'b>;

    const LOCKS_EVENTS: bool = K::LOCKS_EVENTS;
    const READS_BODY: bool = K::READS_BODY;

    fn endpoint(&self) -> &Endpoint<'_> {
        self.0.endpoint()
    }

    fn endpoint_kind(&self) -> EndpointKind {
        self.0.endpoint_kind()
    }

    fn operation(&self) -> Operation<'_> {
        self.0.operation()
    }

    fn received(output: &K::Output<'_>) -> Option<usize> {
        K::received(output)
    }

    fn arrived(output: &mut K::Output<'_>, at: Option<Duration>) {
        K::arrived(output, at);
    }

    fn max_time(&self) -> Option<Duration> {
        self.0.max_time()
    }

    fn is_divisible(&self) -> bool {
        true
    }

    #[cfg(feature = "alloc")]
    fn options(&self) -> Option<&CallOptions<'_>> {
        self.0.options()
    }

    fn encode(&self, context: &RequestContext<'_>, tx: &mut Buf<'_>) -> Result<Encoded, RequestError> {
        self.0.encode(context, tx)
    }

    fn decode<'b>(&self, body: Bytes<'b>, replayed: bool) -> Result<K::Output<'b>, DecodeError> {
        self.0.decode(body, replayed)
    }

    fn decode_interrupted<'b>(&self, body: Bytes<'b>, by: TransportErrorKind) -> Option<K::Output<'b>> {
        self.0.decode_interrupted(body, by)
    }
}
