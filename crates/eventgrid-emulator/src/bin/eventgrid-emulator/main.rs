//! `eventgrid-emulator`: a local Azure Event Grid as a program.

mod effective;
mod health;
mod options;
mod request_log;
mod signals;
#[path = "../../stderr.rs"]
mod stderr;
mod summary;

use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use eventgrid_emulator::configuration::{Configuration, Difference, import};
use eventgrid_emulator::{AdminListenError, ConfigurationError, DataError, RunningEmulator};

use self::options::{Command, ImportFormat, Options, ServeOptions};
use self::request_log::{LogLevel, request_log};
use self::signals::{Request, Signals};
use self::summary::{kept, summary, unreachable};

/// Why the program ends early.
enum Failure {
    /// What it was told is wrong: exit code 2, as for options that cannot be read.
    Configuration(String),
    /// What it was told cannot be done: exit code 1.
    Other(String),
}

fn main() -> ExitCode {
    let options = Options::read();
    let result = match options.command {
        None => serve(&options.serve),
        Some(Command::Check { file }) => check(&file),
        Some(Command::Health { url, ca }) => health::health(&url, ca.as_deref()).map_err(Failure::Other),
        Some(Command::Config(options)) => config(&options),
        Some(Command::Import { format, file }) => import_file(format, &file),
    };
    let (message, code) = match result {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Configuration(message)) => (message, 2),
        Err(Failure::Other(message)) => (message, 1),
    };
    message.lines().for_each(stderr::say);
    ExitCode::from(code)
}

fn check(file: &Path) -> Result<(), Failure> {
    let mut configuration = effective::read(file).map_err(Failure::Configuration)?;
    effective::add_defaults(&mut configuration);
    configuration.builder().build().map_err(|error| Failure::Configuration(with_causes(&error)))?;
    print(&format!("{} is valid\n{}", file.display(), summary(&configuration, &endpoints(&configuration))))
}

fn config(options: &ServeOptions) -> Result<(), Failure> {
    let configuration = effective::configuration(options).map_err(Failure::Configuration)?;
    print(&configuration.to_toml_without_secrets())
}

fn import_file(format: ImportFormat, file: &Path) -> Result<(), Failure> {
    let text = fs::read_to_string(file)
        .map_err(|error| Failure::Configuration(format!("cannot read {}: {error}", file.display())))?;
    let imported = match format {
        ImportFormat::Pm7y => import::pm7y(&text),
        ImportFormat::Workleap => import::workleap(&text),
    };
    let imported = imported.map_err(|error| Failure::Configuration(format!("{}:{error}", file.display())))?;
    for note in imported.notes() {
        stderr::say(format_args!("not carried over: {note}"));
    }
    print(&imported.to_toml())
}

/// Prints on stdout.
fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout();
    let printed = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    printed.map_err(|error| Failure::Other(format!("cannot write to stdout: {error}")))
}

fn serve(options: &ServeOptions) -> Result<(), Failure> {
    let configuration = effective::configuration(options).map_err(Failure::Configuration)?;
    // Each connection takes a file descriptor. Where the limit cannot be raised the program serves
    // fewer at once.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .map_err(|error| Failure::Other(format!("cannot start: {error}")))?;
    // The signals are caught before the program says that it is ready.
    let mut signals = runtime
        .block_on(async { Signals::catch() })
        .map_err(|error| Failure::Other(format!("cannot catch signals: {error}")))?;

    let mut builder =
        configuration.builder_with_tls().map_err(|error| Failure::Configuration(with_causes(&error)))?;
    let mut log = None;
    if options.log != LogLevel::Off {
        let (sender, writer) = request_log(options.log, io::stderr());
        builder = builder.on_request(move |request| sender.log(request));
        log = Some(writer);
    }
    let listeners =
        configuration.listen.iter().map(|address| listen(address)).collect::<Result<Vec<_>, _>>()?;
    let emulator = builder.start_on(listeners).map_err(|error| cannot_start(&error))?;
    let endpoints: Vec<_> = emulator.endpoints().collect();
    let version = env!("CARGO_PKG_VERSION");
    stderr::tell(format!("eventgrid-emulator {version}\n{}", summary(&configuration, &endpoints)));
    if configuration.data_folder.is_some() {
        stderr::tell(kept(&configuration, &emulator.with(|emulator| emulator.topics())));
    }
    if let (Some(endpoint), Some(token)) = (emulator.admin_endpoint(), emulator.admin_token()) {
        let is_given = configuration.admin.as_ref().is_some_and(|admin| admin.token.is_some());
        // A token that was given is a secret of its own; one that is made up is told to everybody
        // who sees this.
        let (token, fragment) = if is_given {
            ("the one that was given", String::new())
        } else {
            (token.expose(), format!("#token={}", token.expose()))
        };
        stderr::tell(format!(
            "  admin API: {endpoint}\n  token of the admin API: {token}\n  page: {endpoint}/{fragment}\n"
        ));
    }
    let mut stdout = io::stdout();
    // A closed stdout is no reason to stop serving.
    let admin = emulator.admin_endpoint().map(|endpoint| format!("admin API on {endpoint}"));
    let mut ready: Vec<_> = endpoints.iter().map(|endpoint| format!("listening on {endpoint}")).collect();
    ready.extend(admin);
    let _ = writeln!(stdout, "{}", ready.join("\n")).and_then(|()| stdout.flush());

    let mut current = configuration.clone();
    let ended = loop {
        match runtime.block_on(next(&mut signals, &emulator)) {
            Ok(Request::Reload) => reload(options, &emulator, &configuration, &mut current),
            Ok(Request::Stop) => break Ok(()),
            Err(error) => break Err(Failure::Other(with_causes(&error))),
        }
    };
    emulator.shutdown();
    if let Some(log) = log {
        log.finish();
    }
    ended
}

/// Waits until the program is asked for something, or its data cannot be kept any more.
async fn next(signals: &mut Signals, emulator: &RunningEmulator) -> Result<Request, Arc<DataError>> {
    tokio::select! {
        biased;
        error = emulator.data_failure() => Err(error),
        request = signals.next() => Ok(request),
    }
}

/// Reads the file again and applies what changed. Keeps what there is if anything is wrong. What
/// needs a restart is as in the configuration that the program was started with.
fn reload(
    options: &ServeOptions,
    emulator: &RunningEmulator,
    started: &Configuration,
    current: &mut Configuration,
) {
    let Some(file) = &options.config else {
        stderr::say("there is no configuration file to read again: give one by --config");
        return;
    };
    let changed = effective::configuration(options).and_then(|after| {
        let mut difference = emulator.reconfigure(current, &after).map_err(|error| with_causes(&error))?;
        difference.needs_restart = Difference::between(started, &after).needs_restart;
        Ok((after, difference))
    });
    match changed {
        Ok((after, difference)) => {
            let mut text = format!("eventgrid-emulator: read {} again\n", file.display());
            for line in difference.to_string().lines() {
                text.extend(["  ", line, "\n"]);
            }
            for line in unreachable(&after) {
                text.extend(["  ", &line, "\n"]);
            }
            stderr::tell(text);
            *current = after;
        }
        Err(message) => {
            let lines: Vec<_> = message.lines().chain(["nothing was changed"]).collect();
            stderr::say(lines.join("\neventgrid-emulator: "));
        }
    }
}

/// The endpoints for addresses that are not listened on yet.
fn endpoints(configuration: &Configuration) -> Vec<String> {
    let scheme = if configuration.tls.is_some() { "https" } else { "http" };
    configuration.listen.iter().map(|address| format!("{scheme}://{address}")).collect()
}

fn listen(address: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|error| Failure::Other(format!("cannot listen on {address}: {error}")))
}

/// What is wrong with the options or a certificate is an error of the configuration.
fn cannot_start(error: &io::Error) -> Failure {
    let configuration: Option<&ConfigurationError> = error.get_ref().and_then(|cause| cause.downcast_ref());
    if configuration.is_some() || error.kind() == io::ErrorKind::InvalidData {
        Failure::Configuration(with_causes(error))
    } else if let Some(error) = error.get_ref().and_then(|cause| cause.downcast_ref::<AdminListenError>()) {
        Failure::Other(with_causes(error))
    } else if let Some(error) = error.get_ref().and_then(|cause| cause.downcast_ref::<DataError>()) {
        Failure::Other(with_causes(error))
    } else {
        Failure::Other(format!("cannot start: {error}"))
    }
}

/// An error and what caused it, with colons between them.
fn with_causes(error: &dyn Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", with_causes(cause)),
        None => error.to_string(),
    }
}
