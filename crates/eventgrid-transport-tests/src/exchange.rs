//! One request sent through a subject, and its outcome.

use std::time::Duration;

use eventgrid::calls::RequestContext;
use eventgrid::calls::{Call, Publish, Receive, ReceiveOptions};
use eventgrid::credential::CredentialRequest;
use eventgrid::{
    AccessKey, Buf, CloudEvent, Data, Limits, NamespaceTopic, Progress, ReceivedResponse, Response,
    Subscription, Transport, TransportError, TransportErrorKind,
};

use crate::subject::{Failure, Subject};

/// The credential of every request.
pub(crate) const KEY: &str = "c2VjcmV0IG9mIHRoZSBzdWl0ZQ==";

/// More than any response of the suite, except those that must not fit.
const PLENTY: usize = 64 << 20;

/// The outcome of a request.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) result: Result<(), Failure>,
    pub(crate) status: u16,
    /// Whether there was more of the body than fits.
    pub(crate) is_full: bool,
    /// Each header that was shown to the head.
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    pub(crate) progress: Progress,
}

impl Outcome {
    /// Asserts that a response came, and that it is this one.
    #[track_caller]
    pub(crate) fn assert_response(&self, status: u16, body: &[u8]) {
        assert!(self.result.is_ok(), "{:?}", self.result);
        assert_eq!((self.status, self.is_full), (status, false));
        assert!(self.body == body, "{} bytes instead of {}", self.body.len(), body.len());
    }

    /// Asserts that no response came, and why.
    #[track_caller]
    pub(crate) fn assert_failure(&self, kind: TransportErrorKind, may_have_been_sent: bool) {
        let failure = self.result.as_ref().expect_err("no response should have come");
        assert_eq!((failure.kind(), failure.may_have_been_sent()), (kind, may_have_been_sent), "{failure}");
    }

    /// Asserts that nothing was sent, why, and that the error and its causes say so.
    #[track_caller]
    pub(crate) fn assert_failure_saying(&self, kind: TransportErrorKind, words: &[&str]) {
        self.assert_failure(kind, false);
        let text = self.result.as_ref().expect_err("no response should have come").to_string();
        for word in words {
            assert!(text.contains(word), "`{text}` does not say `{word}`");
        }
    }
}

/// A request that a row can send several times.
pub(crate) struct Exchange {
    call: Kind,
    buffer: Buffer,
    limits: Limits,
}

enum Kind {
    Publish(NamespaceTopic<'static>, String),
    Receive(Subscription<'static>, Duration),
}

#[derive(Clone, Copy)]
enum Buffer {
    Growable(usize),
    Slice(usize),
}

impl Exchange {
    /// Publishes an event with some data.
    pub(crate) fn publish(endpoint: impl Into<String>) -> Self {
        Self::publish_text(endpoint, "71 °C")
    }

    /// Publishes an event with that text as its data.
    pub(crate) fn publish_text(endpoint: impl Into<String>, text: impl Into<String>) -> Self {
        let topic = NamespaceTopic::new(endpoint.into(), "readings of today").unwrap();
        Self::new(Kind::Publish(topic, text.into()))
    }

    /// Receives, and lets the service wait this long with its response.
    pub(crate) fn receive(endpoint: impl Into<String>, wait: Duration) -> Self {
        let subscription = Subscription::new(endpoint.into(), "readings", "alarms").unwrap();
        Self::new(Kind::Receive(subscription, wait))
    }

    fn new(call: Kind) -> Self {
        Self { call, buffer: Buffer::Growable(PLENTY), limits: Limits::new() }
    }

    /// Accepts this many bytes of the response's body, in a buffer that grows.
    pub(crate) fn growing_to(mut self, limit: usize) -> Self {
        self.buffer = Buffer::Growable(limit);
        self
    }

    /// Accepts this many bytes of the response's body, in a buffer of that length.
    pub(crate) fn into_slice(mut self, length: usize) -> Self {
        self.buffer = Buffer::Slice(length);
        self
    }

    /// Gives the request limits of its own.
    pub(crate) fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    pub(crate) fn send(&self, subject: &Subject) -> Outcome {
        self.inspect(|request, response| subject.send(&request.with_limits(self.limits), response))
    }

    /// Calls `send` as a client does, with the request and with room for the response.
    pub(crate) fn inspect(
        &self,
        send: impl FnOnce(&eventgrid::Request<'_>, &mut Response<'_>) -> Result<(), Failure>,
    ) -> Outcome {
        match &self.call {
            Kind::Publish(topic, text) => {
                let event =
                    CloudEvent::new("1", "urn:plant/boiler", "Reading").with_data(Data::text(text.as_str()));
                perform(&Publish::new(topic, &event), self.buffer, send)
            }
            Kind::Receive(subscription, wait) => {
                let options = ReceiveOptions::new().max_wait_time(*wait).without_limits();
                perform(&Receive::new(subscription, options), self.buffer, send)
            }
        }
    }
}

fn perform(
    call: &impl Call,
    buffer: Buffer,
    send: impl FnOnce(&eventgrid::Request<'_>, &mut Response<'_>) -> Result<(), Failure>,
) -> Outcome {
    let mut tx = Vec::new();
    let mut tx = Buf::growable(&mut tx, PLENTY);
    let encoded = call.encode(&RequestContext::default(), &mut tx).unwrap();
    let whom = CredentialRequest::new(call.endpoint_kind(), call.endpoint(), None);
    encoded.authorize(&mut tx, &AccessKey::new(KEY), &whom).unwrap();

    let mut storage = Vec::new();
    let rx = match buffer {
        Buffer::Growable(limit) => Buf::growable(&mut storage, limit),
        Buffer::Slice(length) => {
            storage.resize(length, 0);
            Buf::new(&mut storage)
        }
    };
    let mut headers = Vec::new();
    let mut sink = |name: &str, value: &[u8]| headers.push((name.to_owned(), value.to_vec()));
    let mut response = Response::new(rx).with_headers(&mut sink);
    let result = send(&encoded.request(&tx), &mut response);
    let body = response.body().to_vec();
    let ReceivedResponse { head, is_full, progress, .. } = response.finish();
    Outcome { result, status: head.status(), is_full, headers, body, progress }
}
