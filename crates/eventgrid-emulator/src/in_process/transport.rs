//! Requests and responses, handed over.

use std::future::poll_fn;

use bytes::Bytes;
use eventgrid::{
    Request, Response, SendAsyncSleep, SendAsyncTransport, Sleep, Transport, TransportError,
    TransportErrorKind,
};
use http::Response as Reply;

use super::InProcess;
use super::workers::Worker;
use crate::fault::TransportFault;
use crate::service::{Outcome, WaiterId};

/// Why no complete response came from an [`InProcess`] emulator.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InProcessError {
    /// The request cannot be sent by HTTP.
    #[error("the request is not valid in HTTP")]
    Request(#[from] http::Error),
    /// The connection broke before the response was complete: a fault was injected.
    #[error("the emulator was told to break the connection here")]
    Interrupted,
}

impl TransportError for InProcessError {
    fn kind(&self) -> TransportErrorKind {
        match self {
            Self::Request(_) => TransportErrorKind::Configuration,
            Self::Interrupted => TransportErrorKind::Interrupted,
        }
    }

    fn may_have_been_sent(&self) -> bool {
        match self {
            Self::Request(_) => false,
            Self::Interrupted => true,
        }
    }
}

/// Waits by moving the clock.
impl Transport for InProcess {
    type Error = InProcessError;

    fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), InProcessError> {
        let request = to_http(request)?;
        let worker = Worker::current();
        let outcome = self.work(|state| {
            let outcome = state.emulator.begin(state.now, &request);
            match &outcome {
                Outcome::Done(response) => state.hand_to(&worker, response),
                Outcome::Waiting(waiter) => state.block(*waiter, &worker),
            }
            outcome
        });
        let reply = match outcome {
            Outcome::Done(response) => response,
            Outcome::Waiting(waiter) => self.wait(waiter, &worker),
        };
        let fault = fault_of(&reply);
        let duration = fault.delay + fault.duration_of(fault.sent(reply.body().len()));
        if !duration.is_zero() {
            Sleep::sleep(self, duration);
        }
        hand_over(&reply, fault, response)
    }
}

/// Waits until the clock is moved or an event comes.
impl SendAsyncTransport for InProcess {
    type Error = InProcessError;

    async fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), InProcessError> {
        let request = to_http(request)?;
        let outcome = self.work(|state| {
            let outcome = state.emulator.begin(state.now, &request);
            if let Outcome::Done(response) = &outcome {
                state.hand_to(&Worker::current(), response);
            }
            outcome
        });
        let reply = match outcome {
            Outcome::Done(reply) => reply,
            Outcome::Waiting(waiter) => Receiving { namespace: self, waiter }.reply().await,
        };
        let fault = fault_of(&reply);
        let duration = fault.delay + fault.duration_of(fault.sent(reply.body().len()));
        if !duration.is_zero() {
            SendAsyncSleep::sleep(self, duration).await;
        }
        hand_over(&reply, fault, response)
    }
}

/// A receive that waits. Dropped before its end, it takes no events.
struct Receiving<'a> {
    namespace: &'a InProcess,
    waiter: WaiterId,
}

impl Receiving<'_> {
    async fn reply(&self) -> Reply<Bytes> {
        poll_fn(|context| self.namespace.work(|state| state.poll_receive(self.waiter, context.waker()))).await
    }
}

impl Drop for Receiving<'_> {
    fn drop(&mut self) {
        self.namespace.work(|state| state.forget_receive(self.waiter));
    }
}

fn to_http(request: &Request<'_>) -> Result<http::Request<Bytes>, http::Error> {
    let mut builder = http::Request::builder().method(request.method()).uri(request.url());
    for header in request.headers() {
        builder = builder.header(header.name(), header.value());
    }
    builder.body(Bytes::copy_from_slice(request.body()))
}

fn fault_of(reply: &Reply<Bytes>) -> TransportFault {
    reply.extensions().get::<TransportFault>().copied().unwrap_or_default()
}

/// Hands over as much of a response as a fault lets through.
fn hand_over(
    reply: &Reply<Bytes>,
    fault: TransportFault,
    response: &mut Response<'_>,
) -> Result<(), InProcessError> {
    if fault.has_no_response() {
        return Err(InProcessError::Interrupted);
    }
    response.begin(reply.status().as_u16());
    for (name, value) in reply.headers() {
        response.header(name.as_str(), value.as_bytes());
    }
    response.expect(reply.body().len() as u64);
    response.write(&reply.body()[..fault.sent(reply.body().len())]);
    if fault.breaks(reply.body().len()) { Err(InProcessError::Interrupted) } else { Ok(()) }
}
