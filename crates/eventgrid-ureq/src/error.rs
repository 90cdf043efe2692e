//! Why no complete response came, and whether the request may have been sent.

use std::fmt;
use std::io;

use eventgrid::{Request, TransportError, TransportErrorKind};
use eventgrid_transport::http1::HttpError;
use ureq::http::Uri;
use ureq::http::uri::Scheme;
use ureq::unversioned::transport::ConnectionDetails;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// The kind of errors that need a change by the user: no retry helps.
const CONFIGURATION: TransportErrorKind = TransportErrorKind::Configuration;

/// Why no complete response came. The text names the host and port, and
/// [`source`](std::error::Error::source) has the details.
#[derive(Debug)]
pub struct Error(Box<Failure>);

#[derive(Debug)]
struct Failure {
    kind: TransportErrorKind,
    may_have_been_sent: bool,
    /// The text of the error, if it is not that of its kind.
    words: Option<&'static str>,
    /// The host and port, and the proxy if one is involved.
    address: Option<String>,
    cause: Option<Cause>,
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&**self.0.cause.as_ref()?)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.words {
            Some(words) => f.write_str(words)?,
            None => fmt::Display::fmt(&self.0.kind, f)?,
        }
        match &self.0.address {
            Some(address) => write!(f, " ({address})"),
            None => Ok(()),
        }
    }
}

impl TransportError for Error {
    fn kind(&self) -> TransportErrorKind {
        self.0.kind
    }

    fn may_have_been_sent(&self) -> bool {
        self.0.may_have_been_sent
    }
}

impl Error {
    /// The error of an exchange that failed, or that could not begin.
    pub(crate) fn from_ureq(error: ureq::Error, may_have_been_sent: bool) -> Self {
        let error = match error {
            ureq::Error::Other(cause) => match cause.downcast::<Self>() {
                Ok(marked) => return *marked,
                Err(cause) => ureq::Error::Other(cause),
            },
            error => error,
        };
        let kind = match &error {
            _ if is_timeout(&error) => TransportErrorKind::Timeout,
            ureq::Error::Io(_) if !is_tls(&error) => TransportErrorKind::Interrupted,
            _ if is_tls(&error) => TransportErrorKind::Tls,
            _ => TransportErrorKind::Other,
        };
        // Errors before there was a connection were marked; with any other, bytes may have left.
        Self::new(kind, may_have_been_sent, Some(cause(error)))
    }

    /// The error of reading a body.
    pub(crate) fn from_io(error: io::Error) -> Self {
        Self::from_ureq(error.into(), true)
    }

    /// The error of a response whose body cannot be read, as its headers show.
    pub(crate) fn unreadable(error: HttpError) -> Self {
        // As text, which keeps the `Debug` of the error out of the smallest program.
        Self::new(error.kind(), true, Some(error.to_string().into()))
    }

    /// The error of a request that is not valid in HTTP.
    pub(crate) fn unsendable(error: impl Into<Cause>) -> Self {
        Self::new(TransportErrorKind::Configuration, false, Some(error.into()))
    }

    /// An error of an option or of an environment variable that must be changed: no retry helps.
    pub(crate) fn misconfigured(error: impl Into<Cause>) -> Self {
        let mut misconfigured = Self::new(CONFIGURATION, false, Some(error.into()));
        misconfigured.0.words = Some("the options of the transport cannot be used");
        misconfigured
    }

    /// The error of a request after the transport was shut down. `ended` is how it ended if it was
    /// in progress then, and `None` if it began later.
    pub(crate) fn shut_down(ended: Option<Self>) -> Self {
        let may_have_been_sent = ended.as_ref().is_some_and(|error| error.0.may_have_been_sent);
        let mut error = Self::new(CONFIGURATION, may_have_been_sent, ended.map(Into::into));
        error.0.words = Some("the transport was shut down, which is final: make a new one");
        error
    }

    /// The error of an https URL in a build without TLS.
    pub(crate) fn without_tls() -> Self {
        let source = "https needs the feature `rustls` of eventgrid-ureq: enable it";
        Self::new(TransportErrorKind::Tls, false, Some(source.into()))
    }

    /// Adds the host and port of the request, unless the error names one already.
    pub(crate) fn at(mut self, request: &Request<'_>) -> Self {
        self.0.address.get_or_insert_with(|| {
            let authority = request.authority();
            // An IPv6 address ends with a bracket.
            let end = authority.bytes().rposition(|byte| matches!(byte, b':' | b']'));
            let has_port = end.is_some_and(|end| authority.as_bytes().get(end) == Some(&b':'));
            let port = if has_port { "" } else { default_port(request.is_https()) };
            format!("{authority}{port}")
        });
        self
    }

    fn new(kind: TransportErrorKind, may_have_been_sent: bool, cause: Option<Cause>) -> Self {
        Self(Box::new(Failure { kind, may_have_been_sent, words: None, address: None, cause }))
    }
}

/// The host and port, without any credentials.
fn address_of(uri: &Uri) -> String {
    let host = uri.host().unwrap_or_default();
    match uri.port() {
        Some(port) => format!("{host}:{port}"),
        None => format!("{host}{}", default_port(uri.scheme() == Some(&Scheme::HTTPS))),
    }
}

fn default_port(https: bool) -> &'static str {
    if https { ":443" } else { ":80" }
}

/// Marks an error of name resolution.
pub(crate) fn while_resolving(error: ureq::Error, uri: &Uri) -> ureq::Error {
    let kind = if is_timeout(&error) { TransportErrorKind::Timeout } else { TransportErrorKind::Resolve };
    before_sending(kind, cause(error), address_of(uri))
}

/// Marks an error of TLS.
#[cfg(feature = "rustls-bundled-roots")]
pub(crate) fn while_securing(error: impl Into<Cause>, details: &ConnectionDetails<'_>) -> ureq::Error {
    let address = address_of(details.uri);
    let cause = eventgrid_transport::tls::explain(error.into(), &address);
    before_sending(TransportErrorKind::Tls, cause, address)
}

/// Marks an error of opening a connection.
pub(crate) fn while_connecting(error: ureq::Error, details: &ConnectionDetails<'_>) -> ureq::Error {
    let proxy = details.config.proxy().filter(|proxy| !proxy.is_no_proxy(details.uri));
    connecting(error, details.uri, proxy.map(ureq::Proxy::uri))
}

fn connecting(error: ureq::Error, uri: &Uri, proxy: Option<&Uri>) -> ureq::Error {
    let address = address_of(uri);
    #[cfg(feature = "rustls-bundled-roots")]
    if is_tls(&error) {
        let cause = eventgrid_transport::tls::explain(cause(error), &address);
        return before_sending(TransportErrorKind::Tls, cause, address);
    }
    let kind = if is_timeout(&error) { TransportErrorKind::Timeout } else { TransportErrorKind::Connect };
    let marked = match error {
        ureq::Error::Other(cause) => cause.downcast::<Error>(),
        error => Err(cause(error)),
    };
    match (marked, proxy) {
        // It was already marked further inside: by the resolver of the proxy's name, or by the
        // connection to the proxy.
        (Ok(mut inner), Some(_)) if inner.0.address.as_ref() != Some(&address) => {
            let proxy = inner.0.address.unwrap_or_default();
            inner.0.address = Some(format!("{proxy}, the proxy on the way to {address}"));
            ureq::Error::Other(inner)
        }
        (Ok(inner), _) => ureq::Error::Other(inner),
        (Err(cause), None) => before_sending(kind, cause, address),
        (Err(cause), Some(proxy)) => {
            let address = format!("{address} through the proxy {}", address_of(proxy));
            before_sending(kind, cause, address)
        }
    }
}

/// An error that happened before any byte of the request could have left. It is passed through ureq
/// inside of
/// [`ureq::Error::Other`]: ureq's own errors do not say whether they happened before or after sending.
fn before_sending(kind: TransportErrorKind, cause: Cause, address: String) -> ureq::Error {
    let mut error = Error::new(kind, false, Some(cause));
    error.0.address = Some(address);
    ureq::Error::Other(Box::new(error))
}

fn is_timeout(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Timeout(_) => true,
        ureq::Error::Io(error) => error.kind() == io::ErrorKind::TimedOut,
        _ => false,
    }
}

/// Whether an error is one of TLS.
pub(crate) fn is_tls(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Tls(_) | ureq::Error::TlsRequired => true,
        #[cfg(feature = "rustls-bundled-roots")]
        ureq::Error::Io(error) => {
            error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>)
        }
        _ => false,
    }
}

/// Errors of ureq have no source, so the error that they wrap is taken instead.
fn cause(error: ureq::Error) -> Cause {
    match error {
        ureq::Error::Io(error) => error.into(),
        ureq::Error::Other(error) => error,
        error => error.into(),
    }
}

/// Why an option of a [`UreqBuilder`](crate::UreqBuilder) cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidOption {
    /// The proxy's URL cannot be read, or its scheme is not http (or https, with the feature
    /// `rustls`).
    #[error("the proxy's url must be http://[USER:PASSWORD@]HOST[:PORT], or https with the feature `rustls`")]
    Proxy,
    /// The PEM text has no certificate.
    #[cfg(feature = "rustls-bundled-roots")]
    #[error("the PEM text has no certificate")]
    NoCertificate,
    /// The PEM text has no private key, or only an encrypted one.
    #[cfg(feature = "rustls-bundled-roots")]
    #[error("the PEM text has no unencrypted private key")]
    NoPrivateKey,
    /// The PEM text, a certificate or a key in it is damaged, or the key is not that of the
    /// certificate.
    #[cfg(feature = "rustls-bundled-roots")]
    #[error("the certificate or its key cannot be used")]
    Certificate(#[source] Cause),
    /// The operating system has no root certificates.
    #[cfg(feature = "rustls-bundled-roots")]
    #[error("the operating system has no root certificates")]
    NoNativeRoots,
    /// The environment variable `SSL_CERT_FILE` or `SSL_CERT_DIR` names a path that cannot be read
    /// or that has no usable certificate.
    #[cfg(feature = "rustls-bundled-roots")]
    #[error("the root certificates that the environment names cannot be used")]
    Roots(#[source] Cause),
}

#[cfg(feature = "rustls-bundled-roots")]
impl From<eventgrid_transport::tls::InvalidTls> for InvalidOption {
    fn from(invalid: eventgrid_transport::tls::InvalidTls) -> Self {
        use eventgrid_transport::tls::InvalidTls;
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
    use eventgrid::TransportErrorKind::{Connect, Interrupted, Other, Resolve, Timeout};

    fn io(kind: io::ErrorKind) -> ureq::Error {
        ureq::Error::Io(kind.into())
    }

    fn service() -> Uri {
        Uri::from_static("https://ns.example/topics?secret")
    }

    fn proxy() -> Uri {
        Uri::from_static("http://user:secret@proxy.example:3128")
    }

    fn found_nothing() -> ureq::Error {
        while_resolving(ureq::Error::HostNotFound, &proxy())
    }

    #[test]
    fn only_what_was_marked_is_certain_not_to_have_been_sent() {
        let refused = || io(io::ErrorKind::ConnectionRefused);
        let connecting = |error| connecting(error, &service(), None);
        let cases = [
            (while_resolving(ureq::Error::HostNotFound, &service()), Resolve, false),
            (while_resolving(ureq::Error::Timeout(ureq::Timeout::Resolve), &service()), Timeout, false),
            (while_resolving(io(io::ErrorKind::TimedOut), &service()), Timeout, false),
            (connecting(refused()), Connect, false),
            (connecting(ureq::Error::Timeout(ureq::Timeout::Connect)), Timeout, false),
            // The proxy's name, looked up while connecting.
            (connecting(found_nothing()), Resolve, false),
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
        let refused = io(io::ErrorKind::ConnectionRefused);
        let error = Error::from_ureq(connecting(refused, &service(), None), true);
        assert_eq!(error.to_string(), "no connection could be opened (ns.example:443)");
        let source = std::error::Error::source(&error).expect("a cause");
        assert_eq!(source.to_string(), "connection refused");
        assert!(source.source().is_none());
    }

    #[test]
    fn the_part_of_a_proxy_is_named_without_its_credentials() {
        let through =
            |error| Error::from_ureq(connecting(error, &service(), Some(&proxy())), true).to_string();
        let refused = || io(io::ErrorKind::ConnectionRefused);
        assert_eq!(
            through(connecting(refused(), &proxy(), None)),
            "no connection could be opened (proxy.example:3128, the proxy on the way to ns.example:443)"
        );
        assert_eq!(
            through(found_nothing()),
            "the host's name has no address (proxy.example:3128, the proxy on the way to ns.example:443)"
        );
        assert_eq!(
            through(ureq::Error::ConnectProxyFailed("407".to_owned())),
            "no connection could be opened (ns.example:443 through the proxy proxy.example:3128)"
        );
    }
}
