//! Where the key comes from, and what it is.

use std::convert::Infallible;
use std::env;
use std::fmt;
use std::fs;
use std::io;
use std::process::{Command, Stdio};
use std::time::Duration;

use eventgrid::credential::{AccessToken, AnyCredential, AsyncBearerToken, InvalidCredential};
use eventgrid::{AccessKey, SasToken};

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

    /// The credential that it is: an access key, a SAS token or a token of Microsoft Entra ID is
    /// told by its form.
    ///
    /// # Errors
    /// [`Failure`] if it is none of them.
    pub(super) fn into_credential(self) -> Result<AnyCredential, Failure> {
        let invalid = |error: InvalidCredential| {
            Failure::new(FailureKind::Authentication, "the key is not valid").caused_by(&error)
        };
        let checked = AccessKey::new(self.expose()).check();
        match checked {
            Ok(()) => Ok(AnyCredential::new(AccessKey::new(self.0))),
            Err(InvalidCredential::SasToken(_)) => {
                let token = SasToken::new(self.0);
                token.expiry().map_err(invalid)?;
                Ok(AnyCredential::new(token))
            }
            Err(InvalidCredential::BearerToken(_)) => Ok(bearer(&self.0)),
            Err(error) => Err(invalid(error)),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// A token of Microsoft Entra ID. The service tells when it has ended.
fn bearer(token: &str) -> AnyCredential {
    let token = AccessToken::new(token, Duration::MAX);
    AnyCredential::new(AsyncBearerToken::new(move || std::future::ready(Ok::<_, Infallible>(token.clone()))))
}

/// Reads what a source has, without the white space around it.
///
/// # Errors
/// [`Failure`] if there is nothing to read.
pub(crate) fn secret_of(source: &KeySource) -> Result<Secret, Failure> {
    let text = match source {
        KeySource::Env(name) => env::var(name).map_err(|error| {
            Failure::new(FailureKind::Authentication, format!("cannot read the key from the variable {name}"))
                .caused_by(&error)
        })?,
        KeySource::File(file) => fs::read_to_string(file).map_err(|error| {
            Failure::new(
                FailureKind::Authentication,
                format!("cannot read the key from the file {}", file.display()),
            )
            .caused_by(&error)
        })?,
        KeySource::Command(command) => printed_by(command)?,
    };
    Ok(Secret::new(text.trim()))
}

/// What a command line prints. It may ask on the terminal.
fn printed_by(command: &str) -> Result<String, Failure> {
    let failed = || {
        Failure::new(FailureKind::Authentication, format!("cannot read the key from the command `{command}`"))
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
    fn what_a_key_is_is_told_by_its_form() {
        let sas = "r=https%3A%2F%2Fh&e=6%2F5%2F2044%2012%3A09%3A03%20PM&s=c2VjcmV0";
        for valid in ["c2VjcmV0", sas, "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln"] {
            assert!(Secret::new(valid).into_credential().is_ok(), "{valid}");
        }
        let refused = [
            "",
            "two words",
            "Endpoint=sb://h/;SharedAccessKey=c2VjcmV0",
            "r=https%3A%2F%2Fh&e=x&s=c2VjcmV0",
        ];
        for invalid in refused {
            let failure = Secret::new(invalid).into_credential().unwrap_err();
            assert_eq!(failure.kind(), FailureKind::Authentication, "{invalid}");
            assert!(!failure.to_string().contains("c2VjcmV0"), "{failure}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(format!("{:?}", Secret::new("c2VjcmV0")), "Secret(redacted)");
    }
}
