//! The options of the program.

use std::path::PathBuf;

use clap::Parser;
use clap::builder::NonEmptyStringValueParser;
use eventgrid_emulator::{InputSchema, UnknownSchema};

const KEY_HELP: &str = "Access key that requests must carry. Without it: --key-file, then the environment variable \
                        EVENTGRID_EMULATOR_KEY, then a key is made up and printed on stderr";

/// A local Azure Event Grid: a namespace with pull delivery, and basic topics, domains and partner namespaces.
///
/// Prints `listening on http://HOST:PORT` when it is ready. Stops on SIGINT and SIGTERM.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
pub(crate) struct Options {
    /// Address to listen on; port 0 picks a free one.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:6500")]
    pub(crate) listen: String,

    /// Access key that requests must carry.
    #[arg(long, conflicts_with = "key_file", help = KEY_HELP)]
    pub(crate) key: Option<String>,

    /// File with the access key; white space around it is left out.
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,

    /// Event subscription to create, with its topic. Repeatable.
    #[arg(long = "subscription", value_name = "TOPIC/SUBSCRIPTION", value_parser = parse_subscription)]
    pub(crate) subscriptions: Vec<(String, String)>,

    /// Topic to create without event subscriptions. Repeatable.
    #[arg(long = "topic", value_name = "TOPIC", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) topics: Vec<String>,

    /// Basic topic to create at /NAME/api/events, for events of that schema: eventgrid (the default), cloudevents or
    /// custom. Repeatable.
    #[arg(long = "basic-topic", value_name = "NAME[=SCHEMA]", value_parser = parse_basic)]
    pub(crate) basic_topics: Vec<(String, InputSchema)>,

    /// Create a basic topic at /api/events, for events of any schema. Without it nothing is there, as at the host of a
    /// namespace.
    #[arg(long)]
    pub(crate) basic_topic_at_root: bool,

    /// Domain to create at /NAME/api/events, for events of that schema: eventgrid (the default), cloudevents or custom.
    /// Repeatable.
    #[arg(long = "domain", value_name = "NAME[=SCHEMA]", value_parser = parse_basic)]
    pub(crate) domains: Vec<(String, InputSchema)>,

    /// Channel to create, with its partner namespace at /NAME/api/events, for events of that schema: cloudevents (the
    /// default), eventgrid or custom. Repeatable.
    #[arg(long = "partner", value_name = "NAME/CHANNEL[=SCHEMA]", value_parser = parse_partner)]
    pub(crate) partner_channels: Vec<(String, String, InputSchema)>,

    /// Bearer token that is accepted too. Repeatable.
    #[arg(long = "bearer-token", value_name = "TOKEN", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) bearer_tokens: Vec<String>,

    /// Serve https with the certificates in this file, in PEM form, the server's own first.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,

    /// The private key of the certificate, in PEM form.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,

    /// Serve https on this machine, with a certificate authority of its own. Clients must trust DIR/ca.pem, which is made
    /// if it is not there.
    #[arg(long, value_name = "DIR", conflicts_with = "tls_cert")]
    pub(crate) tls_dev: Option<PathBuf>,

    /// How long a received event stays locked for its receiver.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) lock_duration: u64,

    /// How often an event is delivered at the most.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_delivery_count: u32,

    /// How long after its publication an event is kept.
    #[arg(long, value_name = "SECONDS", default_value_t = 86400, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) time_to_live: u64,
}

impl Options {
    /// Whether there is nothing to publish to.
    pub(crate) fn is_empty(&self) -> bool {
        self.subscriptions.is_empty()
            && self.topics.is_empty()
            && self.basic_topics.is_empty()
            && !self.basic_topic_at_root
            && self.domains.is_empty()
            && self.partner_channels.is_empty()
    }
}

fn parse_subscription(text: &str) -> Result<(String, String), String> {
    match text.split_once('/') {
        Some((topic, subscription))
            if !topic.is_empty() && !subscription.is_empty() && !subscription.contains('/') =>
        {
            Ok((topic.to_owned(), subscription.to_owned()))
        }
        _ => Err("expected TOPIC/SUBSCRIPTION".to_owned()),
    }
}

fn parse_basic(text: &str) -> Result<(String, InputSchema), String> {
    let (name, schema) = split_schema(text, InputSchema::EventGrid)?;
    Ok((name.to_owned(), schema))
}

fn parse_partner(text: &str) -> Result<(String, String, InputSchema), String> {
    let (name, schema) = split_schema(text, InputSchema::CloudEvents)?;
    let (namespace, channel) =
        name.split_once('/').ok_or_else(|| "expected NAME/CHANNEL[=SCHEMA]".to_owned())?;
    Ok((namespace.to_owned(), channel.to_owned(), schema))
}

fn split_schema(text: &str, default: InputSchema) -> Result<(&str, InputSchema), String> {
    match text.split_once('=') {
        Some((name, schema)) => Ok((name, schema.parse().map_err(|error: UnknownSchema| error.to_string())?)),
        None => Ok((text, default)),
    }
}
