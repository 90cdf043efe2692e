//! Why the program ends early: exit codes, and errors as they are printed, with cause and advice.
//!
//! This module covers what every command shares of that. What went wrong in one command, and what
//! to do about it, is said by that command.

mod kind;
mod service;

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

pub(crate) use self::kind::{EXIT_CODES, FailureKind};
pub(crate) use self::service::{in_words_of_arguments, is_refusal, push_advice};

/// Why the program ends early.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: FailureKind,
    message: String,
    causes: Vec<String>,
    advice: Option<String>,
}

impl Failure {
    /// A failure that says what happened, and to what.
    pub(crate) fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        let message = in_words_of_arguments(&message.into());
        Self { kind, message, causes: Vec::new(), advice: None }
    }

    /// What was asked for cannot be done as it was asked for.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Usage, message)
    }

    /// Something on this machine failed, such as reading a file.
    pub(crate) fn local(message: impl Into<String>, error: &dyn Error) -> Self {
        Self::new(FailureKind::Other, message).caused_by(error)
    }

    /// Adds an error and its own causes.
    pub(crate) fn caused_by(mut self, error: &dyn Error) -> Self {
        let mut next = Some(error);
        while let Some(cause) = next {
            let text = in_words_of_arguments(&one_line(&cause.to_string()));
            // A wrapper often repeats what it wraps.
            if self.causes.last() != Some(&text) {
                self.causes.push(text);
            }
            next = cause.source();
        }
        self
    }

    /// Whether an error has caused it, and not only what was asked for.
    pub(crate) fn has_cause(&self) -> bool {
        !self.causes.is_empty()
    }

    /// Says what to do.
    pub(crate) fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// What happened, why, and what to do, on one line.
    pub(crate) fn in_one_line(&self) -> String {
        let mut line = self.message.clone();
        for cause in &self.causes {
            line.push_str(": ");
            line.push_str(cause);
        }
        if let Some(advice) = &self.advice {
            line.push_str("; ");
            line.push_str(advice);
        }
        line
    }

    /// What scripts can tell failures apart by.
    pub(crate) fn kind(&self) -> FailureKind {
        self.kind
    }

    /// The code that the program ends with.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.kind.code())
    }

    /// Prints it on stderr, unless stdout was closed: whoever closed it has seen enough.
    pub(crate) fn print(&self) {
        if self.kind != FailureKind::ClosedPipe {
            crate::messages::print(format_args!("{self}"));
        }
    }
}

/// Several lines, each with its line break.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error: {}", self.message)?;
        for cause in &self.causes {
            writeln!(f, "  cause: {cause}")?;
        }
        if let Some(advice) = &self.advice {
            writeln!(f, "  advice: {advice}")?;
        }
        Ok(())
    }
}

/// A text of somebody else's without line breaks and other control characters, which could pose as
/// lines of this program's or change the terminal.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect()
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn causes_and_advice_have_lines_of_their_own() {
        let cause = io::Error::other("the disk is full\nerror: forged");
        let failure = Failure::local("cannot write a.json", &cause).advice("free some space");
        assert_eq!(
            failure.to_string(),
            "error: cannot write a.json\n  cause: the disk is full error: forged\n  advice: free some space\n"
        );
        assert_eq!(
            failure.in_one_line(),
            "cannot write a.json: the disk is full error: forged; free some space"
        );
    }
}
