//! To and from the `Event` of the crate `cloudevents-sdk`.

use alloc::string::{String, ToString};

use cloudevents::event::{
    AttributesReader, AttributesWriter, Data as SdkData, ExtensionValue as SdkValue, TryIntoTime, TryIntoUrl,
};

use eventgrid_transport::date::Rfc3339Time;

use crate::event::media_type::is_json;
use crate::event::{CloudEvent, ConversionError, Data, Extension, ExtensionValue};
use crate::json::JsonText;

/// An event of CloudEvents 0.3 becomes one of 1.0. Extension attributes are sorted by name, since
/// there they have no order; a whole number of more than 32 bits becomes [`ExtensionValue::Json`],
/// and a name of more than 20 characters is allowed.
///
/// If `datacontenttype` says JSON (with any parameters), bytes that are JSON text become that JSON,
/// and so does the text of an object or an array under a media type that the crate does not know
/// for JSON: so the crate `cloudevents-sdk` keeps what it has received in binary content mode.
///
/// That crate (0.9) keeps `dataschema` as a URL, and writes it as such: `https://example.com` is
/// `https://example.com/` there.
///
/// It fails with [`ConversionError::Time`] if its time is in a year that RFC 3339 does not have,
/// and with
/// [`ConversionError::Data`] if its data is nested too deeply.
impl TryFrom<cloudevents::Event> for CloudEvent<'static> {
    type Error = ConversionError;

    fn try_from(mut event: cloudevents::Event) -> Result<Self, ConversionError> {
        let mut converted = Self::new(event.id().to_string(), event.source().clone(), event.ty().to_string());
        converted.subject = event.subject().map(|subject| subject.to_string().into());
        if let Some(time) = event.time() {
            let time = Rfc3339Time::from_unix(time.timestamp(), time.timestamp_subsec_nanos());
            converted.time = Some(time.ok_or(ConversionError::Time)?.to_string().into());
        }
        let mut extensions: alloc::vec::Vec<_> = event.iter_extensions().collect();
        extensions.sort_by_key(|(name, _)| *name);
        converted.extensions = extensions
            .into_iter()
            .map(|(name, value)| Ok(Extension::new(name.to_string(), to_value(value)?).allow_long_name()))
            .collect::<Result<_, _>>()?;
        let (data_content_type, data_schema, data) = event.take_data();
        let says_json = data_content_type.as_deref().is_some_and(|media_type| is_json(Some(media_type)));
        // By its rule, which is one of letters.
        let knows_json = data_content_type.as_deref().is_some_and(|media_type| {
            media_type.starts_with("application/json")
                || media_type.starts_with("text/json")
                || media_type.ends_with("+json")
        });
        converted.data_content_type = data_content_type.map(Into::into);
        converted.data_schema = data_schema.map(|schema| String::from(schema).into());
        converted.data = match data {
            None => Data::None,
            Some(SdkData::Binary(bytes)) if says_json => match String::from_utf8(bytes) {
                Ok(text) => {
                    JsonText::parse(text.clone()).map_or_else(|_| Data::bytes(text.into_bytes()), Data::Json)
                }
                Err(error) => Data::bytes(error.into_bytes()),
            },
            Some(SdkData::Binary(bytes)) => Data::bytes(bytes),
            // Of a media type that it does not know for JSON, such as `application/JSON`, it keeps
            // objects and arrays as their text. A string that is the text of another value may as
            // well be a string.
            Some(SdkData::String(text)) if says_json && !knows_json && text.starts_with(['{', '[']) => {
                JsonText::parse(text.clone()).map_or_else(|_| Data::text(text), Data::Json)
            }
            Some(SdkData::String(text)) => Data::text(text),
            Some(SdkData::Json(value)) => json(&value)?,
        };
        Ok(converted)
    }
}

fn to_value(value: &SdkValue) -> Result<ExtensionValue<'static>, ConversionError> {
    Ok(match value {
        SdkValue::String(text) => ExtensionValue::String(text.clone().into()),
        SdkValue::Boolean(boolean) => ExtensionValue::Boolean(*boolean),
        SdkValue::Integer(integer) => match i32::try_from(*integer) {
            Ok(integer) => ExtensionValue::Integer(integer),
            Err(_) => {
                ExtensionValue::Json(JsonText::parse(integer.to_string()).map_err(|_| ConversionError::Data)?)
            }
        },
    })
}

fn json(value: &serde_json::Value) -> Result<Data<'static>, ConversionError> {
    Ok(Data::Json(JsonText::parse(value.to_string()).map_err(|_| ConversionError::Data)?))
}

/// JSON becomes a `serde_json::Value`, so it is the same value and not the same text; text is such
/// a value if `datacontenttype` says JSON.
///
/// Two things the other type cannot hold, and they are lost in a defined way:
///
/// - A `dataschema` that is not an absolute URI is left out, such as the `#` of Azure's own events.
/// - Of the extension values that CloudEvents has no type for ([`ExtensionValue::Json`]), whole
///   numbers of 64 bits stay numbers. Any other becomes text: its JSON.
///
/// It fails with [`ConversionError::Time`] if `time` is not a time, not even as
/// [`CloudEventView::timestamp`](crate::event::CloudEventView::timestamp) reads it, and with
/// [`ConversionError::Data`] if its data is a value that cannot be JSON, or JSON that such a value
/// cannot hold.
impl TryFrom<CloudEvent<'_>> for cloudevents::Event {
    type Error = ConversionError;

    fn try_from(event: CloudEvent<'_>) -> Result<Self, ConversionError> {
        let mut converted = Self::default();
        converted.set_id(&*event.id);
        converted.set_source(&*event.source);
        converted.set_type(&*event.event_type);
        converted.set_subject(event.subject.as_deref());
        converted.set_datacontenttype(event.data_content_type.as_deref());
        converted.set_dataschema(event.data_schema.as_deref().and_then(|schema| schema.into_url().ok()));
        let time = event.time.as_deref().map(|time| {
            let time = Rfc3339Time::parse_lenient(time).ok_or(ConversionError::Time)?;
            time.to_string().into_time().map_err(|_| ConversionError::Time)
        });
        // Also if there is none: their default is now.
        converted.set_time(time.transpose()?);
        for extension in &*event.extensions {
            let value = match &extension.value {
                ExtensionValue::String(text) => SdkValue::String(text.to_string()),
                ExtensionValue::Integer(integer) => SdkValue::Integer((*integer).into()),
                ExtensionValue::Boolean(boolean) => SdkValue::Boolean(*boolean),
                ExtensionValue::Json(json) => json
                    .as_str()
                    .parse()
                    .map_or_else(|_| SdkValue::String(json.to_string()), SdkValue::Integer),
            };
            converted.set_extension(&extension.name, value);
        }
        let says_json = event.data_content_type.as_deref().is_some_and(|name| is_json(Some(name)));
        match event.data.into_owned().map_err(|_| ConversionError::Data)? {
            Data::None => {}
            Data::Text(text) if says_json => {
                drop(converted.set_data_unchecked(serde_json::Value::String(text.to_string())));
            }
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
