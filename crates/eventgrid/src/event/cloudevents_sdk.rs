//! To and from the `Event` of the crate `cloudevents-sdk`.

use alloc::string::{String, ToString};

use cloudevents::event::{
    AttributesReader, AttributesWriter, Data as SdkData, ExtensionValue as SdkValue, TryIntoTime, TryIntoUrl,
};
use jiff::{SignedDuration, Timestamp};

use crate::event::{CloudEvent, ConversionError, Data, Extension, ExtensionValue};
use crate::json::JsonText;

/// An event of CloudEvents 0.3 becomes one of 1.0. Extension attributes are sorted by name, since there they have no order.
///
/// It fails with [`ConversionError::Extension`] if an extension attribute is a whole number of more than 32 bits, and with
/// [`ConversionError::Data`] if its data is nested too deeply.
impl TryFrom<cloudevents::Event> for CloudEvent<'static> {
    type Error = ConversionError;

    fn try_from(mut event: cloudevents::Event) -> Result<Self, ConversionError> {
        let mut converted = Self::new(event.id().to_string(), event.source().clone(), event.ty().to_string());
        converted.subject = event.subject().map(|subject| subject.to_string().into());
        if let Some(time) = event.time() {
            // There, a leap second is a second of more nanoseconds than one has.
            let nanoseconds = time.timestamp_subsec_nanos() % 1_000_000_000;
            let since_epoch =
                SignedDuration::from_secs(time.timestamp()) + SignedDuration::from_nanos(nanoseconds.into());
            let time = Timestamp::from_duration(since_epoch).map_err(|_| ConversionError::Time)?;
            converted = converted.with_timestamp(time);
        }
        let mut extensions: alloc::vec::Vec<_> = event.iter_extensions().collect();
        extensions.sort_by_key(|(name, _)| *name);
        converted.extensions = extensions
            .into_iter()
            .enumerate()
            .map(|(position, (name, value))| {
                let value = match value {
                    SdkValue::String(text) => ExtensionValue::String(text.clone().into()),
                    SdkValue::Boolean(boolean) => ExtensionValue::Boolean(*boolean),
                    SdkValue::Integer(integer) => ExtensionValue::Integer(
                        (*integer).try_into().map_err(|_| ConversionError::Extension(position))?,
                    ),
                };
                Ok(Extension::new(name.to_string(), value))
            })
            .collect::<Result<_, _>>()?;
        let (data_content_type, data_schema, data) = event.take_data();
        converted.data_content_type = data_content_type.map(Into::into);
        converted.data_schema = data_schema.map(|schema| String::from(schema).into());
        converted.data = match data {
            None => Data::None,
            Some(SdkData::Binary(bytes)) => Data::bytes(bytes),
            Some(SdkData::String(text)) => Data::text(text),
            Some(SdkData::Json(value)) => {
                Data::Json(JsonText::parse(value.to_string()).map_err(|_| ConversionError::Data)?)
            }
        };
        Ok(converted)
    }
}

/// JSON becomes a `serde_json::Value`, so it is the same value and not the same text.
///
/// It fails with [`ConversionError::Time`] if `time` is none, with [`ConversionError::Schema`] if `dataschema` is no absolute URI, and with
/// [`ConversionError::Data`] if its data is a value that cannot be JSON, or JSON that such a value cannot hold.
impl TryFrom<CloudEvent<'_>> for cloudevents::Event {
    type Error = ConversionError;

    fn try_from(event: CloudEvent<'_>) -> Result<Self, ConversionError> {
        let mut converted = Self::default();
        converted.set_id(&*event.id);
        converted.set_source(&*event.source);
        converted.set_type(&*event.event_type);
        converted.set_subject(event.subject.as_deref());
        converted.set_datacontenttype(event.data_content_type.as_deref());
        if let Some(schema) = event.data_schema.as_deref() {
            converted.set_dataschema(Some(schema.into_url().map_err(|_| ConversionError::Schema)?));
        }
        let time = event.timestamp().map_err(|_| ConversionError::Time)?;
        let time = time.map(|time| time.to_string().into_time()).transpose();
        // Also if there is none: their default is now.
        converted.set_time(time.map_err(|_| ConversionError::Time)?);
        for extension in &*event.extensions {
            let value = match &extension.value {
                ExtensionValue::String(text) => SdkValue::String(text.to_string()),
                ExtensionValue::Integer(integer) => SdkValue::Integer((*integer).into()),
                ExtensionValue::Boolean(boolean) => SdkValue::Boolean(*boolean),
            };
            converted.set_extension(&extension.name, value);
        }
        match event.data.into_owned().map_err(|_| ConversionError::Data)? {
            Data::None => {}
            Data::Text(text) => drop(converted.set_data_unchecked(text.to_string())),
            Data::Bytes(bytes) => drop(converted.set_data_unchecked(bytes.to_vec())),
            Data::Json(json) => {
                let value: serde_json::Value =
                    serde_json::from_str(json.as_str()).map_err(|_| ConversionError::Data)?;
                converted.set_data_unchecked(value);
            }
            // `into_owned` has made JSON of it.
            Data::Value(_) => return Err(ConversionError::Data),
        }
        Ok(converted)
    }
}
