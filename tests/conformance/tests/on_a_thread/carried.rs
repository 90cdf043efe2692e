//! A request and its response, owned, so that they can be sent to another thread.

use std::time::Duration;

use eventgrid::{AsyncTransport, Buf, Limits, Progress, ReceivedResponse, Replay, Request, Response};
use eventgrid_transport_tests::Failure;

/// A request, by value.
pub(crate) struct CarriedRequest {
    method: String,
    url: String,
    headers: String,
    credential: String,
    body: Vec<u8>,
    wait: Duration,
    replay: Replay,
    limits: Limits,
    /// How large the response's body may be.
    room: usize,
}

/// A response, or what came of it, by value.
pub(crate) struct CarriedResponse {
    result: Result<(), Failure>,
    status: u16,
    is_full: bool,
    progress: Progress,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl CarriedRequest {
    pub(crate) fn new(request: &Request<'_>, response: &Response<'_>) -> Self {
        Self {
            method: request.method().to_owned(),
            url: request.url().to_owned(),
            headers: request.header_lines().to_owned(),
            credential: request.credential_lines().to_owned(),
            body: request.body().to_vec(),
            wait: request.wait(),
            replay: request.replay(),
            limits: request.limits(),
            room: response.limit(),
        }
    }

    /// Sends it, and takes the response.
    pub(crate) async fn send(&self, transport: &impl AsyncTransport) -> CarriedResponse {
        let request = Request::new(&self.method, &self.url)
            .with_headers(&self.headers)
            .with_credential(&self.credential)
            .with_body(&self.body)
            .with_wait(self.wait)
            .with_replay(self.replay)
            .with_limits(self.limits);
        let mut rx = Vec::new();
        let mut headers = Vec::new();
        let mut sink = |name: &str, value: &[u8]| headers.push((name.to_owned(), value.to_vec()));
        let mut response = Response::new(Buf::growable(&mut rx, self.room)).with_headers(&mut sink);
        let sent = transport.send(&request, &mut response).await;
        let result = sent.map_err(|error| Failure::new(&error));
        let body = response.body().to_vec();
        let ReceivedResponse { head, is_full, progress, .. } = response.finish();
        CarriedResponse { result, status: head.status(), is_full, progress, headers, body }
    }
}

impl CarriedResponse {
    /// Shows it as the transport did.
    pub(crate) fn show(self, response: &mut Response<'_>) -> Result<(), Failure> {
        if self.status != 0 {
            response.begin(self.status);
        }
        for (name, value) in &self.headers {
            response.header(name, value);
        }
        response.write(&self.body);
        if self.is_full {
            response.write(b"what was left out");
        }
        response.set_sent(self.progress.sent);
        if let Some(after) = self.progress.first_byte {
            response.set_first_byte(after);
        }
        self.result
    }
}
