//! A request and its answer on their way between two threads.

use std::time::Duration;

use conformance::Failure;
use eventgrid::credential::{Credential, CredentialError, CredentialRequest};
use eventgrid::encode::{AuthorizationWriter, Encoded, RequestContext, RequestId, UrlWriter};
use eventgrid::{AsyncTransport, Buf, Endpoint, Realm, Request, ResponseHead};

/// A request, by value.
pub(crate) struct CarriedRequest {
    base: String,
    path_and_query: String,
    headers: Vec<(&'static str, String)>,
    credential: Vec<(&'static str, String)>,
    body: Vec<u8>,
    hold: Duration,
    replay: eventgrid::Replay,
    /// How large the answer's body may be.
    limit: usize,
}

/// An answer, or what came of it, by value.
pub(crate) struct CarriedAnswer {
    result: Result<(), Failure>,
    status: u16,
    truncated: bool,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl CarriedRequest {
    pub(crate) fn new(request: &Request<'_>, body: &Buf<'_>) -> Self {
        let scheme = if request.is_https() { "https" } else { "http" };
        let headers = |sensitive| {
            let headers = request.headers().filter(move |header| header.is_sensitive() == sensitive);
            headers.map(|header| (&*header.name().to_owned().leak(), header.value().to_owned())).collect()
        };
        Self {
            base: format!("{scheme}://{}", request.authority()),
            path_and_query: request.path_and_query().to_owned(),
            headers: headers(false),
            credential: headers(true),
            body: request.body().to_vec(),
            hold: request.hold(),
            replay: request.replay(),
            limit: body.limit(),
        }
    }

    /// Sends it, and takes the answer.
    pub(crate) async fn send(&self, transport: &impl AsyncTransport) -> CarriedAnswer {
        let (mut tx, mut rx) = (Vec::new(), Vec::new());
        let mut tx = Buf::growable(&mut tx, usize::MAX);
        let mut rx = Buf::growable(&mut rx, self.limit);
        let encoded = self.encode(&mut tx);
        let mut headers = Vec::new();
        let mut sink = |name: &str, value: &[u8]| headers.push((name.to_owned(), value.to_vec()));
        let mut head = ResponseHead::with_sink(&mut sink);
        let sent = transport.send(&encoded.request(&tx), &mut head, &mut rx).await;
        let result = sent.map_err(|error| Failure::new(&error));
        let (status, truncated) = (head.status(), head.truncated());
        CarriedAnswer { result, status, truncated, headers, body: rx.filled().to_vec() }
    }

    fn encode(&self, tx: &mut Buf<'_>) -> Encoded {
        let endpoint = Endpoint::new(self.base.as_str()).unwrap();
        let mut url = UrlWriter::new(tx, &endpoint).unwrap();
        url.path(&self.path_and_query).unwrap();
        // The writer adds these by itself.
        let id = self.headers.iter().find(|(name, _)| *name == "x-ms-client-request-id").unwrap();
        let half = |range| u64::from_str_radix(&id.1[range], 16).unwrap();
        let request_id = RequestId(half(0..16), half(16..32));
        let mut headers = url.headers(&RequestContext { request_id, ..RequestContext::default() }).unwrap();
        for (name, value) in &self.headers {
            if !["accept", "user-agent", "x-ms-client-request-id"].contains(name) {
                headers.header(name, value).unwrap();
            }
        }
        let mut body = headers.body();
        body.bytes(&self.body).unwrap();
        let encoded = body.end(self.hold, self.replay);
        let whom = CredentialRequest::new(Realm::Namespace, &endpoint, None);
        encoded.authorize(tx, self, &whom).unwrap();
        encoded
    }
}

impl Credential for CarriedRequest {
    fn authorize(
        &self,
        _request: &CredentialRequest<'_>,
        headers: &mut AuthorizationWriter<'_, '_>,
    ) -> Result<(), CredentialError> {
        self.credential.iter().try_for_each(|(name, value)| headers.header(name, value))
    }
}

impl CarriedAnswer {
    /// Shows it as the transport did.
    pub(crate) fn show(self, head: &mut ResponseHead<'_>, body: &mut Buf<'_>) -> Result<(), Failure> {
        if self.status != 0 {
            head.begin(self.status);
        }
        for (name, value) in &self.headers {
            head.header(name, value);
        }
        head.append(body, &self.body).unwrap();
        if self.truncated {
            head.append(body, b"what was left out").unwrap();
        }
        self.result
    }
}
