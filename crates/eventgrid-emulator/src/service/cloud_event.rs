//! What makes a published event a good one, and the text that is kept of it.
//!
//! Attributes keep the text they were published with, numbers digit by digit; those that are `null` are unset
//! and go away (CloudEvents 1.0, JSON format); `time` is turned to UTC without trailing zeros, as the service
//! does. Recorded from the service: "`source` attribute is required" and "`id` must be non-empty string". The
//! other messages, and that a number or boolean extension keeps its type, are unconfirmed.

use std::collections::HashSet;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{self, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::error::ServiceError;
use crate::broker::Event;

/// The members of a JSON object in their order, `null` ones left out.
#[derive(Debug)]
pub(super) struct Attributes<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Attributes<'de> {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Attributes<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a CloudEvent")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut attributes = Vec::new();
                let mut names = HashSet::new();
                while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                    if !names.insert(name.clone()) {
                        return Err(de::Error::custom(format_args!("duplicate attribute `{name}`")));
                    }
                    if value.get() != "null" || name == "data" {
                        attributes.push((name, value));
                    }
                }
                Ok(Attributes(attributes))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

impl Attributes<'_> {
    /// Checks the attributes and gives the event that consumers receive.
    pub(super) fn into_event(self) -> Result<Event, ServiceError> {
        for required in ["id", "source", "specversion", "type"] {
            let Some(value) = self.get(required) else {
                return Err(ServiceError::bad_request(format!("`{required}` attribute is required")));
            };
            if text(value).is_none_or(|text| text.is_empty()) {
                return Err(ServiceError::bad_request(format!("`{required}` must be non-empty string")));
            }
        }
        if self.get("specversion").and_then(text).is_none_or(|version| version != "1.0") {
            return Err(ServiceError::bad_request("`specversion` must be '1.0'"));
        }
        if self.get("data").is_some() && self.get("data_base64").is_some() {
            return Err(ServiceError::bad_request("`data` and `data_base64` must not both be present"));
        }

        let mut json = String::with_capacity(self.0.iter().map(|(k, v)| k.len() + v.get().len() + 4).sum());
        for (name, value) in &self.0 {
            json.push(if json.is_empty() { '{' } else { ',' });
            let value = kept(name, value).map_err(ServiceError::bad_request)?;
            json.extend(["\"", name, "\":", &value]);
        }
        json.push('}');
        Event::from_json(json).map_err(|error| ServiceError::bad_request(error.to_string()))
    }

    fn get(&self, name: &str) -> Option<&RawValue> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| *value)
    }
}

/// The text of an attribute's value as it is kept, or what is wrong with it.
fn kept(name: &str, value: &RawValue) -> Result<String, String> {
    match name {
        "data" | "id" | "source" | "specversion" | "type" => {}
        "data_base64" => {
            if text(value).is_none_or(|text| STANDARD.decode(text).is_err()) {
                return Err("`data_base64` must be base64 string".to_owned());
            }
        }
        "time" => {
            let time = text(value).and_then(|text| text.parse::<jiff::Timestamp>().ok());
            return match time {
                Some(time) => Ok(format!("\"{time}\"")),
                None => Err("`time` must be RFC 3339 timestamp".to_owned()),
            };
        }
        "subject" | "dataschema" | "datacontenttype" => {
            if text(value).is_none() {
                return Err(format!("`{name}` must be string"));
            }
        }
        extension => {
            if !is_attribute_name(extension) {
                return Err(format!("`{extension}` is not a valid attribute name"));
            }
            if value.get().starts_with(['{', '[']) || value.get().starts_with('"') && text(value).is_none() {
                return Err(format!("`{extension}` must be string, number or boolean"));
            }
        }
    }
    Ok(value.get().to_owned())
}

/// The text of a JSON string, if it is one.
fn text(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

/// Lower-case ASCII letters and digits (CloudEvents 1.0, naming of attributes).
fn is_attribute_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}
