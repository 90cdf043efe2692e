//! Why no complete answer came, and whether the request may have been sent.

use std::error::Error as StdError;
use std::io;
use std::iter::successors;

use eventgrid::{TransportError, TransportErrorKind};
use hyper_util::client::legacy;

pub(crate) type Cause = Box<dyn StdError + Send + Sync>;

/// Why no complete answer came. Its [`source`](StdError::source) has the details.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct Error {
    kind: TransportErrorKind,
    may_have_been_sent: bool,
    source: Option<Cause>,
}

impl TransportError for Error {
    fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    fn may_have_been_sent(&self) -> bool {
        self.may_have_been_sent
    }
}

impl Error {
    /// What ended an exchange, or kept it from beginning.
    pub(crate) fn from_exchange(cause: impl Into<Cause>) -> Self {
        let cause = cause.into();
        let (kind, may_have_been_sent) = if let Some(before) = find::<BeforeSending>(&*cause) {
            (before.kind, false)
        } else if find::<legacy::Error>(&*cause).is_some_and(legacy::Error::is_connect) {
            (kind_of_connecting(&*cause), false)
        } else if find::<hyper::Error>(&*cause).is_some_and(hyper::Error::is_canceled) {
            // The connection was closed before hyper took the request off its queue.
            (TransportErrorKind::Interrupted, false)
        } else {
            (kind_of_exchange(&*cause), true)
        };
        Self { kind, may_have_been_sent, source: Some(cause) }
    }

    /// The same, where it is certain that no byte of the request has left.
    pub(crate) fn unsent(self) -> Self {
        Self { may_have_been_sent: false, ..self }
    }

    pub(crate) fn is_timeout(&self) -> bool {
        self.kind == TransportErrorKind::Timeout
    }

    /// The answer took too long.
    pub(crate) fn timeout() -> Self {
        Self { kind: TransportErrorKind::Timeout, may_have_been_sent: true, source: None }
    }

    /// A body in a coding that was not asked for.
    pub(crate) fn encoded(coding: &[u8]) -> Self {
        let coding = String::from_utf8_lossy(coding);
        let source = format!("the response's body is in the coding `{coding}`, which was not asked for");
        Self { kind: TransportErrorKind::Other, may_have_been_sent: true, source: Some(source.into()) }
    }

    /// What cannot be put into an HTTP request at all.
    pub(crate) fn unsendable(error: impl Into<Cause>) -> Self {
        Self { kind: TransportErrorKind::Other, may_have_been_sent: false, source: Some(error.into()) }
    }
}

/// What went wrong while nothing of the request could have left. It travels through hyper: on the other side only it tells
/// what could not be done.
#[derive(Debug, thiserror::Error)]
#[error("nothing was sent yet")]
pub(crate) struct BeforeSending {
    kind: TransportErrorKind,
    #[source]
    cause: Cause,
}

impl BeforeSending {
    /// What a resolver reports.
    pub(crate) fn resolving(cause: impl Into<Cause>) -> Self {
        Self { kind: TransportErrorKind::Resolve, cause: cause.into() }
    }

    /// What a connector reports.
    pub(crate) fn connecting(cause: impl Into<Cause>) -> Self {
        let cause = cause.into();
        Self { kind: kind_of_connecting(&*cause), cause }
    }
}

fn kind_of_connecting(cause: &(dyn StdError + 'static)) -> TransportErrorKind {
    if let Some(inner) = find::<BeforeSending>(cause) {
        inner.kind
    } else if find::<rustls::Error>(cause).is_some() {
        TransportErrorKind::Tls
    } else {
        TransportErrorKind::Connect
    }
}

fn kind_of_exchange(cause: &(dyn StdError + 'static)) -> TransportErrorKind {
    use io::ErrorKind::{InvalidData, InvalidInput, TimedOut};
    if find::<rustls::Error>(cause).is_some() {
        return TransportErrorKind::Tls;
    }
    let hyper_error = find::<hyper::Error>(cause);
    let io_error = find::<io::Error>(cause).map(io::Error::kind);
    if hyper_error.is_some_and(hyper::Error::is_timeout) || io_error == Some(TimedOut) {
        TransportErrorKind::Timeout
    } else if hyper_error.is_some_and(|error| error.is_parse() || error.is_user())
        // How hyper reports chunks that are none.
        || matches!(io_error, Some(InvalidData | InvalidInput))
    {
        TransportErrorKind::Other
    } else {
        TransportErrorKind::Interrupted
    }
}

/// The outermost error of that type among an error and its causes.
fn find<'e, E: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> Option<&'e E> {
    successors(Some(error), |&error| cause_of(error)).find_map(|cause| cause.downcast_ref())
}

fn cause_of<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e (dyn StdError + 'static)> {
    // Its source is that of the error inside of it, which would be passed over.
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// Why an option of a [`Builder`](crate::Builder) cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidOption {
    /// The proxy's URL cannot be read, or its scheme is not supported.
    #[error("the proxy's url must be http[s]://[USER:PASSWORD@]HOST[:PORT]")]
    Proxy,
    /// The operating system has no root certificates, or none that can be read.
    #[error("the operating system has no root certificates")]
    NoNativeRoots,
    /// There is no certificate in the PEM text.
    #[error("the PEM text has no certificate")]
    NoCertificate,
    /// There is no private key in the PEM text.
    #[error("the PEM text has no private key that is not encrypted")]
    NoPrivateKey,
    /// The PEM text, a certificate or a key in it is damaged, or the key is not that of the certificate.
    #[error("the certificate or its key cannot be used")]
    Certificate(#[source] Cause),
}

#[cfg(test)]
mod tests {
    use super::*;
    use eventgrid::TransportErrorKind::{Connect, Interrupted, Other, Resolve, Timeout, Tls};

    fn io(kind: io::ErrorKind) -> io::Error {
        kind.into()
    }

    /// As TLS libraries report it: inside of I/O errors.
    fn untrusted() -> io::Error {
        let error = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        io::Error::other(io::Error::new(io::ErrorKind::InvalidData, error))
    }

    #[test]
    fn only_what_was_marked_is_certain_not_to_have_been_sent() {
        let refused = || io(io::ErrorKind::ConnectionRefused);
        let cases: [(Cause, _, _); 9] = [
            (BeforeSending::resolving(refused()).into(), Resolve, false),
            (BeforeSending::connecting(refused()).into(), Connect, false),
            (BeforeSending::connecting(io(io::ErrorKind::TimedOut)).into(), Connect, false),
            (BeforeSending::connecting(untrusted()).into(), Tls, false),
            // A name, looked up while connecting.
            (BeforeSending::connecting(BeforeSending::resolving(refused())).into(), Resolve, false),
            (refused().into(), Interrupted, true),
            (io(io::ErrorKind::TimedOut).into(), Timeout, true),
            (io(io::ErrorKind::InvalidInput).into(), Other, true),
            (untrusted().into(), Tls, true),
        ];
        for (cause, kind, may_have_been_sent) in cases {
            let text = format!("{cause:?}");
            let error = Error::from_exchange(cause);
            assert_eq!((error.kind(), error.may_have_been_sent()), (kind, may_have_been_sent), "{text}");
        }
    }
}
