//! The trait of all kinds of events that can be published.

use crate::endpoint::EndpointKind;
#[cfg(feature = "heapless")]
use crate::event::CloudEventBuf;
use crate::event::{CloudEvent, CustomEvent, EventGridEvent};
use crate::http::RequestError;
use crate::json::JsonWriter;
use crate::target::{CloudEvents, CustomSchema, EventGridSchema, Schema};
use crate::trace::TraceContext;

/// An event of any kind: [`CloudEvent`], [`EventGridEvent`], [`CustomEvent`], with feature `alloc`
/// an `EncodedEvent` or an `EncodedEventRef` of them, with feature `heapless` a `CloudEventBuf`, or
/// a reference to one of these. It is sealed, because only the service decides which events it
/// takes.
pub trait OutgoingEvent: sealed::OutgoingEvent {}

impl<E: sealed::OutgoingEvent> OutgoingEvent for E {}

/// What the encoding of an event depends on, apart from the event.
#[derive(Debug, Clone, Copy)]
pub struct WriteContext<'c> {
    pub(crate) endpoint_kind: EndpointKind,
    pub(crate) trace: Option<&'c TraceContext<'c>>,
}

pub(crate) mod sealed {
    use super::{JsonWriter, RequestError, Schema, WriteContext};

    pub trait OutgoingEvent {
        /// The schema of the event, which a target may accept or not.
        type Schema: Schema;

        /// Checks the event and writes it as one JSON value.
        fn write_checked(
            &self,
            index: usize,
            context: WriteContext<'_>,
            out: &mut JsonWriter<'_, '_>,
        ) -> Result<(), RequestError>;

        /// Whether foreign code writes a part of the event, which may not be valid JSON.
        #[cfg(feature = "alloc")]
        fn is_written_by_others(&self) -> bool {
            true
        }

        /// The JSON text, if the event was checked and encoded before; it is then only copied into
        /// requests. A type has it for all of its events, or for none that
        /// [`write_checked`](Self::write_checked) accepts.
        #[cfg(feature = "alloc")]
        fn written(&self, _context: WriteContext<'_>) -> Option<crate::json::RawJson<'_>> {
            None
        }
    }
}

impl sealed::OutgoingEvent for CloudEvent<'_> {
    type Schema = CloudEvents;

    fn write_checked(
        &self,
        index: usize,
        context: WriteContext<'_>,
        out: &mut JsonWriter<'_, '_>,
    ) -> Result<(), RequestError> {
        self.check().map_err(|reason| RequestError::Event { index, reason })?;
        Ok(self.write_traced(context.trace, out)?)
    }

    #[cfg(feature = "alloc")]
    fn is_written_by_others(&self) -> bool {
        self.data.is_written_by_others()
    }
}

#[cfg(feature = "heapless")]
impl<const N: usize> CloudEventBuf<N> {
    /// Checks an event and stores its JSON text.
    ///
    /// # Errors
    /// [`RequestError::Event`] if the service would refuse the event, [`RequestError::Data`] if its
    /// data cannot be written as JSON, and [`RequestError::TooLarge`] if it has more than `N`
    /// bytes.
    pub fn new(event: &CloudEvent<'_>) -> Result<Self, RequestError> {
        event.check().map_err(|reason| RequestError::Event { index: 0, reason })?;
        Ok(Self::written(event)?)
    }
}

#[cfg(feature = "heapless")]
impl<const N: usize> sealed::OutgoingEvent for CloudEventBuf<N> {
    type Schema = CloudEvents;

    /// The event was checked when this value was made, or came from the service.
    fn write_checked(
        &self,
        _: usize,
        context: WriteContext<'_>,
        out: &mut JsonWriter<'_, '_>,
    ) -> Result<(), RequestError> {
        Ok(self.write_traced(context.trace, out)?)
    }
}

impl sealed::OutgoingEvent for EventGridEvent<'_> {
    type Schema = EventGridSchema;

    fn write_checked(
        &self,
        index: usize,
        context: WriteContext<'_>,
        out: &mut JsonWriter<'_, '_>,
    ) -> Result<(), RequestError> {
        refuse_on_namespaces(context)?;
        self.check(context.endpoint_kind).map_err(|reason| RequestError::Event { index, reason })?;
        Ok(self.write_json(out)?)
    }

    #[cfg(feature = "alloc")]
    fn is_written_by_others(&self) -> bool {
        self.data.is_written_by_others()
    }
}

impl sealed::OutgoingEvent for CustomEvent<'_> {
    type Schema = CustomSchema;

    fn write_checked(
        &self,
        _: usize,
        context: WriteContext<'_>,
        out: &mut JsonWriter<'_, '_>,
    ) -> Result<(), RequestError> {
        refuse_on_namespaces(context)?;
        Ok(self.write_json(out)?)
    }
}

impl<E: sealed::OutgoingEvent> sealed::OutgoingEvent for &E {
    type Schema = E::Schema;

    fn write_checked(
        &self,
        index: usize,
        context: WriteContext<'_>,
        out: &mut JsonWriter<'_, '_>,
    ) -> Result<(), RequestError> {
        (**self).write_checked(index, context, out)
    }

    #[cfg(feature = "alloc")]
    fn written(&self, context: WriteContext<'_>) -> Option<crate::json::RawJson<'_>> {
        (**self).written(context)
    }

    #[cfg(feature = "alloc")]
    fn is_written_by_others(&self) -> bool {
        (**self).is_written_by_others()
    }
}

/// Refuses events on a target that is chosen at run time and turns out to be a namespace, which
/// takes only CloudEvents.
fn refuse_on_namespaces(context: WriteContext<'_>) -> Result<(), RequestError> {
    if context.endpoint_kind == EndpointKind::Namespace { Err(RequestError::NotAccepted) } else { Ok(()) }
}
