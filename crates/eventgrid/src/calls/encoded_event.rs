//! An event that is ready to be sent.

use core::fmt;
use core::marker::PhantomData;

use crate::calls::event::{OutgoingEvent, WriteContext, sealed};
use crate::endpoint::EndpointKind;
use crate::http::RequestError;
use crate::json::{JsonText, JsonWriter, RawJson};
use crate::target::{CloudEvents, Schema};
use crate::trace::TraceContext;

/// An event of any kind that was checked and written as JSON: what a program keeps that sends it later, such as a buffer. Its
/// size is known, and it borrows nothing.
///
/// ```
/// use eventgrid::calls::EncodedEvent;
/// use eventgrid::{CloudEvent, EndpointKind};
///
/// let event = CloudEvent::new("1", "urn:shop", "Order.Created");
/// let encoded = EncodedEvent::new(&event, EndpointKind::Namespace, None)?;
/// assert_eq!(encoded.json().as_str(), r#"{"specversion":"1.0","id":"1","source":"urn:shop","type":"Order.Created"}"#);
/// # Ok::<(), eventgrid::RequestError>(())
/// ```
pub struct EncodedEvent<S = CloudEvents> {
    json: JsonText<'static>,
    endpoint_kind: EndpointKind,
    schema: PhantomData<fn() -> S>,
}

impl<S: Schema> EncodedEvent<S> {
    /// Checks an event as that part of the service will, and writes it; with the trace, if it has none of its own.
    ///
    /// # Errors
    /// [`RequestError`] if the service would refuse it, or if its data cannot be JSON.
    pub fn new<E: OutgoingEvent<Schema = S>>(
        event: &E,
        endpoint_kind: EndpointKind,
        trace: Option<&TraceContext<'_>>,
    ) -> Result<Self, RequestError> {
        let context = WriteContext { endpoint_kind, trace };
        // Checked, since it will share a request with others: one that is no JSON would spoil them all.
        let json = JsonText::written_by(|out| event.write_checked(0, context, out))?;
        Ok(Self { json, endpoint_kind, schema: PhantomData })
    }
}

impl<S> EncodedEvent<S> {
    /// What is sent.
    pub fn json(&self) -> RawJson<'_> {
        self.json.as_raw()
    }
}

impl<S: Schema> sealed::OutgoingEvent for EncodedEvent<S> {
    type Schema = S;

    /// It was checked when it was made.
    fn write_checked(
        &self,
        _: usize,
        context: WriteContext<'_>,
        out: &mut JsonWriter<'_, '_>,
    ) -> Result<(), RequestError> {
        if context.endpoint_kind != self.endpoint_kind {
            return Err(RequestError::NotAccepted);
        }
        Ok(out.raw(self.json())?)
    }
}

impl<S> Clone for EncodedEvent<S> {
    fn clone(&self) -> Self {
        Self { json: self.json.clone(), endpoint_kind: self.endpoint_kind, schema: PhantomData }
    }
}

/// Shows what is sent.
impl<S> fmt::Debug for EncodedEvent<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EncodedEvent").field(&self.json).finish()
    }
}
