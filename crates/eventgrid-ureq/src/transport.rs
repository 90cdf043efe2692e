//! The transport: one request and its answer.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use eventgrid::{Endpoint, Request, Response, Transport};
use ureq::http::{self, HeaderName, HeaderValue};

use crate::{Builder, Error};

/// For so many headers there is room at once: those of the client, what HTTP needs, and a trace.
const ROOM: usize = 12;

/// What is asked of a growing buffer at a time, if the answer does not say how long it is.
const PIECE: usize = 8 << 10;

/// A wait for an answer longer than this (100 days) is one without an end.
const LONGEST_WAIT: Duration = Duration::from_secs(100 * 24 * 60 * 60);

/// Sends requests by ureq. A clone shares the connections.
///
/// It may be shared by any number of threads.
#[derive(Debug, Clone)]
pub struct Ureq(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    agent: ureq::Agent,
    response_timeout: Duration,
}

impl Ureq {
    /// A transport with the default options, and the proxy that the environment names.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A transport with options of your own.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn with_agent(agent: ureq::Agent, response_timeout: Duration) -> Self {
        Self(Arc::new(Inner { agent, response_timeout }))
    }

    /// The request as ureq takes it.
    fn prepare<'r>(&self, request: &Request<'r>) -> Result<http::Request<&'r [u8]>, Error> {
        let mut prepared = http::Request::new(request.body());
        *prepared.method_mut() = request.method().parse().map_err(Error::unsendable)?;
        *prepared.uri_mut() = request.url().parse().map_err(Error::unsendable)?;
        prepared.headers_mut().reserve(ROOM);
        for header in request.headers() {
            let name = HeaderName::from_bytes(header.name().as_bytes()).map_err(Error::unsendable)?;
            let mut value = HeaderValue::from_str(header.value()).map_err(Error::unsendable)?;
            value.set_sensitive(header.is_sensitive());
            prepared.headers_mut().append(name, value);
        }
        let agent = &self.0.agent;
        let around_proxy = agent.config().proxy().is_some() && is_loopback(request);
        if request.wait().is_zero() && !around_proxy {
            return Ok(prepared);
        }
        let wait = self.0.response_timeout.saturating_add(request.wait()).min(LONGEST_WAIT);
        let mut options = agent.configure_request(prepared).timeout_recv_response(Some(wait));
        if around_proxy {
            options = options.proxy(None);
        }
        Ok(options.build())
    }
}

impl Default for Ureq {
    fn default() -> Self {
        Self::new()
    }
}

impl Transport for Ureq {
    type Error = Error;

    fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Error> {
        if cfg!(not(feature = "rustls")) && request.is_https() {
            return Err(Error::without_tls());
        }
        let received = self.0.agent.run(self.prepare(request)?).map_err(Error::from_ureq)?;
        response.begin(received.status().as_u16());
        for (name, value) in received.headers() {
            response.header(name.as_str(), value.as_bytes());
        }
        receive(received.into_body(), response)
    }
}

/// Reads the body straight into the response.
fn receive(body: ureq::Body, response: &mut Response<'_>) -> Result<(), Error> {
    let mut wanted = PIECE;
    if let Some(length) = body.content_length() {
        response.expect(length);
        wanted = 1;
    }
    let mut body = body.into_reader();
    while !response.is_full() {
        match body.read(response.room(wanted)).map_err(Error::from_io)? {
            // Read to its end, the connection goes back to the pool.
            0 => break,
            read => response.advance(read),
        }
    }
    Ok(())
}

fn is_loopback(request: &Request<'_>) -> bool {
    Endpoint::new(request.authority()).is_ok_and(|endpoint| endpoint.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use eventgrid::Buf;
    use eventgrid::calls::{Call as _, Publish};
    use eventgrid::credential::CredentialRequest;
    use eventgrid::encode::RequestContext;
    use eventgrid::{AccessKey, CloudEvent, NamespaceTopic, Realm};

    #[test]
    fn the_credential_is_marked_as_sensitive_and_nothing_else_is() {
        let topic = NamespaceTopic::new("http://localhost", "readings").unwrap();
        let publish =
            Publish { target: &topic, events: &CloudEvent::new("1", "urn:plant", "Reading"), trace: None };
        let mut storage = [0; 1024];
        let mut tx = Buf::new(&mut storage);
        let encoded = publish.encode(&RequestContext::default(), &mut tx).unwrap();
        let endpoint = Endpoint::new("http://localhost").unwrap();
        let credential_request = CredentialRequest::new(Realm::Namespace, &endpoint, None);
        encoded.authorize(&mut tx, &AccessKey::new("a2V5"), &credential_request).unwrap();
        let prepared = Ureq::builder().without_proxy().build().prepare(&encoded.request(&tx)).unwrap();
        let sensitive = prepared.headers().iter().filter(|(_, value)| value.is_sensitive());
        assert_eq!(sensitive.map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["authorization"]);
    }
}
