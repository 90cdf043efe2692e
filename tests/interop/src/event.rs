//! Events as the tests write and read them: attributes by their names, data as the text of its JSON
//! or as base64.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eventgrid::event::{CloudEventView, DataView, ExtensionValue, ExtensionView};
use eventgrid::json::JsonStr;
use eventgrid::{CloudEvent, Data};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Outcome;

/// An event; what is absent is left out.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Event {
    id: String,
    source: String,
    r#type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    datacontenttype: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dataschema: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    extensions: BTreeMap<String, Value>,
    /// JSON, digit for digit.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_base64: Option<String>,
    /// To publish only: data that goes through `serde::Serialize`.
    #[serde(skip_serializing)]
    data_value: Option<Value>,
}

impl Event {
    /// The event to publish.
    pub(crate) fn to_publish(&self) -> Outcome<CloudEvent<'_>> {
        let mut event = CloudEvent::new(self.id.as_str(), self.source.as_str(), self.r#type.as_str());
        event.subject = self.subject.as_deref().map(Into::into);
        event.time = self.time.as_deref().map(Into::into);
        event.data_content_type = self.datacontenttype.as_deref().map(Into::into);
        event.data_schema = self.dataschema.as_deref().map(Into::into);
        for (name, value) in &self.extensions {
            event = event.with_extension(name.as_str(), extension_to_publish(value)?);
        }
        event.data = match (&self.data, &self.data_base64, &self.data_value) {
            (None, None, None) => Data::None,
            (Some(json), None, None) => Data::raw_json(json)?,
            (None, Some(base64), None) => Data::bytes(STANDARD.decode(base64)?),
            (None, None, Some(value)) => Data::json(value),
            _ => return Err("an event has its data in one form".into()),
        };
        Ok(event)
    }

    /// The event that was received.
    pub(crate) fn received(event: &CloudEventView<'_>) -> Outcome<Self> {
        let text = |text: JsonStr<'_>| text.to_string();
        let mut extensions = BTreeMap::new();
        for (name, value) in event.extensions() {
            extensions.insert(name.to_string(), received_extension(value)?);
        }
        let (data, data_base64) = match event.data() {
            DataView::Absent => (None, None),
            DataView::Json(json) => (Some(json.as_str().to_owned()), None),
            DataView::Base64(base64) => (None, Some(base64.to_string())),
            other => return Err(format!("unknown data: {other:?}").into()),
        };
        Ok(Self {
            id: text(event.id()),
            source: text(event.source()),
            r#type: text(event.event_type()),
            subject: event.subject().map(text),
            time: event.time().map(text),
            datacontenttype: event.data_content_type().map(text),
            dataschema: event.data_schema().map(text),
            extensions,
            data,
            data_base64,
            data_value: None,
        })
    }
}

fn extension_to_publish(value: &Value) -> Outcome<ExtensionValue<'_>> {
    match value {
        Value::String(text) => Ok(text.as_str().into()),
        Value::Bool(truth) => Ok((*truth).into()),
        Value::Number(number) => Ok(i32::try_from(number.as_i64().ok_or("no whole number")?)?.into()),
        _ => Err("an extension attribute is a text, a whole number, true or false".into()),
    }
}

fn received_extension(value: ExtensionView<'_>) -> Outcome<Value> {
    match value {
        ExtensionView::String(text) => Ok(text.to_string().into()),
        ExtensionView::Boolean(truth) => Ok(truth.into()),
        ExtensionView::Number(number) => Ok(number.as_i32().ok_or("no whole number of 32 bits")?.into()),
        other => Err(format!("unknown extension attribute: {other:?}").into()),
    }
}
