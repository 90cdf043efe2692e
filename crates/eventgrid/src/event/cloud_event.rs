//! The event that a program publishes.

use crate::event::{Data, Extension, ExtensionValue, Extensions};
use crate::text::Text;
use crate::trace::{TRACEPARENT, TRACESTATE, TraceContext};

/// A CloudEvent (CloudEvents 1.0), to be published.
///
/// It borrows or owns each of its parts. The requirements of a namespace are checked when the event
/// is published, before a request is sent. With the feature `alloc` it can be compared: the order
/// of extension attributes does not matter, and [`Data`] says when data is equal.
///
/// ```
/// use eventgrid::{CloudEvent, Data};
///
/// let event = CloudEvent::new("1", "urn:shop/orders", "Order.Created")
///     .with_subject("orders/17")
///     .with_data(Data::text("a bicycle"));
/// assert_eq!(event.subject.as_deref(), Some("orders/17"));
/// ```
#[derive(Debug, Clone)]
#[cfg_attr(feature = "alloc", derive(PartialEq))]
#[non_exhaustive]
pub struct CloudEvent<'a> {
    /// `id`: together with `source`, it identifies the event. Not empty.
    pub id: Text<'a>,
    /// `source`: where the event happened, as a URI reference. Not empty.
    pub source: Text<'a>,
    /// `type`: what happened. Not empty.
    pub event_type: Text<'a>,
    /// `subject`: what the event is about, within the source.
    pub subject: Option<Text<'a>>,
    /// `time`: when it happened, as RFC 3339 text such as `2024-06-01T12:00:00Z`.
    pub time: Option<Text<'a>>,
    /// `datacontenttype`: the media type of the data. JSON if absent.
    pub data_content_type: Option<Text<'a>>,
    /// `dataschema`: a URI of the schema that the data adheres to.
    pub data_schema: Option<Text<'a>>,
    /// Attributes of your own.
    pub extensions: Extensions<'a>,
    /// The data.
    pub data: Data<'a>,
}

impl<'a> CloudEvent<'a> {
    /// An event with the attributes that every event has, and no data.
    pub fn new(
        id: impl Into<Text<'a>>,
        source: impl Into<Text<'a>>,
        event_type: impl Into<Text<'a>>,
    ) -> Self {
        Self {
            id: id.into(),
            source: source.into(),
            event_type: event_type.into(),
            subject: None,
            time: None,
            data_content_type: None,
            data_schema: None,
            extensions: Extensions::default(),
            data: Data::None,
        }
    }

    /// Sets the topic of a [`Domain`](crate::target::Domain) that the event is for. The service
    /// finds it in `source`, so this sets `source`.
    #[must_use]
    pub fn for_domain_topic(mut self, topic: impl Into<Text<'a>>) -> Self {
        self.source = topic.into();
        self
    }

    /// Sets `subject`.
    #[must_use]
    pub fn with_subject(mut self, subject: impl Into<Text<'a>>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Sets `time`, RFC 3339 text such as `2024-06-01T12:00:00Z`.
    #[must_use]
    pub fn with_time(mut self, time: impl Into<Text<'a>>) -> Self {
        self.time = Some(time.into());
        self
    }

    /// Sets `datacontenttype`.
    #[must_use]
    pub fn with_data_content_type(mut self, media_type: impl Into<Text<'a>>) -> Self {
        self.data_content_type = Some(media_type.into());
        self
    }

    /// Sets `dataschema`.
    #[must_use]
    pub fn with_data_schema(mut self, uri: impl Into<Text<'a>>) -> Self {
        self.data_schema = Some(uri.into());
        self
    }

    /// Sets all extension attributes, borrowed.
    #[must_use]
    pub fn with_extensions(mut self, extensions: &'a [Extension<'a>]) -> Self {
        self.extensions = Extensions::borrowed(extensions);
        self
    }

    /// Adds an extension attribute.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn with_extension(mut self, name: impl Into<Text<'a>>, value: impl Into<ExtensionValue<'a>>) -> Self {
        self.extensions.push(Extension::new(name, value));
        self
    }

    /// The trace that its extension attributes `traceparent` and `tracestate` name; `None` if they
    /// are missing or not valid. If an event has neither of them, the client adds them when it is
    /// published.
    pub fn trace_context(&self) -> Option<TraceContext<'_>> {
        let text = |name| {
            let extension = self.extensions.iter().find(|extension| extension.name == name)?;
            match &extension.value {
                ExtensionValue::String(text) => Some(Text::borrowed(text)),
                _ => None,
            }
        };
        TraceContext::received(text(TRACEPARENT)?, text(TRACESTATE))
    }

    /// Sets the data.
    #[must_use]
    pub fn with_data(mut self, data: Data<'a>) -> Self {
        self.data = data;
        self
    }

    /// The same event, without borrowing. If its data is a value, it becomes the JSON that the
    /// value writes.
    ///
    /// # Errors
    /// [`WriteError`](crate::json::WriteError) if its data is a value that cannot be written as
    /// JSON.
    #[cfg(feature = "alloc")]
    pub fn into_owned(self) -> Result<CloudEvent<'static>, crate::json::WriteError> {
        Ok(CloudEvent {
            id: self.id.into_owned(),
            source: self.source.into_owned(),
            event_type: self.event_type.into_owned(),
            subject: self.subject.map(Text::into_owned),
            time: self.time.map(Text::into_owned),
            data_content_type: self.data_content_type.map(Text::into_owned),
            data_schema: self.data_schema.map(Text::into_owned),
            extensions: self.extensions.into_owned(),
            data: self.data.into_owned()?,
        })
    }
}
