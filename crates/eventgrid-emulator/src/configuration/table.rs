//! Walks through a TOML document and collects everything that is wrong with it.

use std::ops::{Range, RangeInclusive};

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::error::{FileError, FileErrors};
use crate::reading::{Format, ReadError, Step, read};

/// What is wrong so far.
pub(super) struct Errors<'s> {
    source: &'s str,
    errors: Vec<FileError>,
}

/// A table whose fields are asked for one by one; those that nobody asked for are unknown.
pub(super) struct Table<'t, 's> {
    path: String,
    span: Range<usize>,
    entries: &'t DeTable<'s>,
    known: Vec<&'static str>,
}

/// A value and where it is.
pub(super) struct Value<'t, 's> {
    path: String,
    span: Range<usize>,
    content: &'t DeValue<'s>,
}

impl<'s> Errors<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Self { source, errors: Vec::new() }
    }

    pub(super) fn add(&mut self, span: Range<usize>, field: &str, message: impl Into<String>) {
        self.errors.push(FileError::new(self.source, span, field.to_owned(), message.into()));
    }

    /// # Errors
    /// What was added, if anything was.
    pub(super) fn finish(self) -> Result<(), FileErrors> {
        FileErrors::new(self.errors)
    }

    /// Keeps the value of a result; adds what is wrong.
    pub(super) fn keep<T>(&mut self, of: &Value<'_, '_>, result: Result<T, String>) -> Option<T> {
        result.map_err(|message| self.add(of.span.clone(), &of.path, message)).ok()
    }

    fn wrong_kind(&mut self, of: &Value<'_, '_>, expected: &str) {
        let found = match of.content {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a float",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "an array",
            DeValue::Table(_) => "a table",
        };
        self.add(of.span.clone(), &of.path, format!("expected {expected}, found {found}"));
    }
}

impl<'t, 's> Table<'t, 's> {
    /// The table that is the whole document.
    pub(super) fn root(document: &'t Spanned<DeTable<'s>>) -> Self {
        Self { path: String::new(), span: document.span(), entries: document.get_ref(), known: Vec::new() }
    }

    /// The value of a field, if it is there.
    pub(super) fn get(&mut self, name: &'static str) -> Option<Value<'t, 's>> {
        if !self.known.contains(&name) {
            self.known.push(name);
        }
        let (_, value) = self.entries.iter().find(|(key, _)| key.get_ref() == name)?;
        Some(Value { path: join(&self.path, name), span: value.span(), content: value.get_ref() })
    }

    /// The value of a field that must be there.
    pub(super) fn require(&mut self, name: &'static str, errors: &mut Errors<'_>) -> Option<Value<'t, 's>> {
        let value = self.get(name);
        if value.is_none() {
            errors.add(self.span.clone(), &join(&self.path, name), "this field is missing");
        }
        value
    }

    /// Says where the table is and what is wrong with it as a whole.
    pub(super) fn wrong(&self, errors: &mut Errors<'_>, message: &str) {
        errors.add(self.span.clone(), &self.path, message);
    }

    /// Finds the fields that nobody asked for. Those that are `reserved` will mean something in a
    /// later version.
    pub(super) fn finish(self, reserved: &[&str], errors: &mut Errors<'_>) {
        for key in self.entries.keys() {
            let name = key.get_ref().as_ref();
            if self.known.contains(&name) {
                continue;
            }
            if reserved.contains(&name) {
                let message = "this field is reserved, and this version does nothing with it: remove it";
                errors.add(key.span(), &join(&self.path, name), message);
            } else {
                let message = format!("unknown field; the fields here are {}", self.known.join(", "));
                errors.add(key.span(), &join(&self.path, shown(name)), message);
            }
        }
    }
}

impl<'t, 's> Value<'t, 's> {
    pub(super) fn text(&self, errors: &mut Errors<'_>) -> Option<&'t str> {
        let text = self.content.as_str();
        if text.is_none() {
            errors.wrong_kind(self, "a string");
        }
        text
    }

    pub(super) fn boolean(&self, errors: &mut Errors<'_>) -> Option<bool> {
        let boolean = self.content.as_bool();
        if boolean.is_none() {
            errors.wrong_kind(self, "true or false");
        }
        boolean
    }

    /// The field, with those that it is in.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Where it is in the file, and the field.
    pub(super) fn place(&self) -> (Range<usize>, String) {
        (self.span.clone(), self.path.clone())
    }

    pub(super) fn is_table(&self) -> bool {
        self.content.is_table()
    }

    pub(super) fn is_integer(&self) -> bool {
        self.content.is_integer()
    }

    pub(super) fn is_array(&self) -> bool {
        self.content.is_array()
    }

    pub(super) fn integer(&self, range: RangeInclusive<u64>, errors: &mut Errors<'_>) -> Option<u64> {
        let expected = format!("an integer from {} to {}", range.start(), range.end());
        let Some(integer) = self.content.as_integer() else {
            errors.wrong_kind(self, &expected);
            return None;
        };
        let number = u64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            errors.add(self.span.clone(), &self.path, format!("expected {expected}"));
        }
        number
    }

    pub(super) fn table(&self, errors: &mut Errors<'_>) -> Option<Table<'t, 's>> {
        let Some(entries) = self.content.as_table() else {
            errors.wrong_kind(self, "a table");
            return None;
        };
        Some(Table { path: self.path.clone(), span: self.span.clone(), entries, known: Vec::new() })
    }

    pub(super) fn elements(&self, errors: &mut Errors<'_>) -> Vec<Value<'t, 's>> {
        let Some(array) = self.content.as_array() else {
            errors.wrong_kind(self, "an array");
            return Vec::new();
        };
        let element = |(index, value): (usize, &'t Spanned<DeValue<'s>>)| Value {
            path: format!("{}[{index}]", self.path),
            span: value.span(),
            content: value.get_ref(),
        };
        array.iter().enumerate().map(element).collect()
    }

    pub(super) fn tables(&self, errors: &mut Errors<'_>) -> Vec<Table<'t, 's>> {
        self.elements(errors).into_iter().filter_map(|element| element.table(errors)).collect()
    }

    /// A value of a type that says itself how it is read.
    pub(super) fn deserialize<T: DeserializeOwned>(&self, errors: &mut Errors<'_>) -> Option<T> {
        let value = Spanned::new(self.span.clone(), self.content.clone());
        read(ValueDeserializer::from(value), Format::Toml)
            .map_err(|error| {
                let (span, path) = self.within(&error);
                errors.add(span, &path, shown_words(error.message()));
            })
            .ok()
    }

    /// Where a value within it is, and the field; those of the last value on the way that is there.
    fn within(&self, error: &ReadError) -> (Range<usize>, String) {
        let (mut found, mut span, mut field) = (self.content, self.span.clone(), self.path.clone());
        for (index, step) in error.path().iter().enumerate() {
            let is_key = error.is_unknown_field() && index + 1 == error.path().len();
            let (key, value) = match step {
                Step::Field(name) => {
                    field = join(&field, shown(name));
                    let member =
                        found.as_table().and_then(|it| it.iter().find(|(key, _)| key.get_ref() == name));
                    (member.map(|(key, _)| key.span()), member.map(|(_, value)| value))
                }
                Step::Element(index) => {
                    field = format!("{field}[{index}]");
                    (None, found.as_array().and_then(|array| array.get(*index)))
                }
            };
            let Some(value) = value else { break };
            (found, span) = (value.get_ref(), key.filter(|_| is_key).unwrap_or(value.span()));
        }
        (span, field)
    }

    /// Adds what is wrong with it.
    pub(super) fn wrong(&self, errors: &mut Errors<'_>, message: impl Into<String>) {
        errors.add(self.span.clone(), &self.path, message);
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// A name that may be shown: an access key that strayed there is longer, or has other characters.
fn shown(name: &str) -> &str {
    let is_name = name.len() <= 40 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if is_name { name } else { "?" }
}

/// A message that quotes the file, without what may not be shown.
fn shown_words(message: &str) -> String {
    let quotes = |character: char| character == '`' || character == '"' || character.is_whitespace();
    let part = |part: &str| {
        let word = part.trim_end_matches(quotes);
        if word.len() > 40 { format!("?{}", &part[word.len()..]) } else { part.to_owned() }
    };
    message.split_inclusive(quotes).map(part).collect()
}
