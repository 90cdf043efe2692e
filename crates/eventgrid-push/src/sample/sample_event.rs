//! A sample of a system event.

use eventgrid::system_events::SystemEvent;
use serde::de::IgnoredAny;

use super::node::Node;
use super::set::{SetError, set};
use super::template::Template;
use crate::schema::{Attributes, DeliverySchema};

/// A well-formed event as an Azure service publishes it, with sensible data.
///
/// Every type that [`SystemEvent`] knows has one. Any part of it can be set to something else. The
/// members of the data are those of the models in the official SDK for JavaScript (@azure/eventgrid
/// 5.12.0); 79 types have no model there. Their members are like those of similar types, and may
/// differ from those of the service.
///
/// ```
/// use eventgrid::system_events::SystemEvent;
/// use eventgrid_push::{DeliverySchema, PushedEvent, SampleEvent};
///
/// let sample = SampleEvent::new(SystemEvent::StorageBlobCreated, "1", "2024-06-01T12:00:00Z")
///     .with("subject", "/blobServices/default/containers/photos/blobs/cat.png")?
///     .with("data.contentType", "image/png")?
///     .with("data.contentLength", "30699")?;
/// let json = sample.to_json(DeliverySchema::CloudEvents);
/// assert!(json.contains(r#""type":"Microsoft.Storage.BlobCreated""#));
/// assert!(json.contains(r#""contentLength":30699"#));
/// # PushedEvent::parse(DeliverySchema::CloudEvents, &json)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SampleEvent {
    event: SystemEvent,
    id: String,
    topic: String,
    subject: String,
    time: String,
    data_version: String,
    data: Node,
}

impl SampleEvent {
    /// The sample of a type, with an id and the time as RFC 3339 text.
    pub fn new(event: SystemEvent, id: impl Into<String>, time: impl Into<String>) -> Self {
        let Template { topic, subject, data_version, data, .. } = Template::of(event);
        let data = Node::parse(&data.to_string()).unwrap_or_else(Node::null);
        Self { event, id: id.into(), topic, subject, time: time.into(), data_version, data }
    }

    /// The type.
    pub fn event(&self) -> SystemEvent {
        self.event
    }

    /// Sets a part of the event, as [`set`](Self::set).
    ///
    /// # Errors
    /// [`SetError`] says why it cannot be set.
    pub fn with(mut self, path: &str, value: &str) -> Result<Self, SetError> {
        self.set(path, value)?;
        Ok(self)
    }

    /// Sets a part of the event: an attribute by its name in either schema (`id`, `subject`,
    /// `topic` or `source`, `time` or `eventTime`, `dataVersion`), or all or a part of its data by
    /// a path such as `data.customer.city`. Missing objects on the path are created. Elements of
    /// arrays are named by their index, from 0; the index after the last one adds an element.
    ///
    /// The value of an attribute is always text. A value of data is JSON (`5`, `true`, `["a"]`,
    /// `"5"`), which stays as it was written. What is not JSON is text.
    ///
    /// # Errors
    /// [`SetError`] says why it cannot be set. The event is unchanged then.
    pub fn set(&mut self, path: &str, value: &str) -> Result<(), SetError> {
        let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let attribute = match first {
            "data" => return self.set_data(path, rest, value),
            "id" => &mut self.id,
            "subject" => &mut self.subject,
            "topic" | "source" => &mut self.topic,
            "time" | "eventTime" => &mut self.time,
            "dataVersion" => &mut self.data_version,
            _ => return Err(SetError::UnknownPart { path: path.to_owned() }),
        };
        if rest.is_some() {
            return Err(SetError::NotData { path: path.to_owned() });
        }
        value.clone_into(attribute);
        Ok(())
    }

    /// Sets a part of the event, written as `path=value`.
    ///
    /// # Errors
    /// [`SetError`] says why it cannot be set. The event is unchanged then.
    ///
    /// ```
    /// use eventgrid::system_events::SystemEvent;
    /// use eventgrid_push::SampleEvent;
    ///
    /// let mut sample = SampleEvent::new(SystemEvent::DeviceTelemetry, "1", "2024-06-01T12:00:00Z");
    /// sample.assign("data.body.temperature=30.5")?;
    /// assert!(sample.to_json(Default::default()).contains(r#"{"temperature":30.5}"#));
    /// # Ok::<(), eventgrid_push::SetError>(())
    /// ```
    pub fn assign(&mut self, assignment: &str) -> Result<(), SetError> {
        match assignment.split_once('=') {
            Some((path, value)) => self.set(path, value),
            None => Err(SetError::NoValue { assignment: assignment.to_owned() }),
        }
    }

    fn set_data(&mut self, path: &str, within: Option<&str>, value: &str) -> Result<(), SetError> {
        let value = match Node::parse(value) {
            Some(value) => value,
            None if serde_json::from_str::<IgnoredAny>(value).is_ok() => {
                return Err(SetError::UnreadableValue { path: path.to_owned() });
            }
            None => Node::text(value),
        };
        let mut data = self.data.clone();
        match within {
            Some(within) => set(&mut data, within, value).map_err(|error| error.at(path))?,
            None => data = value,
        }
        let before = std::mem::replace(&mut self.data, data);
        if eventgrid::json::RawJson::parse(&format!("[{}]", self.to_json(DeliverySchema::EventGrid))).is_err()
        {
            self.data = before;
            return Err(SetError::TooDeep { path: path.to_owned() });
        }
        Ok(())
    }

    /// The event as JSON, in the Event Grid schema or as a `CloudEvent`. System topics have no
    /// custom schema: the Event Grid schema is used instead.
    pub fn to_json(&self, schema: DeliverySchema) -> String {
        let data = self.data.to_string();
        let attributes = Attributes {
            id: self.id.clone(),
            topic: &self.topic,
            subject: self.subject.clone(),
            event_type: self.event.event_type().to_owned(),
            time: self.time.clone(),
            data_version: self.data_version.clone(),
            data: Some(&data),
        };
        match schema {
            DeliverySchema::CloudEvents => attributes.cloud_event(),
            DeliverySchema::EventGrid | DeliverySchema::Custom => attributes.event_grid(),
        }
    }
}
