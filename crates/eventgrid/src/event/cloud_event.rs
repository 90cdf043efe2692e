//! The event that a program publishes.

use crate::event::{Data, Extension, ExtensionValue, Extensions};
use crate::text::Text;
use crate::trace::{TRACEPARENT, TRACESTATE, TraceContext};

/// A CloudEvent (CloudEvents 1.0), to be published.
///
/// It borrows or owns each of its parts. What a namespace demands of them is checked when the event
/// is published, before anything is sent. With feature `alloc` it can be compared: the order of
/// extension attributes does not matter, and [`Data`] says when data is equal.
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
    /// `id`: with `source`, it tells this event from every other one. Not empty.
    pub id: Text<'a>,
    /// `source`: where it happened, a URI reference. Not empty.
    pub source: Text<'a>,
    /// `type`: what happened. Not empty.
    pub event_type: Text<'a>,
    /// `subject`: to what it happened, within the source.
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

    /// Says which topic of a [`Domain`](crate::target::Domain) it is for: sets `source`, which is
    /// where the service looks for it.
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

    /// The trace that its extension attributes `traceparent` and `tracestate` name; none if they
    /// are missing or not valid. One that is published gets them from the client if it has neither
    /// of them.
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

    /// The same event, independent of what it was borrowed from. A value that is its data becomes
    /// the JSON that it writes.
    ///
    /// # Errors
    /// [`WriteError`](crate::json::WriteError) if its data is a value that cannot be JSON.
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
