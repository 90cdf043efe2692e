//! The table as a page.

use std::fmt::Write as _;
use std::time::Duration;

use super::expected::{Expected, Report};
use super::{Fault, GROUPS};

const INTRODUCTION: &str = "\
# Faults

What can go wrong between a client and the service, and what the client does then. The suite
`eventgrid-transport-tests` runs every row on every adapter, and
`cargo run -p conformance --bin faults` prints this page from the same rows.

- **what goes wrong**: the fault, with the calls that it applies to if not to all: `publish` is
  `send` with the default options, `settle` stands for all calls that settle.
- **reported**: what the call returns if every attempt fails in the same way; then how its text and
  that of its causes begin. Details of the adapter follow in the text.
- **sent**: whether any byte of the request may have been sent
  (`TransportError::may_have_been_sent`). Where it says no, the suite's server received none.
- **acted on**: whether the service may have acted on the request (`Error::may_have_been_acted_on`).
- **retried**: how long the client waits before each further attempt, with `RetryPolicy::default`.
  Where the client chooses the wait, this is the shortest; jitter makes it up to twice as long.
- **at most once**: the same for a publish with `replay_publish(false)`.
";

/// The whole page, in Markdown.
pub(crate) fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for group in GROUPS {
        write!(page, "\n## {}\n\n", group.title).unwrap();
        if let Some(part) = group.part {
            write!(page, "{}\n\n", part.who()).unwrap();
        }
        page.push_str("| what goes wrong | reported | sent | acted on | retried | at most once |\n");
        page.push_str("|---|---|---|---|---|---|\n");
        for fault in group.faults {
            rows(fault, &mut page);
        }
    }
    page
}

fn rows(fault: &Fault, page: &mut String) {
    let calls = [("publish", Some(fault.publish)), ("receive", fault.receive), ("settle", fault.settle)];
    let mut rest: Vec<_> = calls.into_iter().filter_map(|(call, expected)| Some((call, expected?))).collect();
    while let Some(&(_, expected)) = rest.first() {
        let (alike, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(|(_, other)| *other == expected);
        if alike.len() == calls.len() {
            row(fault.what, &expected, page);
        } else {
            let names: Vec<_> = alike.iter().map(|(call, _)| *call).collect();
            row(&format!("{} ({})", fault.what, names.join(", ")), &expected, page);
        }
        rest = others;
    }
}

fn row(what: &str, expected: &Expected, page: &mut String) {
    writeln!(
        page,
        "| {what} | {} | {} | {} | {} | {} |",
        report(expected.report),
        yes_or_no(expected.may_have_been_sent),
        yes_or_no(expected.may_have_been_acted_on),
        waits(expected.waits),
        waits(expected.waits_at_most_once),
    )
    .unwrap();
}

fn report(report: Report) -> String {
    let variant = format!("`{}`", report.variant());
    match report {
        Report::Done => variant,
        Report::TransportNaming(_, word) => format!("{variant}: “{} … {word} …”", report.text()),
        _ => format!("{variant}: “{}”", report.text()),
    }
}

fn yes_or_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

fn waits(waits: &[Duration]) -> String {
    if waits.is_empty() {
        return "no".to_owned();
    }
    let seconds: Vec<_> = waits.iter().map(|wait| wait.as_secs_f64().to_string()).collect();
    format!("after {} s", seconds.join(", "))
}
