//! What all kinds of events have in common when they are published.

use crate::error::RequestError;
use crate::event::{CustomEvent, EventGridEvent};
use crate::json::JsonWriter;
use crate::target::{CloudEvents, CustomSchema, EventGridSchema, Realm};
use crate::{CloudEvent, TraceContext};

/// An event of any kind: [`CloudEvent`], [`EventGridEvent`], [`CustomEvent`] or, with feature `heapless`, `CloudEventBuf`. It is sealed: what the service takes is the
/// service's to say.
pub trait Event: sealed::Event {}

impl<E: sealed::Event> Event for E {}

/// What writing events depends on besides themselves.
#[derive(Debug, Clone, Copy)]
pub struct WriteContext<'c> {
    pub(crate) realm: Realm,
    pub(crate) trace: Option<&'c TraceContext<'c>>,
}

pub(crate) mod sealed {
    use super::{JsonWriter, RequestError, WriteContext};

    pub trait Event {
        /// Its schema; a target accepts it or does not.
        type Schema;

        /// The media type of a batch, which is also how a single event is sent where it must be.
        const BATCH: &'static str;

        /// The media type of a single event to a namespace, if a namespace takes this schema.
        const SINGLE: Option<&'static str>;

        /// Checks the event and writes it as one JSON value.
        fn write_checked(
            &self,
            index: usize,
            context: WriteContext<'_>,
            out: &mut JsonWriter<'_, '_>,
        ) -> Result<(), RequestError>;
    }
}

impl sealed::Event for CloudEvent<'_> {
    type Schema = CloudEvents;

    const BATCH: &'static str = "application/cloudevents-batch+json; charset=utf-8";
    const SINGLE: Option<&'static str> = Some("application/cloudevents+json; charset=utf-8");

    fn write_checked(
        &self,
        index: usize,
        context: WriteContext<'_>,
        out: &mut JsonWriter<'_, '_>,
    ) -> Result<(), RequestError> {
        self.check().map_err(|reason| RequestError::Event { index, reason })?;
        Ok(self.write_traced(context.trace, out)?)
    }
}

#[cfg(feature = "heapless")]
impl<const N: usize> sealed::Event for crate::event::CloudEventBuf<N> {
    type Schema = CloudEvents;

    const BATCH: &'static str = <CloudEvent<'_> as sealed::Event>::BATCH;
    const SINGLE: Option<&'static str> = <CloudEvent<'_> as sealed::Event>::SINGLE;

    /// It was checked when it was made.
    fn write_checked(
        &self,
        _: usize,
        context: WriteContext<'_>,
        out: &mut JsonWriter<'_, '_>,
    ) -> Result<(), RequestError> {
        Ok(self.write_traced(context.trace, out)?)
    }
}

impl sealed::Event for EventGridEvent<'_> {
    type Schema = EventGridSchema;

    const BATCH: &'static str = "application/json; charset=utf-8";
    const SINGLE: Option<&'static str> = None;

    fn write_checked(
        &self,
        index: usize,
        context: WriteContext<'_>,
        out: &mut JsonWriter<'_, '_>,
    ) -> Result<(), RequestError> {
        refuse_on_namespaces(context)?;
        self.check(context.realm).map_err(|reason| RequestError::Event { index, reason })?;
        Ok(self.write_json(out)?)
    }
}

impl sealed::Event for CustomEvent<'_> {
    type Schema = CustomSchema;

    const BATCH: &'static str = "application/json; charset=utf-8";
    const SINGLE: Option<&'static str> = None;

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

/// A target that is chosen at run time may turn out to be a namespace, which takes CloudEvents alone.
fn refuse_on_namespaces(context: WriteContext<'_>) -> Result<(), RequestError> {
    if context.realm == Realm::Namespace { Err(RequestError::NotAccepted) } else { Ok(()) }
}
