//! The arguments of commands that help with the others.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use clap_complete::Shell;

use super::receive::duration_above_zero;
use super::{ConnectionArguments, FilterArguments, SubscriptionArgument};

/// What to do with shared access signatures.
#[derive(Debug, Subcommand)]
pub(crate) enum SasCommand {
    /// Sign a SAS token with the access key, and print it: whoever has it can use the resource
    /// until it expires.
    Generate(Box<SasGenerate>),
    /// Show what is in a SAS token. With an access key, also whether the key signed it.
    Inspect(Box<SasInspect>),
}

/// What to sign.
#[derive(Debug, Args)]
pub(crate) struct SasGenerate {
    /// How long the token is valid from now on.
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = duration_above_zero)]
    pub(crate) valid_for: Duration,

    /// Give access to the whole namespace, instead of the topic or the event subscription that is
    /// named.
    #[arg(long)]
    pub(crate) namespace: bool,

    /// Give access only to an event subscription.
    #[command(flatten)]
    pub(crate) subscription: SubscriptionArgument,

    /// What to give access to, and the access key.
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}

/// What to show.
#[derive(Debug, Args)]
pub(crate) struct SasInspect {
    /// The token, or - for stdin.
    #[arg(value_name = "TOKEN", default_value = "-")]
    pub(crate) token: String,

    /// Check the signature with the access key in this file.
    #[arg(long, value_name = "FILE", group = "checked_by")]
    pub(crate) key_file: Option<PathBuf>,

    /// Check the signature with the access key in this environment variable.
    #[arg(long, value_name = "VARIABLE", group = "checked_by")]
    pub(crate) key_env: Option<String>,

    /// Check the signature with the access key that this command line prints.
    #[arg(long, value_name = "COMMAND", group = "checked_by")]
    pub(crate) key_command: Option<String>,
}

/// What to do with filters.
#[derive(Debug, Subcommand)]
pub(crate) enum FilterCommand {
    /// Print for each event whether it matches a filter, and if not, which part of the filter it
    /// does not match and why.
    Explain(Box<FilterExplain>),
}

/// Which events, and which filter.
#[derive(Debug, Args)]
pub(crate) struct FilterExplain {
    /// Files with events as JSON, or with records of `egrid receive`; stdin without one.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// The filter, which must be within the limits of the service.
    #[command(flatten)]
    pub(crate) filter: FilterArguments,
}

/// What to check.
#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    /// Also check that events can be received from this event subscription.
    #[command(flatten)]
    pub(crate) subscription: SubscriptionArgument,

    /// What to check.
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}

/// Which help.
#[derive(Debug, Args)]
pub(crate) struct HelpArguments {
    /// The command, such as `context add`.
    pub(crate) command: Vec<String>,

    /// Print the help as JSON, for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which shell.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell.
    pub(crate) shell: Shell,
}

/// Which pages.
#[derive(Debug, Args)]
pub(crate) struct ManArguments {
    /// Write a page for each command into this folder, instead of that of `egrid` to stdout.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,
}
