//! In which form the events of a request come.

use super::refusal::Refusal;
use super::request::DeliveryHeaders;

/// In which form the events of a request come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// CloudEvents in the body, one or several.
    CloudEvents,
    /// Events of either schema in the body, one or several: each one tells by its members which it
    /// is.
    EitherSchema,
    /// One CloudEvent, its attributes in the headers and its data in the body.
    BinaryMode,
}

impl Content {
    /// As the media type says or, for binary content mode, the headers of attributes. A structured
    /// event wins over such headers (CloudEvents 1.0, HTTP protocol binding 3).
    pub(super) fn of(headers: DeliveryHeaders<'_>) -> Result<Self, Refusal> {
        const CLOUD_EVENTS: &str = "application/cloudevents";

        let media_type = media_type(headers.text("content-type").unwrap_or_default());
        let is = |known: &str| media_type.eq_ignore_ascii_case(known);
        if is("application/cloudevents+json") || is("application/cloudevents-batch+json") {
            Ok(Self::CloudEvents)
        } else if media_type
            .get(..CLOUD_EVENTS.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(CLOUD_EVENTS))
        {
            // In a format that is not JSON.
            Err(Refusal::MediaType)
        } else if headers.get("ce-specversion").is_some() {
            Ok(Self::BinaryMode)
        } else if is("application/json") {
            Ok(Self::EitherSchema)
        } else {
            Err(Refusal::MediaType)
        }
    }
}

/// A content type without its parameters.
fn media_type(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(content_type: &str) -> Result<Content, Refusal> {
        Content::of(DeliveryHeaders::new(&[("Content-Type", content_type.as_bytes())]))
    }

    #[test]
    fn the_media_type_decides() {
        for content_type in [
            "application/cloudevents+json",
            "application/cloudevents+json; charset=utf-8",
            "Application/CloudEvents+JSON;charset=UTF-8",
            "application/cloudevents-batch+json; charset=utf-8",
        ] {
            assert_eq!(of(content_type), Ok(Content::CloudEvents), "{content_type}");
        }
        for content_type in ["application/json", "application/json; charset=utf-8", " APPLICATION/JSON "] {
            assert_eq!(of(content_type), Ok(Content::EitherSchema), "{content_type}");
        }
        for content_type in [
            "",
            "text/plain",
            "application/cloudevents+avro",
            "application/cloudevents",
            "application/jsonp",
            "\u{e9}",
        ] {
            assert_eq!(of(content_type), Err(Refusal::MediaType), "{content_type}");
        }
        assert_eq!(Content::of(DeliveryHeaders::new(&[])), Err(Refusal::MediaType));
    }

    #[test]
    fn attributes_in_headers_are_binary_mode_unless_the_body_is_an_event() {
        let of = |content_type: &'static str| {
            let headers = [("CE-SpecVersion", &b"1.0"[..]), ("content-type", content_type.as_bytes())];
            Content::of(DeliveryHeaders::new(&headers))
        };
        assert_eq!(of("application/json"), Ok(Content::BinaryMode));
        assert_eq!(of("image/png"), Ok(Content::BinaryMode));
        assert_eq!(of("application/cloudevents+json"), Ok(Content::CloudEvents));
        assert_eq!(of("application/cloudevents+avro"), Err(Refusal::MediaType));
        let no_type: [(&str, &[u8]); 1] = [("ce-specversion", b"1.0")];
        assert_eq!(Content::of(DeliveryHeaders::new(&no_type)), Ok(Content::BinaryMode));
    }
}
