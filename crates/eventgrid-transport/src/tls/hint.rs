//! Advice in errors of TLS.

use core::error::Error;
use core::fmt;
use core::iter::successors;
use std::boxed::Box;
use std::format;
use std::io;
use std::string::{String, ToString as _};

use rustls::CertificateError::{
    Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet, NotValidYetContext, Other,
    UnknownIssuer,
};
use rustls::Error::{InvalidCertificate, InvalidMessage};

use super::Cause;

/// How webpki names a certificate of an authority that a server uses as its own. rustls has no case
/// of its own for it.
const AUTHORITY_AS_SERVER: &str = "CaUsedAsEndEntity";

/// Adds advice to `cause` if it is an error of rustls that has some, or has one among its sources;
/// returns it unchanged otherwise. `address` is the host and port of the connection.
///
/// An error with advice shows only the advice, and has `cause` as its source.
pub fn explain(cause: Cause, address: &str) -> Cause {
    match find(&*cause).and_then(|error| hint(error, address)) {
        Some(hint) => Box::new(Explained { hint, cause }),
        None => cause,
    }
}

#[derive(Debug)]
struct Explained {
    hint: String,
    cause: Cause,
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hint)
    }
}

impl Error for Explained {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.cause)
    }
}

fn hint(error: &rustls::Error, address: &str) -> Option<String> {
    Some(match error {
        InvalidMessage(_) => format!(
            "the server at {address} does not speak TLS; if it is meant to be reached over http, write http:// before the \
             endpoint's host: without a scheme, an endpoint means https"
        ),
        InvalidCertificate(UnknownIssuer) => format!(
            "no trusted authority has signed the certificate of {address}; if you know its authority, trust it by \
             `root_certificates`, or by the environment variable SSL_CERT_FILE"
        ),
        InvalidCertificate(NotValidForName | NotValidForNameContext { .. }) => {
            format!("the certificate of {address} is for another name; check the host of the endpoint")
        }
        InvalidCertificate(Expired | ExpiredContext { .. }) => {
            format!("the certificate of {address} has expired, or the clock of this machine is wrong")
        }
        InvalidCertificate(NotValidYet | NotValidYetContext { .. }) => {
            format!("the certificate of {address} is not valid yet, or the clock of this machine is wrong")
        }
        InvalidCertificate(Other(error)) if error.to_string() == AUTHORITY_AS_SERVER => format!(
            "the certificate of {address} is that of an authority, which is not accepted as a server's own; give the server one \
             with the basic constraint CA:FALSE (`openssl req -x509` makes those of authorities, unless it is called with \
             `-addext basicConstraints=CA:FALSE`)"
        ),
        _ => return None,
    })
}

/// The error of rustls among an error and its causes.
fn find<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    successors(Some(error), |&error| match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        // `source` of an I/O error passes over the error within it, so that is taken by `get_ref`.
        Some(inner) => Some(inner as &(dyn Error + 'static)),
        None => error.source(),
    })
    .find_map(|error| error.downcast_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::CertificateError;
    use rustls::client::WebPkiServerVerifier;
    use rustls::client::danger::ServerCertVerifier as _;
    use rustls::pki_types::{ServerName, UnixTime};
    use std::borrow::ToOwned;
    use std::sync::Arc;

    /// As TLS libraries report it: inside of I/O errors.
    fn wrapped(error: rustls::Error) -> Cause {
        io::Error::other(io::Error::new(io::ErrorKind::InvalidData, error)).into()
    }

    #[test]
    fn errors_that_can_be_helped_say_what_to_do_and_where() {
        for (error, advice) in [
            (InvalidMessage(rustls::InvalidMessage::InvalidContentType), "http://"),
            (InvalidCertificate(UnknownIssuer), "SSL_CERT_FILE"),
            (InvalidCertificate(NotValidForName), "another name"),
            (InvalidCertificate(Expired), "clock"),
            (InvalidCertificate(NotValidYet), "clock"),
        ] {
            for cause in [error.clone().into(), wrapped(error)] {
                let explained = explain(cause, "ns.example:8443");
                let text = explained.to_string();
                assert!(text.contains("ns.example:8443") && text.contains(advice), "{text}");
                let source = explained.source().unwrap();
                assert!(find(source).is_some(), "{source}");
            }
        }
    }

    #[test]
    fn a_server_with_the_certificate_of_an_authority_is_told_apart() {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut parameters = rcgen::CertificateParams::new(["ns.example".to_owned()]).unwrap();
        parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let certificate = parameters.self_signed(&key).unwrap().der().clone();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(certificate.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
        let name = ServerName::try_from("ns.example").unwrap();
        let error = verifier.verify_server_cert(&certificate, &[], &name, &[], UnixTime::now()).unwrap_err();
        let text = explain(wrapped(error), "ns.example:8443").to_string();
        assert!(text.contains("of ns.example:8443 is that of an authority"), "{text}");
    }

    #[test]
    fn other_errors_stay_as_they_are() {
        for cause in [
            wrapped(InvalidCertificate(CertificateError::Revoked)),
            io::Error::from(io::ErrorKind::ConnectionRefused).into(),
        ] {
            let text = cause.to_string();
            assert_eq!(explain(cause, "ns.example:8443").to_string(), text);
        }
    }
}
