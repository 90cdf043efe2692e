//! Members of JSON objects by name and by path, and objects as text.

use eventgrid::json::{JsonStr, Kind, RawJson, Reader};

/// The value of a member; of several with that name, the last.
pub(crate) fn member<'a>(object: RawJson<'a>, name: &str) -> Option<RawJson<'a>> {
    let mut reader = object.reader();
    reader.begin_object().ok()?;
    let mut found = None;
    // The whole text was checked before, so there cannot be an error.
    while let Ok(Some(other)) = reader.next_member() {
        let value = reader.value().ok()?;
        if other == *name {
            found = Some(value);
        }
    }
    found
}

/// The value at a path of names with dots between them.
pub(crate) fn at<'a>(value: RawJson<'a>, path: &str) -> Option<RawJson<'a>> {
    path.split('.').try_fold(value, member)
}

/// The text of a string.
pub(crate) fn string(value: RawJson<'_>) -> Option<JsonStr<'_>> {
    value.reader().string().ok()
}

/// The text of the first member of that name, if it is a string.
pub(crate) fn first_text<'a>(object: &'a str, name: &str) -> Option<JsonStr<'a>> {
    let mut reader = Reader::new(object);
    reader.begin_object().ok()?;
    while let Ok(Some(other)) = reader.next_member() {
        let value = reader.value().ok()?;
        if other == *name {
            return string(value);
        }
    }
    None
}

/// The texts of some members, of those that are strings, in one pass.
pub(crate) fn texts<'a, const N: usize>(object: RawJson<'a>, names: [&str; N]) -> [Option<JsonStr<'a>>; N] {
    let mut found = [None; N];
    let mut reader = object.reader();
    if reader.begin_object().is_err() {
        return found;
    }
    // The whole text was checked before, so there cannot be an error.
    while let Ok(Some(name)) = reader.next_member() {
        let Ok(value) = reader.value() else { break };
        if let Some(slot) = names.iter().position(|wanted| name == **wanted) {
            found[slot] = string(value);
        }
    }
    found
}

/// A string, a number or a boolean as text; nothing else has one.
pub(crate) fn scalar(value: RawJson<'_>) -> Option<String> {
    match value.kind() {
        Kind::String => Some(string(value)?.to_cow().into_owned()),
        Kind::Number | Kind::Boolean => Some(value.as_str().to_owned()),
        _ => None,
    }
}

/// A JSON object that is written member by member.
pub(crate) struct ObjectText(String);

impl ObjectText {
    pub(crate) fn new() -> Self {
        Self("{".to_owned())
    }

    /// Adds a member with a value that is JSON already.
    pub(crate) fn json(&mut self, name: &str, value: &str) -> &mut Self {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push_str(&quoted(name));
        self.0.push(':');
        self.0.push_str(value);
        self
    }

    /// Adds a member with text.
    pub(crate) fn text(&mut self, name: &str, value: &str) -> &mut Self {
        self.json(name, &quoted(value))
    }

    /// The object.
    pub(crate) fn end(&mut self) -> String {
        self.0.push('}');
        std::mem::take(&mut self.0)
    }
}

/// A text as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
