//! Receives that wait as long as the service allows, 120 seconds, by each adapter: directly,
//! through a proxy, and through a middle box that forgets silent connections. Then many of them on
//! one client, and some that are stopped.
//!
//! All of them wait at the same time. It prints a table, and exits with 0 only if every row is as
//! it must be.

mod clients;
mod crowd;
mod middle_box;
mod proxy;
mod python;
mod rows;
mod services;
#[path = "../../conformance/tests/reqwless/socket.rs"]
mod socket;
mod stops;
mod table;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use peak_alloc::PeakAlloc;
use tokio::task::LocalSet;

use services::Services;
use table::Table;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// The most that the service waits.
const LONGEST: u64 = 120;

type AnyError = Box<dyn Error + Send + Sync>;

#[derive(Parser)]
#[command(version, max_term_width = 100, args_conflicts_with_subcommands = true)]
struct Options {
    #[command(subcommand)]
    mode: Option<Mode>,

    /// For how many seconds each receive waits. With fewer than the default, the rows about the
    /// middle box mean nothing and are left out.
    #[arg(long, default_value_t = LONGEST, value_parser = clap::value_parser!(u64).range(15..=LONGEST))]
    wait: u64,

    /// How many receives wait on one client.
    #[arg(long, default_value_t = 10_000)]
    crowd: usize,

    /// A Python with the official SDK. Without it, the SDK has no rows.
    #[arg(long)]
    python: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Mode {
    /// An emulator for the many, in a process of its own, so that its memory is not counted.
    Serve,
}

fn main() -> Result<ExitCode, AnyError> {
    let options = Options::parse();
    // A receive that waits needs a socket, at both ends.
    rlimit::increase_nofile_limit(u64::MAX)?;
    if let Some(Mode::Serve) = options.mode {
        crowd::serve()?;
        return Ok(ExitCode::SUCCESS);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let table = LocalSet::new().block_on(&runtime, run(&options))?;
    print!("{table}");
    Ok(if table.is_right() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn run(options: &Options) -> Result<Table, AnyError> {
    let services = Services::start(Duration::from_secs(options.wait), options.python.clone()).await?;
    // While the rows wait. The many would be in the way of those that are stopped one by one.
    let stops = async {
        let stops = stops::run().await?;
        Ok(stops.into_iter().chain(crowd::run(options.crowd).await?))
    };
    let (rows, stops) = tokio::try_join!(rows::run(&services), stops)?;
    Ok(Table::new(rows.into_iter().chain(stops)))
}
