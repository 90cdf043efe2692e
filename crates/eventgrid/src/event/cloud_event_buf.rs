//! An event that is stored without a heap.

use core::fmt;

use eventgrid_transport::{Buf, BufFull};

use crate::event::{CloudEvent, CloudEventView, MalformedEvent};
use crate::json::{JsonWriter, RawJson, WriteError};
use crate::trace::{TRACEPARENT, TRACESTATE, TraceContext};

/// A [`CloudEvent`] as JSON text of at most `N` bytes, stored without a heap, to be published or
/// read later.
///
/// An offline device queues them in a `heapless::Deque`, and publishes its slices when it is online
/// again.
///
/// ```
/// use eventgrid::{CloudEvent, Data};
/// use eventgrid::event::CloudEventBuf;
///
/// let mut queue = heapless::Deque::<CloudEventBuf<256>, 16>::new();
/// let event = CloudEvent::new("1", "urn:plant/boiler", "Reading").with_data(Data::raw_json(r#"{"celsius":71}"#)?);
/// queue.push_back(CloudEventBuf::new(&event)?).ok();
/// // Later: publisher.send_in(queue.make_contiguous(), ..)
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct CloudEventBuf<const N: usize> {
    /// One JSON object, valid as an event.
    json: heapless::String<N>,
}

impl<const N: usize> CloudEventBuf<N> {
    /// Keeps what would be sent of an event, which was checked.
    pub(crate) fn written(event: &CloudEvent<'_>) -> Result<Self, WriteError> {
        let mut json = heapless::Vec::new();
        json.resize_default(N).map_err(|_| WriteError::Full)?;
        let mut buf = Buf::new(&mut json);
        event.write_json(&mut JsonWriter::new(&mut buf))?;
        let len = buf.len();
        json.truncate(len);
        // Only text was written, so nothing is ever lost here.
        Ok(Self { json: heapless::String::from_utf8(json).unwrap_or_default() })
    }

    /// Stores a received event unchanged. It is not checked, so it is forwarded unchanged, even
    /// with a `time` that is not RFC 3339.
    ///
    /// # Errors
    /// [`BufFull`] if it has more than `N` bytes.
    pub fn received(event: &CloudEventView<'_>) -> Result<Self, BufFull> {
        let json = heapless::String::try_from(event.as_json().as_str()).map_err(|_| BufFull)?;
        Ok(Self { json })
    }

    /// The event, to be read.
    ///
    /// # Errors
    /// [`MalformedEvent`] if its data is a value that has written text that is not JSON.
    pub fn view(&self) -> Result<CloudEventView<'_>, MalformedEvent> {
        CloudEventView::parse(RawJson::parse(&self.json)?)
    }

    /// Writes it as one JSON object, with the trace if it has none of its own.
    pub(crate) fn write_traced(
        &self,
        trace: Option<&TraceContext<'_>>,
        out: &mut JsonWriter<'_, '_>,
    ) -> Result<(), WriteError> {
        let json = RawJson::found(&self.json);
        let untraced = self.view().is_ok_and(|event| {
            event.extension(TRACEPARENT).is_none() && event.extension(TRACESTATE).is_none()
        });
        let Some(trace) = trace.filter(|_| untraced) else {
            return out.raw(json);
        };
        out.begin_object()?;
        for (name, value) in trace.members() {
            out.member(name)?;
            out.string(value)?;
        }
        let mut reader = json.reader();
        // It was read as an object before, so an error cannot come.
        reader.begin_object().unwrap_or_default();
        while let Ok(Some(name)) = reader.next_member() {
            let Ok(value) = reader.value() else { break };
            out.member_as_it_came(name)?;
            out.raw(value)?;
        }
        out.end_object()
    }
}

/// Shows only the size.
impl<const N: usize> fmt::Debug for CloudEventBuf<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CloudEventBuf({} bytes)", self.json.len())
    }
}
