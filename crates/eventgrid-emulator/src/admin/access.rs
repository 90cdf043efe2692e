//! Who may use the admin API: who has its token, and calls it by a name that no other site can
//! have. The [page](super::page) is for everybody who calls it so, since it shows nothing without
//! the token.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Request, Response, header};
use rand::{Rng, SeedableRng, rngs::StdRng};
use subtle::ConstantTimeEq;

use super::call::Call;
use super::error::AdminError;
use super::query::Query;
use super::{page, route};
use crate::secret::Secret;

/// The token of the admin API.
#[derive(Debug, Clone)]
pub(crate) struct AdminToken(Secret);

impl AdminToken {
    pub(crate) fn new(token: Secret) -> Self {
        Self(token)
    }

    /// A token of 32 random bytes. It never follows from a seed.
    pub(crate) fn make_up() -> Self {
        let bytes: [u8; 32] = StdRng::from_os_rng().random();
        Self(Secret::new(URL_SAFE_NO_PAD.encode(bytes)))
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.0
    }
}

/// A request that is not refused before its body is read.
pub(crate) enum Admitted {
    /// It asks for a file of the page, and this is the response.
    Page(Response<Bytes>),
    /// It is one of the API, to be run.
    Call(Call),
}

/// Who may use the admin API.
#[derive(Debug)]
pub(crate) struct Access {
    token: AdminToken,
    /// The host that it listens on, as it was given.
    host: String,
    address: IpAddr,
}

impl Access {
    /// For an admin API that was told to listen on `host`, and listens on `address`.
    pub(crate) fn new(token: AdminToken, host: &str, address: IpAddr) -> Self {
        Self { token, host: without_brackets(host).to_owned(), address }
    }

    pub(crate) fn token(&self) -> &Secret {
        self.token.secret()
    }

    /// Finds out what a request asks for, before its body is read, whose length is given if it is
    /// known.
    ///
    /// # Errors
    /// If it is refused whatever its body.
    pub(crate) fn admit(&self, request: &Request<()>, length: Option<u64>) -> Result<Admitted, AdminError> {
        if !self.is_own_host(request.headers()) {
            return Err(AdminError::wrong_host());
        }
        if !is_own_origin(request.headers()) {
            return Err(AdminError::wrong_origin());
        }
        if let Some(response) = page::respond(request.method(), request.uri().path()) {
            return response.map(Admitted::Page);
        }
        if !self.has_token(request.headers()) {
            return Err(AdminError::unauthorized());
        }
        let (route, segments) = route::find(request.method(), request.uri().path())?;
        let query = Query::parse(request.uri().query().unwrap_or_default(), route.query)?;
        let call = Call { route, segments, query, body: Bytes::new() };
        if length.is_some_and(|length| length > call.max_body() as u64) {
            return Err(AdminError::body_too_large(call.max_body()));
        }
        Ok(Admitted::Call(call))
    }

    /// A page of another site can make a browser send requests here, by a name of its own that
    /// leads here. Such a request has that name as its host.
    fn is_own_host(&self, headers: &HeaderMap) -> bool {
        let Some(authority) =
            headers.get(header::HOST).and_then(|host| Authority::try_from(host.as_bytes()).ok())
        else {
            return false;
        };
        let host = without_brackets(authority.host());
        if host.eq_ignore_ascii_case("localhost") || host.eq_ignore_ascii_case(&self.host) {
            return true;
        }
        // Where it listens on all addresses, each of them is its own. No site can have an address
        // for its name.
        let is_own = |ip: IpAddr| ip.is_loopback() || ip == self.address || self.address.is_unspecified();
        host.parse().is_ok_and(is_own)
    }

    fn has_token(&self, headers: &HeaderMap) -> bool {
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else { return false };
        let Some((scheme, token)) = value.as_bytes().split_at_checked("Bearer ".len()) else { return false };
        let expected = self.token().expose().as_bytes();
        scheme.eq_ignore_ascii_case(b"Bearer ") && token.ct_eq(expected).into()
    }
}

impl Call {
    /// The same request, with its body.
    pub(crate) fn with_body(mut self, body: Bytes) -> Self {
        self.body = body;
        self
    }
}

/// Whether a request comes from the page, or from no page at all. A browser says from which site a
/// script sends a request, and that it does not say is `null`.
fn is_own_origin(headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let Some(origin) = origins.next() else { return true };
    let authority = |origin: &HeaderValue| {
        let (_, authority) = origin.to_str().ok()?.split_once("://")?;
        Some(authority.to_ascii_lowercase())
    };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).map(str::to_ascii_lowercase);
    origins.next().is_none() && host.is_some() && authority(origin) == host
}

fn without_brackets(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}
