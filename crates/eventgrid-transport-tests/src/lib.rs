#![doc = include_str!("../README.md")]
#![allow(clippy::missing_panics_doc, reason = "a suite panics when a promise is broken")]

/// The rows of a file, each a function that takes an adapter and panics if a promise is broken. A
/// row that is missing here is reported by the compiler as dead code.
macro_rules! rows {
    ($($row:ident),+ $(,)?) => {
        pub(crate) const ROWS: &[$crate::part::Row] =
            &[$((concat!(module_path!(), "::", stringify!($row)), $row)),+];
    };
}

mod certificate;
mod client;
mod exchange;
mod faults;
mod options;
mod part;
mod process;
mod run;
mod scenarios;
mod server;
mod subject;
mod transport;

pub use options::{ClientCertificate, Options, Proxy};
pub use part::Part;
pub use run::{run, run_without};
pub use subject::{Adapter, Failure, Subject, open_subject, subject};

/// Returns the table of faults that every adapter is tested with, as a page in Markdown.
pub fn faults_page() -> String {
    faults::page()
}
