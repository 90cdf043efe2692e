//! The command line: commands, arguments and their help.
//!
//! This module covers what can be written and what the help says. What a command does belongs to
//! `commands`.

mod bench;
mod connection;
mod context;
mod filter;
mod listen;
mod mqtt;
mod process;
mod publish;
mod receive;
mod tools;
mod trigger;
mod webhook;

pub(crate) use self::bench::{
    BenchCommand, ConsumeBench, EventLoadArguments, LoadArguments, PublishBench, RoundTripBench,
};
pub(crate) use self::connection::{ConnectionArguments, SubscriptionArgument};
pub(crate) use self::context::{ContextAdd, ContextCommand};
pub(crate) use self::filter::FilterArguments;
pub(crate) use self::listen::ListenArguments;
pub(crate) use self::mqtt::{MqttCommand, MqttList, MqttPublish, MqttTopic};
pub(crate) use self::process::ProcessArguments;
pub(crate) use self::publish::{EventArguments, PublishArguments};
pub(crate) use self::receive::{ReceiveArguments, ReleaseArguments, SettleArguments, TailArguments};
pub(crate) use self::tools::{
    CompletionsArguments, DoctorArguments, FilterCommand, FilterExplain, HelpArguments, ManArguments,
    SasCommand, SasGenerate, SasInspect,
};
pub(crate) use self::trigger::TriggerArguments;
pub(crate) use self::webhook::{SecretArguments, WebhookCommand, WebhookListen};

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use crate::failure::EXIT_CODES;
use crate::output::OutputFormat;

/// Azure Event Grid's data plane from a terminal.
///
/// Connections come from arguments, from the environment (`EVENTGRID_ENDPOINT`, `EVENTGRID_TOPIC`,
/// `EVENTGRID_SUBSCRIPTION`, `EVENTGRID_KEY`), or from contexts, which store them under a name.
/// Data goes to stdout, everything else to stderr.
#[derive(Debug, Parser)]
#[command(name = "egrid", version, max_term_width = 100, disable_help_subcommand = true, after_long_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Form of the output. Default: `table` on a terminal, `jsonl` elsewhere.
    #[arg(short, long, global = true, value_name = "FORMAT")]
    pub(crate) output: Option<OutputFormat>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Publish events: one from arguments, or many from files or stdin.
    Publish(Box<PublishArguments>),
    /// Publish a system event as an Azure service would, with sensible data: any known type.
    Trigger(Box<TriggerArguments>),
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
    /// Run a command for each event, with the data as its stdin and the attributes as environment
    /// variables `CE_ID`, `CE_TYPE` and so on. Exit code 0 acknowledges the event, 65 rejects it,
    /// any other releases it.
    Process(Box<ProcessArguments>),
    /// Deliver events to a webhook on this machine, as Event Grid would push them. It needs no
    /// tunnel, and misses no events while it does not run. On a terminal, it lists the events with
    /// their details, and can retry each.
    Listen(Box<ListenArguments>),
    /// Try out push delivery.
    #[command(subcommand)]
    Webhook(WebhookCommand),
    /// Publish to MQTT clients, and read what the MQTT broker of a namespace retains.
    #[command(subcommand)]
    Mqtt(MqttCommand),
    /// Store connections under names.
    #[command(subcommand)]
    Context(ContextCommand),
    /// Check endpoint, key, network, TLS, clock, API version and names, without publishing or
    /// receiving anything.
    Doctor(Box<DoctorArguments>),
    /// Measure how many events per second are possible, and how long requests take. Name the
    /// endpoint by --endpoint, --context or `EVENTGRID_ENDPOINT`: the current context is not used,
    /// since operations cost money.
    #[command(subcommand)]
    Bench(BenchCommand),
    /// Sign SAS tokens, and show what is in one.
    #[command(subcommand)]
    Sas(SasCommand),
    /// Test filters of event subscriptions, without the service.
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
    /// Show the help of a command; as JSON, with all of its subcommands.
    Help(HelpArguments),
    /// Show the most common commands.
    Cheat,
    /// Print a script that completes command lines in a shell.
    Completions(CompletionsArguments),
    /// Print the man page.
    Man(ManArguments),
}
