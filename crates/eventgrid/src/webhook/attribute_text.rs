//! The text of an attribute, wherever it travelled.

use core::fmt::{self, Write};

use super::data_text::DataText;
use super::percent::PercentDecoded;
use crate::json::{JsonStr, Unescaped};

/// The text of an event's attribute, or of a member of its data, as it came: a JSON string in the
/// body, one within such a string or, in binary content mode, a header.
///
/// It is known to be valid. Comparing and showing it work on the decoded text.
#[derive(Clone, Copy)]
pub struct AttributeText<'a>(Repr<'a>);

#[derive(Clone, Copy)]
enum Repr<'a> {
    Json(JsonStr<'a>),
    /// Its text is that of a JSON string with its escapes.
    JsonInString(JsonStr<'a>),
    /// Percent-encoded, and perhaps between quotes (CloudEvents 1.0, HTTP protocol binding
    /// 3.1.3.2).
    Header(&'a [u8]),
}

impl<'a> AttributeText<'a> {
    /// The value of a header; none if what it stands for is not UTF-8.
    pub(super) fn from_header(value: &'a [u8]) -> Option<Self> {
        let mut bytes = decoded(value);
        while bytes.clone().next().is_some() {
            character(&mut bytes)?;
        }
        Some(Self(Repr::Header(value)))
    }

    /// The text, if it needs no decoding.
    pub fn as_str(&self) -> Option<&'a str> {
        match self.0 {
            // Where the inner string has an escape, the outer one has an escape for its backslash.
            Repr::Json(text) | Repr::JsonInString(text) => text.as_str(),
            Repr::Header(value) if value.iter().any(|byte| matches!(byte, b'%' | b'"')) => None,
            Repr::Header(value) => core::str::from_utf8(value).ok(),
        }
    }

    /// The characters of the decoded text.
    pub fn chars(&self) -> impl Iterator<Item = char> + use<'a> {
        let (json, in_string, header) = match self.0 {
            Repr::Json(text) => (Some(text.chars()), None, None),
            Repr::JsonInString(text) => (None, Some(Unescaped(text.chars())), None),
            Repr::Header(value) => (None, None, Some(decoded(value))),
        };
        let header = header.map(|mut bytes| core::iter::from_fn(move || character(&mut bytes)));
        let json = json.into_iter().flatten().chain(in_string.into_iter().flatten());
        json.chain(header.into_iter().flatten())
    }

    /// The decoded text, borrowed if it needs no decoding.
    #[cfg(feature = "alloc")]
    pub fn to_cow(&self) -> alloc::borrow::Cow<'a, str> {
        match self.as_str() {
            Some(text) => text.into(),
            None => self.chars().collect::<alloc::string::String>().into(),
        }
    }
}

impl<'a> From<JsonStr<'a>> for AttributeText<'a> {
    fn from(text: JsonStr<'a>) -> Self {
        Self(Repr::Json(text))
    }
}

impl<'a> From<DataText<'a>> for AttributeText<'a> {
    fn from(text: DataText<'a>) -> Self {
        Self(match text {
            DataText::InJson(text) => Repr::Json(text),
            DataText::InString(text) => Repr::JsonInString(text),
        })
    }
}

/// The bytes that a header's value stands for: first without quotes and their backslashes, then
/// percent-decoded.
fn decoded(value: &[u8]) -> PercentDecoded<Unquoted<'_>> {
    let unquoted = match value {
        [b'"', inner @ .., b'"'] => Unquoted { rest: inner.iter(), quoted: true },
        _ => Unquoted { rest: value.iter(), quoted: false },
    };
    PercentDecoded(unquoted)
}

#[derive(Clone)]
struct Unquoted<'a> {
    rest: core::slice::Iter<'a, u8>,
    quoted: bool,
}

impl Iterator for Unquoted<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        match *self.rest.next()? {
            b'\\' if self.quoted => self.rest.next().copied().or(Some(b'\\')),
            byte => Some(byte),
        }
    }
}

/// The next character of UTF-8; none at the end, and if it is not a character.
fn character(bytes: &mut impl Iterator<Item = u8>) -> Option<char> {
    let mut utf8 = [bytes.next()?, 0, 0, 0];
    let len = match utf8[0] {
        0..0x80 => 1,
        0x80..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    };
    for byte in utf8.get_mut(1..len)? {
        *byte = bytes.next()?;
    }
    core::str::from_utf8(utf8.get(..len)?).ok()?.chars().next()
}

impl fmt::Display for AttributeText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_str() {
            Some(text) => f.write_str(text),
            None => self.chars().try_for_each(|character| f.write_char(character)),
        }
    }
}

impl fmt::Debug for AttributeText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        self.chars().flat_map(char::escape_debug).try_for_each(|character| f.write_char(character))?;
        f.write_char('"')
    }
}

impl PartialEq for AttributeText<'_> {
    fn eq(&self, other: &AttributeText<'_>) -> bool {
        self.chars().eq(other.chars())
    }
}

impl Eq for AttributeText<'_> {}

impl PartialEq<str> for AttributeText<'_> {
    fn eq(&self, other: &str) -> bool {
        match self.as_str() {
            Some(text) => text == other,
            None => self.chars().eq(other.chars()),
        }
    }
}

impl PartialEq<&str> for AttributeText<'_> {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::string::ToString;

    use super::*;
    use crate::json::Reader;

    #[test]
    fn a_header_is_unquoted_then_percent_decoded_once() {
        for (value, text) in [
            ("plain", "plain"),
            ("", ""),
            ("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro \u{20ac} \u{1f600}"),
            ("%22%25", "\"%"),
            ("%2541", "%41"),
            (r#""quoted""#, "quoted"),
            (r#""a \"b\" \\""#, r#"a "b" \"#),
            (r#""%41""#, "A"),
            (r#"""#, r#"""#),
            (r#""""#, ""),
            (r"a\b", r"a\b"),
            ("caf\u{e9}", "caf\u{e9}"),
            ("100%", "100%"),
        ] {
            let attribute = AttributeText::from_header(value.as_bytes()).unwrap();
            assert_eq!(attribute, text);
            assert_eq!(attribute.to_string(), text);
            assert_eq!(format!("{attribute:?}"), format!("{text:?}"));
            assert_eq!(attribute.as_str().unwrap_or(text), text);
        }
    }

    #[test]
    fn what_is_no_utf8_is_refused() {
        for value in [
            &b"%C0%A0"[..],
            b"\xff",
            b"%ff",
            b"%E2%82",
            b"%ED%A0%80",
            b"%F4%90%80%80",
            b"a%80",
            b"\xc3",
            b"%C3a",
        ] {
            assert!(AttributeText::from_header(value).is_none(), "{value:?}");
        }
    }

    #[test]
    fn it_is_the_same_wherever_it_travelled() {
        let json = AttributeText::from(Reader::new(r#""a\u0020b""#).string().unwrap());
        let header = AttributeText::from_header(b"a%20b").unwrap();
        assert_eq!(json, header);
        assert_eq!((json.as_str(), header.as_str()), (None, None));
        assert_ne!(json, AttributeText::from_header(b"a").unwrap());
        assert_eq!(AttributeText::from(Reader::new(r#""ab""#).string().unwrap()).as_str(), Some("ab"));
    }
}
