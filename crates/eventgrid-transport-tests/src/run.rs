//! The suite as a program that reports each row as a test.

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

use crate::part::{Part, Row};
use crate::subject::Adapter;
use crate::{client, faults, scenarios, transport};

/// Runs every row of the suite, as a test of its own, and returns whether all of them passed.
///
/// It reads the arguments of the program as Rust's own test harness does: a filter, `--exact`,
/// `--list`, `--test-threads` and so on. Rows run in parallel.
pub fn run(adapter: Adapter) -> ExitCode {
    run_without(&[], adapter)
}

/// Runs every row of the suite as [`run`] does, but those of some parts, which are reported as
/// ignored because they are not offered. In their place, a few rows check that the adapter refuses
/// what it does not offer.
pub fn run_without(parts: &[Part], adapter: Adapter) -> ExitCode {
    let trial = |(name, row): Row| {
        Trial::test(name.trim_start_matches("eventgrid_transport_tests::"), move || {
            row(adapter);
            Ok(())
        })
    };
    let faults = faults::all().into_iter().map(|fault| {
        Trial::test(fault.name.clone(), move || {
            fault.run(adapter);
            Ok(())
        })
    });
    let rows = transport::all().chain(client::all()).chain(scenarios::all());
    let offered = rows.map(trial).chain(faults).map(|trial| {
        if parts.iter().any(|part| part.has(trial.name())) {
            trial.with_kind("not offered").with_ignored_flag(true)
        } else {
            trial
        }
    });
    let refused = transport::refused(parts).map(trial);
    libtest_mimic::run(&Arguments::from_args(), offered.chain(refused).collect()).exit_code()
}
