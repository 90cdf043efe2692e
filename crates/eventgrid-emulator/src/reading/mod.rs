//! Values of JSON and TOML, read so that an error says which field is wrong, what was found there
//! and what it takes.
//!
//! Types derive how they are read, and the derived code reports what it does not take in the words
//! of Rust. Here a deserializer goes round that of the format: it checks what comes before the
//! derived code sees it, and knows the path of each value. What the fields are does not belong
//! here.

mod access;
mod deserializer;
mod error;
mod expected;
#[cfg(test)]
mod tests;

use std::cell::RefCell;

use serde::de::{DeserializeOwned, Deserializer};

use self::deserializer::Reader;
use self::error::Problem;
pub(crate) use self::error::{ReadError, Step};

/// The words of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    #[cfg(feature = "configuration")]
    Toml,
}

/// Reads a value of JSON.
///
/// # Errors
/// If the text is not JSON, or the value is not of that shape.
pub(crate) fn read_json<T: DeserializeOwned>(text: &[u8]) -> Result<T, ReadError> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = read(&mut deserializer, Format::Json)?;
    deserializer.end().map_err(|error| ReadError::of_format(&error))?;
    Ok(value)
}

/// Reads a value of a format.
///
/// # Errors
/// If the value is not of that shape, or what the format's own deserializer says.
pub(crate) fn read<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    deserializer: D,
    format: Format,
) -> Result<T, ReadError> {
    let problem = RefCell::new(None);
    let context = Context { path: &Path::Root, format, problem: &problem };
    T::deserialize(Reader::new(deserializer, context)).map_err(ReadError::from)
}

/// Where a value is.
enum Path<'p> {
    Root,
    Field(&'p Path<'p>, &'p str),
    Element(&'p Path<'p>, usize),
}

/// What is known of a value before it is read.
#[derive(Clone, Copy)]
struct Context<'p> {
    path: &'p Path<'p>,
    format: Format,
    /// What went wrong in code that is called by the format's own deserializer, which has errors of
    /// its own type alone.
    problem: &'p RefCell<Option<Problem>>,
}

impl Path<'_> {
    fn steps(&self) -> Vec<Step> {
        match self {
            Self::Root => Vec::new(),
            Self::Field(of, name) => [of.steps(), vec![Step::Field((*name).to_owned())]].concat(),
            Self::Element(of, index) => [of.steps(), vec![Step::Element(*index)]].concat(),
        }
    }
}

impl<'p> Context<'p> {
    fn at<'q>(self, path: &'q Path<'q>) -> Context<'q>
    where
        'p: 'q,
    {
        Context { path, ..self }
    }

    /// Hands a problem through the deserializer of the format.
    fn hand<E: serde::de::Error>(self, problem: Problem) -> E {
        self.problem.replace(Some(problem.at(self.path)));
        E::custom("this is replaced by the problem")
    }

    /// The problem that was handed through, or what the format itself says.
    fn take(self, error: impl std::fmt::Display) -> Problem {
        self.problem.take().unwrap_or_else(|| Problem::of_format(&error))
    }
}
