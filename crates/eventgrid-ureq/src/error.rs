//! Why no complete answer came, and whether the request may have been sent.

use std::io;

use eventgrid::{TransportError, TransportErrorKind};

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why no complete answer came. Its [`source`](std::error::Error::source) has the details.
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
    pub(crate) fn from_ureq(error: ureq::Error, may_have_been_sent: bool) -> Self {
        let error = match error {
            ureq::Error::Other(cause) => match cause.downcast::<BeforeSending>() {
                Ok(before) => return before.into_error(),
                Err(cause) => ureq::Error::Other(cause),
            },
            error => error,
        };
        let kind = match &error {
            ureq::Error::Timeout(_) => TransportErrorKind::Timeout,
            ureq::Error::Io(cause) => match cause.kind() {
                io::ErrorKind::TimedOut => TransportErrorKind::Timeout,
                _ if is_tls(&error) => TransportErrorKind::Tls,
                _ => TransportErrorKind::Interrupted,
            },
            _ if is_tls(&error) => TransportErrorKind::Tls,
            _ => TransportErrorKind::Other,
        };
        Self { kind, may_have_been_sent, source: Some(cause(error)) }
    }

    /// What ended the reading of a body.
    pub(crate) fn from_io(error: io::Error, may_have_been_sent: bool) -> Self {
        Self::from_ureq(error.into(), may_have_been_sent)
    }

    /// A body in a coding that was not asked for.
    pub(crate) fn encoded(coding: &[u8]) -> Self {
        let coding = String::from_utf8_lossy(coding);
        let source = format!("the response's body is in the coding `{coding}`, which was not asked for");
        Self { kind: TransportErrorKind::Other, may_have_been_sent: true, source: Some(source.into()) }
    }

    /// What cannot be put into an HTTP request at all.
    pub(crate) fn unsendable(error: impl Into<Cause>) -> Self {
        Self {
            kind: TransportErrorKind::Configuration,
            may_have_been_sent: false,
            source: Some(error.into()),
        }
    }

    /// An https URL in a build that knows no TLS.
    pub(crate) fn without_tls() -> Self {
        let source = "https needs the feature `rustls` of eventgrid-ureq: enable it";
        Self { kind: TransportErrorKind::Tls, may_have_been_sent: false, source: Some(source.into()) }
    }
}

/// What went wrong while nothing of the request could have left. It travels through ureq inside of
/// [`ureq::Error::Other`]: ureq's own errors do not tell on which side of sending they arose.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
struct BeforeSending {
    kind: TransportErrorKind,
    error: ureq::Error,
}

impl BeforeSending {
    fn into_error(self) -> Error {
        Error { kind: self.kind, may_have_been_sent: false, source: Some(cause(self.error)) }
    }
}

/// Marks what a resolver reports.
pub(crate) fn while_resolving(error: ureq::Error) -> ureq::Error {
    before_sending(TransportErrorKind::Resolve, error)
}

/// Marks what a connector reports.
pub(crate) fn while_connecting(error: ureq::Error) -> ureq::Error {
    let kind = match &error {
        ureq::Error::Io(error) if error.kind() == io::ErrorKind::TimedOut => TransportErrorKind::Timeout,
        ureq::Error::Timeout(_) => TransportErrorKind::Timeout,
        error if is_tls(error) => TransportErrorKind::Tls,
        _ => TransportErrorKind::Connect,
    };
    before_sending(kind, error)
}

fn before_sending(kind: TransportErrorKind, error: ureq::Error) -> ureq::Error {
    match error {
        // Marked further inside already: by the resolver for the proxy's name, or by the connection to the proxy.
        ureq::Error::Other(cause) if cause.is::<BeforeSending>() => ureq::Error::Other(cause),
        error => ureq::Error::Other(Box::new(BeforeSending { kind, error })),
    }
}

fn is_tls(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Tls(_) | ureq::Error::TlsRequired => true,
        #[cfg(feature = "rustls")]
        ureq::Error::Rustls(_) | ureq::Error::Pem(_) => true,
        #[cfg(feature = "rustls")]
        ureq::Error::Io(error) => {
            error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>)
        }
        _ => false,
    }
}

/// ureq's own errors have no source: what they wrap says more.
fn cause(error: ureq::Error) -> Cause {
    match error {
        ureq::Error::Io(error) => error.into(),
        ureq::Error::Other(error) => error,
        error => error.into(),
    }
}

/// Why an option of a [`Builder`](crate::Builder) cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidOption {
    /// The proxy's URL cannot be read, or its scheme is not supported.
    #[error("the proxy's url must be http://[USER:PASSWORD@]HOST[:PORT], or https with the feature `rustls`")]
    Proxy,
    /// There is no certificate in the PEM text.
    #[cfg(feature = "rustls")]
    #[error("the PEM text has no certificate")]
    NoCertificate,
    /// There is no private key in the PEM text.
    #[cfg(feature = "rustls")]
    #[error("the PEM text has no private key that is not encrypted")]
    NoPrivateKey,
    /// The PEM text, a certificate or a key in it is damaged, or the key is not that of the certificate.
    #[cfg(feature = "rustls")]
    #[error("the certificate or its key cannot be used")]
    Certificate(#[source] Cause),
}

#[cfg(test)]
mod tests {
    use super::*;
    use eventgrid::TransportErrorKind::{Connect, Interrupted, Other, Resolve, Timeout};

    fn io(kind: io::ErrorKind) -> ureq::Error {
        ureq::Error::Io(kind.into())
    }

    #[test]
    fn only_what_was_marked_is_certain_not_to_have_been_sent() {
        let refused = || io(io::ErrorKind::ConnectionRefused);
        let cases = [
            (while_resolving(ureq::Error::HostNotFound), Resolve, false),
            (while_resolving(ureq::Error::Timeout(ureq::Timeout::Resolve)), Resolve, false),
            (while_connecting(refused()), Connect, false),
            (while_connecting(ureq::Error::Timeout(ureq::Timeout::Connect)), Timeout, false),
            // The proxy's name, looked up while connecting.
            (while_connecting(while_resolving(ureq::Error::HostNotFound)), Resolve, false),
            (refused(), Interrupted, true),
            (io(io::ErrorKind::TimedOut), Timeout, true),
            (ureq::Error::Timeout(ureq::Timeout::RecvResponse), Timeout, true),
            (ureq::Error::LargeResponseHeader(2, 1), Other, true),
        ];
        for (error, kind, may_have_been_sent) in cases {
            let text = format!("{error:?}");
            let error = Error::from_ureq(error, true);
            assert_eq!((error.kind(), error.may_have_been_sent()), (kind, may_have_been_sent), "{text}");
        }
    }

    #[test]
    fn the_cause_is_told_once() {
        let error = Error::from_ureq(while_connecting(io(io::ErrorKind::ConnectionRefused)), true);
        assert_eq!(error.to_string(), "no connection could be opened");
        let source = std::error::Error::source(&error).expect("a cause");
        assert_eq!(source.to_string(), "connection refused");
        assert!(source.source().is_none());
    }
}
