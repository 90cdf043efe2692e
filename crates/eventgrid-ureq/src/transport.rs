//! The transport: one request and its answer.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use eventgrid::{Buf, BufFull, Request, ResponseHead, Transport};
use ureq::http::{self, HeaderName, HeaderValue};

use crate::proxy::Proxies;
use crate::{Builder, Error};

/// For so many headers there is room at once: those of the client, what HTTP needs, and a trace.
const ROOM: usize = 12;

/// What is asked of a growing buffer at a time, if the answer does not say how long it is.
const PIECE: usize = 8 << 10;

/// The most that is reserved because the answer's `Content-Length` says so: it is only a promise.
const RESERVED: u64 = 1 << 20;

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
    proxies: Proxies,
    response_timeout: Duration,
}

impl Ureq {
    /// A transport with the default options, and the proxies that the environment names.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A transport with options of your own.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn with_agent(agent: ureq::Agent, proxies: Proxies, response_timeout: Duration) -> Self {
        Self(Arc::new(Inner { agent, proxies, response_timeout }))
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
        let proxy = self.0.proxies.on_the_way_of(request).map_err(Error::misconfigured)?;
        if request.hold().is_zero() && proxy.is_none() {
            return Ok(prepared);
        }
        let wait = self.0.response_timeout.saturating_add(request.hold()).min(LONGEST_WAIT);
        let options = self.0.agent.configure_request(prepared).timeout_recv_response(Some(wait));
        Ok(options.proxy(proxy.cloned()).build())
    }

    fn exchange(
        &self,
        request: &Request<'_>,
        head: &mut ResponseHead<'_>,
        body: &mut Buf<'_>,
    ) -> Result<(), Error> {
        if cfg!(not(feature = "rustls-bundled-roots")) && request.is_https() {
            return Err(Error::without_tls());
        }
        let response = self.0.agent.run(self.prepare(request)?).map_err(Error::from_ureq)?;
        head.begin(response.status().as_u16());
        for (name, value) in response.headers() {
            head.header(name.as_str(), value.as_bytes());
        }
        receive(response.into_body(), head, body)
    }
}

impl Default for Ureq {
    fn default() -> Self {
        Self::new()
    }
}

impl Transport for Ureq {
    type Error = Error;

    fn send(
        &self,
        request: &Request<'_>,
        head: &mut ResponseHead<'_>,
        body: &mut Buf<'_>,
    ) -> Result<(), Error> {
        self.exchange(request, head, body).map_err(|error| error.at(request))
    }
}

/// Reads the body straight into the buffer.
fn receive(answer: ureq::Body, head: &mut ResponseHead<'_>, body: &mut Buf<'_>) -> Result<(), Error> {
    let mut wanted = PIECE;
    if let Some(length) = answer.content_length() {
        // One byte more than that, so that the end is seen without growing.
        body.reserve(usize::try_from(length.min(RESERVED)).unwrap_or(0) + 1);
        wanted = 1;
    }
    let mut answer = answer.into_reader();
    loop {
        let spare = body.spare_mut(wanted);
        let full = spare.is_empty();
        // Whether there is more than fits, only one more byte tells.
        let mut beyond = [0];
        let room = if full { &mut beyond[..] } else { spare };
        match answer.read(room).map_err(Error::from_io)? {
            // Read to its end, the connection goes back to the pool.
            0 => return Ok(()),
            _ if full => {
                head.append(body, &beyond).map_err(|BufFull| Error::too_large())?;
                if head.truncated() {
                    return Ok(());
                }
            }
            read => body.advance(read),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use eventgrid::Endpoint;
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
