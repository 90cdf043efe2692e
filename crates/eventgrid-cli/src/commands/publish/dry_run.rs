//! Requests that are shown instead of sent.

use std::error::Error;
use std::fmt;
use std::io::{self, Write};

use eventgrid::{Header, Request, Response, Transport, TransportError, TransportErrorKind};

/// A transport that prints each request on stdout, without its credential, and says that the
/// service has taken it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Showing;

impl Transport for Showing {
    type Error = CannotShow;

    fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), CannotShow> {
        show(request, &mut io::stdout().lock()).map_err(CannotShow)?;
        response.begin(200);
        Ok(())
    }
}

fn show(request: &Request<'_>, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{} {}", request.method(), request.url())?;
    for header in request.headers() {
        writeln!(out, "{}: {}", header.name(), shown(header))?;
    }
    writeln!(out)?;
    out.write_all(request.body())?;
    out.write_all(b"\n\n")?;
    out.flush()
}

/// The value; of a credential the scheme alone.
fn shown(header: Header<'_>) -> String {
    if !header.is_sensitive() {
        return header.value().to_owned();
    }
    match header.value().split_once(' ') {
        Some((scheme, _)) => format!("{scheme} (hidden)"),
        None => "(hidden)".to_owned(),
    }
}

/// Stdout could not be written.
#[derive(Debug)]
pub(super) struct CannotShow(io::Error);

impl fmt::Display for CannotShow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot write to stdout")
    }
}

impl Error for CannotShow {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

impl TransportError for CannotShow {
    fn kind(&self) -> TransportErrorKind {
        TransportErrorKind::Other
    }

    fn may_have_been_sent(&self) -> bool {
        false
    }
}
