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

/// An event of any kind that was checked and written as JSON: what a program keeps that sends it
/// later, such as a buffer. Its size is known, and it borrows nothing.
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
    /// Checks an event as that part of the service will, and writes it; with the trace, if it has
    /// none of its own.
    ///
    /// # Errors
    /// [`RequestError`] if the service would refuse it, or if its data cannot be JSON.
    pub fn new<E: OutgoingEvent<Schema = S>>(
        event: &E,
        endpoint_kind: EndpointKind,
        trace: Option<&TraceContext<'_>>,
    ) -> Result<Self, RequestError> {
        let context = WriteContext { endpoint_kind, trace };
        // Checked, since it will share a request with others: one that is no JSON would spoil them
        // all.
        let json = JsonText::written_by(|out| event.write_checked(0, context, out))?;
        Ok(Self { json, endpoint_kind, schema: PhantomData })
    }

    /// An event that was encoded before and kept as text, such as in a file: it is sent exactly as
    /// it was. That the text is JSON is checked again, what the service would refuse is not.
    ///
    /// # Errors
    /// [`JsonError`] if the text is not one JSON value. It is not what [`json`](Self::json)
    /// returned then.
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
    /// A CloudEvent that is JSON text already, to be sent exactly as it came: in one pass, its
    /// grammar and its attributes are checked as [`new`](Self::new) checks them, and nothing is
    /// written anew.
    ///
    /// `None` if the text is not such an event. Then
    /// [`CloudEventView::parse`](crate::event::CloudEventView::parse) says what is wrong with it,
    /// or [`to_event`](crate::event::CloudEventView::to_event) makes an event of it that
    /// [`new`](Self::new) takes. That is how an event is sent that is valid in another spelling:
    /// with attributes that are `null`, without `specversion`, with a `time` that must be
    /// rewritten, with `data_base64`, or with more than 16 extension attributes.
    ///
    /// Of extension attributes, no two may have the same name; otherwise their names and values may
    /// be anything, as those of events that are received and sent on.
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

/// Shows what is sent.
impl<S> fmt::Debug for EncodedEvent<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EncodedEvent").field(&self.json).finish()
    }
}
