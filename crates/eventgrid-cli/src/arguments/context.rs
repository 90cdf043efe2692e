//! The arguments of `egrid context`.

use clap::{Args, Subcommand};

use super::{ConnectionArguments, SubscriptionArgument};

/// What to do with contexts.
#[derive(Debug, Subcommand)]
pub(crate) enum ContextCommand {
    /// Store a connection under a name. The first one becomes the current context.
    Add(Box<ContextAdd>),
    /// Use a context from now on; `-` is the one that was used before.
    Use {
        /// Its name.
        name: String,
    },
    /// List all contexts. Keys are never stored, only where they come from.
    List,
    /// Remove a context.
    Remove {
        /// Its name.
        name: String,
    },
}

/// What to keep.
#[derive(Debug, Args)]
pub(crate) struct ContextAdd {
    /// Its name: letters, digits, `-`, `_` and `.`.
    pub(crate) name: String,

    /// Use it from now on.
    #[arg(long = "use")]
    pub(crate) is_used: bool,

    /// Replace the context of that name if there is one.
    #[arg(long)]
    pub(crate) replace: bool,

    /// What it connects to.
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,

    /// What it receives from.
    #[command(flatten)]
    pub(crate) subscription: SubscriptionArgument,
}
