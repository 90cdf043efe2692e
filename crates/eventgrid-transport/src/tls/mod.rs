//! TLS by rustls, for adapters on an operating system: which certificates to trust, and which one
//! to present to a service that asks for it.
//!
//! # Roots
//! Unless the program chooses others, the roots are the first of these:
//! 1. If `SSL_CERT_FILE` or `SSL_CERT_DIR` is set and not empty, exactly the certificates (PEM) in
//!    this file and in the files of these directories, which are separated as in `PATH`. It is an
//!    error if a file or directory cannot be read, or if a variable leads to no usable certificate
//!    at all. The error names the variable and the path, and no other certificates are trusted
//!    instead. Damaged certificates beside usable ones are ignored.
//! 2. The certificates of the operating system.
//! 3. If the operating system has none, the bundled ones: those that Mozilla trusts, from the
//!    release of the crate `webpki-roots` with which the program was built. With the feature
//!    `tracing`, an event of level `WARN` reports this.
//!
//! They are read when the first connection needs them. On Windows and macOS, an empty
//! `SSL_CERT_FILE` hides the certificates of the operating system; unset it instead.
//!
//! Without the feature `native-roots`, only the bundled ones are trusted unless the program brings
//! its own. It is then an error if one of the variables is set: the program cannot read the
//! certificates that it names, and must not trust others instead.

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
