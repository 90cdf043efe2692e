//! Where root certificates come from.

use core::fmt;
use std::ffi::OsString;

use rustls::RootCertStore;

pub(super) const FILE: &str = "SSL_CERT_FILE";
pub(super) const DIRECTORIES: &str = "SSL_CERT_DIR";

/// The roots that are trusted unless a program chooses others.
#[cfg(feature = "native-roots")]
pub(super) fn default(lookup: impl Fn(&str) -> Option<OsString>) -> Result<RootCertStore, InvalidRoots> {
    use super::native;
    Ok(native::named_by(lookup)?.unwrap_or_else(|| or_bundled(native::native())))
}

/// The roots that are trusted unless a program chooses others. This build cannot read what the
/// variables name, so it is an error if one is set: it must not trust more than that.
#[cfg(not(feature = "native-roots"))]
pub(super) fn default(lookup: impl Fn(&str) -> Option<OsString>) -> Result<RootCertStore, InvalidRoots> {
    let is_set = |variable: &&str| lookup(variable).is_some_and(|value| !value.is_empty());
    match [FILE, DIRECTORIES].into_iter().find(is_set) {
        Some(variable) => Err(InvalidRoots { variable, problem: Problem::Unsupported }),
        None => Ok(bundled()),
    }
}

#[cfg(feature = "native-roots")]
fn or_bundled(native: Option<RootCertStore>) -> RootCertStore {
    native.unwrap_or_else(|| {
        #[cfg(feature = "tracing")]
        tracing::warn!("the operating system has no root certificates; the bundled ones are trusted instead");
        bundled()
    })
}

/// The certificates that Mozilla trusts.
pub(super) fn bundled() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

/// Why the path that `SSL_CERT_FILE` or `SSL_CERT_DIR` names cannot be used: it cannot be read, it
/// has no usable certificate, or the program was built without support for the variables.
#[derive(Debug)]
pub struct InvalidRoots {
    pub(super) variable: &'static str,
    pub(super) problem: Problem,
}

#[derive(Debug)]
pub(super) enum Problem {
    #[cfg(feature = "native-roots")]
    Unreadable(std::path::PathBuf, std::io::Error),
    #[cfg(feature = "native-roots")]
    Empty(std::path::PathBuf),
    #[cfg(not(feature = "native-roots"))]
    Unsupported,
}

impl fmt::Display for InvalidRoots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} names the root certificates to trust, but ", self.variable)?;
        match &self.problem {
            #[cfg(feature = "native-roots")]
            Problem::Unreadable(path, _) => write!(f, "{} cannot be read", path.display())?,
            #[cfg(feature = "native-roots")]
            Problem::Empty(path) => write!(f, "{} has no usable certificate", path.display())?,
            #[cfg(not(feature = "native-roots"))]
            Problem::Unsupported => f.write_str("this program was built to trust only the bundled ones")?,
        }
        f.write_str("; correct or unset the variable")
    }
}

impl core::error::Error for InvalidRoots {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.problem {
            #[cfg(feature = "native-roots")]
            Problem::Unreadable(_, cause) => Some(cause),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn without_variables_there_are_roots_to_trust() {
        assert!(!default(|_| None).unwrap().is_empty());
    }

    #[test]
    fn nothing_else_is_trusted_where_a_variable_names_what_cannot_be_used() {
        for variable in [FILE, DIRECTORIES] {
            let error =
                default(|name| (name == variable).then(|| "/nowhere.pem".into())).unwrap_err().to_string();
            assert!(error.starts_with(variable), "{error}");
        }
    }

    #[cfg(all(feature = "native-roots", feature = "tracing"))]
    #[test]
    fn the_bundled_roots_are_trusted_with_a_notice_if_the_system_has_none() {
        use std::sync::{Arc, Mutex};
        use std::vec::Vec;
        use tracing::{Event, Level, Subscriber};
        use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

        #[derive(Clone, Default)]
        struct Levels(Arc<Mutex<Vec<Level>>>);

        impl<S: Subscriber> Layer<S> for Levels {
            fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
                self.0.lock().unwrap().push(*event.metadata().level());
            }
        }

        let levels = Levels::default();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(levels.clone()), || {
            let native = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS[..1].to_vec() };
            assert_eq!(or_bundled(Some(native)).len(), 1);
            assert!(levels.0.lock().unwrap().is_empty());
            assert_eq!(or_bundled(None).len(), webpki_roots::TLS_SERVER_ROOTS.len());
        });
        assert_eq!(*levels.0.lock().unwrap(), [Level::WARN]);
    }
}
