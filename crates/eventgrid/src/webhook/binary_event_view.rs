//! A CloudEvent that was pushed in binary content mode.

use super::attribute_text::AttributeText;
use super::request::DeliveryHeaders;
use crate::event::media_type::is_json;
use crate::event::{DataView, MalformedEvent};
use crate::json::{JsonError, JsonErrorKind, RawJson};

/// The attributes that CloudEvents 1.0 defines itself and that travel as headers.
const NAMES: [&str; 7] = ["specversion", "id", "source", "type", "subject", "time", "dataschema"];

/// A CloudEvent that was pushed in binary content mode: a view over the headers, which have its
/// attributes, and over the body, which is its data (CloudEvents 1.0, HTTP protocol binding 3.1).
#[derive(Debug, Clone, Copy)]
pub struct BinaryEventView<'a> {
    headers: DeliveryHeaders<'a>,
    id: AttributeText<'a>,
    source: AttributeText<'a>,
    event_type: AttributeText<'a>,
    subject: Option<AttributeText<'a>>,
    time: Option<AttributeText<'a>>,
    data_schema: Option<AttributeText<'a>>,
    data: DataView<'a>,
}

impl<'a> BinaryEventView<'a> {
    /// Reads the attributes; data is read if its media type says that it is JSON. What is not JSON
    /// all the same is kept as bytes: the Python SDK of CloudEvents 2.2 sends text and lists so,
    /// and an event that is refused would be dead-lettered.
    pub(super) fn parse(headers: DeliveryHeaders<'a>, body: &'a [u8]) -> Result<Self, MalformedEvent> {
        let mut found = [None; NAMES.len()];
        for (name, value) in attributes(headers) {
            let position = NAMES.iter().position(|known| name.eq_ignore_ascii_case(known));
            let known = position.and_then(|position| Some((found.get_mut(position)?, *NAMES.get(position)?)));
            let Some(value) = AttributeText::from_header(value) else {
                return Err(MalformedEvent::WrongType(known.map_or("extension", |(_, name)| name)));
            };
            match known {
                Some((slot @ None, _)) => *slot = Some(value),
                Some((Some(_), name)) => return Err(MalformedEvent::Doubled(name)),
                None => {}
            }
        }
        let [version, id, source, event_type, subject, time, data_schema] = found;
        // As for structured events: no service sends another major version to a subscriber of this
        // one.
        if version.is_some_and(|version| !version.chars().take(2).eq("1.".chars())) {
            return Err(MalformedEvent::WrongType("specversion"));
        }
        let is_json = headers.text("content-type").is_some_and(|media_type| is_json(Some(media_type)));
        Ok(Self {
            headers,
            id: id.ok_or(MalformedEvent::Missing("id"))?,
            source: source.ok_or(MalformedEvent::Missing("source"))?,
            event_type: event_type.ok_or(MalformedEvent::Missing("type"))?,
            subject,
            time,
            data_schema,
            data: match body {
                [] => DataView::Absent,
                json if is_json => parse_json(json).map_or(DataView::Bytes(json), DataView::Json),
                bytes => DataView::Bytes(bytes),
            },
        })
    }

    /// `id`: together with `source`, it identifies the event.
    pub fn id(&self) -> AttributeText<'a> {
        self.id
    }

    /// `source`: where the event happened.
    pub fn source(&self) -> AttributeText<'a> {
        self.source
    }

    /// `type`: what happened.
    pub fn event_type(&self) -> AttributeText<'a> {
        self.event_type
    }

    /// `subject`: what the event is about, within the source.
    pub fn subject(&self) -> Option<AttributeText<'a>> {
        self.subject
    }

    /// `time`: when it happened, as RFC 3339 text.
    pub fn time(&self) -> Option<AttributeText<'a>> {
        self.time
    }

    /// `datacontenttype`: the media type of the data, which is that of the body.
    pub fn data_content_type(&self) -> Option<&'a str> {
        self.headers.text("content-type")
    }

    /// `dataschema`: a URI of the schema that the data adheres to.
    pub fn data_schema(&self) -> Option<AttributeText<'a>> {
        self.data_schema
    }

    /// The data: JSON if its media type says so and it is JSON, else bytes; absent if the body is
    /// empty.
    pub fn data(&self) -> DataView<'a> {
        self.data
    }

    /// The extension attributes with their names, in the order they came. All of them are text in
    /// this mode.
    pub fn extensions(&self) -> impl Iterator<Item = (&'a str, AttributeText<'a>)> + use<'a> {
        attributes(self.headers)
            .filter(|(name, _)| !NAMES.iter().any(|known| name.eq_ignore_ascii_case(known)))
            .filter_map(|(name, value)| Some((name, AttributeText::from_header(value)?)))
    }

    /// The value of one extension attribute.
    pub fn extension(&self, name: &str) -> Option<AttributeText<'a>> {
        self.extensions().find(|(candidate, _)| candidate.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// The headers that are attributes, without the beginning of their names.
fn attributes(headers: DeliveryHeaders<'_>) -> impl Iterator<Item = (&str, &[u8])> + use<'_> {
    headers.iter().filter_map(|(name, value)| {
        let (prefix, name) = name.split_at_checked(3)?;
        prefix.eq_ignore_ascii_case("ce-").then_some((name, value))
    })
}

fn parse_json(body: &[u8]) -> Result<RawJson<'_>, JsonError> {
    let text = core::str::from_utf8(body)
        .map_err(|error| JsonError::new(JsonErrorKind::NotUtf8, error.valid_up_to()))?;
    RawJson::parse(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADERS: [(&str, &[u8]); 5] = [
        ("ce-specversion", b"1.0"),
        ("CE-Id", b"1"),
        ("ce-source", b"urn:caf%C3%A9"),
        ("ce-type", b"Order.Created"),
        ("ce-Region", b"\"north west\""),
    ];

    fn parse<'a>(
        headers: &'a [(&'a str, &'a [u8])],
        body: &'a [u8],
    ) -> Result<BinaryEventView<'a>, MalformedEvent> {
        BinaryEventView::parse(DeliveryHeaders::new(headers), body)
    }

    #[test]
    fn attributes_are_headers_and_data_is_the_body() {
        let mut headers = HEADERS.to_vec();
        headers.push(("content-type", b"image/png"));
        let event = parse(&headers, b"\x89PNG").unwrap();
        assert_eq!(event.id(), "1");
        assert_eq!(event.source(), "urn:caf\u{e9}");
        assert_eq!(event.event_type(), "Order.Created");
        assert_eq!((event.subject(), event.time(), event.data_schema()), (None, None, None));
        assert_eq!(event.data_content_type(), Some("image/png"));
        assert!(event.extensions().map(|(name, _)| name).eq(["Region"]));
        assert_eq!(event.extension("region").unwrap(), "north west");
        assert!(matches!(event.data(), DataView::Bytes(b"\x89PNG")));
        assert!(matches!(parse(&headers, b"").unwrap().data(), DataView::Absent));
    }

    #[test]
    fn data_is_json_if_its_media_type_says_so() {
        let mut headers = HEADERS.to_vec();
        assert!(matches!(parse(&headers, b"{}").unwrap().data(), DataView::Bytes(b"{}")));
        headers.push(("content-type", b"application/vnd.shop+json; charset=utf-8"));
        assert_eq!(parse(&headers, b" {\"a\":1} ").unwrap().data().as_json().unwrap().as_str(), r#"{"a":1}"#);
    }

    #[test]
    fn data_that_is_no_json_although_its_media_type_says_so_is_kept_as_bytes() {
        let mut headers = HEADERS.to_vec();
        headers.push(("content-type", b"application/json"));
        for body in [&b"{"[..], b"\"\xff\"", b"{} {}", b"hello", b"['a', None]"] {
            let event = parse(&headers, body).unwrap();
            assert!(matches!(event.data(), DataView::Bytes(bytes) if bytes == body));
            assert!(event.data().as_json().is_err());
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (position, name) in [(1, "id"), (2, "source"), (3, "type")] {
            let mut headers = HEADERS.to_vec();
            headers.remove(position);
            assert_eq!(parse(&headers, b"").unwrap_err(), MalformedEvent::Missing(name));
            let mut headers = HEADERS.to_vec();
            headers.push(HEADERS[position]);
            assert_eq!(parse(&headers, b"").unwrap_err(), MalformedEvent::Doubled(name));
            let mut headers = HEADERS.to_vec();
            headers[position].1 = b"%C0%A0";
            assert_eq!(parse(&headers, b"").unwrap_err(), MalformedEvent::WrongType(name));
        }
        for (position, name) in [(0, "specversion"), (4, "extension")] {
            let mut headers = HEADERS.to_vec();
            headers[position].1 = b"0.3%FF";
            assert_eq!(parse(&headers, b"").unwrap_err(), MalformedEvent::WrongType(name));
        }
        let mut headers = HEADERS.to_vec();
        headers[0].1 = b"0.3";
        assert_eq!(parse(&headers, b"").unwrap_err(), MalformedEvent::WrongType("specversion"));
    }

    #[test]
    fn names_of_headers_may_be_anything() {
        let mut headers = HEADERS.to_vec();
        headers.extend([("", &b""[..]), ("c", b""), ("ce", b""), ("ce-", b"x"), ("\u{e9}\u{e9}", b"")]);
        assert!(parse(&headers, b"").is_ok());
    }
}
