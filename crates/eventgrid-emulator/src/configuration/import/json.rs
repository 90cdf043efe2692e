//! JSON as .NET reads it from configuration files: with comments, trailing commas, and names
//! without case.

use std::fmt;

use serde_json::{Map, Value};

/// Why a file could not be read. Its text is `LINE:COLUMN: what is wrong`, without values of the
/// file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ImportError {
    line: usize,
    column: usize,
    message: &'static str,
}

impl ImportError {
    /// The line, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The byte within the line, counted from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// The file is not about what it should be; where that is not written cannot be said.
    pub(super) fn whole(message: &'static str) -> Self {
        Self { line: 1, column: 1, message }
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

/// Reads a file: an object.
pub(super) fn read(text: &str) -> Result<Map<String, Value>, ImportError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let value = serde_json::from_slice(&strict(text)).map_err(|error| ImportError {
        line: error.line().max(1),
        column: error.column().max(1),
        // The error's own words may repeat what is in the file.
        message: if error.is_eof() { "the JSON ends too early" } else { "this is not JSON" },
    })?;
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(ImportError::whole("expected an object with the member topics")),
    }
}

/// A member by its name without case, the last one if there are more.
pub(super) fn member<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    let members = object.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
    members.map(|(_, value)| value).next_back().filter(|value| !value.is_null())
}

/// A member that is text. The error says which one is not.
pub(super) fn text<'v>(object: &'v Map<String, Value>, name: &str) -> Result<Option<&'v str>, String> {
    let text =
        member(object, name).map(|value| value.as_str().ok_or_else(|| format!("its {name} is not a string")));
    text.transpose()
}

/// A member that is an object. The error says which one is not.
pub(super) fn object<'v>(
    of: &'v Map<String, Value>,
    name: &str,
) -> Result<Option<&'v Map<String, Value>>, String> {
    let object =
        member(of, name).map(|value| value.as_object().ok_or_else(|| format!("its {name} is not an object")));
    object.transpose()
}

/// A member that is true, as a boolean or as text.
pub(super) fn is_true(object: &Map<String, Value>, name: &str) -> bool {
    match member(object, name) {
        Some(Value::Bool(value)) => *value,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

/// The text with spaces in place of comments and trailing commas, so that lines and columns stay.
fn strict(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    let mut last_comma = None;
    let mut at = 0;
    while at < bytes.len() {
        let end = match (bytes[at], bytes.get(at + 1)) {
            (b'"', _) => string_end(&bytes, at),
            (b'/', Some(b'/')) => blank(&mut bytes, at, b"\n"),
            (b'/', Some(b'*')) => blank(&mut bytes, at, b"*/"),
            _ => at + 1,
        };
        match bytes[at] {
            b',' => last_comma = Some(at),
            b']' | b'}' => {
                if let Some(comma) = last_comma.take() {
                    bytes[comma] = b' ';
                }
            }
            byte if byte.is_ascii_whitespace() => {}
            _ => last_comma = None,
        }
        at = end;
    }
    bytes
}

/// After the string that starts there.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Writes spaces over a comment, and returns where it ends. Line ends stay.
fn blank(bytes: &mut [u8], start: usize, end: &[u8]) -> usize {
    let after = start + 2;
    let length = bytes[after..].windows(end.len()).position(|window| window == end);
    let end = length.map_or(bytes.len(), |length| after + length + end.len());
    for byte in &mut bytes[start..end] {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
    end
}
