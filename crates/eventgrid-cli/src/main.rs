//! `egrid`: Azure Event Grid's data plane from a terminal.

#[macro_use]
mod messages;

mod arguments;
mod commands;
mod connection;
mod context;
mod deliveries;
mod events;
mod failure;
mod filters;
mod interruption;
mod output;

use std::process::ExitCode;

use clap::Parser as _;

use self::arguments::Arguments;

fn main() -> ExitCode {
    match commands::run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print();
            failure.exit_code()
        }
    }
}
