//! What the checks found, as it is shown.

use std::io::{self, Write};

use serde::Serialize;

use crate::failure::{FailureKind, in_words_of_arguments, one_line};
use crate::output::Record;

/// What was found, in the order of the checks.
#[derive(Debug, Default)]
pub(super) struct Findings {
    list: Vec<Finding>,
    /// The kind of the first problem.
    problem: Option<FailureKind>,
}

impl Findings {
    /// Adds what a check found.
    pub(super) fn add(&mut self, check: &'static str, outcome: Outcome, detail: impl Into<String>) {
        let detail = in_words_of_arguments(&one_line(&detail.into()));
        self.list.push(Finding { check, outcome, detail: detail.trim().to_owned() });
    }

    /// Adds what has to be mended.
    pub(super) fn problem(&mut self, check: &'static str, kind: FailureKind, detail: impl Into<String>) {
        self.problem.get_or_insert(kind);
        self.add(check, Outcome::Problem, detail);
    }

    /// Whether a check has found something already.
    pub(super) fn has(&self, check: &str) -> bool {
        self.list.iter().any(|finding| finding.check == check)
    }

    /// The kind of the first problem, if there is one.
    pub(super) fn first_problem(&self) -> Option<FailureKind> {
        self.problem
    }

    /// All of them, in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.list.iter()
    }
}

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    /// It is as it should be.
    Ok,
    /// It works, but may not for long, or not as it should.
    Warning,
    /// It does not work.
    Problem,
    /// It was not checked.
    Skipped,
}

/// One line of the result.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    check: &'static str,
    outcome: Outcome,
    detail: String,
}

impl Record for Finding {
    const COLUMNS: &'static [&'static str] = &["CHECK", "OUTCOME", "DETAIL"];

    fn cells(&self) -> Vec<String> {
        let outcome = format!("{:?}", self.outcome).to_lowercase();
        vec![self.check.to_owned(), outcome, self.detail.clone()]
    }

    fn write_raw(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.detail.as_bytes())
    }
}
