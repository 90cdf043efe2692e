//! The transport: one request and its response.

use std::fmt;
use std::io::Read;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use eventgrid::{Limits, Open, ReadBody, Request, Response, Transport};
use ureq::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, TRANSFER_ENCODING};
use ureq::http::{self, HeaderName, HeaderValue};

use crate::proxy::Proxies;
use crate::socket::Attempt;
use crate::{Builder, Error};

/// For so many headers there is room at once: those of the client, what HTTP needs, and a trace.
const ROOM: usize = 12;

/// What is asked of a growing buffer at a time, if the response does not say how long it is.
const PIECE: usize = 8 << 10;

/// Sends requests by ureq. A clone shares the connections.
///
/// It may be shared by any number of threads.
#[derive(Debug, Clone)]
pub struct Ureq(Arc<Inner>);

struct Inner {
    /// It has the connections; to close them, it is replaced.
    agent: RwLock<ureq::Agent>,
    make_agent: Box<dyn Fn() -> ureq::Agent + Send + Sync>,
    proxies: Proxies,
    limits: Limits,
}

/// Whether a response is in chunks and has a length, too: then chunks win, and the connection is
/// closed after it (RFC 9112, 6.3).
fn is_ambiguous(headers: &http::HeaderMap) -> bool {
    headers.contains_key(TRANSFER_ENCODING) && headers.contains_key(CONTENT_LENGTH)
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

    pub(crate) fn with_agents(
        make_agent: impl Fn() -> ureq::Agent + Send + Sync + 'static,
        proxies: Proxies,
        limits: Limits,
    ) -> Self {
        let agent = RwLock::new(make_agent());
        Self(Arc::new(Inner { agent, make_agent: Box::new(make_agent), proxies, limits }))
    }

    fn agent(&self) -> ureq::Agent {
        self.0.agent.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The request as ureq takes it.
    fn prepare<'r>(
        &self,
        agent: &ureq::Agent,
        request: &Request<'r>,
    ) -> Result<http::Request<&'r [u8]>, Error> {
        let mut prepared = http::Request::new(request.body());
        *prepared.method_mut() = request.method().parse().map_err(Error::unsendable)?;
        *prepared.uri_mut() = request.url().parse().map_err(Error::unsendable)?;
        let headers = prepared.headers_mut();
        headers.reserve(ROOM);
        for header in request.headers() {
            let name = HeaderName::from_bytes(header.name().as_bytes()).map_err(Error::unsendable)?;
            let mut value = HeaderValue::from_str(header.value()).map_err(Error::unsendable)?;
            value.set_sensitive(header.is_sensitive());
            headers.append(name, value);
        }
        headers.entry(ACCEPT_ENCODING).or_insert(HeaderValue::from_static("identity"));
        match self.0.proxies.on_the_way_of(request).map_err(Error::misconfigured)? {
            None => Ok(prepared),
            Some(proxy) => Ok(agent.configure_request(prepared).proxy(Some(proxy.clone())).build()),
        }
    }

    /// Sends the request and takes the head of its response. Returns its body, and whether its
    /// connection is not to be used again.
    fn begin(
        &self,
        attempt: &mut Attempt,
        request: &Request<'_>,
        response: &mut Response<'_>,
    ) -> Result<(ureq::Body, bool), Error> {
        if cfg!(not(feature = "rustls-bundled-roots")) && request.is_https() {
            return Err(Error::without_tls());
        }
        let agent = self.agent();
        let prepared = self.prepare(&agent, request)?;
        let received = attempt.run(|| agent.run(prepared));
        let received = received.map_err(|error| Error::from_ureq(error, attempt.may_have_been_sent()))?;
        attempt.head_is_complete(Instant::now());
        response.begin(received.status().as_u16());
        for (name, value) in received.headers() {
            response.header(name.as_str(), value.as_bytes());
        }
        match received.headers().get(CONTENT_ENCODING) {
            Some(coding) if !coding.as_bytes().eq_ignore_ascii_case(b"identity") => {
                Err(Error::encoded(coding.as_bytes()))
            }
            _ => {
                let is_last = is_ambiguous(received.headers());
                Ok((received.into_body(), is_last))
            }
        }
    }

    fn attempt(&self, request: &Request<'_>) -> Attempt {
        Attempt::new(request.limits().or(self.0.limits), request.wait(), Instant::now())
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
        let mut attempt = self.attempt(request);
        let sent = self.begin(&mut attempt, request, response).and_then(|(body, is_last)| {
            let received = attempt.run(|| receive(body, is_last, response));
            received.map_err(Error::from_io)
        });
        attempt.report(response);
        sent.map_err(|error| error.at(request))
    }

    /// Closes the connections that are kept; those in use are closed when their response is
    /// complete.
    fn close(&self) {
        let fresh = (self.0.make_agent)();
        let last = {
            let mut agent = self.0.agent.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *agent, fresh)
        };
        drop(last);
    }
}

/// Reads the body straight into the response.
fn receive(body: ureq::Body, is_last: bool, response: &mut Response<'_>) -> std::io::Result<()> {
    if is_last {
        Attempt::set_last();
    }
    let mut wanted = PIECE;
    if let Some(length) = body.content_length() {
        response.expect(length);
        wanted = 1;
    }
    let mut body = body.into_reader();
    while !response.is_full() {
        match body.read(response.room(wanted))? {
            // Read to its end, the connection goes back to the pool.
            0 => break,
            read => response.advance(read),
        }
    }
    Ok(())
}

impl Open for Ureq {
    type Body<'t> = ResponseBody;

    fn open(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<ResponseBody, Error> {
        let mut attempt = self.attempt(request);
        let begun = self.begin(&mut attempt, request, response);
        attempt.report(response);
        let (body, is_last) = begun.map_err(|error| error.at(request))?;
        Ok(ResponseBody { reader: body.into_reader(), is_last, attempt })
    }
}

/// The body of a response that is still coming in. Dropped before its end, it closes the
/// connection.
pub struct ResponseBody {
    reader: ureq::BodyReader<'static>,
    is_last: bool,
    attempt: Attempt,
}

impl ReadBody for ResponseBody {
    type Error = Error;

    fn read(&mut self, room: &mut [u8]) -> Result<usize, Error> {
        let Self { reader, is_last, attempt } = self;
        let read = || {
            if *is_last {
                Attempt::set_last();
            }
            reader.read(room)
        };
        attempt.run(read).map_err(Error::from_io)
    }
}

impl fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody").finish_non_exhaustive()
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use eventgrid::calls::{Call as _, Publish};
    use eventgrid::credential::CredentialRequest;
    use eventgrid::encode::RequestContext;
    use eventgrid::{AccessKey, CloudEvent, NamespaceTopic, Realm};
    use eventgrid::{Buf, Endpoint};

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
        let transport = Ureq::builder().without_proxy().build();
        let request = encoded.request(&tx);
        let prepared = transport.prepare(&transport.agent(), &request).unwrap();
        let sensitive = prepared.headers().iter().filter(|(_, value)| value.is_sensitive());
        assert_eq!(sensitive.map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["authorization"]);
    }
}
