//! Binary content mode: attributes as headers, data as the body (CloudEvents 1.0, HTTP protocol
//! binding 3.1).
//!
//! Recorded from the service (api-version 2023-10-01-preview): text and XML arrive as text, bytes
//! of another media type as base64, extensions as strings. That JSON arrives as JSON is documented
//! for dead letters; that header values are percent-decoded is what CloudEvents asks for. Both are
//! unconfirmed.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, header};
use percent_encoding::percent_decode;
use serde_json::value::{RawValue, to_raw_value};

use super::error::ServiceError;
use super::{body, event};
use crate::broker::Event;
use crate::event::is_json;
use crate::limits::Limits;
use crate::service::members::Members;

/// What the names of headers begin with that are attributes.
const PREFIX: &str = "ce-";

/// Whether any header is an attribute.
pub(super) fn is_used(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| name.as_str().starts_with(PREFIX))
}

/// The event that headers and body say.
pub(super) fn event(headers: &HeaderMap, body: &[u8], limits: Limits) -> Result<Event, ServiceError> {
    let mut attributes = Vec::new();
    for name in headers.keys() {
        let Some(attribute) = name.as_str().strip_prefix(PREFIX) else { continue };
        let mut values = headers.get_all(name).iter();
        let value = values.next().map(|value| decode(attribute, value)).transpose()?.unwrap_or_default();
        if values.next().is_some() {
            return Err(ServiceError::bad_request(format!("duplicate attribute `{attribute}`")));
        }
        if matches!(attribute, "data" | "data_base64" | "datacontenttype") {
            // The body is the data, and its media type is the content type.
            return Err(ServiceError::bad_request(format!("`{attribute}` is not a valid attribute name")));
        }
        attributes.push((attribute.to_owned(), raw(&value)));
    }
    let media_type = body::content_type(headers)?;
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    attributes.push(("datacontenttype".to_owned(), raw(content_type.unwrap_or_default().trim())));
    if !body.is_empty() {
        let (name, value) = data(&media_type.to_ascii_lowercase(), body)?;
        attributes.push((name.to_owned(), value));
    }
    let attributes = attributes.iter().map(|(name, value)| (name.clone(), &**value)).collect();
    event::event(&Members::new(attributes), limits)
}

/// The value that a header stands for: first out of its quotes, then percent-decoded once.
fn decode(attribute: &str, value: &HeaderValue) -> Result<String, ServiceError> {
    let unquoted = unquote(value.as_bytes());
    let text = percent_decode(&unquoted).decode_utf8();
    text.map(Cow::into_owned)
        .map_err(|_| ServiceError::bad_request(format!("`{attribute}` is not percent-encoded UTF-8")))
}

/// What a quoted string says (HTTP, RFC 9110 5.6.4); any other value as it is.
fn unquote(value: &[u8]) -> Cow<'_, [u8]> {
    let Some(inner) = value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) else {
        return value.into();
    };
    let mut unquoted = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter();
    while let Some(byte) = bytes.next() {
        let escaped = if *byte == b'\\' { bytes.next() } else { None };
        unquoted.push(*escaped.unwrap_or(byte));
    }
    unquoted.into()
}

/// The data, and the name of the member it arrives as: JSON as it is, text as text, anything else
/// as base64.
fn data(media_type: &str, body: &[u8]) -> Result<(&'static str, Box<RawValue>), ServiceError> {
    if is_json(media_type) {
        let json: &RawValue = body::parse(body)?;
        return Ok(("data", json.to_owned()));
    }
    let subtype = media_type.split_once('/').map_or("", |(_, subtype)| subtype);
    let is_text = media_type.starts_with("text/") || subtype == "xml" || subtype.ends_with("+xml");
    match std::str::from_utf8(body) {
        Ok(text) if is_text => Ok(("data", raw(text))),
        _ => Ok(("data_base64", raw(&STANDARD.encode(body)))),
    }
}

fn raw(text: &str) -> Box<RawValue> {
    to_raw_value(text).expect("text is JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_out_of_quotes_and_are_decoded_once() {
        for (value, decoded) in [
            ("plain", "plain"),
            ("my subject", "my subject"),
            ("a%20b%2525", "a b%25"),
            ("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀"),
            (r#""quoted \"text\" \\ %41""#, r#"quoted "text" \ A"#),
            (r#""""#, ""),
            (r#"""#, r#"""#),
            (r#""\""#, r"\"),
            ("100%", "100%"),
            ("%zz%4", "%zz%4"),
            ("", ""),
        ] {
            let value = HeaderValue::from_str(value).unwrap();
            assert_eq!(decode("subject", &value).unwrap(), decoded, "{value:?}");
        }
        for bad in [&b"%C0%A0"[..], b"\xff", b"%ED%A0%80"] {
            assert!(decode("subject", &HeaderValue::from_bytes(bad).unwrap()).is_err(), "{bad:?}");
        }
        assert_eq!(decode("subject", &HeaderValue::from_bytes("é".as_bytes()).unwrap()).unwrap(), "é");
    }
}
