//! The arguments of `egrid mqtt`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::ConnectionArguments;
use super::receive::{duration, integer};

/// What to do at the MQTT broker of a namespace. Its host has a label `ts`:
/// `my-namespace.westeurope-1.ts.eventgrid.azure.net`. It accepts only tokens of Microsoft Entra
/// ID.
#[derive(Debug, Subcommand)]
pub(crate) enum MqttCommand {
    /// Publish a message to MQTT clients.
    Publish(Box<MqttPublish>),
    /// Print the message that the broker retains for a topic. With `-o raw`, only its payload.
    Get(Box<MqttTopic>),
    /// Print the topics that the broker retains messages for, with its metadata of each.
    List(Box<MqttList>),
    /// Delete the message that the broker retains for a topic. Clients that are subscribed receive
    /// a message without a payload.
    Delete(Box<MqttTopic>),
}

/// What to publish.
#[derive(Debug, Args)]
pub(crate) struct MqttPublish {
    /// Topic of MQTT, such as `devices/17/commands`.
    #[arg(value_name = "TOPIC")]
    pub(crate) mqtt_topic: String,

    /// Payload: text, or @FILE, or - for stdin.
    #[arg(long, value_name = "TEXT", group = "payload", required = true)]
    pub(crate) text: Option<String>,

    /// Payload: the bytes of this file, or - for stdin.
    #[arg(long, value_name = "FILE", group = "payload")]
    pub(crate) bytes: Option<PathBuf>,

    /// Quality of service: 0 delivers at most once, 1 at least once.
    #[arg(long, value_name = "0|1", default_value_t = 1, value_parser = integer::<u8>(0, 1))]
    pub(crate) qos: u8,

    /// Let the broker keep the message for clients that subscribe later.
    #[arg(long)]
    pub(crate) retain: bool,

    /// Topic that the receiver should send its response to.
    #[arg(long, value_name = "TOPIC")]
    pub(crate) response_topic: Option<String>,

    /// Text that the receiver should send with its response.
    #[arg(long, value_name = "TEXT")]
    pub(crate) correlation_data: Option<String>,

    /// A user property. Repeatable: the order is kept, and a name may be repeated.
    #[arg(long = "property", value_name = "NAME=VALUE")]
    pub(crate) properties: Vec<String>,

    /// Media type of the payload.
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<String>,

    /// How long the broker keeps the message, such as `1h`.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) expiry: Option<Duration>,

    /// Where to.
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}

/// Which message.
#[derive(Debug, Args)]
pub(crate) struct MqttTopic {
    /// Topic of MQTT, such as `devices/17/state`.
    #[arg(value_name = "TOPIC")]
    pub(crate) mqtt_topic: String,

    /// Where it is.
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}

/// Which messages.
#[derive(Debug, Args)]
pub(crate) struct MqttList {
    /// Topic filter: `+` stands for any one level, `#` for all that follow.
    #[arg(value_name = "FILTER", default_value = "#")]
    pub(crate) filter: String,

    /// Number of messages to request at a time, 1 to 100. All pages are printed. Default: the
    /// service's.
    #[arg(long, value_name = "N", value_parser = integer::<u32>(1, 100))]
    pub(crate) page_size: Option<u32>,

    /// End after this number of messages.
    #[arg(long, value_name = "N", value_parser = integer::<u64>(0, u64::MAX))]
    pub(crate) max: Option<u64>,

    /// Where they are.
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}
