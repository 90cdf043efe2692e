//! What a media type says about data.

use core::fmt;

use crate::text::{split_at_byte, split_at_last_byte};

/// Whether data of that media type is JSON, as it also is without one (CloudEvents 1.0, JSON event
/// format 3.1).
#[cfg(any(feature = "alloc", feature = "webhook"))]
pub(crate) fn is_json(media_type: Option<&str>) -> bool {
    media_type.is_none_or(|media_type| format(media_type).1.eq_ignore_ascii_case("json"))
}

/// The type, and the format that the subtype or its suffix names.
fn format(media_type: &str) -> (&str, &str) {
    let without_parameters = split_at_byte(media_type, b';').map_or(media_type, |(before, _)| before).trim();
    let (top_level, subtype) = split_at_byte(without_parameters, b'/').unwrap_or_default();
    (top_level, split_at_last_byte(subtype, b'+').map_or(subtype, |(_, suffix)| suffix))
}

/// Whether the media type names no charset but these.
pub(crate) fn has_only_charsets(media_type: &str, allowed: &[&str]) -> bool {
    let mut rest = media_type;
    while let Some((_, parameters)) = split_at_byte(rest, b';') {
        let parameter = split_at_byte(parameters, b';').map_or(parameters, |(parameter, _)| parameter);
        let (name, value) = split_at_byte(parameter, b'=').unwrap_or_default();
        let value = value.trim();
        let charset = match value.as_bytes() {
            [b'"', quoted @ .., b'"'] => quoted,
            plain => plain,
        };
        let is_allowed = allowed.iter().any(|allowed| charset.eq_ignore_ascii_case(allowed.as_bytes()));
        if name.trim().eq_ignore_ascii_case("charset") && !is_allowed {
            return false;
        }
        rest = parameters;
    }
    true
}

/// What the data of an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataKind {
    /// A JSON value.
    Json,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
}

impl DataKind {
    /// What the service takes a body of that media type for, in binary content mode.
    pub(crate) fn of_body(media_type: &str) -> Self {
        let (top_level, format) = format(media_type);
        let is = |known: &str| format.eq_ignore_ascii_case(known);
        if is("json") {
            Self::Json
        } else if top_level.eq_ignore_ascii_case("text") || is("xml") {
            Self::Text
        } else {
            Self::Bytes
        }
    }
}

impl fmt::Display for DataKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json => "JSON",
            Self::Text => "text",
            Self::Bytes => "bytes",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(any(feature = "alloc", feature = "webhook"))]
    #[test]
    fn json_is_known_by_its_subtype_or_suffix() {
        for json in
            ["application/json", "text/JSON; charset=utf-8", "application/vnd.shop+json ;v=1", "a/b+c+json"]
        {
            assert!(is_json(Some(json)), "{json}");
        }
        assert!(is_json(None));
        for other in
            ["text/plain", "application/json-seq", "application/xml;a=/json", "json", "", "application/+xml"]
        {
            assert!(!is_json(Some(other)), "{other}");
        }
    }

    #[test]
    fn a_body_is_json_text_or_bytes() {
        for (media_type, kind) in [
            ("application/json", DataKind::Json),
            ("text/json", DataKind::Json),
            ("Text/Plain;charset=utf-8", DataKind::Text),
            ("text/vnd.a+b", DataKind::Text),
            ("application/XML", DataKind::Text),
            ("image/svg+xml", DataKind::Text),
            ("application/json+zip", DataKind::Bytes),
            ("image/png", DataKind::Bytes),
            ("text", DataKind::Bytes),
            ("", DataKind::Bytes),
        ] {
            assert_eq!(DataKind::of_body(media_type), kind, "{media_type}");
        }
    }

    #[test]
    fn a_media_type_has_the_charsets_of_its_parameters() {
        let is_utf8 = |media_type| has_only_charsets(media_type, &["utf-8", "us-ascii"]);
        for utf8 in [
            "text/plain",
            "text/plain; charset=UTF-8",
            "text/plain;a=b ; Charset = \"utf-8\"",
            "a/b;charset=us-ascii",
        ] {
            assert!(is_utf8(utf8), "{utf8}");
        }
        for other in
            ["text/plain;charset=iso-8859-1", "text/plain; a=b; CHARSET=utf-16", "text/plain;charset="]
        {
            assert!(!is_utf8(other), "{other}");
        }
        assert!(!has_only_charsets("a/b;charset=us-ascii", &["utf-8"]));
    }
}
