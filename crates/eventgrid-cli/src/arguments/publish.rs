//! The arguments of `egrid publish`.

use std::path::PathBuf;

use clap::Args;

use super::ConnectionArguments;
use super::receive::integer;
use crate::events::EventSchema;

/// What to publish, and how.
#[derive(Debug, Args, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct PublishArguments {
    /// Files with events, records of `egrid receive`, or dead letters of a namespace: JSON lines,
    /// or JSON arrays; `-` is stdin. Without a file and without --type, stdin.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// What the event is, if it is not in a file.
    #[command(flatten)]
    pub(crate) event: EventArguments,

    /// Schema of the events.
    #[arg(long, default_value = "cloudevents")]
    pub(crate) schema: EventSchema,

    /// Make an event of each JSON value of the input, which is its data. Its other attributes come
    /// from the arguments.
    #[arg(long, conflicts_with_all = ["data_from", "text_lines"])]
    pub(crate) data_lines: bool,

    /// Make an event of each line of the input, which is its data as text.
    #[arg(long, conflicts_with = "data_from")]
    pub(crate) text_lines: bool,

    /// Number of events to make from the arguments.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = integer::<u64>(0, u64::MAX))]
    pub(crate) count: u64,

    /// Topic of the domain that the events are for: sent as `source` of CloudEvents, as `topic` in
    /// the Event Grid schema.
    #[arg(long, value_name = "NAME")]
    pub(crate) domain_topic: Option<String>,

    /// Send each event by itself with its attributes as headers and its data as the body (binary
    /// content mode).
    #[arg(long)]
    pub(crate) binary: bool,

    /// Print the requests, without the key, instead of sending them.
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Append events that were not accepted to this file, as JSON lines that can be published
    /// again. They are in it as soon as the service has refused them.
    #[arg(long, value_name = "FILE")]
    pub(crate) failed: Option<PathBuf>,

    /// Maximum number of events in a request. Default: 1,000 to a namespace, 5,000 elsewhere.
    #[arg(long, value_name = "N", value_parser = integer::<u16>(1, u16::MAX.into()))]
    pub(crate) max_events: Option<u16>,

    /// Maximum size of a request, in bytes. Default: 1,000,000.
    #[arg(long, value_name = "BYTES", value_parser = integer::<usize>(0, u64::MAX))]
    pub(crate) max_bytes: Option<usize>,

    /// Maximum number of events to publish per second.
    #[arg(long, value_name = "N", value_parser = integer::<u32>(1, u32::MAX.into()))]
    pub(crate) rate: Option<u32>,

    /// Do not repeat a request if it is not known whether the service accepted it. Otherwise an
    /// event may be published twice.
    #[arg(long)]
    pub(crate) at_most_once: bool,

    /// Leave `{{ n }}`, `{{ uuid }}` and `{{ now }}` in arguments as they are.
    #[arg(long)]
    pub(crate) no_templates: bool,

    /// Where to.
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}

/// An event that is made of arguments. In them, `{{ n }}` stands for the number of the event,
/// `{{ uuid }}` for a random UUID and `{{ now }}` for the time.
#[derive(Debug, Args, Default)]
#[command(next_help_heading = "Event; {{ n }}, {{ uuid }} and {{ now }} are filled in")]
pub(crate) struct EventArguments {
    /// `type`: what happened.
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) event_type: Option<String>,

    /// `source`: where it happened. Default: `urn:egrid`.
    #[arg(long, value_name = "URI")]
    pub(crate) source: Option<String>,

    /// `subject`: what it happened to.
    #[arg(long, value_name = "TEXT")]
    pub(crate) subject: Option<String>,

    /// `id`. Default: a random UUID.
    #[arg(long, value_name = "TEXT")]
    pub(crate) id: Option<String>,

    /// `time`, in RFC 3339. Default: now.
    #[arg(long, value_name = "TIME")]
    pub(crate) time: Option<String>,

    /// Data: JSON, or @FILE, or - for stdin.
    #[arg(long, value_name = "JSON", group = "data_from")]
    pub(crate) data: Option<String>,

    /// Data: text, or @FILE, or - for stdin.
    #[arg(long, value_name = "TEXT", group = "data_from")]
    pub(crate) text: Option<String>,

    /// Data: the bytes of this file, or - for stdin.
    #[arg(long, value_name = "FILE", group = "data_from")]
    pub(crate) bytes: Option<PathBuf>,

    /// A member of the data, such as `order.total=9.5`. The value is JSON, or text if it is not
    /// JSON. Repeatable.
    #[arg(long = "field", value_name = "PATH=VALUE", group = "data_from")]
    pub(crate) fields: Vec<String>,

    /// An extension attribute; `true`, `false` and whole numbers are typed. Repeatable.
    #[arg(long = "ext", value_name = "NAME=VALUE")]
    pub(crate) extensions: Vec<String>,

    /// `datacontenttype`. Default: the type of the data.
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<String>,

    /// `dataschema`.
    #[arg(long = "dataschema", value_name = "URI")]
    pub(crate) data_schema: Option<String>,

    /// `dataVersion` of the Event Grid schema. Default: 1.0.
    #[arg(long, value_name = "TEXT")]
    pub(crate) data_version: Option<String>,
}

impl EventArguments {
    /// Whether any of them is given.
    pub(crate) fn is_given(&self) -> bool {
        let Self {
            event_type,
            source,
            subject,
            id,
            time,
            data,
            text,
            bytes,
            fields,
            extensions,
            content_type,
            data_schema,
            data_version,
        } = self;
        let texts =
            [event_type, source, subject, id, time, data, text, content_type, data_schema, data_version];
        texts.into_iter().any(Option::is_some)
            || bytes.is_some()
            || !fields.is_empty()
            || !extensions.is_empty()
    }
}
