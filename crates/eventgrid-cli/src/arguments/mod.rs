//! The command line: commands, arguments and their help.
//!
//! Here belongs what can be written and what the help says. What a command does belongs to
//! `commands`.

mod connection;
mod context;
mod filter;
mod process;
mod publish;
mod receive;
mod tools;

pub(crate) use self::connection::{ConnectionArguments, SubscriptionArgument};
pub(crate) use self::context::{ContextAdd, ContextCommand};
pub(crate) use self::filter::FilterArguments;
pub(crate) use self::process::ProcessArguments;
pub(crate) use self::publish::{EventArguments, PublishArguments};
pub(crate) use self::receive::{ReceiveArguments, ReleaseArguments, SettleArguments, TailArguments};
pub(crate) use self::tools::{
    CompletionsArguments, DoctorArguments, FilterCommand, FilterExplain, HelpArguments, ManArguments,
    SasCommand, SasGenerate, SasInspect,
};

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use crate::failure::EXIT_CODES;
use crate::output::OutputFormat;

/// Azure Event Grid's data plane from a terminal.
///
/// Connections come from arguments, from the environment (`EVENTGRID_ENDPOINT`, `EVENTGRID_TOPIC`,
/// `EVENTGRID_SUBSCRIPTION`, `EVENTGRID_KEY`), or from contexts, which keep them under a name. Data
/// goes to stdout, everything else to stderr.
#[derive(Debug, Parser)]
#[command(name = "egrid", version, max_term_width = 100, disable_help_subcommand = true, after_long_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Form of the output: `table` on a terminal and `jsonl` elsewhere unless it is given.
    #[arg(short, long, global = true, value_name = "FORMAT")]
    pub(crate) output: Option<OutputFormat>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Publish events: one of arguments, or many from files or stdin.
    Publish(Box<PublishArguments>),
    /// Receive events and print them. Without --ack, --release or --peek they stay locked for now,
    /// to be settled by their lock tokens.
    Receive(Box<ReceiveArguments>),
    /// Acknowledge events that were handled.
    Ack(Box<SettleArguments>),
    /// Release events, for others to receive.
    Release(Box<ReleaseArguments>),
    /// Reject events that cannot be handled: they are dead-lettered, or dropped.
    Reject(Box<SettleArguments>),
    /// Renew the locks of events that are still being handled.
    Renew(Box<SettleArguments>),
    /// Print events as they come.
    Tail(Box<TailArguments>),
    /// Run a command for each event: the data is its stdin, the attributes are its variables
    /// `CE_ID`, `CE_TYPE` and so on. Exit code 0 acknowledges the event, 65 rejects it, any other
    /// releases it.
    Process(Box<ProcessArguments>),
    /// Keep connections under names.
    #[command(subcommand)]
    Context(ContextCommand),
    /// Check endpoint, key, network, clock and names, without publishing or receiving anything.
    Doctor(Box<DoctorArguments>),
    /// Sign SAS tokens, and see what one says.
    #[command(subcommand)]
    Sas(SasCommand),
    /// Ask filters of event subscriptions, without the service.
    #[command(subcommand)]
    Filter(FilterCommand),
    /// Run `eventgrid-emulator`, a local Event Grid: the program that `EGRID_EMULATOR` names, or
    /// the one beside this program, or the one on PATH.
    #[command(disable_help_flag = true)]
    Emulator {
        /// Its arguments: `--help` lists them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENT")]
        arguments: Vec<OsString>,
    },
    /// Show the help of a command; as JSON, that of all commands in it.
    Help(HelpArguments),
    /// Show what is typed most.
    Cheat,
    /// Print what a shell needs to complete command lines.
    Completions(CompletionsArguments),
    /// Print the man page.
    Man(ManArguments),
}
