#![doc = include_str!("../README.md")]
#![allow(clippy::missing_panics_doc, reason = "a suite panics when a promise is broken")]

/// The rows of a file, each a function that takes an adapter and panics if a promise is broken.
macro_rules! rows {
    ($($row:ident),+ $(,)?) => {
        pub(crate) const ROWS: &[$crate::Row] =
            &[$((concat!(module_path!(), "::", stringify!($row)), $row)),+];
    };
}

mod certificate;
mod client;
mod exchange;
mod faults;
mod process;
mod scenarios;
mod server;
mod subject;
mod transport;

pub use subject::{Failure, Subject, subject};

use std::process::ExitCode;
use std::time::Duration;

use libtest_mimic::{Arguments, Trial};

/// Makes an adapter with some options.
pub type Adapter = fn(&Options) -> Subject;

/// The options that the suite needs of an adapter.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "there is a private key among them")]
#[non_exhaustive]
pub struct Options {
    /// How long the head of an answer may take, beyond [`hold`](eventgrid::Request::hold).
    pub response_timeout: Duration,
    /// How long the body of an answer may take.
    pub body_timeout: Duration,
    /// The proxy to go through.
    pub proxy: Proxy,
    /// The only certificate to trust, as PEM text. Without one, it is the adapter's own default.
    pub root_certificate: Option<String>,
    /// What to show to a server that asks who is calling.
    pub client_certificate: Option<ClientCertificate>,
}

impl Default for Options {
    fn default() -> Self {
        // So long that they never play a part where they are not meant to.
        let patience = Duration::from_secs(60);
        Self {
            response_timeout: patience,
            body_timeout: patience,
            proxy: Proxy::None,
            root_certificate: None,
            client_certificate: None,
        }
    }
}

/// A certificate and its private key, both as PEM text.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it has a private key")]
pub struct ClientCertificate {
    /// The certificate.
    pub chain: String,
    /// Its private key.
    pub private_key: String,
}

/// The proxy to go through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proxy {
    /// None, whatever the environment says.
    None,
    /// The one that the environment names: an adapter's own default. `None` for an adapter that reads no environment.
    Environment,
    /// The one at this URL.
    Url(String),
    /// The ones of an environment with these variables.
    Variables(Vec<(&'static str, String)>),
}

/// What an adapter may leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Connections that are secured.
    Tls,
    /// What the environment of an operating system says: ways through a proxy, and whom to trust.
    Proxy,
    /// What is left of a batch that does not fit: for an adapter that is itself cut off from the client's buffer.
    Overflow,
}

impl Part {
    /// Whether a row is one of it: that is the name of the row's file.
    fn has(self, row: &str) -> bool {
        let files: &[&str] = match self {
            Self::Tls => &["tls"],
            Self::Proxy => &["proxy", "roots"],
            Self::Overflow => &["overflow"],
        };
        row.split("::").any(|segment| files.contains(&segment))
    }

    /// Who offers it.
    fn who(self) -> &'static str {
        match self {
            Self::Tls => "Of every adapter with TLS.",
            Self::Proxy => {
                "Of every adapter that knows of proxies; to the others the environment is nothing."
            }
            Self::Overflow => "Of every adapter that has the client's own buffer.",
        }
    }
}

/// Runs every row of the suite, as a test of its own. `name` is that of the adapter, by which the table of faults knows it.
pub fn run(name: &'static str, adapter: Adapter) -> ExitCode {
    run_without(name, &[], adapter)
}

/// Runs every row of the suite but those of some parts, which are reported as not offered. In their place, a few rows
/// see to it that the adapter refuses what it does not offer.
pub fn run_without(name: &'static str, parts: &[Part], adapter: Adapter) -> ExitCode {
    let trial = |(name, row): Row| {
        Trial::test(name.trim_start_matches("conformance::"), move || {
            row(adapter);
            Ok(())
        })
    };
    let faults = faults::all(name).into_iter().map(|fault| {
        Trial::test(fault.name.clone(), move || {
            fault.run(adapter);
            Ok(())
        })
    });
    let offered =
        transport::all().chain(client::all()).chain(scenarios::all()).map(trial).chain(faults).map(|trial| {
            if parts.iter().any(|part| part.has(trial.name())) {
                trial.with_kind("not offered").with_ignored_flag(true)
            } else {
                trial
            }
        });
    let refused = transport::refused(parts).map(trial);
    libtest_mimic::run(&Arguments::from_args(), offered.chain(refused).collect()).exit_code()
}

/// The table of faults that every adapter is held to, as a page in Markdown.
pub fn faults_page() -> String {
    faults::page()
}

/// A row's name, and the row.
type Row = (&'static str, fn(Adapter));
