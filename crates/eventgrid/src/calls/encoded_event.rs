//! An event that is ready to be sent.

use alloc::string::String;
use core::fmt;
use core::marker::PhantomData;

use crate::calls::EncodedEventRef;
use crate::calls::event::{OutgoingEvent, WriteContext, sealed};
use crate::endpoint::EndpointKind;
use crate::event::is_sendable;
use crate::http::RequestError;
use crate::json::{JsonError, JsonText, JsonWriter, RawJson};
use crate::target::{CloudEvents, Schema};
use crate::trace::TraceContext;

/// An event of any kind that was checked and encoded as JSON, for programs that send it later, for
/// example from a buffer. Its size is known, and it borrows nothing.
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
    /// Checks an event as the service does for this kind of endpoint, and encodes it, with `trace`
    /// if it has no trace of its own.
    ///
    /// # Errors
    /// [`RequestError`] if the service would refuse the event, or if its data cannot be written as
    /// JSON.
    pub fn new<E: OutgoingEvent<Schema = S>>(
        event: &E,
        endpoint_kind: EndpointKind,
        trace: Option<&TraceContext<'_>>,
    ) -> Result<Self, RequestError> {
        let context = WriteContext { endpoint_kind, trace };
        // It is checked because it will share a request with others: one that is not valid JSON
        // would make all of them fail.
        let json = JsonText::written_by(|out| event.write_checked(0, context, out))?;
        Ok(Self { json, endpoint_kind, schema: PhantomData })
    }

    /// An event that was encoded before and kept as text, for example in a file. It is sent
    /// unchanged. The text is checked again to be JSON, but not whether the service would refuse
    /// it.
    ///
    /// # Errors
    /// [`JsonError`] if the text is not a single JSON value, so that it cannot be one that
    /// [`json`](Self::json) has returned.
    ///
    /// ```
    /// use eventgrid::calls::EncodedEvent;
    /// use eventgrid::{CloudEvent, EndpointKind};
    ///
    /// let event = CloudEvent::new("1", "urn:shop", "Order.Created");
    /// let encoded = EncodedEvent::new(&event, EndpointKind::Namespace, None)?;
    /// let kept = encoded.json().as_str().to_owned();
    ///
    /// let restored = EncodedEvent::restore(kept, EndpointKind::Namespace)?;
    /// let same: EncodedEvent = restored;
    /// assert_eq!(same.json(), encoded.json());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn restore(json: impl Into<String>, endpoint_kind: EndpointKind) -> Result<Self, JsonError> {
        let json = JsonText::parse(json.into())?;
        Ok(Self { json, endpoint_kind, schema: PhantomData })
    }
}

impl EncodedEvent<CloudEvents> {
    /// A CloudEvent that is already JSON text, to be sent unchanged. Its grammar and its attributes
    /// are checked in one pass, as by [`new`](Self::new), and it is not encoded again.
    ///
    /// `None` if the text is not such an event. Then
    /// [`CloudEventView::parse`](crate::event::CloudEventView::parse) says what is wrong with it,
    /// or [`to_event`](crate::event::CloudEventView::to_event) makes an event of it that
    /// [`new`](Self::new) takes. Do this for an event that is valid in another form: with
    /// attributes that are `null`, without `specversion`, with a `time` that must be rewritten,
    /// with `data_base64`, or with more than 16 extension attributes.
    ///
    /// No two extension attributes may have the same name. Apart from that, their names and values
    /// may be anything, as in events that are received and forwarded.
    ///
    /// ```
    /// use eventgrid::EndpointKind;
    /// use eventgrid::calls::EncodedEvent;
    ///
    /// let json = r#"{"specversion":"1.0", "id":"1", "source":"urn:shop", "type":"Order.Created"}"#;
    /// let encoded = EncodedEvent::as_it_came(json, EndpointKind::Namespace).expect("it is valid");
    /// assert_eq!(encoded.json().as_str(), json);
    /// assert!(EncodedEvent::as_it_came("{}", EndpointKind::Namespace).is_none());
    /// ```
    pub fn as_it_came(json: impl AsRef<str> + Into<String>, endpoint_kind: EndpointKind) -> Option<Self> {
        is_sendable(json.as_ref()).then(|| Self {
            json: JsonText::found(json.into().into()),
            endpoint_kind,
            schema: PhantomData,
        })
    }
}

impl<S> EncodedEvent<S> {
    /// The JSON text that is sent.
    pub fn json(&self) -> RawJson<'_> {
        self.json.as_raw()
    }
}

impl<S: Schema> sealed::OutgoingEvent for EncodedEvent<S> {
    type Schema = S;

    /// The event was checked when this value was made.
    fn write_checked(
        &self,
        _: usize,
        context: WriteContext<'_>,
        out: &mut JsonWriter<'_, '_>,
    ) -> Result<(), RequestError> {
        EncodedEventRef::<S>::found(self.json(), self.endpoint_kind).write_checked(0, context, out)
    }

    fn written(&self, context: WriteContext<'_>) -> Option<RawJson<'_>> {
        (context.endpoint_kind == self.endpoint_kind).then(|| self.json())
    }
}

impl<S> Clone for EncodedEvent<S> {
    fn clone(&self) -> Self {
        Self { json: self.json.clone(), endpoint_kind: self.endpoint_kind, schema: PhantomData }
    }
}

/// Shows the JSON text that is sent.
impl<S> fmt::Debug for EncodedEvent<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EncodedEvent").field(&self.json).finish()
    }
}
