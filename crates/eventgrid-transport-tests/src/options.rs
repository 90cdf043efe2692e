//! How a row wants its adapter to be set up.

use std::time::Duration;

use eventgrid_transport::Limits;

/// How a row wants its adapter to be set up.
///
/// Future options will have defaults that do not change an adapter.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "there is a private key among them")]
#[non_exhaustive]
pub struct Options {
    /// The limits to set with the builder of the transport. Each option of an adapter has the name,
    /// the meaning and the unit of a field here. `connect`, `response` and `idle` are always set,
    /// to a minute if they do not matter for a row; `total` and `lowest_rate` only if a row is
    /// about them.
    pub limits: Limits,
    /// The proxy to use.
    pub proxy: Proxy,
    /// The only certificate to trust, as PEM text. `None`: what the adapter trusts by default.
    pub root_certificate: Option<String>,
    /// The certificate for servers that ask for one. `None`: no certificate.
    pub client_certificate: Option<ClientCertificate>,
}

impl Options {
    /// The limits of rows that are not about limits: so long that they are never reached.
    pub(crate) const PATIENCE: Limits = {
        let minute = Duration::from_secs(60);
        Limits::new().with_connect(minute).with_response(minute).with_idle(minute)
    };

    /// Options with these limits; those that are unset do not matter.
    pub(crate) fn with_limits(limits: Limits) -> Self {
        Self { limits: limits.or(Self::PATIENCE), ..Self::default() }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self { limits: Self::PATIENCE, proxy: Proxy::None, root_certificate: None, client_certificate: None }
    }
}

/// A certificate and its private key, both as PEM text.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it has a private key")]
#[non_exhaustive]
pub struct ClientCertificate {
    /// The certificate, of a key on P-256.
    pub chain: String,
    /// Its private key, as PKCS #8.
    pub private_key: String,
}

impl ClientCertificate {
    pub(crate) fn new(chain: String, private_key: String) -> Self {
        Self { chain, private_key }
    }
}

/// The proxy to use.
// None, one of an environment or one that is given: there is no other case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proxy {
    /// None, whatever the environment says.
    None,
    /// The one that the environment names: an adapter's own default. The same as `None` for an
    /// adapter that reads no environment.
    Environment,
    /// The one that an environment with these variables would name.
    Variables(Vec<(&'static str, String)>),
    /// The one at this URL, such as `http://127.0.0.1:3128`.
    Url(String),
}
