//! The arguments of a connection.

use std::path::PathBuf;

use clap::Args;

use super::receive::integer;
use crate::context::{EntraIdSource, KeySource, TargetKind};

/// What to connect to, and by which key.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionArguments {
    /// Use this context, instead of the current one.
    #[arg(long, value_name = "NAME", conflicts_with = "endpoint")]
    pub(crate) context: Option<String>,

    /// Address of the namespace, topic, domain, partner namespace or emulator, such as
    /// `my-namespace.westeurope-1.eventgrid.azure.net` or `http://127.0.0.1:6500`.
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,

    /// What is at the endpoint. Default: `basic` if its path is `/api/events`, or else `namespace`.
    #[arg(long)]
    pub(crate) kind: Option<TargetKind>,

    /// Topic of the namespace.
    #[arg(short, long, value_name = "NAME")]
    pub(crate) topic: Option<String>,

    /// Channel of the partner namespace.
    #[arg(long, value_name = "NAME")]
    pub(crate) channel: Option<String>,

    /// Read the key from this file. It may be an access key, a SAS token or a token of Microsoft
    /// Entra ID, which are told apart by their form.
    #[arg(long, value_name = "FILE", group = "key_from")]
    pub(crate) key_file: Option<PathBuf>,

    /// Read the key from this environment variable. Default: `EVENTGRID_KEY`.
    #[arg(long, value_name = "VARIABLE", group = "key_from")]
    pub(crate) key_env: Option<String>,

    /// Read the key from the output of this command line, such as `az account get-access-token
    /// --resource https://eventgrid.azure.net --query accessToken -o tsv`.
    #[arg(long, value_name = "COMMAND", group = "key_from")]
    pub(crate) key_command: Option<String>,

    /// Ask Microsoft Entra ID for tokens, in a build with the feature `azure-identity`.
    #[arg(long, value_name = "SOURCE", group = "key_from")]
    pub(crate) entra_id: Option<EntraIdSource>,

    /// The key itself. Others on this machine can see it, and shells store it: prefer one of the
    /// other options.
    #[arg(long, value_name = "KEY", group = "key_from")]
    pub(crate) key: Option<String>,

    /// How often to repeat a request if that may help. Default: 3.
    #[arg(long, value_name = "N", value_parser = integer::<u8>(0, u8::MAX.into()))]
    pub(crate) max_retries: Option<u8>,

    /// Send the key over plain http to another machine, although everybody on the way can read it.
    #[arg(long)]
    pub(crate) allow_plain_http: bool,
}

impl ConnectionArguments {
    /// Where the key comes from, if the arguments say so and do not have it themselves.
    pub(crate) fn key_source(&self) -> Option<KeySource> {
        let file = self.key_file.clone().map(KeySource::File);
        let env = || self.key_env.clone().map(KeySource::Env);
        let command = || self.key_command.clone().map(KeySource::Command);
        let entra_id = || self.entra_id.map(KeySource::EntraId);
        file.or_else(env).or_else(command).or_else(entra_id)
    }
}

/// Which event subscription to receive from.
#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = "Connection")]
pub(crate) struct SubscriptionArgument {
    /// Event subscription of the topic.
    #[arg(short, long, value_name = "NAME")]
    pub(crate) subscription: Option<String>,
}

/// Without the key.
impl std::fmt::Debug for ConnectionArguments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectionArguments")
            .field("context", &self.context)
            .field("endpoint", &self.endpoint)
            .field("topic", &self.topic)
            .finish_non_exhaustive()
    }
}
