//! Publishing: to a topic of a namespace (`POST /topics/{topic}:publish`, api-version 2024-06-01),
//! or to a basic topic, a domain or a partner channel (`POST /api/events`, api-version 2018-01-01).

use core::time::Duration;

use eventgrid_transport::Buf;

use crate::calls::event::{OutgoingEvent, WriteContext};
use crate::calls::{Call, Operation};
use crate::endpoint::{Endpoint, EndpointKind};
use crate::event::BinaryMode;
use crate::http::{BodyWriter, Encoded, HeaderWriter, RequestContext, RequestError, UrlWriter};
use crate::received::DecodeError;
use crate::target::sealed::Schema as _;
use crate::target::{Accepts, BinaryContentMode, NamespaceTopic, Target};
use crate::text::Bytes;
use crate::trace::TraceContext;

/// Publishes one event or a batch.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Publish<'c, P: ?Sized, K = NamespaceTopic<'c>> {
    /// The target to publish to.
    pub target: &'c K,
    /// The event or events to publish.
    pub events: &'c P,
    /// The trace that the events are a part of, if not that of the [`RequestContext`].
    pub trace: Option<&'c TraceContext<'c>>,
}

impl<'c, P: ?Sized, K> Publish<'c, P, K> {
    /// A call that publishes these events to this target.
    pub const fn new(target: &'c K, events: &'c P) -> Self {
        Self { target, events, trace: None }
    }

    /// Sets the trace. Default: that of the [`RequestContext`].
    #[must_use]
    pub const fn with_trace(mut self, trace: Option<&'c TraceContext<'c>>) -> Self {
        self.trace = trace;
        self
    }
}

impl<P: Publishable + ?Sized, K: Target + Accepts<P::Schema>> Call for Publish<'_, P, K> {
    type Output<'b> = ();

    const READS_BODY: bool = false;

    fn endpoint(&self) -> &Endpoint<'_> {
        self.target.endpoint()
    }

    fn endpoint_kind(&self) -> EndpointKind {
        self.target.endpoint_kind()
    }

    fn operation(&self) -> Operation<'_> {
        Operation::sending(self.target.name(), self.events.len())
    }

    fn encode(&self, context: &RequestContext<'_>, tx: &mut Buf<'_>) -> Result<Encoded, RequestError> {
        let context = RequestContext { trace: self.trace.or(context.trace), ..*context };
        let headers = publish_headers(self.target, &context, tx)?;
        let body = self.events.write(
            WriteContext { endpoint_kind: self.target.endpoint_kind(), trace: context.trace },
            headers,
        )?;
        Ok(body.end(Duration::ZERO, context.replay_of_publish()))
    }

    /// A namespace responds with `{}` and a basic topic without a body. Only the status matters.
    fn decode(&self, _body: Bytes<'_>, _replayed: bool) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// The URL and the headers of a publish, up to its content type.
pub(crate) fn publish_headers<'w, 'b>(
    target: &impl Target,
    context: &RequestContext<'_>,
    tx: &'w mut Buf<'b>,
) -> Result<HeaderWriter<'w, 'b>, RequestError> {
    let mut url = UrlWriter::new(tx, target.endpoint())?;
    target.write_url(&mut url)?;
    url.api_version(context.api_version(target.endpoint_kind()))?;
    let mut headers = url.headers(context)?;
    target.write_headers(&mut headers)?;
    Ok(headers)
}

/// The events that can be published in one request: a single event, or a batch of events of one
/// kind.
///
/// Implemented for every [`OutgoingEvent`], for slices, arrays and `Vec`s of each kind of event,
/// and for [`BinaryMode`]. It is sealed, because only the service decides what a target takes.
pub trait Publishable: Write {
    /// The schema of the events, which a target may [accept](Accepts) or not.
    type Schema;

    /// How many events there are.
    fn len(&self) -> usize;

    /// Whether there are no events to send.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

mod sealed {
    use super::{BodyWriter, HeaderWriter, RequestError, WriteContext};

    pub trait Write {
        /// Writes the content type and the body.
        fn write<'w, 'b>(
            &self,
            context: WriteContext<'_>,
            headers: HeaderWriter<'w, 'b>,
        ) -> Result<BodyWriter<'w, 'b>, RequestError>;
    }
}

use sealed::Write;

impl Write for BinaryMode<'_> {
    fn write<'w, 'b>(
        &self,
        context: WriteContext<'_>,
        headers: HeaderWriter<'w, 'b>,
    ) -> Result<BodyWriter<'w, 'b>, RequestError> {
        if context.endpoint_kind != EndpointKind::Namespace {
            return Err(RequestError::NotAccepted);
        }
        self.0.check().map_err(|reason| RequestError::Event { index: 0, reason })?;
        BinaryMode::write(*self, context.trace, headers)
    }
}

impl Publishable for BinaryMode<'_> {
    type Schema = BinaryContentMode;

    fn len(&self) -> usize {
        1
    }
}

impl<E: OutgoingEvent> Write for E {
    fn write<'w, 'b>(
        &self,
        context: WriteContext<'_>,
        mut headers: HeaderWriter<'w, 'b>,
    ) -> Result<BodyWriter<'w, 'b>, RequestError> {
        match E::Schema::SINGLE {
            Some(content_type) if context.endpoint_kind == EndpointKind::Namespace => {
                headers.text("content-type", content_type)?;
                let mut body = headers.body();
                self.write_checked(0, context, &mut body.json())?;
                Ok(body)
            }
            _ => core::slice::from_ref(self).write(context, headers),
        }
    }
}

impl<E: OutgoingEvent> Publishable for E {
    type Schema = E::Schema;

    fn len(&self) -> usize {
        1
    }
}

impl<E: OutgoingEvent> Write for [E] {
    fn write<'w, 'b>(
        &self,
        context: WriteContext<'_>,
        mut headers: HeaderWriter<'w, 'b>,
    ) -> Result<BodyWriter<'w, 'b>, RequestError> {
        headers.text("content-type", E::Schema::BATCH)?;
        let mut body = headers.body();
        let mut json = body.json();
        json.begin_array()?;
        for (index, event) in self.iter().enumerate() {
            event.write_checked(index, context, &mut json)?;
        }
        json.end_array()?;
        Ok(body)
    }
}

impl<E: OutgoingEvent> Publishable for [E] {
    type Schema = E::Schema;

    fn len(&self) -> usize {
        <[E]>::len(self)
    }
}

macro_rules! like_a_slice {
    ($([$($generics:tt)*] $list:ty),+) => {$(
        impl<$($generics)*> Write for $list {
            fn write<'w, 'b>(
                &self,
                context: WriteContext<'_>,
                headers: HeaderWriter<'w, 'b>,
            ) -> Result<BodyWriter<'w, 'b>, RequestError> {
                self.as_slice().write(context, headers)
            }
        }

        impl<$($generics)*> Publishable for $list {
            type Schema = E::Schema;

            fn len(&self) -> usize {
                self.as_slice().len()
            }
        }
    )+};
}

like_a_slice!([E: OutgoingEvent, const N: usize] [E; N]);
#[cfg(feature = "alloc")]
like_a_slice!([E: OutgoingEvent] alloc::vec::Vec<E>);
#[cfg(feature = "heapless")]
like_a_slice!([E: OutgoingEvent, const N: usize] heapless::Vec<E, N>);
