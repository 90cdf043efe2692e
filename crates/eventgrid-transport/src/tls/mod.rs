//! TLS by rustls for adapters with an operating system: whom to trust, and what to show to a
//! service that asks.
//!
//! # Roots
//! Unless the program chooses others, the roots are the first of these:
//! 1. If `SSL_CERT_FILE` or `SSL_CERT_DIR` is set and not empty, exactly the certificates (PEM) in
//!    this file and in the files of these directories, which are separated as in `PATH`. What
//!    cannot be read is an error, and so is a variable without a single usable certificate: the
//!    error names the variable and the path, and nothing else is trusted instead. Damaged
//!    certificates beside usable ones are left out.
//! 2. The certificates of the operating system.
//! 3. If it has none, the bundled ones: those that Mozilla trusts, as of the release of the crate
//!    `webpki-roots` that the program was built with. With the feature `tracing`, an event of level
//!    `WARN` says so.
//!
//! They are read when the first connection needs them. On Windows and macOS, an empty
//! `SSL_CERT_FILE` hides the certificates of the operating system; unset it instead.
//!
//! Without the feature `native-roots`, only the bundled ones are trusted unless the program brings
//! its own. If one of the variables is set, that is an error: the program cannot trust what it
//! names, and must not trust anything else.

mod hint;
#[cfg(feature = "native-roots")]
mod native;
mod options;
mod roots;

pub use hint::explain;
pub use options::{InvalidTls, MakeVerifier, TlsConfig, TlsOptions};
pub use roots::InvalidRoots;

use std::boxed::Box;

type Cause = Box<dyn core::error::Error + Send + Sync>;
