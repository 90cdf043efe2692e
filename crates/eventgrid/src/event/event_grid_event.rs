//! The event of the Event Grid schema.

use eventgrid_transport::date::Rfc3339Time;

use crate::endpoint::EndpointKind;
use crate::event::{Data, InvalidEvent};
use crate::json::{JsonWriter, WriteError};
use crate::text::Text;

/// An event of the Event Grid schema, to be published to a basic topic, a domain or a partner
/// channel (api-version 2018-01-01).
///
/// It borrows or owns each of its parts. With feature `alloc` it can be compared; [`Data`] says
/// when data is equal.
///
/// ```
/// use eventgrid::Data;
/// use eventgrid::event::EventGridEvent;
///
/// let event = EventGridEvent::new("1", "orders/17", "Order.Created", "2024-06-01T12:00:00Z", "1.0")
///     .with_data(Data::raw_json(r#"{"total":9}"#)?);
/// assert_eq!(event.subject.as_str(), "orders/17");
/// # Ok::<(), eventgrid::json::JsonError>(())
/// ```
#[derive(Debug, Clone)]
#[cfg_attr(feature = "alloc", derive(PartialEq))]
#[non_exhaustive]
pub struct EventGridEvent<'a> {
    /// `id`: identifies the event. Not empty.
    pub id: Text<'a>,
    /// `subject`: what the event is about, as a path that the publisher chooses. Not empty.
    pub subject: Text<'a>,
    /// `eventType`: what happened. Not empty.
    pub event_type: Text<'a>,
    /// `eventTime`: when it happened, as RFC 3339 text such as `2024-06-01T12:00:00Z`.
    pub event_time: Text<'a>,
    /// `dataVersion`: the version of the data's schema.
    pub data_version: Text<'a>,
    /// `topic`: for a domain, the domain topic; for a basic topic, absent, or its resource id.
    pub topic: Option<Text<'a>>,
    /// `data`: JSON or text; this schema has no bytes. Without data, `null` is sent, since the
    /// member must be there.
    pub data: Data<'a>,
}

impl<'a> EventGridEvent<'a> {
    /// An event with the members that every event has, and no data.
    pub fn new(
        id: impl Into<Text<'a>>,
        subject: impl Into<Text<'a>>,
        event_type: impl Into<Text<'a>>,
        event_time: impl Into<Text<'a>>,
        data_version: impl Into<Text<'a>>,
    ) -> Self {
        Self {
            id: id.into(),
            subject: subject.into(),
            event_type: event_type.into(),
            event_time: event_time.into(),
            data_version: data_version.into(),
            topic: None,
            data: Data::None,
        }
    }

    /// Sets the topic of a [`Domain`](crate::target::Domain) that the event is for: sets `topic`.
    #[must_use]
    pub fn for_domain_topic(mut self, topic: impl Into<Text<'a>>) -> Self {
        self.topic = Some(topic.into());
        self
    }

    /// Sets the data.
    #[must_use]
    pub fn with_data(mut self, data: Data<'a>) -> Self {
        self.data = data;
        self
    }

    /// Checks whether this kind of endpoint would accept the event, as far as that is known without
    /// sending it.
    ///
    /// # Errors
    /// [`InvalidEvent`] says what is wrong.
    pub fn check(&self, endpoint_kind: EndpointKind) -> Result<(), InvalidEvent> {
        let required = [
            ("id", &self.id),
            ("subject", &self.subject),
            ("eventType", &self.event_type),
            ("eventTime", &self.event_time),
        ];
        for (name, value) in required {
            if value.is_empty() {
                return Err(InvalidEvent::EmptyAttribute(name));
            }
        }
        if !Rfc3339Time::is_valid(&self.event_time) {
            return Err(InvalidEvent::Time("eventTime"));
        }
        if endpoint_kind == EndpointKind::Domain && self.topic.as_deref().unwrap_or_default().is_empty() {
            return Err(InvalidEvent::NoDomainTopic);
        }
        match self.data {
            #[cfg(feature = "base64")]
            Data::Bytes(_) => Err(InvalidEvent::Bytes),
            _ => Ok(()),
        }
    }

    /// Writes it as one JSON object.
    ///
    /// # Errors
    /// [`WriteError`] if it does not fit, or if its data cannot be written as JSON.
    pub fn write_json(&self, out: &mut JsonWriter<'_, '_>) -> Result<(), WriteError> {
        let members = [
            ("id", Some(&self.id)),
            ("topic", self.topic.as_ref()),
            ("subject", Some(&self.subject)),
            ("eventType", Some(&self.event_type)),
            ("eventTime", Some(&self.event_time)),
            ("dataVersion", Some(&self.data_version)),
        ];
        out.begin_object()?;
        for (name, value) in members {
            if let Some(value) = value {
                out.member(name)?;
                out.string(value)?;
            }
        }
        out.member("data")?;
        self.data.write_value(out)?;
        out.end_object()
    }

    /// The same event, without borrowing. If its data is a value, it becomes the JSON that the
    /// value writes.
    ///
    /// # Errors
    /// [`WriteError`] if its data is a value that cannot be written as JSON.
    #[cfg(feature = "alloc")]
    pub fn into_owned(self) -> Result<EventGridEvent<'static>, WriteError> {
        Ok(EventGridEvent {
            id: self.id.into_owned(),
            subject: self.subject.into_owned(),
            event_type: self.event_type.into_owned(),
            event_time: self.event_time.into_owned(),
            data_version: self.data_version.into_owned(),
            topic: self.topic.map(Text::into_owned),
            data: self.data.into_owned()?,
        })
    }
}
