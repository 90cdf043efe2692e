//! Events that are made of arguments.

use eventgrid::event::{CustomEvent, EventGridEvent, Extension, ExtensionValue};
use eventgrid::json::MAX_DEPTH;
use eventgrid::{CloudEvent, Data};

use super::any_event::{AnyEvent, EventFault, EventSchema};
use super::fields::{Field, FieldError, object_of};
use super::template::{Template, TemplateValues};

/// How events are made: the same way each, but for what is filled in.
#[derive(Debug, Clone)]
pub(crate) struct EventRecipe(pub(crate) RecipeParts);

/// What an event is made of.
#[derive(Debug, Clone)]
pub(crate) struct RecipeParts {
    /// Its schema.
    pub(crate) schema: EventSchema,
    /// `type` or `eventType`.
    pub(crate) event_type: Template,
    /// `source`.
    pub(crate) source: Template,
    /// `id`; a random UUID without it.
    pub(crate) id: Option<Template>,
    /// `subject`.
    pub(crate) subject: Option<Template>,
    /// `time` or `eventTime`; the current one without it.
    pub(crate) time: Option<Template>,
    /// `datacontenttype`; what the data is without it.
    pub(crate) content_type: Option<String>,
    /// `dataschema`.
    pub(crate) data_schema: Option<String>,
    /// `dataVersion` of the Event Grid schema.
    pub(crate) data_version: String,
    /// Extension attributes.
    pub(crate) extensions: Vec<(String, Template)>,
    /// The data, if the event has its own.
    pub(crate) data: DataRecipe,
}

/// How the data of events is made.
#[derive(Debug, Clone)]
pub(crate) enum DataRecipe {
    /// No data.
    None,
    /// JSON.
    Json(Template),
    /// Text.
    Text(Template),
    /// Bytes, in which nothing is filled in.
    Bytes(Vec<u8>),
    /// An object with these paths and values.
    Fields(Vec<(String, Template)>),
}

impl EventRecipe {
    /// An event with its own data.
    ///
    /// # Errors
    /// [`EventFault`] if the data is not JSON, or the fields make no object.
    pub(crate) fn make(&self, values: &TemplateValues) -> Result<AnyEvent<'static>, EventFault> {
        let data = match &self.0.data {
            DataRecipe::None => Data::None,
            DataRecipe::Json(template) => Data::raw_json(template.expand(values))
                .map_err(|error| EventFault::new(format!("the data is not JSON: {error}")))?,
            DataRecipe::Text(template) => Data::text(template.expand(values)),
            DataRecipe::Bytes(bytes) => Data::bytes(bytes.clone()),
            DataRecipe::Fields(fields) => fields_of(fields, values)?,
        };
        self.with_data(values, data)
    }

    /// An event with that data.
    ///
    /// # Errors
    /// [`EventFault`] if the schema has no place for such data.
    pub(crate) fn with_data<'d>(
        &self,
        values: &TemplateValues,
        data: Data<'d>,
    ) -> Result<AnyEvent<'d>, EventFault> {
        let parts = &self.0;
        let expanded = |template: &Template| template.expand(values);
        let id = parts.id.as_ref().map_or_else(|| uuid::Uuid::new_v4().to_string(), expanded);
        let time = parts.time.as_ref().map_or_else(|| values.now_text(), expanded);
        match parts.schema {
            EventSchema::CloudEvents => {
                let mut event = CloudEvent::new(id, expanded(&parts.source), expanded(&parts.event_type));
                event.subject = parts.subject.as_ref().map(|subject| expanded(subject).into());
                event.time = Some(time.into());
                event.data_content_type = self.content_type(&data).map(|name| name.to_owned().into());
                event.data_schema = parts.data_schema.clone().map(Into::into);
                event.extensions = parts
                    .extensions
                    .iter()
                    .map(|(name, value)| Extension::new(name.clone(), extension_value(expanded(value))))
                    .collect();
                Ok(AnyEvent::Cloud(event.with_data(data)))
            }
            EventSchema::EventGrid => {
                let subject = parts.subject.as_ref().map(expanded).unwrap_or_default();
                let event_type = expanded(&parts.event_type);
                let event = EventGridEvent::new(id, subject, event_type, time, parts.data_version.clone());
                Ok(AnyEvent::EventGrid(event.with_data(data)))
            }
            EventSchema::Custom => match data {
                Data::Json(json) => Ok(AnyEvent::Custom(CustomEvent::raw_json(json.as_str().to_owned())?)),
                _ => {
                    Err(EventFault::new("an event of a custom schema is JSON: give it by --data or --field"))
                }
            },
        }
    }

    /// What the data is, unless it is said: JSON needs no word.
    fn content_type(&self, data: &Data<'_>) -> Option<&str> {
        let given = self.0.content_type.as_deref();
        given.or(match data {
            Data::Text(_) => Some("text/plain"),
            Data::Bytes(_) => Some("application/octet-stream"),
            _ => None,
        })
    }
}

fn fields_of(fields: &[(String, Template)], values: &TemplateValues) -> Result<Data<'static>, EventFault> {
    let expanded: Vec<_> =
        fields.iter().map(|(path, value)| Field { path, value: value.expand(values) }).collect();
    let object = object_of(&expanded).map_err(|(position, error)| {
        let path = fields.get(position).map_or("", |(path, _)| path);
        EventFault::new(match error {
            FieldError::EmptyName => format!("the path of the field {path:?} has an empty name"),
            FieldError::TooDeep => format!("the path of a field has more than {MAX_DEPTH} names"),
            FieldError::Taken => {
                format!("the field {path:?} is given twice, or is within a field that is given")
            }
        })
    })?;
    Ok(Data::raw_json(object)?)
}

/// `true`, `false` and whole numbers of 32 bits are what they are; everything else is text.
fn extension_value(text: String) -> ExtensionValue<'static> {
    match text.as_str() {
        "true" => true.into(),
        "false" => false.into(),
        // The text of another number would not be the same when it is written again.
        _ => match text.parse::<i32>() {
            Ok(number) if number.to_string() == text => number.into(),
            _ => text.into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_is_typed_by_its_text() {
        for (text, value) in [("true", ExtensionValue::Boolean(true)), ("-5", ExtensionValue::Integer(-5))] {
            assert_eq!(extension_value(text.to_owned()), value);
        }
        for text in ["", "5.0", "+5", "007", "-0", "2147483648", "True", "a b"] {
            assert_eq!(extension_value(text.to_owned()), ExtensionValue::String(text.into()));
        }
    }
}
