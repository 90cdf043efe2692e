//! What is wrong with a file, and where.

use std::fmt;
use std::ops::Range;

/// One error in a file: its place, its field, and what to write.
///
/// Its text is `LINE:COLUMN: FIELD: what is wrong`. It does not contain keys and tokens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct FileError {
    line: usize,
    column: usize,
    field: String,
    message: String,
}

/// All errors in a file, in the order of its lines; never empty.
///
/// If the file is not TOML, that is the only error, since the fields cannot be checked then. The
/// text has one line for each error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct FileErrors(Vec<FileError>);

impl FileError {
    pub(super) fn new(source: &str, span: Range<usize>, field: String, message: String) -> Self {
        let (line, column) = position(source, span.start);
        Self { line, column, field, message }
    }

    /// The line, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The character within the line, counted from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// The path of the field, such as `namespace.topics[0].name`; empty if the file is not TOML.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What is wrong, and what to do.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.line, self.column)?;
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.message)
    }
}

impl FileErrors {
    /// The errors, if there are any.
    pub(super) fn new(mut errors: Vec<FileError>) -> Result<(), Self> {
        errors.sort_by_key(|error| (error.line, error.column));
        if errors.is_empty() { Ok(()) } else { Err(Self(errors)) }
    }

    /// Iterates over the errors.
    pub fn iter(&self) -> std::slice::Iter<'_, FileError> {
        self.0.iter()
    }
}

impl<'e> IntoIterator for &'e FileErrors {
    type Item = &'e FileError;
    type IntoIter = std::slice::Iter<'e, FileError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for FileErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, error) in self.iter().enumerate() {
            let line_end = if number == 0 { "" } else { "\n" };
            write!(f, "{line_end}{error}")?;
        }
        Ok(())
    }
}

/// Line and character of a byte, each counted from 1.
fn position(source: &str, byte: usize) -> (usize, usize) {
    let before = source.get(..byte).unwrap_or(source);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}
