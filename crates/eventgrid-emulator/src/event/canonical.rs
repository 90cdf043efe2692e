//! One form for each JSON value: without white space, the members of objects sorted by their names,
//! strings with no more escapes than they need.
//!
//! Recorded from the service (receive, api-version 2023-10-01-preview): `{"Name":"Bob","Age":18}`
//! comes back as `{"Age":18,"Name":"Bob"}`, and every recorded length is that of compact JSON. So
//! the service reads `data` and writes it anew, and what no reader can read must not come out of
//! it: halves of surrogate pairs, numbers beyond every finite 64-bit float, and arrays and objects
//! nested too deep. Strings are therefore written anew, too. No recording has a number for which it
//! would matter whether the service keeps its text; here it is kept, digit by digit, so that
//! nothing is lost. Of two members with one name the last is kept, as by nearly every reader.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use eventgrid::json::{JsonError, JsonNumber, JsonStr, Kind, MAX_DEPTH, Reader};

/// Why a JSON value cannot be part of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InvalidValue {
    /// It is not JSON, has half of a surrogate pair, or is nested more than [`MAX_DEPTH`] deep.
    Json(JsonError),
    /// The number that ends there, counted in bytes from the start of the value, is beyond every
    /// finite float.
    NumberOutOfRange {
        /// Where it ends.
        offset: usize,
    },
}

impl From<JsonError> for InvalidValue {
    fn from(error: JsonError) -> Self {
        Self::Json(error)
    }
}

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => {
                if error.kind() == eventgrid::json::JsonErrorKind::TooDeep {
                    write!(f, "recursion limit of {MAX_DEPTH} exceeded at byte {}", error.offset())
                } else {
                    error.fmt(f)
                }
            }
            Self::NumberOutOfRange { offset } => write!(f, "number out of range at byte {offset}"),
        }
    }
}

/// Checks a JSON value without writing it.
pub(crate) fn check_value(text: &str) -> Result<(), InvalidValue> {
    write_value(text, &mut String::with_capacity(text.len()))
}

/// Writes the canonical form of the JSON value `text` at the end of `out`. What is written if it
/// fails has no meaning.
pub(super) fn write_value(text: &str, out: &mut String) -> Result<(), InvalidValue> {
    let mut reader = Reader::new(text);
    Canonical { members: Vec::new(), sorted: String::new() }.value(&mut reader, out)?;
    Ok(reader.end()?)
}

/// Writes `text` as a JSON string.
pub(super) fn write_string(text: &str, out: &mut String) {
    out.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[plain..at]);
        plain = at + 1;
        write_escape(byte, out);
    }
    out.push_str(&text[plain..]);
    out.push('"');
}

fn write_escape(byte: u8, out: &mut String) {
    match byte {
        b'"' => out.push_str("\\\""),
        b'\\' => out.push_str("\\\\"),
        0x08 => out.push_str("\\b"),
        0x0c => out.push_str("\\f"),
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b'\t' => out.push_str("\\t"),
        control => {
            let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
            out.push_str("\\u00");
            out.push(digit(control >> 4));
            out.push(digit(control & 0xf));
        }
    }
}

/// The work on one value.
struct Canonical<'a> {
    /// The members of the objects that are open, those of the innermost last.
    members: Vec<Member<'a>>,
    /// Where members are put in order before they are copied back.
    sorted: String,
}

/// A member that was written.
struct Member<'a> {
    name: Cow<'a, str>,
    /// Where its name and value are in the output.
    written: Range<usize>,
}

impl<'a> Canonical<'a> {
    /// Recurses no deeper than [`MAX_DEPTH`], which the reader enforces.
    fn value(&mut self, reader: &mut Reader<'a>, out: &mut String) -> Result<(), InvalidValue> {
        match reader.kind()? {
            Kind::Object => self.object(reader, out)?,
            Kind::Array => self.array(reader, out)?,
            Kind::String => write_json_str(reader.string()?, out),
            Kind::Number => write_number(reader.number()?, reader.offset(), out)?,
            Kind::Boolean => out.push_str(if reader.boolean()? { "true" } else { "false" }),
            Kind::Null => {
                reader.null()?;
                out.push_str("null");
            }
        }
        Ok(())
    }

    fn array(&mut self, reader: &mut Reader<'a>, out: &mut String) -> Result<(), InvalidValue> {
        reader.begin_array()?;
        out.push('[');
        let mut is_first = true;
        while reader.next_element()? {
            if !is_first {
                out.push(',');
            }
            is_first = false;
            self.value(reader, out)?;
        }
        out.push(']');
        Ok(())
    }

    fn object(&mut self, reader: &mut Reader<'a>, out: &mut String) -> Result<(), InvalidValue> {
        let first = self.members.len();
        reader.begin_object()?;
        out.push('{');
        while let Some(name) = reader.next_member()? {
            if self.members.len() > first {
                out.push(',');
            }
            let start = out.len();
            write_json_str(name, out);
            out.push(':');
            self.value(reader, out)?;
            self.members.push(Member { name: name.to_cow(), written: start..out.len() });
        }
        if !self.members[first..].windows(2).all(|pair| pair[0].name < pair[1].name) {
            self.sort(first, out);
        }
        out.push('}');
        self.members.truncate(first);
        Ok(())
    }

    /// Puts the members from `first` on in the order of their names. Of equal names the last is
    /// kept.
    fn sort(&mut self, first: usize, out: &mut String) {
        let members = &mut self.members[first..];
        let start = members[0].written.start;
        members.sort_by(|a, b| a.name.cmp(&b.name));
        self.sorted.clear();
        for (index, member) in members.iter().enumerate() {
            if members.get(index + 1).is_some_and(|next| next.name == member.name) {
                continue;
            }
            if !self.sorted.is_empty() {
                self.sorted.push(',');
            }
            self.sorted.push_str(&out[member.written.clone()]);
        }
        out.truncate(start);
        out.push_str(&self.sorted);
    }
}

fn write_json_str(text: JsonStr<'_>, out: &mut String) {
    if let Some(plain) = text.as_str() {
        out.push('"');
        out.push_str(plain);
        out.push('"');
    } else {
        write_string(&text.to_cow(), out);
    }
}

fn write_number(number: JsonNumber<'_>, offset: usize, out: &mut String) -> Result<(), InvalidValue> {
    let text = number.as_str();
    // Without an exponent it takes more than three hundred digits to get out of range.
    let is_near = text.len() < 300 && !text.bytes().any(|byte| byte.eq_ignore_ascii_case(&b'e'));
    if !is_near && number.as_f64().is_none() {
        return Err(InvalidValue::NumberOutOfRange { offset });
    }
    out.push_str(text);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> Result<String, String> {
        let mut out = "before".to_owned();
        let result = write_value(text, &mut out).map_err(|error| error.to_string());
        assert_eq!(result, check_value(text).map_err(|error| error.to_string()));
        result.map(|()| out.strip_prefix("before").unwrap().to_owned())
    }

    #[test]
    fn members_are_sorted_at_every_level_and_white_space_goes() {
        for (published, received) in [
            (r#" { "Name" : "Bob", "Age": 18 } "#, r#"{"Age":18,"Name":"Bob"}"#),
            (r#"{"b":{"z":1,"y":[{"d":0,"c":0}]},"a":{}}"#, r#"{"a":{},"b":{"y":[{"c":0,"d":0}],"z":1}}"#),
            (r#"[ {"b":1,"a":2} , [ ] , { } ]"#, r#"[{"a":2,"b":1},[],{}]"#),
            (r#"{"é":1,"z":2,"😀":3,"":4,"Z":5}"#, r#"{"":4,"Z":5,"z":2,"é":1,"😀":3}"#),
            // By the names themselves, not by what is written for them.
            (r#"{"a\"":1,"a!":2,"a\u0001":3,"a":4}"#, r#"{"a":4,"a\u0001":3,"a!":2,"a\"":1}"#),
        ] {
            assert_eq!(canonical(published).as_deref(), Ok(received));
        }
    }

    #[test]
    fn of_members_with_one_name_the_last_is_kept() {
        assert_eq!(canonical(r#"{"b":1,"a":2,"b":[3],"\u0062":4}"#).as_deref(), Ok(r#"{"a":2,"b":4}"#));
        assert_eq!(canonical(r#"{"a":1,"a":2}"#).as_deref(), Ok(r#"{"a":2}"#));
    }

    #[test]
    fn strings_have_no_escapes_but_those_they_need() {
        let published = r#""\u00e9 \ud83d\ude00 \/ \" \\ \b\f\n\r\t \u001F \u007f \u2028""#;
        let received = "\"é 😀 / \\\" \\\\ \\b\\f\\n\\r\\t \\u001f \u{7f} \u{2028}\"";
        assert_eq!(canonical(published).as_deref(), Ok(received));
        let mut out = String::new();
        write_string(&serde_json::from_str::<String>(published).unwrap(), &mut out);
        assert_eq!(out, received);
    }

    #[test]
    fn numbers_keep_their_digits() {
        let numbers = "[1.50,-0,123456789012345678901234567890,0.1E+2,1e-999,1e308]";
        assert_eq!(canonical(numbers).as_deref(), Ok(numbers));
    }

    #[test]
    fn what_no_reader_can_read_is_refused() {
        for (text, message) in [
            ("1e999".to_owned(), "number out of range at byte 5"),
            ("[-1E+400]".to_owned(), "number out of range at byte 8"),
            ("9".repeat(310), "number out of range at byte 310"),
            (r#"{"a":"\ud800"}"#.to_owned(), "lone surrogate in a string at byte 6"),
            (r#"{"\udc00":1}"#.to_owned(), "lone surrogate in a string at byte 2"),
            (
                format!("{}{}", "[".repeat(129), "]".repeat(129)),
                "recursion limit of 128 exceeded at byte 128",
            ),
            ("[1,]".to_owned(), "expected a value at byte 3"),
            ("1 2".to_owned(), "trailing characters at byte 2"),
        ] {
            assert_eq!(canonical(&text), Err(message.to_owned()), "{text}");
        }
        let deepest = format!("{}{}", "[".repeat(128), "]".repeat(128));
        assert_eq!(canonical(&deepest), Ok(deepest.clone()));
    }
}
