//! What is wrong with a value.

use std::fmt::{self, Display};

use serde::de::{self, Expected, Unexpected};

use super::Path;

/// Why a value could not be read. It is shown as `FIELD: what is wrong`; texts of the value that
/// may be secrets are not in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) struct ReadError {
    path: Vec<Step>,
    /// Whether the last step is the name of a field that should not be there.
    is_unknown_field: bool,
    message: String,
}

/// A part of the path of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// A field of an object or a table.
    Field(String),
    /// An element of an array.
    Element(usize),
}

impl ReadError {
    /// The text is none of its format.
    pub(super) fn of_format(error: &impl Display) -> Self {
        Problem::of_format(error).into()
    }

    /// Where it is, from the value that was read on.
    #[cfg(feature = "configuration")]
    pub(crate) fn path(&self) -> &[Step] {
        &self.path
    }

    /// Whether the last step of the path is the name of a field that should not be there.
    #[cfg(feature = "configuration")]
    pub(crate) fn is_unknown_field(&self) -> bool {
        self.is_unknown_field
    }

    /// What is wrong, without the field.
    #[cfg(feature = "configuration")]
    pub(crate) fn message(&self) -> &str {
        &self.message
    }
}

impl Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut is_first = true;
        for step in &self.path {
            match step {
                Step::Field(name) if is_first => f.write_str(shown(name))?,
                Step::Field(name) => write!(f, ".{}", shown(name))?,
                Step::Element(index) => write!(f, "[{index}]")?,
            }
            is_first = false;
        }
        if !is_first {
            f.write_str(": ")?;
        }
        f.write_str(&self.message)
    }
}

/// The same while a value is being read.
#[derive(Debug)]
pub(super) struct Problem {
    /// `None` until it is known where it is.
    path: Option<Vec<Step>>,
    /// A field that should not be there.
    unknown_field: Option<String>,
    message: String,
}

impl Problem {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { path: None, unknown_field: None, message: message.into() }
    }

    /// What the format's own deserializer says.
    pub(super) fn of_format(error: &impl Display) -> Self {
        let said = error.to_string();
        // This is how all errors of JSON that ends too early begin.
        let message = match said.split_once("EOF while parsing").and_then(|(_, rest)| rest.split_once(" at "))
        {
            Some((_, place)) => format!("the text ends too early, at {place}"),
            // So `serde_json` calls `true`, `false` and `null`.
            None => said.replace("expected ident", "expected a value"),
        };
        Self::new(message)
    }

    /// The same, known to be there or within.
    pub(super) fn at(mut self, path: &Path<'_>) -> Self {
        self.path.get_or_insert_with(|| path.steps());
        self
    }
}

impl From<Problem> for ReadError {
    fn from(problem: Problem) -> Self {
        let Problem { path, unknown_field, message } = problem;
        let is_unknown_field = unknown_field.is_some();
        let path = path.into_iter().flatten().chain(unknown_field.map(Step::Field)).collect();
        Self { path, is_unknown_field, message }
    }
}

impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl de::Error for Problem {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("expected {expected}, found {}", kind(found)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::new(format!("expected {expected}, found {length} of them"))
    }

    fn unknown_variant(found: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!("{:?} is not one of {}", shown(found), expected.join(", ")))
    }

    fn unknown_field(found: &str, expected: &'static [&'static str]) -> Self {
        let message = format!("unknown field; the fields here are {}", expected.join(", "));
        Self { unknown_field: Some(found.to_owned()), ..Self::new(message) }
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(format!("the field {field} is missing"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(format!("the field {field} is given twice: give it once"))
    }
}

pub(super) fn kind(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(_) => "a boolean".to_owned(),
        Unexpected::Unsigned(number) => number.to_string(),
        Unexpected::Signed(number) => number.to_string(),
        // With its point, which tells it from an integer.
        Unexpected::Float(number) => format!("{number:?}"),
        Unexpected::Char(_) | Unexpected::Str(_) => "a string".to_owned(),
        Unexpected::Unit | Unexpected::Option => "null".to_owned(),
        Unexpected::Seq => "an array".to_owned(),
        Unexpected::Map => "an object".to_owned(),
        _ => "something else".to_owned(),
    }
}

/// A name that may be shown: a secret that strayed there is longer, or has other characters.
fn shown(name: &str) -> &str {
    let is_name =
        name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_ ".contains(&byte));
    if is_name { name } else { "?" }
}
