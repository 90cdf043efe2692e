//! The arguments of `egrid webhook`.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::receive::{duration, integer};

/// What to do with webhooks.
#[derive(Debug, Subcommand)]
pub(crate) enum WebhookCommand {
    /// Be a webhook: respond to both handshakes, and print each event that is delivered. It serves
    /// plain http, so Event Grid itself needs a tunnel or a TLS proxy to reach it.
    Listen(Box<WebhookListen>),
}

/// Where to listen, and what to respond.
#[derive(Args)]
pub(crate) struct WebhookListen {
    /// Port to listen on; 0 is one of the system's choice.
    #[arg(long, value_name = "PORT", default_value_t = 8080, value_parser = integer::<u16>(0, u16::MAX.into()))]
    pub(crate) port: u16,

    /// Address to listen on. Any but `127.0.0.1` and `::1` can be reached from other machines:
    /// require a secret then.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(crate) address: IpAddr,

    /// Respond to events with these statuses, one after the other, and repeat the last one, such as
    /// `503,503,200`. Default: 200, and 400 if no event can be read.
    #[arg(
        long, value_name = "STATUS", value_delimiter = ',',
        value_parser = integer::<u16>(200, 599)
    )]
    pub(crate) respond: Vec<u16>,

    /// Respond to events after this time.
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration)]
    pub(crate) delay: Duration,

    /// Also print the headers of each delivery. The value of --secret-header is hidden, and those
    /// of headers whose names contain key, token, secret, password, signature, authorization,
    /// cookie or credential.
    #[arg(long)]
    pub(crate) headers: bool,

    /// Accept events of a custom schema: any JSON object, or an array of them.
    #[arg(long)]
    pub(crate) custom_schema: bool,

    /// End after this number of events, and those in the same request as the last one.
    #[arg(long, value_name = "N", value_parser = integer::<u64>(1, u64::MAX))]
    pub(crate) max: Option<u64>,

    /// The secret that deliveries must bring.
    #[command(flatten)]
    pub(crate) secret: SecretArguments,
}

/// The secret that deliveries must bring.
#[derive(Args)]
#[command(next_help_heading = "Secret")]
pub(crate) struct SecretArguments {
    /// Read the secret that each delivery must bring from this file.
    #[arg(long, value_name = "FILE", group = "secret_from")]
    pub(crate) secret_file: Option<PathBuf>,

    /// Read the secret from this environment variable.
    #[arg(long, value_name = "VARIABLE", group = "secret_from")]
    pub(crate) secret_env: Option<String>,

    /// Read the secret from the output of this command line.
    #[arg(long, value_name = "COMMAND", group = "secret_from")]
    pub(crate) secret_command: Option<String>,

    /// The secret itself. Others on this machine can see it, and shells store it: prefer one of the
    /// other options.
    #[arg(long, value_name = "SECRET", group = "secret_from")]
    pub(crate) secret: Option<String>,

    /// Look for the secret at this name in the query of the URL.
    #[arg(long, value_name = "NAME", default_value = "code")]
    pub(crate) secret_query: String,

    /// Look for the secret in this header, instead of the query.
    #[arg(long, value_name = "NAME")]
    pub(crate) secret_header: Option<String>,
}

/// Without the secret.
impl std::fmt::Debug for WebhookListen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookListen")
            .field("address", &self.address)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}
