//! Why no complete response came, and whether the request may have been sent.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::iter::successors;

use eventgrid::{Request, TransportError, TransportErrorKind};
use eventgrid_transport::http1::HttpError;
use eventgrid_transport::tls::InvalidTls;
use hyper::Uri;
use hyper::http::uri::Scheme;

pub(crate) type Cause = Box<dyn StdError + Send + Sync>;

/// The kind of errors that need a change by the user: no retry helps.
const CONFIGURATION: TransportErrorKind = TransportErrorKind::Configuration;

/// Why no complete response came. The text names the host and port, and
/// [`source`](StdError::source) has the details.
#[derive(Debug)]
pub struct Error {
    kind: TransportErrorKind,
    may_have_been_sent: bool,
    is_misconfigured: bool,
    /// The host and port, and the proxy if one is involved.
    address: Option<String>,
    cause: Option<Cause>,
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let cause: &(dyn StdError + 'static) = &**self.cause.as_ref()?;
        // The text of `BeforeSending`, and of the errors that hyper wraps around it, is in this
        // error already.
        Some(all::<BeforeSending>(cause).last().map_or(cause, |before| &*before.cause))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_misconfigured {
            f.write_str("the options of the transport cannot be used")?;
        } else {
            fmt::Display::fmt(&self.kind, f)?;
        }
        match &self.address {
            Some(address) => write!(f, " ({address})"),
            None => Ok(()),
        }
    }
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
    /// The error of an exchange that failed, or that could not begin.
    pub(crate) fn from_exchange(cause: impl Into<Cause>) -> Self {
        let cause = cause.into();
        if let Some(before) = find::<BeforeSending>(&*cause) {
            let BeforeSending { kind, is_misconfigured, ref address, .. } = *before;
            let address = address.clone();
            return Self { kind, may_have_been_sent: false, is_misconfigured, address, cause: Some(cause) };
        }
        let (kind, may_have_been_sent) =
            if find::<hyper::Error>(&*cause).is_some_and(hyper::Error::is_canceled) {
                // The connection was closed before hyper took the request off its queue.
                (TransportErrorKind::Interrupted, false)
            } else {
                (kind_of_exchange(&*cause), true)
            };
        Self::new(kind, may_have_been_sent, Some(cause))
    }

    /// The same error of an attempt of which it is certain that no byte of the request has left.
    pub(crate) fn unsent(self) -> Self {
        Self { may_have_been_sent: false, ..self }
    }

    pub(crate) fn is_timeout(&self) -> bool {
        self.kind == TransportErrorKind::Timeout
    }

    /// The error of an attempt that exceeded a time limit.
    pub(crate) fn timeout() -> Self {
        Self::new(TransportErrorKind::Timeout, true, None)
    }

    /// The error of a response whose body cannot be read, as its headers show.
    pub(crate) fn unreadable(error: HttpError) -> Self {
        Self::new(error.kind(), true, Some(error.into()))
    }

    /// The error of a request that is not valid in HTTP.
    pub(crate) fn unsendable(error: impl Into<Cause>) -> Self {
        Self::new(TransportErrorKind::Configuration, false, Some(error.into()))
    }

    /// Adds the host and port of the request, unless the error names one already.
    pub(crate) fn at(mut self, request: &Request<'_>) -> Self {
        self.address.get_or_insert_with(|| match request.url().parse() {
            Ok(uri) => address_of(&uri),
            Err(_) => request.authority().to_owned(),
        });
        self
    }

    fn new(kind: TransportErrorKind, may_have_been_sent: bool, cause: Option<Cause>) -> Self {
        Self { kind, may_have_been_sent, is_misconfigured: false, address: None, cause }
    }
}

/// The host and port, without any credentials.
fn address_of(uri: &Uri) -> String {
    let port = uri.port_u16().unwrap_or(if uri.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 });
    format!("{}:{port}", uri.host().unwrap_or_default())
}

/// An error that happened before any byte of the request could have left. It is passed through
/// hyper, whose own errors do not say which step of connecting failed.
#[derive(Debug, thiserror::Error)]
#[error("nothing was sent yet")]
pub(crate) struct BeforeSending {
    kind: TransportErrorKind,
    is_misconfigured: bool,
    /// The host and port, and the proxy if one is involved.
    address: Option<String>,
    #[source]
    cause: Cause,
}

impl BeforeSending {
    /// An error of name resolution.
    pub(crate) fn resolving(cause: impl Into<Cause>) -> Self {
        Self::new(TransportErrorKind::Resolve, cause.into())
    }

    /// An error of opening a connection.
    pub(crate) fn connecting(cause: impl Into<Cause>) -> Self {
        let cause = cause.into();
        let inner = find::<Self>(&*cause);
        Self {
            is_misconfigured: inner.is_some_and(|inner| inner.is_misconfigured),
            address: inner.and_then(|inner| inner.address.clone()),
            ..Self::new(kind_of_connecting(&*cause), cause)
        }
    }

    /// An error of the TLS configuration.
    pub(crate) fn securing(error: InvalidTls) -> Self {
        Self::new(TransportErrorKind::Tls, error.into())
    }

    /// An error of an option or of an environment variable that must be changed: no retry helps.
    pub(crate) fn misconfigured(error: impl Into<Cause>) -> Self {
        Self { is_misconfigured: true, ..Self::new(CONFIGURATION, error.into()) }
    }

    /// Adds the host and port of `uri`, unless the error names one already.
    pub(crate) fn at(self, uri: &Uri) -> Self {
        if self.address.is_some() {
            return self;
        }
        let address = address_of(uri);
        Self {
            cause: eventgrid_transport::tls::explain(self.cause, &address),
            address: Some(address),
            ..self
        }
    }

    /// Adds that the connection goes through a proxy.
    pub(crate) fn through(self, proxy: &Uri, uri: &Uri) -> Self {
        let address = match &self.address {
            // The error is about the connection to the proxy itself.
            Some(inner) => format!("{inner}, the proxy on the way to {}", address_of(uri)),
            None if self.kind == TransportErrorKind::Tls => return self.at(uri),
            None => format!("{} through the proxy {}", address_of(uri), address_of(proxy)),
        };
        Self { address: Some(address), ..self }
    }

    fn new(kind: TransportErrorKind, cause: Cause) -> Self {
        Self { kind, is_misconfigured: false, address: None, cause }
    }
}

fn kind_of_connecting(cause: &(dyn StdError + 'static)) -> TransportErrorKind {
    if let Some(inner) = find::<BeforeSending>(cause) {
        inner.kind
    } else if find::<rustls::Error>(cause).is_some() {
        TransportErrorKind::Tls
    } else if is_timeout(cause) {
        TransportErrorKind::Timeout
    } else {
        TransportErrorKind::Connect
    }
}

fn is_timeout(cause: &(dyn StdError + 'static)) -> bool {
    find::<tokio::time::error::Elapsed>(cause).is_some()
        || find::<io::Error>(cause).is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
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
        // This is how hyper reports chunks that are not valid.
        || matches!(io_error, Some(InvalidData | InvalidInput))
    {
        TransportErrorKind::Other
    } else {
        TransportErrorKind::Interrupted
    }
}

/// The outermost error of that type among an error and its causes.
fn find<'e, E: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> Option<&'e E> {
    all(error).next()
}

/// All errors of that type among an error and its causes, the outermost first.
fn all<'e, E: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> impl Iterator<Item = &'e E> {
    successors(Some(error), |&error| cause_of(error)).filter_map(|cause| cause.downcast_ref())
}

fn cause_of<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e (dyn StdError + 'static)> {
    // `source` of an I/O error passes over the error within it, so that is taken by `get_ref`.
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// Why an option of a [`HyperBuilder`](crate::HyperBuilder) cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidOption {
    /// The proxy's URL cannot be read, or its scheme is not http or https.
    #[error("the proxy's url must be http[s]://[USER:PASSWORD@]HOST[:PORT]")]
    Proxy,
    /// The operating system has no root certificates that can be read.
    #[error("the operating system has no root certificates")]
    NoNativeRoots,
    /// The environment variable `SSL_CERT_FILE` or `SSL_CERT_DIR` names a path that cannot be read
    /// or that has no usable certificate.
    #[error("the root certificates that the environment names cannot be used")]
    Roots(#[source] Cause),
    /// The PEM text has no certificate.
    #[error("the PEM text has no certificate")]
    NoCertificate,
    /// The PEM text has no private key, or only an encrypted one.
    #[error("the PEM text has no unencrypted private key")]
    NoPrivateKey,
    /// The PEM text, a certificate or a key in it is damaged, or the key is not that of the
    /// certificate.
    #[error("the certificate or its key cannot be used")]
    Certificate(#[source] Cause),
}

impl From<InvalidTls> for InvalidOption {
    fn from(invalid: InvalidTls) -> Self {
        match invalid {
            InvalidTls::NoCertificate => Self::NoCertificate,
            InvalidTls::NoPrivateKey => Self::NoPrivateKey,
            InvalidTls::NoNativeRoots => Self::NoNativeRoots,
            InvalidTls::Roots(invalid) => Self::Roots(Box::new(invalid)),
            InvalidTls::Certificate(cause) => Self::Certificate(cause),
            other => Self::Certificate(Box::new(other)),
        }
    }
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
            (BeforeSending::connecting(io(io::ErrorKind::TimedOut)).into(), Timeout, false),
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
    /// The error and its causes, as an application prints them.
    fn text(error: BeforeSending) -> String {
        let error = Error::from_exchange(io::Error::other(error));
        let first: &dyn StdError = &error;
        let texts = successors(Some(first), |&error| error.source()).map(ToString::to_string);
        texts.collect::<Vec<_>>().join(": ")
    }

    #[test]
    fn host_and_port_are_named_and_the_cause_is_told_once() {
        let uri = Uri::from_static("https://ns.example/topics?secret");
        let refused = || io(io::ErrorKind::ConnectionRefused);
        assert_eq!(
            text(BeforeSending::connecting(refused()).at(&uri)),
            "no connection could be opened (ns.example:443): connection refused"
        );
        let untrusted = text(BeforeSending::connecting(untrusted()).at(&uri));
        assert!(
            untrusted.starts_with("the connection cannot be secured (ns.example:443): no trusted"),
            "{untrusted}"
        );
        assert!(untrusted.ends_with("invalid peer certificate: UnknownIssuer"), "{untrusted}");
    }

    #[test]
    fn the_part_of_a_proxy_is_named_without_its_credentials() {
        let uri = Uri::from_static("https://ns.example:8443/topics?secret");
        let proxy = Uri::from_static("http://user:secret@proxy.example");
        let through = |cause: Cause| text(BeforeSending::connecting(cause).through(&proxy, &uri));
        assert_eq!(
            through(BeforeSending::resolving(io(io::ErrorKind::NotFound)).at(&proxy).into()),
            "the host's name has no address (proxy.example:80, the proxy on the way to ns.example:8443): \
             entity not found"
        );
        assert_eq!(
            through("407".into()),
            "no connection could be opened (ns.example:8443 through the proxy proxy.example:80): 407"
        );
        let secured = through(untrusted().into());
        assert!(
            secured.starts_with("the connection cannot be secured (ns.example:8443): no trusted"),
            "{secured}"
        );
    }
}
