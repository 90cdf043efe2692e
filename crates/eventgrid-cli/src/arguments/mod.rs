//! The command line: commands, arguments and their help.
//!
//! Here belongs what can be written and what the help says. What a command does belongs to
//! `commands`.

mod connection;
mod context;
mod filter;
mod publish;
mod receive;

pub(crate) use self::connection::{ConnectionArguments, SubscriptionArgument};
pub(crate) use self::context::{ContextAdd, ContextCommand};
pub(crate) use self::filter::FilterArguments;
pub(crate) use self::publish::{EventArguments, PublishArguments};
pub(crate) use self::receive::{ReceiveArguments, ReleaseArguments, SettleArguments, TailArguments};

use clap::{Parser, Subcommand};

use crate::failure::EXIT_CODES;
use crate::output::OutputFormat;

/// Azure Event Grid's data plane from a terminal.
///
/// Connections come from arguments, from the environment (`EVENTGRID_ENDPOINT`,
/// `EVENTGRID_TOPIC`, `EVENTGRID_SUBSCRIPTION`, `EVENTGRID_KEY`), or from contexts, which keep them under a name. Data goes
/// to stdout, everything else to stderr.
#[derive(Debug, Parser)]
#[command(name = "egrid", version, max_term_width = 100, after_long_help = EXIT_CODES)]
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
    /// Keep connections under names.
    #[command(subcommand)]
    Context(ContextCommand),
}
