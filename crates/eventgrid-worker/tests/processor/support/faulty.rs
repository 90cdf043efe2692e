//! A network that fails when it is told to, and records the requests.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use eventgrid::{
    Buf, Request, Response, SendAsyncSleep, SendAsyncTransport, TransportError, TransportErrorKind,
};
use eventgrid_emulator::InProcess;

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing of it left.
    NotSent,
    /// It arrived, but its response does not.
    ResponseLost,
    /// The service responds with that status, and does nothing.
    Status(u16),
    /// The service responds with that body, and does nothing.
    Response(&'static str),
    /// The service responds with that status, and says when to retry.
    RetryAfter(u16, &'static str),
    /// There is never a response.
    Hangs,
    /// The response does not fit into the buffer.
    TooLarge,
    /// The first byte of the response comes in time, the last one so much later.
    SlowBody(Duration),
    /// The connection breaks when that many percent of the response's body have come.
    Cut(usize),
    /// The service settles all but one: the first token that ever had this fault, with a code that
    /// nobody knows.
    Strange,
    /// Nothing: this one passes.
    None,
}

/// The connection was cut.
#[derive(Debug, thiserror::Error)]
#[error("the connection was cut")]
pub(crate) struct Cut {
    sent: bool,
    kind: TransportErrorKind,
}

impl Cut {
    pub(crate) const BEFORE: Self = Self { sent: false, kind: TransportErrorKind::Connect };
    pub(crate) const AFTER: Self = Self { sent: true, kind: TransportErrorKind::Interrupted };
}

impl TransportError for Cut {
    fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    fn may_have_been_sent(&self) -> bool {
        self.sent
    }
}

#[derive(Clone)]
pub(crate) struct Faulty {
    namespace: InProcess,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// What goes wrong with the next requests of an operation.
    faults: Vec<(&'static str, VecDeque<Fault>)>,
    /// The requests so far: operation and how many lock tokens, or how many events were asked for.
    requests: Vec<(String, usize)>,
    strange: Option<String>,
}

impl Faulty {
    pub(crate) fn new(namespace: InProcess) -> Self {
        Self { namespace, state: Arc::default() }
    }

    /// What goes wrong with the next requests of an operation, such as `acknowledge`.
    pub(crate) fn fail(&self, operation: &'static str, faults: impl IntoIterator<Item = Fault>) {
        let mut state = self.state.lock().unwrap();
        state.faults.retain(|(known, _)| *known != operation);
        state.faults.push((operation, faults.into_iter().collect()));
    }

    /// The requests of an operation so far: how many lock tokens each had, or how many events it
    /// asked for.
    pub(crate) fn requests(&self, operation: &str) -> Vec<usize> {
        let state = self.state.lock().unwrap();
        state.requests.iter().filter(|(known, _)| known == operation).map(|(_, size)| *size).collect()
    }

    /// A response that settles all tokens but the strange one.
    fn strange(&self, body: &[u8]) -> String {
        let body: serde_json::Value = serde_json::from_slice(body).unwrap();
        let tokens = body["lockTokens"].as_array().unwrap().iter().map(|token| token.as_str().unwrap());
        let strange = &mut self.state.lock().unwrap().strange;
        let strange = strange.get_or_insert_with(|| tokens.clone().next().unwrap().to_owned());
        let succeeded: Vec<_> = tokens.clone().filter(|token| *token != strange.as_str()).collect();
        let failed: Vec<_> = tokens
            .filter(|token| *token == strange.as_str())
            .map(|token| serde_json::json!({"lockToken": token, "error": {"code": "Busy", "message": ""}}))
            .collect();
        serde_json::json!({"succeededLockTokens": succeeded, "failedLockTokens": failed}).to_string()
    }

    fn next(&self, request: &Request<'_>) -> Fault {
        let path = request.path_and_query();
        let operation = path.rsplit(':').next().unwrap().split('?').next().unwrap().to_owned();
        let size = match path.split("maxEvents=").nth(1) {
            Some(rest) => rest.split('&').next().unwrap().parse().unwrap(),
            None => String::from_utf8_lossy(request.body()).matches('"').count().saturating_sub(2) / 2,
        };
        let mut state = self.state.lock().unwrap();
        let fault = state.faults.iter_mut().find(|(known, _)| *known == operation);
        let fault = fault.and_then(|(_, faults)| faults.pop_front()).unwrap_or(Fault::None);
        state.requests.push((operation, size));
        fault
    }
}

impl SendAsyncTransport for Faulty {
    type Error = Cut;

    async fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Cut> {
        let fault = self.next(request);
        match fault {
            Fault::NotSent => return Err(Cut::BEFORE),
            Fault::TooLarge => {
                response.begin(200);
                response.write(br#"{"value":[{"brokerProperties":{"lockToken":""#);
                while !response.is_full() {
                    response.write(&[b'x'; 10_000]);
                }
            }
            Fault::Hangs => std::future::pending().await,
            Fault::Status(status) => response.begin(status),
            Fault::RetryAfter(status, after) => {
                response.begin(status);
                response.header("retry-after", after.as_bytes());
            }
            Fault::Response(body) => {
                response.begin(200);
                response.write(body.as_bytes());
            }
            Fault::Cut(percent) => {
                cut_short(&self.namespace, request, response, percent).await?;
                response.set_first_byte(Duration::ZERO);
                return Err(Cut::AFTER);
            }
            Fault::Strange => {
                response.begin(200);
                response.write(self.strange(request.body()).as_bytes());
            }
            Fault::SlowBody(_) | Fault::ResponseLost | Fault::None => {
                let began = self.namespace.now();
                let sent = SendAsyncTransport::send(&self.namespace, request, response).await;
                sent.map_err(|_| Cut::AFTER)?;
                match fault {
                    Fault::ResponseLost => return Err(Cut::AFTER),
                    Fault::SlowBody(time) => {
                        response.set_first_byte(self.namespace.now().saturating_since(began));
                        SendAsyncSleep::sleep(&self.namespace, time).await;
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

/// Of the response's body, that many percent come. What follows is for the caller to say.
pub(crate) async fn cut_short(
    namespace: &InProcess,
    request: &Request<'_>,
    response: &mut Response<'_>,
    percent: usize,
) -> Result<(), Cut> {
    let mut body = Vec::new();
    let mut whole = Response::new(Buf::growable(&mut body, 1 << 20));
    SendAsyncTransport::send(namespace, request, &mut whole).await.map_err(|_| Cut::AFTER)?;
    let received = whole.finish();
    response.begin(received.head.status());
    response.write(&body[..received.len * percent / 100]);
    Ok(())
}
