//! Text that gives access, kept out of what is printed.

use std::fmt;

/// An access key or a bearer token. `Debug` shows `***`, and there is no `Display`.
///
/// ```
/// use eventgrid_emulator::Secret;
///
/// let key = Secret::new("c2VjcmV0");
/// assert_eq!(key.expose(), "c2VjcmV0");
/// assert_eq!(format!("{key:?}"), "***");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text as a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the text. The caller keeps it out of logs and errors.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
