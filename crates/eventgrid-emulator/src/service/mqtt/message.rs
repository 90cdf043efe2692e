//! The message that a request publishes ("mqtt-http-publish", 2025-07-30: parameters of the query
//! and headers). What is not valid is 400, and an invalid topic 403, as documented; the words are
//! not confirmed.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Request, header};
use percent_encoding::percent_decode_str;
use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, Unexpected, Visitor};

use super::query::Query;
use crate::limits::Limits;
use crate::mqtt::{Message, Qos, check_name};
use crate::service::namespace::ServiceError;

/// Reads a request whose query is that.
pub(super) fn message(
    query: &Query<'_>,
    request: &Request<Bytes>,
    limits: Limits,
) -> Result<Message, ServiceError> {
    let topic = query
        .get("topic")?
        .ok_or_else(|| ServiceError::bad_request("`topic` query parameter is required"))?;
    check_name(&topic, limits)
        .map_err(|error| ServiceError::forbidden(format!("`topic` is not valid: {error}")))?;
    let headers = Headers(request.headers());
    let qos = headers.number(query, "qos", 1, 1)?;
    let response_topic = headers.decoded("mqtt-response-topic", |text| {
        let topic = percent_decode_str(text).decode_utf8().ok()?.into_owned();
        check_name(&topic, limits).ok().map(|()| topic)
    })?;
    let user_properties = headers.decoded("mqtt-user-properties", |text| user_properties(text, limits))?;
    Ok(Message {
        topic,
        qos: u8::try_from(qos).ok().and_then(Qos::from_number).unwrap_or(Qos::AtLeastOnce),
        retain: headers.number(query, "retain", 1, 0)? == 1,
        response_topic,
        correlation_data: headers
            .decoded("mqtt-correlation-data", |text| STANDARD.decode(text).ok().filter(|data| fits(data)))?,
        user_properties: user_properties.unwrap_or_default(),
        content_type: headers
            .decoded(header::CONTENT_TYPE.as_str(), |text| fits(text.as_bytes()).then(|| text.to_owned()))?,
        expiry: headers.integer("mqtt-message-expiry", u32::MAX)?,
        is_text: headers.integer("mqtt-payload-format-indicator", 1)? == Some(1),
        payload: request.body().clone(),
    })
}

/// The headers of a request, each at most once.
struct Headers<'r>(&'r HeaderMap);

impl<'r> Headers<'r> {
    fn text(&self, name: &str) -> Result<Option<&'r str>, ServiceError> {
        let mut values = self.0.get_all(name).iter();
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(ServiceError::bad_request(format!("`{name}` header is given twice")));
        }
        let text = std::str::from_utf8(value.as_bytes()).map(|text| Some(text.trim()));
        text.map_err(|_| not_valid(name))
    }

    /// What the text of a header stands for; an error if that is nothing.
    fn decoded<T>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, ServiceError> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        read(text).map(Some).ok_or_else(|| not_valid(name))
    }

    fn integer(&self, name: &str, most: u32) -> Result<Option<u32>, ServiceError> {
        self.decoded(name, |text| integer(text, most))
    }

    /// A number that is a parameter of the query, or else a header.
    fn number(&self, query: &Query<'_>, name: &str, most: u32, default: u32) -> Result<u32, ServiceError> {
        match query.get(name)? {
            Some(text) => integer(&text, most)
                .ok_or_else(|| ServiceError::bad_request(format!("`{name}` query parameter is not valid"))),
            None => Ok(self.integer(&format!("mqtt-{name}"), most)?.unwrap_or(default)),
        }
    }
}

fn not_valid(name: &str) -> ServiceError {
    ServiceError::bad_request(format!("`{name}` header is not valid"))
}

/// Whether a string or binary data can be in a packet, which has its length in two bytes (MQTT 5.0,
/// 1.5.4 and 1.5.6).
fn fits(bytes: &[u8]) -> bool {
    u16::try_from(bytes.len()).is_ok()
}

fn integer(text: &str, most: u32) -> Option<u32> {
    let is_integer = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_integer && *number <= most)
}

/// Reads a list of objects with one member each, in base64: the order and repeated names matter.
/// Relaxed limits also take the list as it is.
fn user_properties(text: &str, limits: Limits) -> Option<Vec<(String, String)>> {
    let json = match STANDARD.decode(text) {
        Ok(json) => json,
        Err(_) if !limits.are_strict() => text.as_bytes().to_vec(),
        Err(_) => return None,
    };
    let list: Vec<Property> = serde_json::from_slice(&json).ok()?;
    let properties: Vec<_> = list.into_iter().map(|Property(name, value)| (name, value)).collect();
    let is_string = |text: &String| fits(text.as_bytes()) && !text.contains('\0');
    properties.iter().all(|(name, value)| is_string(name) && is_string(value)).then_some(properties)
}

/// An object with one member, which is a string. A map would take one name twice for one member.
struct Property(String, String);

impl<'de> Deserialize<'de> for Property {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneMember;

        impl<'de> Visitor<'de> for OneMember {
            type Value = Property;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with one member, which is a string")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Property, A::Error> {
                let first = map.next_entry()?;
                match (first, map.next_entry::<String, IgnoredAny>()?) {
                    (Some((name, value)), None) => Ok(Property(name, value)),
                    _ => Err(de::Error::invalid_value(Unexpected::Map, &self)),
                }
            }
        }

        deserializer.deserialize_map(OneMember)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_properties_are_a_list_of_objects_with_one_member_each() {
        let read = |json: &str| user_properties(&STANDARD.encode(json), Limits::Strict);
        let properties = read(r#"[{"b":"1"},{"a":"ä"},{"b":""}]"#).unwrap();
        let expected = [("b", "1"), ("a", "ä"), ("b", "")];
        assert_eq!(properties, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(read("[]"), Some(Vec::new()));
        for wrong in [
            r#"[{"a":"1","a":"1"}]"#,
            "",
            "{}",
            r#"[{"a":"1","b":"2"}]"#,
            "[{}]",
            r#"[{"a":1}]"#,
            r#"["a"]"#,
            "[",
            r#"[{"a":"\u0000"}]"#,
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        let plain = r#"[{"a":"1"}]"#;
        assert_eq!(user_properties(plain, Limits::Strict), None);
        assert_eq!(user_properties(plain, Limits::Relaxed).unwrap().len(), 1);
        assert_eq!(user_properties("nonsense", Limits::Relaxed), None);
    }
}
