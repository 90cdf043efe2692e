//! Requests that are shown instead of sent.

use std::error::Error;
use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use eventgrid::{Header, Request, Response, Transport, TransportError, TransportErrorKind};

use crate::failure::Failure;
use crate::interruption::Interruption;
use crate::output::cannot_write;

/// A transport that prints each request on stdout, without its credential, and says that the
/// service has taken it. Once stdout cannot be written, it ends the run. Clones know the same.
#[derive(Debug, Clone)]
pub(super) struct Showing {
    interruption: Interruption,
    failure: Arc<Mutex<Option<Failure>>>,
}

impl Showing {
    /// A transport that ends a run by `interruption`.
    pub(super) fn new(interruption: Interruption) -> Self {
        Self { interruption, failure: Arc::default() }
    }

    /// Why stdout could not be written, if it could not.
    pub(super) fn failure(&self) -> Option<Failure> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Transport for Showing {
    type Error = NeverFails;

    fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), NeverFails> {
        if let Err(error) = show(request, &mut io::stdout().lock()) {
            let failure = cannot_write(&error);
            self.interruption.interrupt(failure.kind());
            self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(failure);
        }
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

/// That stdout cannot be written is not an error of the network, and there is no other one.
#[derive(Debug)]
pub(super) enum NeverFails {}

impl fmt::Display for NeverFails {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl Error for NeverFails {}

impl TransportError for NeverFails {
    fn kind(&self) -> TransportErrorKind {
        match *self {}
    }

    fn may_have_been_sent(&self) -> bool {
        match *self {}
    }
}
