//! The options of the program.

use std::path::PathBuf;

use clap::builder::{BoolishValueParser, NonEmptyStringValueParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use eventgrid_emulator::configuration::{listen_address, push_callback, push_host};
use eventgrid_emulator::{AttributeOrder, InputSchema, Limits, UnknownSchema};

use crate::request_log::LogLevel;

const KEY_HELP: &str = "Access key that requests must have: base64 text. Default: --key-file, then the environment \
                        variables EVENTGRID_EMULATOR_KEY and EVENTGRID_EMULATOR_KEY_FILE, then the \
                        configuration file, then a well-known key";

/// A local Azure Event Grid: a namespace with pull delivery, and basic topics, domains and partner
/// namespaces.
///
/// Prints `listening on http://HOST:PORT` on stdout when it is ready, a line for each address, and
/// a summary on stderr. Stops on SIGINT and SIGTERM, and reads its file again on SIGHUP. Without
/// options it has the topic orders with the event subscription billing, and a well-known key.
#[derive(Parser)]
#[command(version, max_term_width = 100, args_conflicts_with_subcommands = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    #[command(flatten)]
    pub(crate) serve: ServeOptions,
}

/// What the program can do besides serving.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Check a configuration file and print a summary of it. Exit code 0 if it is valid, 2 if not.
    Check {
        /// The file, in TOML form.
        file: PathBuf,
    },
    /// Print the configuration that results from these options, the environment and the file,
    /// without secrets.
    Config(Box<ServeOptions>),
    /// Check that a running emulator works: it publishes, receives and acknowledges an event. Exit
    /// code 0 if it does, 1 if not. For the health check of a container.
    Health {
        /// Its endpoint, such as <http://127.0.0.1:6500>.
        url: String,
        /// The certificate authority to trust for https, in PEM form: DIR/ca.pem of --tls-dev.
        #[arg(long, value_name = "FILE")]
        ca: Option<PathBuf>,
    },
    /// Convert the configuration of another emulator into one for this, on stdout. Stderr lists
    /// what could not be carried over.
    Import {
        /// Whose configuration it is.
        format: ImportFormat,
        /// The file, in JSON form.
        file: PathBuf,
    },
}

/// The emulators whose configuration is read.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ImportFormat {
    /// pm7y/azure-event-grid-simulator, all versions.
    Pm7y,
    /// workleap/wl-eventgrid-emulator.
    Workleap,
}

/// What to serve, and how. Each option is also an environment variable, which it wins over; both
/// win over the file.
#[derive(Args)]
pub(crate) struct ServeOptions {
    /// Configuration file in TOML form. What the options below create is added to it.
    #[arg(long, value_name = "FILE", env = "EVENTGRID_EMULATOR_CONFIG")]
    pub(crate) config: Option<PathBuf>,

    /// Address to listen on, 127.0.0.1:6500 by default; port 0 picks a free one, and a port alone
    /// means 127.0.0.1. Repeatable.
    #[arg(long, value_name = "HOST:PORT", value_parser = trimmed(listen_address))]
    #[arg(env = "EVENTGRID_EMULATOR_LISTEN", value_delimiter = ',')]
    pub(crate) listen: Vec<String>,

    /// Keep topics, event subscriptions and events in this directory, which is created if needed.
    /// Without it they are only kept in memory.
    #[arg(long, value_name = "DIR", env = "EVENTGRID_EMULATOR_DATA")]
    pub(crate) data: Option<PathBuf>,

    /// Serve the admin API on this address; port 0 picks a free one, and a port alone means
    /// 127.0.0.1. Without this option it is not served.
    #[arg(long, value_name = "HOST:PORT", env = "EVENTGRID_EMULATOR_ADMIN", value_parser = listen_address)]
    pub(crate) admin: Option<String>,

    /// Bearer token that requests to the admin API must have. By default one is made up and printed
    /// on stderr.
    #[arg(long, value_name = "TOKEN", env = "EVENTGRID_EMULATOR_ADMIN_TOKEN", hide_env_values = true)]
    pub(crate) admin_token: Option<String>,

    /// Access key that requests must have.
    #[arg(long, conflicts_with = "key_file", help = KEY_HELP)]
    pub(crate) key: Option<String>,

    /// File with the access key; white space around it is ignored.
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,

    /// Refuse shared access signatures, and allow any text as the access key.
    #[arg(long, env = "EVENTGRID_EMULATOR_WITHOUT_SAS", value_parser = BoolishValueParser::new())]
    pub(crate) without_sas: bool,

    /// Accept every request, without a credential or with any.
    #[arg(long, env = "EVENTGRID_EMULATOR_NO_AUTHENTICATION", value_parser = BoolishValueParser::new())]
    pub(crate) no_authentication: bool,

    /// Event subscription to create, with its topic. Repeatable.
    #[arg(long = "subscription", value_name = "TOPIC/SUBSCRIPTION", value_parser = trimmed(parse_subscription))]
    #[arg(env = "EVENTGRID_EMULATOR_SUBSCRIPTION", value_delimiter = ',')]
    pub(crate) subscriptions: Vec<(String, String)>,

    /// Topic to create without event subscriptions. Repeatable.
    #[arg(long = "topic", value_name = "TOPIC", value_parser = trimmed_text())]
    #[arg(env = "EVENTGRID_EMULATOR_TOPIC", value_delimiter = ',')]
    pub(crate) topics: Vec<String>,

    /// Basic topic to create at /NAME/api/events, for events of that schema: eventgrid (the
    /// default), cloudevents or custom. Repeatable.
    #[arg(long = "basic-topic", value_name = "NAME[=SCHEMA]", value_parser = trimmed(parse_basic))]
    #[arg(env = "EVENTGRID_EMULATOR_BASIC_TOPIC", value_delimiter = ',')]
    pub(crate) basic_topics: Vec<(String, InputSchema)>,

    /// Create a basic topic at /api/events, for events of any schema. Without this option that path
    /// does not exist, as at the host of a namespace.
    #[arg(long, env = "EVENTGRID_EMULATOR_BASIC_TOPIC_AT_ROOT", value_parser = BoolishValueParser::new())]
    pub(crate) basic_topic_at_root: bool,

    /// Domain to create at /NAME/api/events, for events of that schema: eventgrid (the default),
    /// cloudevents or custom. Repeatable.
    #[arg(long = "domain", value_name = "NAME[=SCHEMA]", value_parser = trimmed(parse_basic))]
    #[arg(env = "EVENTGRID_EMULATOR_DOMAIN", value_delimiter = ',')]
    pub(crate) domains: Vec<(String, InputSchema)>,

    /// Channel to create, with its partner namespace at /NAME/api/events, for events of that
    /// schema: cloudevents (the default), eventgrid or custom. Repeatable.
    #[arg(long = "partner", value_name = "NAME/CHANNEL[=SCHEMA]", value_parser = trimmed(parse_partner))]
    #[arg(env = "EVENTGRID_EMULATOR_PARTNER", value_delimiter = ',')]
    pub(crate) partner_channels: Vec<(String, String, InputSchema)>,

    /// Host, besides this machine, that events may be pushed to: a name or an address, as in the
    /// URLs of endpoints. Repeatable.
    #[arg(long = "push-host", value_name = "HOST", value_parser = trimmed(push_host))]
    #[arg(env = "EVENTGRID_EMULATOR_PUSH_HOST", value_delimiter = ',')]
    pub(crate) push_hosts: Vec<String>,

    /// Where endpoints reach this emulator to consent by the URL of a handshake, such as
    /// <http://emulator:6500>; by default the first address that it listens on.
    #[arg(long, value_name = "URL", value_parser = push_callback, env = "EVENTGRID_EMULATOR_PUSH_CALLBACK")]
    pub(crate) push_callback: Option<String>,

    /// Topic of the namespace that messages for the MQTT broker are routed to as events. It is
    /// created. Without this option the broker works, too.
    #[arg(long = "mqtt-route-to", value_name = "TOPIC", value_parser = NonEmptyStringValueParser::new())]
    #[arg(env = "EVENTGRID_EMULATOR_MQTT_ROUTE_TO")]
    pub(crate) mqtt_route_to: Option<String>,

    /// Bearer token that is also accepted, for everything. Repeatable.
    #[arg(long = "bearer-token", value_name = "TOKEN", value_parser = trimmed_text())]
    #[arg(env = "EVENTGRID_EMULATOR_BEARER_TOKEN", value_delimiter = ',', hide_env_values = true)]
    pub(crate) bearer_tokens: Vec<String>,

    /// Whether to refuse what the service's documentation does not allow: strict (the default) or
    /// relaxed. FACTS.md lists each case.
    #[arg(long, value_name = "LIMITS", env = "EVENTGRID_EMULATOR_LIMITS")]
    pub(crate) limits: Option<Limits>,

    /// Order of the attributes of received events: shuffled (the default), as from the service, or
    /// published.
    #[arg(long, value_name = "ORDER", env = "EVENTGRID_EMULATOR_ATTRIBUTE_ORDER")]
    pub(crate) attribute_order: Option<AttributeOrder>,

    /// Serve https with the certificates in this file, in PEM form, the server's own first.
    #[arg(long, value_name = "FILE", env = "EVENTGRID_EMULATOR_TLS_CERT", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,

    /// The private key of the certificate, in PEM form.
    #[arg(long, value_name = "FILE", env = "EVENTGRID_EMULATOR_TLS_KEY", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,

    /// Serve https with a certificate authority of its own. Clients must trust DIR/ca.pem, which is
    /// created if needed.
    #[arg(long, value_name = "DIR", env = "EVENTGRID_EMULATOR_TLS_DEV")]
    pub(crate) tls_dev: Option<PathBuf>,

    /// Name or address that the certificate of --tls-dev is also for, such as that of a container.
    /// Repeatable.
    #[arg(
        long = "tls-name",
        value_name = "NAME",
        value_parser = trimmed_text(),
        env = "EVENTGRID_EMULATOR_TLS_NAME",
        value_delimiter = ','
    )]
    pub(crate) tls_names: Vec<String>,

    /// How long a received event stays locked for its receiver, unless the file says otherwise; 60
    /// by default.
    #[arg(long, value_name = "SECONDS", value_parser = integer::<u64>(1, 86_400))]
    #[arg(env = "EVENTGRID_EMULATOR_LOCK_DURATION")]
    pub(crate) lock_duration: Option<u64>,

    /// How often an event is delivered at most, unless the file says otherwise; 10 by default.
    #[arg(long, value_name = "N", value_parser = integer::<u32>(1, u32::MAX.into()))]
    #[arg(env = "EVENTGRID_EMULATOR_MAX_DELIVERY_COUNT")]
    pub(crate) max_delivery_count: Option<u32>,

    /// How long after its publication an event is kept, unless the file says otherwise; one day by
    /// default.
    #[arg(long, value_name = "SECONDS", value_parser = integer::<u64>(1, 3_153_600_000))]
    #[arg(env = "EVENTGRID_EMULATOR_TIME_TO_LIVE")]
    pub(crate) time_to_live: Option<u64>,

    /// Seed from which lock tokens and tracking ids are derived, so that they are the same each
    /// time; random by default.
    #[arg(long, value_name = "N", env = "EVENTGRID_EMULATOR_SEED", value_parser = integer::<u64>(0, u64::MAX))]
    pub(crate) seed: Option<u64>,

    /// Which requests are logged on stderr, one per line.
    #[arg(long, value_name = "WHICH", default_value = "all", env = "EVENTGRID_EMULATOR_LOG")]
    pub(crate) log: LogLevel,
}

impl Options {
    /// Reads the options and the environment. Ends the program if they cannot be read.
    pub(crate) fn read() -> Self {
        let mut command = Self::command();
        let matches = command.get_matches_mut();
        let mut options =
            Self::from_arg_matches(&matches).unwrap_or_else(|error| error.format(&mut command).exit());
        let settled = match &mut options.command {
            Some(Command::Config(serve)) => {
                matches.subcommand_matches("config").map_or(Ok(()), |matches| serve.settle_tls(matches))
            }
            _ => options.serve.settle_tls(&matches),
        };
        if let Err(message) = settled {
            command.error(ErrorKind::ArgumentConflict, message).exit();
        }
        options
    }
}

impl ServeOptions {
    /// Decides between a certificate in a file and one for development: an option wins over the
    /// environment.
    ///
    /// # Errors
    /// If both are options, or both are in the environment.
    fn settle_tls(&mut self, matches: &ArgMatches) -> Result<(), &'static str> {
        let is_option = |id| matches.value_source(id) == Some(ValueSource::CommandLine);
        if is_option("tls_cert") {
            self.tls_dev.take_if(|_| !is_option("tls_dev"));
            if !is_option("tls_names") {
                self.tls_names.clear();
            }
        } else if is_option("tls_dev") {
            (self.tls_cert, self.tls_key) = (None, None);
        }
        if self.tls_cert.is_some() && self.tls_dev.is_some() {
            return Err("--tls-cert cannot be used with --tls-dev: https is served with one certificate");
        }
        Ok(())
    }
}

/// Reads one of several values. In a variable, they may have white space around their commas.
fn trimmed<T, E>(read: impl Fn(&str) -> Result<T, E> + Clone) -> impl Fn(&str) -> Result<T, E> + Clone {
    move |text| read(text.trim())
}

/// Reads a text that is one of several values, as [`trimmed`] does.
fn trimmed_text() -> impl TypedValueParser<Value = String> {
    NonEmptyStringValueParser::new().map(|text| text.trim().to_owned())
}

/// Reads an integer in a range. The standard library's error would not name the range.
fn integer<T: TryFrom<u64>>(least: u64, most: u64) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        let is_integer = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|number| is_integer && (least..=most).contains(number));
        let number = number.and_then(|number| T::try_from(number).ok());
        number.ok_or_else(|| format!("expected an integer from {least} to {most}"))
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
