//! `eventgrid-emulator`: a local Azure Event Grid namespace as a program.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use std::{env, fs};

use clap::Parser;
use clap::builder::NonEmptyStringValueParser;
use eventgrid_emulator::{Emulator, EmulatorBuilder};

/// The variable that an access key is taken from if no option gives one.
const KEY_VARIABLE: &str = "EVENTGRID_EMULATOR_KEY";

const KEY_HELP: &str = "Access key that requests must carry. Without it: --key-file, then the environment variable \
                        EVENTGRID_EMULATOR_KEY, then a key is made up and printed on stderr";

/// A local Azure Event Grid namespace: pull delivery over HTTP.
///
/// Prints `listening on http://HOST:PORT` when it is ready. Stops on SIGINT and SIGTERM.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Options {
    /// Address to listen on; port 0 picks a free one.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:6500")]
    listen: String,

    /// Access key that requests must carry.
    #[arg(long, conflicts_with = "key_file", help = KEY_HELP)]
    key: Option<String>,

    /// File with the access key; white space around it is left out.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,

    /// Event subscription to create, with its topic. Repeatable.
    #[arg(long = "subscription", value_name = "TOPIC/SUBSCRIPTION", value_parser = parse_subscription)]
    subscriptions: Vec<(String, String)>,

    /// Topic to create without event subscriptions. Repeatable.
    #[arg(long = "topic", value_name = "TOPIC", value_parser = NonEmptyStringValueParser::new())]
    topics: Vec<String>,

    /// How long a received event stays locked for its receiver.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    lock_duration: u64,

    /// How often an event is delivered at the most.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    max_delivery_count: u32,

    /// How long after its publication an event is kept.
    #[arg(long, value_name = "SECONDS", default_value_t = 86400, value_parser = clap::value_parser!(u64).range(1..))]
    time_to_live: u64,
}

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
    if options.subscriptions.is_empty() && options.topics.is_empty() {
        return Err("give at least one --subscription TOPIC/SUBSCRIPTION or --topic TOPIC".to_owned());
    }
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
    let mut builder = configure(options);
    if let Some(key) = key {
        builder = builder.key(key);
    }
    let emulator = builder.start(&*listen).map_err(|error| format!("cannot listen on {listen}: {error}"))?;
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

fn configure(options: Options) -> EmulatorBuilder {
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
    builder
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

/// Ends when the program is asked to stop. Signals are caught from the call on.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends when the program is asked to stop. Signals are caught from the call on.
#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a way to be asked, it runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
