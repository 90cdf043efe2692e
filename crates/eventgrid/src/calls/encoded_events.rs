//! Events that are ready to be sent together.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use eventgrid_transport::Buf;

use crate::calls::event::{OutgoingEvent, WriteContext, sealed};
use crate::endpoint::EndpointKind;
use crate::event::is_sendable;
use crate::http::RequestError;
use crate::json::{JsonError, JsonWriter, Message, RawJson, WriteError, utf8};
use crate::target::{CloudEvents, Schema};
use crate::trace::TraceContext;

/// How much memory is kept for the text of later events, in bytes: that of a request.
const KEPT: usize = 1 << 20;

/// Events of one schema that were checked and encoded as JSON, one after the other in the same
/// memory, for programs that gather events until a request is full. Each [`EncodedEvent`] allocates
/// memory of its own; here no memory is allocated once there is enough.
///
/// ```
/// use eventgrid::calls::EncodedEvents;
/// use eventgrid::{CloudEvent, EndpointKind};
///
/// let mut events = EncodedEvents::new(EndpointKind::Namespace);
/// events.push(&CloudEvent::new("1", "urn:shop", "Order.Created"), None)?;
/// let json = r#"{"specversion":"1.0", "id":"2", "source":"urn:shop", "type":"Order.Created"}"#;
/// assert!(events.push_as_it_came(json));
/// assert_eq!(events.iter().last().unwrap().json().as_str(), json);
/// // `Publisher::send_all` sends them.
/// let to_be_sent: Vec<_> = events.iter().collect();
/// assert_eq!(to_be_sent.len(), 2);
/// # Ok::<(), eventgrid::RequestError>(())
/// ```
///
/// [`EncodedEvent`]: crate::calls::EncodedEvent
pub struct EncodedEvents<S = CloudEvents> {
    text: String,
    /// Where each event ends in `text`.
    ends: Vec<usize>,
    /// Where an event is written before it is checked.
    scratch: Vec<u8>,
    endpoint_kind: EndpointKind,
    schema: PhantomData<fn() -> S>,
}

impl<S> EncodedEvents<S> {
    /// An empty list of events for this kind of endpoint.
    pub const fn new(endpoint_kind: EndpointKind) -> Self {
        Self {
            text: String::new(),
            ends: Vec::new(),
            scratch: Vec::new(),
            endpoint_kind,
            schema: PhantomData,
        }
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no events.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The event at that position, from 0.
    pub fn get(&self, index: usize) -> Option<EncodedEventRef<'_, S>> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let json = RawJson::found(self.text.get(start..end)?);
        Some(EncodedEventRef::found(json, self.endpoint_kind))
    }

    /// Each of the events.
    pub fn iter(&self) -> impl Iterator<Item = EncodedEventRef<'_, S>> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// Removes all events. Memory of up to 1 MiB is kept for later ones.
    pub fn clear(&mut self) {
        self.text.clear();
        self.text.shrink_to(KEPT);
        self.ends.clear();
        self.scratch.clear();
        self.scratch.shrink_to(KEPT);
    }

    /// Adds text that was checked to be an event.
    fn add(&mut self, json: &str) {
        self.text.push_str(json);
        self.ends.push(self.text.len());
    }
}

impl<S: Schema> EncodedEvents<S> {
    /// Checks an event as the service does for this kind of endpoint, and adds it, with `trace` if
    /// it has no trace of its own.
    ///
    /// # Errors
    /// [`RequestError`] if the service would refuse the event, or if its data cannot be written as
    /// JSON. The event is then not added.
    pub fn push<E: OutgoingEvent<Schema = S>>(
        &mut self,
        event: &E,
        trace: Option<&TraceContext<'_>>,
    ) -> Result<(), RequestError> {
        let context = WriteContext { endpoint_kind: self.endpoint_kind, trace };
        let mut scratch = core::mem::take(&mut self.scratch);
        let mut buf = Buf::growable(&mut scratch, usize::MAX);
        event.write_checked(0, context, &mut JsonWriter::new(&mut buf))?;
        // It will share a request with others: one that is not valid JSON would make all of them
        // fail.
        let no_json = |error: JsonError| WriteError::Custom(Message::new(error));
        let mut json = utf8::check(buf.filled()).map_err(no_json)?;
        if event.is_written_by_others() {
            json = RawJson::parse(json).map_err(no_json)?.as_str();
        }
        self.add(json);
        self.scratch = scratch;
        Ok(())
    }
}

impl EncodedEvents<CloudEvents> {
    /// Adds a CloudEvent that is already JSON text, to be sent unchanged. Returns whether that is
    /// possible, by the rules of [`EncodedEvent::as_it_came`]; if not, it is not added.
    ///
    /// [`EncodedEvent::as_it_came`]: crate::calls::EncodedEvent::as_it_came
    pub fn push_as_it_came(&mut self, json: &str) -> bool {
        let is_sendable = is_sendable(json);
        if is_sendable {
            self.add(json.trim_ascii());
        }
        is_sendable
    }
}

impl<S> Clone for EncodedEvents<S> {
    fn clone(&self) -> Self {
        Self {
            text: self.text.clone(),
            ends: self.ends.clone(),
            scratch: Vec::new(),
            endpoint_kind: self.endpoint_kind,
            schema: PhantomData,
        }
    }
}

/// Shows the JSON text of the events.
impl<S> fmt::Debug for EncodedEvents<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// One of [`EncodedEvents`], to be sent.
pub struct EncodedEventRef<'e, S = CloudEvents> {
    json: RawJson<'e>,
    endpoint_kind: EndpointKind,
    schema: PhantomData<fn() -> S>,
}

impl<'e, S> EncodedEventRef<'e, S> {
    /// Text that was checked to be an event for this kind of endpoint.
    pub(super) fn found(json: RawJson<'e>, endpoint_kind: EndpointKind) -> Self {
        Self { json, endpoint_kind, schema: PhantomData }
    }

    /// The JSON text that is sent.
    pub fn json(self) -> RawJson<'e> {
        self.json
    }
}

impl<S: Schema> sealed::OutgoingEvent for EncodedEventRef<'_, S> {
    type Schema = S;

    /// The event was checked when it was encoded.
    fn write_checked(
        &self,
        _: usize,
        context: WriteContext<'_>,
        out: &mut JsonWriter<'_, '_>,
    ) -> Result<(), RequestError> {
        Ok(out.raw(self.written(context).ok_or(RequestError::NotAccepted)?)?)
    }

    fn written(&self, context: WriteContext<'_>) -> Option<RawJson<'_>> {
        (context.endpoint_kind == self.endpoint_kind).then_some(self.json)
    }
}

impl<S> Clone for EncodedEventRef<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for EncodedEventRef<'_, S> {}

/// Shows the JSON text of the events.
impl<S> fmt::Debug for EncodedEventRef<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EncodedEventRef").field(&self.json).finish()
    }
}
