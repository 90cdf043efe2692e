//! What both colours do round sending: preparing a call, deciding on another try, and reading the answer.

use core::time::Duration;

use crate::calls::Call;
use crate::client::Client;
use crate::client::spans::{OperationSpan, TrySpan};
use crate::credential::{Credential, CredentialError, CredentialRequest};
use crate::encode::{Encoded, RequestContext, RequestId};
use crate::{
    Binary, Buf, Environment, Error, Outcome, Replay, Request, RequestError, ResponseHead, Retry,
    ServiceError, TransportError,
};

/// A call under way.
pub(super) struct Exchange {
    pub(super) span: OperationSpan,
    retry: Retry,
    replay: Replay,
    attempt: u32,
    /// The uptime up to which another try may begin.
    deadline: Duration,
    /// Whether an earlier try may have been acted on.
    replayed: bool,
    /// Whether the credential was renewed after a 401.
    renewed: bool,
}

/// The buffer of a call under way. Its credential is overwritten when the call ends, however it ends.
pub(super) struct Authorized<'t, 'b> {
    tx: &'t mut Buf<'b>,
    encoded: Encoded,
}

impl Drop for Authorized<'_, '_> {
    fn drop(&mut self) {
        self.encoded.erase_credential(self.tx);
    }
}

/// An answer that came, before it is read.
pub(super) struct Answer {
    pub(super) head: ResponseHead<'static>,
    replayed: bool,
    span: OperationSpan,
}

/// Keeps the headers of the last answer, or does not.
pub(super) trait HeaderLog: Send {
    /// Forgets the headers of the last try.
    fn clear(&mut self);

    fn push(&mut self, name: &str, value: &[u8]);
}

impl HeaderLog for () {
    fn clear(&mut self) {}

    fn push(&mut self, _name: &str, _value: &[u8]) {}
}

impl<T, E: Environment, C: Credential> Client<T, E, C> {
    /// Checks the call and encodes it.
    pub(super) fn begin<'t, 'b>(
        &self,
        call: &impl Call,
        tx: &'t mut Buf<'b>,
    ) -> Result<(Exchange, Authorized<'t, 'b>), RequestError> {
        let span = OperationSpan::new(call);
        let begun = span.in_scope(|| self.encode(call, tx));
        let encoded = begun.inspect_err(|_| span.failed(format_args!("Request")))?;
        let exchange = Exchange {
            span,
            retry: self.retry,
            replay: encoded.replay(),
            attempt: 0,
            deadline: self.environment.uptime().saturating_add(self.retry.total),
            replayed: false,
            renewed: false,
        };
        Ok((exchange, Authorized { tx, encoded }))
    }

    fn encode(&self, call: &impl Call, tx: &mut Buf<'_>) -> Result<Encoded, RequestError> {
        let endpoint = call.endpoint();
        if !endpoint.is_https() && !endpoint.is_loopback() && !self.plain_http {
            return Err(RequestError::PlainHttp);
        }
        let trace = self.trace_source.and_then(|source| source());
        let context = RequestContext {
            api_version: self.api_version,
            application_id: &self.application_id,
            request_id: RequestId::random(&self.environment),
            trace: trace.as_ref(),
            replay_publish: self.replay_publish,
        };
        call.encode(&context, tx)
    }

    /// What a credential must know of the call.
    pub(super) fn credential_request<'c>(&self, call: &'c impl Call) -> CredentialRequest<'c> {
        CredentialRequest::new(call.realm(), call.endpoint(), self.environment.unix_time())
    }

    /// The request of the next try, with the credential as it is now.
    pub(super) fn next_try<'t>(
        &self,
        exchange: &mut Exchange,
        call: &impl Call,
        Authorized { tx, encoded }: &'t mut Authorized<'_, '_>,
    ) -> Result<(Request<'t>, TrySpan), CredentialError> {
        exchange.attempt += 1;
        let credential_request = self.credential_request(call);
        exchange.span.in_scope(|| encoded.authorize(tx, &self.credential, &credential_request))?;
        let request = encoded.request(tx);
        Ok((request, exchange.span.next_try(call, &request)))
    }

    /// How long to wait before another try; none if the outcome is to be reported.
    pub(super) fn delay<X: TransportError>(
        &self,
        exchange: &mut Exchange,
        request: &Request<'_>,
        head: &ResponseHead<'_>,
        sent: &Result<(), X>,
    ) -> Option<Duration> {
        if sent.is_ok() && head.is_success() {
            return None;
        }
        if sent.is_ok() && head.status() == 401 && !exchange.renewed && self.credential.renew(request) {
            // The service did nothing, so this is no retry but a first try with a valid credential.
            exchange.renewed = true;
            exchange.attempt -= 1;
            return Some(Duration::ZERO);
        }
        let outcome = match sent {
            Ok(()) => Outcome::Status {
                status: head.status(),
                retry_after: head.retry_after(self.environment.unix_time()),
            },
            Err(error) => {
                Outcome::Failure { kind: error.kind(), may_have_been_sent: error.may_have_been_sent() }
            }
        };
        let dice = self.environment.random();
        let delay = exchange.retry.delay(exchange.attempt, &outcome, exchange.replay, dice)?;
        if self.environment.uptime().saturating_add(delay) > exchange.deadline {
            return None;
        }
        exchange.replayed |= outcome.may_have_been_acted_on();
        Some(delay)
    }

    /// Reads an answer.
    pub(super) fn finish<'b, K: Call, X>(
        &self,
        call: &K,
        answer: &Answer,
        body: Binary<'b>,
    ) -> Result<K::Output<'b>, Error<'b, X>> {
        let span = &answer.span;
        if answer.head.is_success() {
            let output = call.decode(body, answer.replayed);
            let output = output.inspect_err(|_| span.failed(format_args!("Decode")))?;
            if let Some(events) = K::received(&output) {
                span.received(events);
            }
            Ok(output)
        } else {
            span.failed(format_args!("{}", answer.head.status()));
            Err(Error::Service(
                ServiceError::new(call.realm(), &answer.head, self.environment.unix_time(), body)
                    .with_replayed(answer.replayed),
            ))
        }
    }
}

impl Exchange {
    /// There is no credential for the next try.
    pub(super) fn without_credential<X>(&self, error: CredentialError) -> Error<'static, X> {
        self.span.failed(format_args!("Credential"));
        Error::Credential { error, replayed: self.replayed }
    }

    /// The end of the last try.
    pub(super) fn end<X: TransportError>(
        self,
        head: ResponseHead<'static>,
        sent: Result<(), X>,
    ) -> Result<Answer, Error<'static, X>> {
        let Self { replayed, span, .. } = self;
        match sent {
            Ok(()) => Ok(Answer { head, replayed, span }),
            Err(error) => {
                span.failed(format_args!("{:?}", error.kind()));
                Err(Error::Transport { error, replayed })
            }
        }
    }
}
