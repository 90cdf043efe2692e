//! How a row wants its adapter to be set up.

use std::time::Duration;

use eventgrid_transport::Limits;

/// How a row wants its adapter to be set up.
///
/// Options to come have defaults that leave an adapter as it is.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "there is a private key among them")]
#[non_exhaustive]
pub struct Options {
    /// The limits of the transport, which are those of its builder: each option of an adapter has
    /// the name, the meaning and the unit of a field here. `connect`, `response` and `idle` are
    /// always set, to a minute where a row does not care; `total` and `lowest_rate` only where a
    /// row is about them.
    pub limits: Limits,
    /// The proxy to go through.
    pub proxy: Proxy,
    /// The only certificate to trust, as PEM text. `None`: whatever the adapter trusts by default.
    pub root_certificate: Option<String>,
    /// What to show to a server that asks who is calling. `None`: no certificate.
    pub client_certificate: Option<ClientCertificate>,
}

impl Options {
    /// The limits of rows that do not care: so long that they play no part.
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

/// The proxy to go through.
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
