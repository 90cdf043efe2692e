//! What each command does.
//!
//! A command has a file or a folder. What several of them need belongs to a room of its own.

mod context;
mod publish;

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;
use crate::output::OutputFormat;

/// Does what was asked for.
///
/// # Errors
/// [`Failure`] if it was not done, or not all of it.
pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let format = OutputFormat::or_default(arguments.output);
    match arguments.command {
        Command::Publish(publish) => publish::run(&publish, arguments.output),
        Command::Context(command) => context::run(command, format),
    }
}
