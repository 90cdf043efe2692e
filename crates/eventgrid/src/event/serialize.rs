//! Events into any format of `serde`.

use serde::ser::{Error, Serialize, SerializeMap, Serializer};

use crate::event::{CloudEvent, Data, EventGridEvent, ExtensionValue};

/// As its JSON format has it (CloudEvents 1.0): attributes, extension attributes, then `data` or
/// `data_base64`.
///
/// [`Data::Value`] needs feature `alloc` for this; [`write_json`](CloudEvent::write_json) does not.
/// JSON text is passed on as the value it is, not letter by letter: a format of `serde` knows no
/// letters.
impl Serialize for CloudEvent<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let optional = [
            ("subject", &self.subject),
            ("time", &self.time),
            ("datacontenttype", &self.data_content_type),
            ("dataschema", &self.data_schema),
        ];
        let present = optional.iter().filter(|(_, value)| value.is_some()).count();
        let data = usize::from(!matches!(self.data, Data::None));
        let mut map = serializer.serialize_map(Some(4 + present + self.extensions.len() + data))?;
        map.serialize_entry("specversion", "1.0")?;
        map.serialize_entry("id", &*self.id)?;
        map.serialize_entry("source", &*self.source)?;
        map.serialize_entry("type", &*self.event_type)?;
        for (name, value) in optional {
            if let Some(value) = value {
                map.serialize_entry(name, &**value)?;
            }
        }
        for extension in &*self.extensions {
            map.serialize_entry(&*extension.name, &extension.value)?;
        }
        match &self.data {
            Data::None => {}
            #[cfg(feature = "base64")]
            Data::Bytes(bytes) => map.serialize_entry("data_base64", &Base64(bytes))?,
            data => map.serialize_entry("data", &Value(data))?,
        }
        map.end()
    }
}

/// As its JSON format has it (Event Grid schema). Bytes are an error, since it has no place for
/// them; nothing is `null`.
///
/// [`Data::Value`] needs feature `alloc` for this; [`write_json`](EventGridEvent::write_json) does
/// not.
impl Serialize for EventGridEvent<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(6 + usize::from(self.topic.is_some())))?;
        map.serialize_entry("id", &*self.id)?;
        if let Some(topic) = &self.topic {
            map.serialize_entry("topic", &**topic)?;
        }
        map.serialize_entry("subject", &*self.subject)?;
        map.serialize_entry("eventType", &*self.event_type)?;
        map.serialize_entry("eventTime", &*self.event_time)?;
        map.serialize_entry("dataVersion", &*self.data_version)?;
        map.serialize_entry("data", &Value(&self.data))?;
        map.end()
    }
}

impl Serialize for ExtensionValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::String(text) => serializer.serialize_str(text),
            Self::Integer(integer) => serializer.serialize_i32(*integer),
            Self::Boolean(boolean) => serializer.serialize_bool(*boolean),
            Self::Json(json) => json.serialize(serializer),
        }
    }
}

/// Data as one JSON value.
struct Value<'e>(&'e Data<'e>);

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Data::None => serializer.serialize_unit(),
            Data::Json(json) => json.serialize(serializer),
            #[cfg(feature = "alloc")]
            Data::Value(value) => {
                crate::json::JsonText::written(*value).map_err(S::Error::custom)?.serialize(serializer)
            }
            #[cfg(not(feature = "alloc"))]
            Data::Value(_) => {
                Err(S::Error::custom("a value as data needs the feature `alloc` to be serialized"))
            }
            Data::Text(text) => serializer.serialize_str(text),
            #[cfg(feature = "base64")]
            Data::Bytes(_) => Err(S::Error::custom(crate::event::InvalidEvent::Bytes)),
        }
    }
}

#[cfg(feature = "base64")]
struct Base64<'e>(&'e [u8]);

#[cfg(feature = "base64")]
impl Serialize for Base64<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use base64::{display::Base64Display, prelude::BASE64_STANDARD};

        serializer.collect_str(&Base64Display::new(self.0, &BASE64_STANDARD))
    }
}
