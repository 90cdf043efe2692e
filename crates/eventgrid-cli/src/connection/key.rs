//! Where the key comes from.

use std::env;
use std::fmt;
use std::fs;
use std::io;
use std::process::{Command, Stdio};

use super::entra_id::token_of;
use crate::context::KeySource;
use crate::failure::{Failure, FailureKind};

/// A key, a SAS token or a bearer token, not yet checked. `Debug` does not show it.
pub(crate) struct Secret(String);

impl Secret {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, to sign or to be sent by.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// Reads the key that a source has, without the white space around it.
///
/// # Errors
/// [`Failure`] if there is nothing to read.
pub(crate) fn key_of(source: &KeySource) -> Result<Secret, Failure> {
    secret_of(source, "key")
}

/// Reads a secret as [`key_of`] does; errors call it `what`.
///
/// # Errors
/// [`Failure`] if there is nothing to read.
pub(crate) fn secret_of(source: &KeySource, what: &str) -> Result<Secret, Failure> {
    let text = match source {
        KeySource::Env(name) => env::var(name).map_err(|error| {
            Failure::new(
                FailureKind::Authentication,
                format!("cannot read the {what} from the variable {name}"),
            )
            .caused_by(&error)
        })?,
        KeySource::File(file) => fs::read_to_string(file).map_err(|error| {
            Failure::new(
                FailureKind::Authentication,
                format!("cannot read the {what} from the file {}", file.display()),
            )
            .caused_by(&error)
        })?,
        KeySource::Command(command) => printed_by(command, what)?,
        KeySource::EntraId(source) => token_of(*source)?,
    };
    Ok(Secret::new(text.trim()))
}

/// What a command line prints. It may ask on the terminal.
fn printed_by(command: &str, what: &str) -> Result<String, Failure> {
    let failed = || {
        Failure::new(
            FailureKind::Authentication,
            format!("cannot read the {what} from the command `{command}`"),
        )
    };
    let output = shell(command)
        .stdin(Stdio::inherit())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed().caused_by(&error))?;
    if !output.status.success() {
        let error = io::Error::other(format!("it ended with {}", output.status));
        return Err(failed().caused_by(&error));
    }
    // What it printed may be a secret all the same, so it is not shown.
    String::from_utf8(output.stdout).map_err(|_| failed().caused_by(&io::Error::other("it printed no text")))
}

#[cfg(unix)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]);
    shell
}

#[cfg(not(unix))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("cmd");
    shell.args(["/C", command]);
    shell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(format!("{:?}", Secret::new("c2VjcmV0")), "Secret(redacted)");
    }
}
