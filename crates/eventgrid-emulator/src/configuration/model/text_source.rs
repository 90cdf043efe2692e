//! Text that a file has, or that it says where to read.

use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::secret::Secret;

/// A text of a configuration that may be a secret: written there, or read from a variable of the
/// environment or from a file of its own.
///
/// `Debug` does not show it.
///
/// ```
/// use eventgrid_emulator::configuration::TextSource;
///
/// let text = TextSource::new("http://localhost:8080/events?code=s3cret");
/// assert_eq!(text.read()?.expose(), "http://localhost:8080/events?code=s3cret");
/// assert!(!format!("{text:?}").contains("s3cret"));
/// assert!(TextSource::environment("NO_SUCH_VARIABLE").read().is_err());
/// # Ok::<(), eventgrid_emulator::configuration::UnreadableText>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextSource {
    place: Place,
    /// `None` if it was not read yet.
    text: Option<Secret>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Here,
    Environment(String),
    File(PathBuf),
}

/// Why a text could not be read from the environment or a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnreadableText {
    /// Set the variable.
    #[error("the environment variable {name} is not set: set it, or write the text itself")]
    NotSet {
        /// The variable.
        name: String,
    },
    /// Set the variable to text.
    #[error("the environment variable {name} is not UTF-8")]
    NotUnicode {
        /// The variable.
        name: String,
    },
    /// Create the file, let it be read, or name another one.
    #[error("the file {} cannot be read: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why it cannot be read.
        source: std::io::Error,
    },
    /// Write a text there.
    #[error("{place} is empty")]
    Empty {
        /// Where the text is.
        place: String,
    },
}

impl TextSource {
    /// A text that is written in the configuration.
    pub fn new(text: impl Into<String>) -> Self {
        Self { place: Place::Here, text: Some(Secret::new(text)) }
    }

    /// The value of a variable of the environment.
    pub fn environment(name: impl Into<String>) -> Self {
        Self { place: Place::Environment(name.into()), text: None }
    }

    /// The content of a file, without white space around it.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { place: Place::File(path.into()), text: None }
    }

    /// The variable of the environment that it is read from, if it is one.
    pub fn environment_variable(&self) -> Option<&str> {
        if let Place::Environment(name) = &self.place { Some(name) } else { None }
    }

    /// The file that it is read from, if it is one.
    pub fn path(&self) -> Option<&Path> {
        if let Place::File(path) = &self.place { Some(path) } else { None }
    }

    /// The text; `None` if it is in the environment or a file and was not read yet.
    pub fn text(&self) -> Option<&Secret> {
        self.text.as_ref()
    }

    /// Reads the text from the environment or the file. A text that is in the configuration is
    /// returned unchanged.
    ///
    /// # Errors
    /// If the variable is not set or the file cannot be read, if it is not UTF-8, or empty.
    pub fn read(&self) -> Result<Secret, UnreadableText> {
        let text = match &self.place {
            Place::Here => return Ok(self.text.clone().unwrap_or_else(|| Secret::new(""))),
            Place::Environment(name) => env::var(name).map_err(|error| match error {
                env::VarError::NotPresent => UnreadableText::NotSet { name: name.clone() },
                env::VarError::NotUnicode(_) => UnreadableText::NotUnicode { name: name.clone() },
            })?,
            Place::File(path) => {
                let read = fs::read_to_string(path);
                read.map_err(|source| UnreadableText::File { path: path.clone(), source })?.trim().to_owned()
            }
        };
        if text.is_empty() {
            Err(UnreadableText::Empty { place: self.place() })
        } else {
            Ok(Secret::new(text))
        }
    }

    /// Whether it is written elsewhere.
    pub(in crate::configuration) fn is_elsewhere(&self) -> bool {
        self.place != Place::Here
    }

    /// The same, with the text that was read.
    pub(in crate::configuration) fn with_text(self, text: Secret) -> Self {
        Self { text: Some(text), ..self }
    }

    /// Where it is, in words.
    pub(in crate::configuration) fn place(&self) -> String {
        match &self.place {
            Place::Here => "the text".to_owned(),
            Place::Environment(name) => format!("the environment variable {name}"),
            Place::File(path) => format!("the file {}", path.display()),
        }
    }
}
