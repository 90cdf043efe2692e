//! The arguments of `egrid trigger`.

use clap::Args;

use super::ConnectionArguments;
use super::receive::integer;
use crate::events::EventSchema;

/// Which system event to publish, and what is different about it.
#[derive(Debug, Args)]
pub(crate) struct TriggerArguments {
    /// Type of the event, such as `Microsoft.Storage.BlobCreated`. `Microsoft.` and the service may
    /// be left out if only one type ends with the rest. With --list, show only types that contain
    /// this text.
    #[arg(value_name = "NAME", required_unless_present = "list")]
    pub(crate) name: Option<String>,

    /// Set a part of the event, such as `data.contentLength=5`, `id=1` or `source=/mine`. A value
    /// of data is JSON, or text if it is not JSON; `{{ n }}`, `{{ uuid }}` and `{{ now }}` are
    /// filled in. Repeatable.
    #[arg(long = "override", value_name = "PATH=VALUE")]
    pub(crate) overrides: Vec<String>,

    /// Set the subject of the event.
    #[arg(long, value_name = "TEXT")]
    pub(crate) subject: Option<String>,

    /// Schema of the event.
    #[arg(long, default_value = "cloudevents")]
    pub(crate) schema: EventSchema,

    /// Number of events to publish.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = integer::<u64>(0, u64::MAX))]
    pub(crate) count: u64,

    /// Topic of the domain that the event is for.
    #[arg(long, value_name = "NAME")]
    pub(crate) domain_topic: Option<String>,

    /// List the types, instead of publishing an event.
    #[arg(long)]
    pub(crate) list: bool,

    /// Print the request, without the key, instead of sending it.
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Where to.
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}
