//! An event apart from the schema that it is written in.

use crate::json::ObjectText;

/// The attributes of an event as text, and its data as JSON.
pub(crate) struct Attributes<'a> {
    pub(crate) id: String,
    pub(crate) topic: &'a str,
    pub(crate) subject: String,
    pub(crate) event_type: String,
    pub(crate) time: String,
    pub(crate) data_version: String,
    pub(crate) data: Option<&'a str>,
}

impl Attributes<'_> {
    /// In the Event Grid schema, as it is delivered.
    pub(crate) fn event_grid(&self) -> String {
        let mut event = ObjectText::new();
        event
            .text("id", &self.id)
            .text("eventTime", &self.time)
            .text("eventType", &self.event_type)
            .text("dataVersion", &self.data_version)
            .text("metadataVersion", "1")
            .text("topic", self.topic)
            .text("subject", &self.subject);
        self.end(&mut event)
    }

    /// As a `CloudEvent`: the version of the data is the fragment of its schema, and an empty
    /// subject is none.
    pub(crate) fn cloud_event(&self) -> String {
        let mut event = ObjectText::new();
        event
            .text("specversion", "1.0")
            .text("type", &self.event_type)
            .text("source", self.topic)
            .text("id", &self.id)
            .text("time", &self.time);
        if !self.subject.is_empty() {
            event.text("subject", &self.subject);
        }
        event.text("dataschema", &format!("#{}", self.data_version));
        self.end(&mut event)
    }

    fn end(&self, event: &mut ObjectText) -> String {
        if let Some(data) = self.data {
            event.json("data", data);
        }
        event.end()
    }
}
