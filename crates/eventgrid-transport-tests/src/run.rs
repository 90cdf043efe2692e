//! The suite as a program that reports each row as a test.

use std::process::ExitCode;
use std::thread::available_parallelism;

use libtest_mimic::{Arguments, Trial};

use crate::part::{Part, Row};
use crate::subject::Adapter;
use crate::{client, faults, scenarios, transport};

/// How many rows run on each processor unless an argument says otherwise: most of them wait.
const ROWS_ON_EACH_PROCESSOR: usize = 4;

/// Runs every row of the suite as a separate test, and returns whether all of them passed.
///
/// It reads the arguments of the program as Rust's own test harness does: a filter, `--exact`,
/// `--list`, `--test-threads` and so on. Rows run in parallel, four on each processor, since most
/// of them wait for most of their time.
pub fn run(adapter: Adapter) -> ExitCode {
    run_without(&[], adapter)
}

/// Runs the suite like [`run`], without the rows of some parts. They are reported as ignored
/// because the adapter does not offer them. In their place, a few rows check that the adapter
/// refuses what it does not offer.
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
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments
        .test_threads
        .or_else(|| available_parallelism().ok().map(|processors| processors.get() * ROWS_ON_EACH_PROCESSOR));
    libtest_mimic::run(&arguments, offered.chain(refused).collect()).exit_code()
}
