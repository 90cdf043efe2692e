//! `eventgrid-emulator`: a local Azure Event Grid as a program.

mod options;
mod stop_signal;

use std::error::Error;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use std::{env, fs};

use clap::Parser;
use eventgrid_emulator::{ConfigurationError, Emulator, EmulatorBuilder};

use self::options::Options;
use self::stop_signal::stop_signal;

/// The variable that an access key is taken from if no option gives one.
const KEY_VARIABLE: &str = "EVENTGRID_EMULATOR_KEY";

fn main() -> ExitCode {
    match run(Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("eventgrid-emulator: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<(), String> {
    if options.is_empty() {
        return Err(
            "give at least one --subscription, --topic, --basic-topic, --domain or --partner".to_owned()
        );
    }
    // Each connection takes a file descriptor. Where the limit cannot be raised the program serves fewer at once.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .map_err(|error| format!("cannot start: {error}"))?;
    // The signals are caught before the program says that it is ready.
    let stopped = runtime
        .block_on(async { stop_signal() })
        .map_err(|error| format!("cannot catch signals: {error}"))?;

    let listen = options.listen.clone();
    let key = key(&options)?;
    let made_up = key.is_none();
    let mut builder = configure(options)?;
    if let Some(key) = key {
        builder = builder.key(key);
    }
    let emulator = builder.start(&*listen).map_err(|error| cannot_start(&error, &listen))?;
    if made_up {
        eprintln!("no key given, made one up: {}", emulator.key());
    }
    let mut stdout = io::stdout();
    // A closed stdout is no reason to stop serving.
    let _ = writeln!(stdout, "listening on {}", emulator.endpoint()).and_then(|()| stdout.flush());

    runtime.block_on(stopped);
    emulator.shutdown();
    Ok(())
}

/// What is wrong with the options or a certificate speaks for itself; anything else is about the address.
fn cannot_start(error: &io::Error, listen: &str) -> String {
    let configuration: Option<&ConfigurationError> = error.get_ref().and_then(|cause| cause.downcast_ref());
    if configuration.is_some() || error.kind() == io::ErrorKind::InvalidData {
        with_causes(error)
    } else {
        format!("cannot listen on {listen}: {error}")
    }
}

/// An error and what caused it, with colons between them.
fn with_causes(error: &dyn Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", with_causes(cause)),
        None => error.to_string(),
    }
}

fn configure(options: Options) -> Result<EmulatorBuilder, String> {
    let mut builder = Emulator::builder()
        .lock_duration(Duration::from_secs(options.lock_duration))
        .max_delivery_count(options.max_delivery_count)
        .time_to_live(Duration::from_secs(options.time_to_live));
    for topic in options.topics {
        builder = builder.topic(topic);
    }
    for (topic, subscription) in options.subscriptions {
        builder = builder.subscription(topic, subscription);
    }
    for (name, schema) in options.basic_topics {
        builder = builder.basic_topic(name, schema);
    }
    if options.basic_topic_at_root {
        builder = builder.basic_topic_at_root();
    }
    for (name, schema) in options.domains {
        builder = builder.domain(name, schema);
    }
    for (namespace, channel, schema) in options.partner_channels {
        builder = builder.partner_channel(namespace, channel, schema);
    }
    for token in options.bearer_tokens {
        builder = builder.bearer_token(token);
    }
    if let (Some(certificates), Some(key)) = (&options.tls_cert, &options.tls_key) {
        builder = builder.tls(read(certificates, "certificate")?, read(key, "private key")?);
    }
    Ok(match options.tls_dev {
        Some(folder) => builder.tls_dev_in(folder),
        None => builder,
    })
}

fn read(path: &Path, what: &str) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("cannot read the {what} file {}: {error}", path.display()))
}

/// The access key from the first place that has one.
fn key(options: &Options) -> Result<Option<String>, String> {
    let (key, place) = if let Some(key) = &options.key {
        (key.clone(), "--key".to_owned())
    } else if let Some(path) = &options.key_file {
        let place = format!("the key file {}", path.display());
        let text = fs::read_to_string(path).map_err(|error| format!("cannot read {place}: {error}"))?;
        (text.trim().to_owned(), place)
    } else {
        match env::var(KEY_VARIABLE) {
            Ok(key) => (key, KEY_VARIABLE.to_owned()),
            Err(env::VarError::NotPresent) => return Ok(None),
            Err(env::VarError::NotUnicode(_)) => return Err(format!("{KEY_VARIABLE} is not UTF-8")),
        }
    };
    if key.is_empty() { Err(format!("{place} is empty")) } else { Ok(Some(key)) }
}
