//! Advice in errors of TLS.

use core::error::Error;
use core::fmt;
use core::iter::successors;
use std::boxed::Box;
use std::format;
use std::io;
use std::string::String;

use rustls::CertificateError::{
    Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet, NotValidYetContext,
    UnknownIssuer,
};
use rustls::Error::{InvalidCertificate, InvalidMessage};

use super::Cause;

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
    use std::string::ToString;

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
