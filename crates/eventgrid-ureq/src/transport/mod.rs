//! The transport: its options, and one request and its response.
//!
//! What happens on a connection is in `socket`, and how connections are opened and read in
//! `connection`.

mod builder;

pub use builder::UreqBuilder;

use std::fmt;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use eventgrid::{Limits, Open, ReadBody, Request, Response, Transport};
use eventgrid_transport::http1::{Framing, Head};
use ureq::http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use ureq::http::{self, HeaderName, HeaderValue, Uri};

use crate::agents::Agents;
use crate::error::Error;
use crate::proxy::Proxies;
use crate::socket::{Attempt, Ending};

/// How many headers there is room for from the beginning: those of the client, those that HTTP
/// needs, and those of a trace.
const ROOM: usize = 12;

/// The names of the usual headers, which need no parsing.
static USUAL_HEADERS: [HeaderName; 5] =
    [ACCEPT, USER_AGENT, HeaderName::from_static("x-ms-client-request-id"), CONTENT_TYPE, AUTHORIZATION];

/// How many parsed URLs are kept: as many as a consumer uses in turn.
const URLS: usize = 4;

/// How much room is requested from a growing buffer at a time, if the response does not state its
/// length.
const PIECE: usize = 8 << 10;

/// A transport that sends requests by ureq. Clones share the connections.
///
/// Any number of threads can share it.
#[derive(Debug, Clone)]
pub struct Ureq(Arc<Inner>);

struct Inner {
    agents: Agents,
    proxies: Proxies,
    limits: Limits,
    /// The URLs of the last requests, beginning with the one that was parsed last.
    urls: Mutex<Vec<(Box<str>, Uri)>>,
}

/// A response whose head has come.
struct Begun {
    body: ureq::Body,
    ending: Ending,
    /// The agent that sends the request, kept until the body has come.
    agent: Arc<ureq::Agent>,
}

impl Ureq {
    /// A transport with the default options, and the proxy that the environment names.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A transport with options of your own.
    pub fn builder() -> UreqBuilder {
        UreqBuilder::default()
    }

    pub(crate) fn with_agents(
        make_agent: impl Fn() -> ureq::Agent + Send + Sync + 'static,
        proxies: Proxies,
        limits: Limits,
    ) -> Self {
        let urls = Mutex::default();
        Self(Arc::new(Inner { agents: Agents::new(make_agent), proxies, limits, urls }))
    }

    /// Ends all requests, including those that wait for events, and closes all connections. Call it
    /// at the end of a program.
    ///
    /// It is final, for all clones. A request in progress ends at once with an error that is not
    /// retried, of the kind
    /// [`TransportErrorKind::Configuration`](eventgrid::TransportErrorKind::Configuration), which
    /// says whether the request may have been sent. Every later request fails in the same way, and
    /// [`close`](Transport::close) has no effect. Only a request that is resolving a host's name or
    /// opening a connection at that moment ends later, by its time limit.
    ///
    /// A long poll that must end alone needs a transport of its own, with connections of its own:
    ///
    /// ```no_run
    /// use eventgrid_ureq::eventgrid::{AccessKey, ReceiveOptions, Std, Subscription};
    /// use eventgrid_ureq::{Client, Consumer, Ureq};
    ///
    /// # fn example(subscription: Subscription<'static>) {
    /// let transport = Ureq::new();
    /// let client = Client::new(transport.clone(), Std, AccessKey::new("c2VjcmV0"));
    /// let consumer = Consumer::new(client, subscription);
    /// std::thread::spawn(move || while let Ok(batch) = consumer.receive(ReceiveOptions::new()) {
    ///     // Handle the events.
    /// #   drop(batch);
    /// });
    /// // Later, such as on SIGTERM:
    /// transport.shutdown();
    /// # }
    /// ```
    ///
    /// Events that the service has locked for such a poll are delivered again when their locks
    /// expire.
    pub fn shutdown(&self) {
        self.0.agents.shut_down();
    }

    /// The error, or that of the shutdown if the transport was shut down.
    fn ended(&self, error: Error) -> Error {
        if self.0.agents.are_shut_down() { Error::shut_down(Some(error)) } else { error }
    }

    /// Parses a URL into the form that ureq takes.
    fn uri(&self, url: &str) -> Result<Uri, Error> {
        let mut urls = self.0.urls.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, uri)) = urls.iter().find(|(known, _)| **known == *url) {
            return Ok(uri.clone());
        }
        let uri: Uri = url.parse().map_err(Error::unsendable)?;
        urls.truncate(URLS - 1);
        urls.insert(0, (url.into(), uri.clone()));
        Ok(uri)
    }

    /// The request in the form that ureq takes.
    fn prepare<'r>(
        &self,
        agent: &ureq::Agent,
        request: &Request<'r>,
    ) -> Result<http::Request<&'r [u8]>, Error> {
        let mut prepared = http::Request::new(request.body());
        *prepared.method_mut() = request.method().parse().map_err(Error::unsendable)?;
        *prepared.uri_mut() = self.uri(request.url())?;
        let headers = prepared.headers_mut();
        headers.reserve(ROOM);
        for header in request.headers() {
            let name = name(header.name())?;
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

    /// Sends the request and passes on the head of its response.
    fn begin(
        &self,
        attempt: &mut Attempt,
        request: &Request<'_>,
        response: &mut Response<'_>,
    ) -> Result<Begun, Error> {
        if cfg!(not(feature = "rustls-bundled-roots")) && request.is_https() {
            return Err(Error::without_tls());
        }
        let agent = self.0.agents.current().ok_or_else(|| Error::shut_down(None))?;
        let prepared = self.prepare(&agent, request)?;
        let received = attempt.run(|| agent.run(prepared));
        let received = received.map_err(|error| Error::from_ureq(error, attempt.may_have_been_sent()))?;
        attempt.head_is_complete(Instant::now());
        response.begin(received.status().as_u16());
        let headers = || received.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        headers().for_each(|(name, value)| response.header(name, value));
        let is_http_1_0 = received.version() == http::Version::HTTP_10;
        let head = Head::of(request, received.status().as_u16(), is_http_1_0, headers());
        let head = head.map_err(Error::unreadable)?;
        let with_connection = head.framing == Framing::UntilClose;
        let ending = Ending { is_last: !head.keeps_connection, with_connection };
        Ok(Begun { body: received.into_body(), ending, agent })
    }

    fn attempt(&self, request: &Request<'_>) -> Attempt {
        Attempt::new(request.limits().or(self.0.limits), request.wait(), Instant::now())
    }
}

fn name(text: &str) -> Result<HeaderName, Error> {
    match USUAL_HEADERS.iter().find(|name| name.as_str() == text) {
        Some(name) => Ok(name.clone()),
        None => HeaderName::from_bytes(text.as_bytes()).map_err(Error::unsendable),
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
        let sent =
            self.begin(&mut attempt, request, response).and_then(|Begun { body, ending, agent: _agent }| {
                let received = attempt.run(|| receive(body, ending, response));
                received.map_err(Error::from_io)
            });
        attempt.report(response);
        sent.map_err(|error| self.ended(error.at(request)).at(request))
    }

    /// Closes the connections that are kept. Those in use are closed when their response is
    /// complete.
    fn close(&self) {
        self.0.agents.replace();
    }
}

/// Reads the body straight into the response.
fn receive(body: ureq::Body, ending: Ending, response: &mut Response<'_>) -> std::io::Result<()> {
    Attempt::set_ending(ending);
    let mut wanted = PIECE;
    if let Some(length) = body.content_length() {
        response.expect(length);
        wanted = 1;
    }
    let mut body = body.into_reader();
    while !response.is_full() {
        match body.read(response.room(wanted))? {
            // When the body is read to its end, the connection goes back to the pool.
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
        let Begun { body, ending, agent } =
            begun.map_err(|error| self.ended(error.at(request)).at(request))?;
        Ok(ResponseBody {
            reader: body.into_reader(),
            ending,
            attempt,
            transport: self.clone(),
            _agent: agent,
        })
    }
}

/// The body of a response that is still coming in. If it is dropped before its end was read, its
/// connection is closed.
pub struct ResponseBody {
    reader: ureq::BodyReader<'static>,
    ending: Ending,
    attempt: Attempt,
    transport: Ureq,
    _agent: Arc<ureq::Agent>,
}

impl ReadBody for ResponseBody {
    type Error = Error;

    fn read(&mut self, room: &mut [u8]) -> Result<usize, Error> {
        let Self { reader, ending, attempt, .. } = self;
        let read = || {
            Attempt::set_ending(*ending);
            reader.read(room)
        };
        attempt.run(read).map_err(|error| self.transport.ended(Error::from_io(error)))
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
    use eventgrid::calls::RequestContext;
    use eventgrid::calls::{Call as _, Publish};
    use eventgrid::credential::CredentialRequest;
    use eventgrid::{AccessKey, CloudEvent, EndpointKind, NamespaceTopic};
    use eventgrid::{Buf, Endpoint};

    #[test]
    fn a_few_urls_are_kept_and_each_is_the_one_that_was_asked_for() {
        let transport = Ureq::builder().without_proxy().build();
        for _ in 0..2 {
            for number in 0..2 * URLS {
                let url = format!("http://a.example/{number}?x");
                assert_eq!(transport.uri(&url).unwrap(), *url);
                assert_eq!(transport.uri(&url).unwrap(), *url);
                assert!(transport.uri("http://a.example/ /").is_err());
            }
        }
        assert_eq!(transport.0.urls.lock().unwrap().len(), URLS);
    }

    #[test]
    fn the_credential_is_marked_as_sensitive_and_nothing_else_is() {
        let topic = NamespaceTopic::new("http://localhost", "readings").unwrap();
        let event = CloudEvent::new("1", "urn:plant", "Reading");
        let publish = Publish::new(&topic, &event);
        let mut storage = [0; 1024];
        let mut tx = Buf::new(&mut storage);
        let encoded = publish.encode(&RequestContext::default(), &mut tx).unwrap();
        let endpoint = Endpoint::new("http://localhost").unwrap();
        let credential_request = CredentialRequest::new(EndpointKind::Namespace, &endpoint, None);
        encoded.authorize(&mut tx, &AccessKey::new("a2V5"), &credential_request).unwrap();
        let transport = Ureq::builder().without_proxy().build();
        let request = encoded.request(&tx);
        let prepared = transport.prepare(&transport.0.agents.current().unwrap(), &request).unwrap();
        let sensitive = prepared.headers().iter().filter(|(_, value)| value.is_sensitive());
        assert_eq!(sensitive.map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["authorization"]);
    }
}
