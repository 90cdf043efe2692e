//! What each command does.
//!
//! A command has a file or a folder. What several of them need belongs to a room of its own.

mod bench;
mod context;
mod doctor;
mod emulator;
mod filter;
mod help;
mod listen;
mod mqtt;
mod process;
mod publish;
mod receive;
mod sas;
mod settle;
mod tail;
mod trigger;
mod webhook;
mod working;

use eventgrid::SettleAction;

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
        Command::Trigger(trigger) => trigger::run(&trigger, arguments.output),
        Command::Receive(receive) => receive::run(&receive, format),
        Command::Ack(settle) => settle::run(SettleAction::Acknowledge, "acknowledged", &settle, format),
        Command::Release(release) => {
            settle::run(SettleAction::Release(release.delay), "released", &release.settle, format)
        }
        Command::Reject(settle) => settle::run(SettleAction::Reject, "rejected", &settle, format),
        Command::Renew(settle) => settle::run(SettleAction::RenewLocks, "renewed", &settle, format),
        Command::Tail(tail) => tail::run(&tail, format),
        Command::Process(process) => process::run(&process),
        Command::Listen(listen) => listen::run(&listen, arguments.output),
        Command::Webhook(command) => webhook::run(&command, format),
        Command::Mqtt(command) => mqtt::run(&command, format),
        Command::Doctor(doctor) => doctor::run(&doctor, format),
        Command::Bench(command) => bench::run(&command, format),
        Command::Sas(command) => sas::run(&command, format),
        Command::Filter(command) => filter::run(&command, format),
        Command::Emulator { arguments } => emulator::run(&arguments),
        Command::Help(arguments) => help::help(&arguments),
        Command::Cheat => help::cheat(),
        Command::Completions(completions) => help::completions(completions.shell),
        Command::Man(man) => help::man(man.folder.as_deref()),
        Command::Context(command) => context::run(command, format),
    }
}
