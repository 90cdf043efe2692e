//! What blocking and async clients do before and after sending: preparing a call, deciding on
//! another attempt, and reading the response.

use core::time::Duration;

use eventgrid_transport::{
    Buf, Environment, HeaderSink, Limits, Overflow, ReceivedResponse, Replay, Request, Response,
    TransportError, TransportErrorKind,
};

use crate::calls::Call;
#[cfg(feature = "alloc")]
use crate::calls::{Attempt, CallOptions};
use crate::client::Client;
use crate::client::spans::{AttemptSpan, OperationSpan};
use crate::credential::{Credential, CredentialError, CredentialRequest};
use crate::endpoint::{Endpoint, EndpointKind};
use crate::error::{Error, ServiceError};
use crate::http::{Encoded, RequestContext, RequestError, RequestId};
use crate::mqtt::RetainedMetadata;
use crate::received::{Batch, Outline};
use crate::retry::AttemptOutcome;
#[cfg(feature = "alloc")]
use crate::retry::RetryPolicy;
use crate::text::Bytes;

/// A call in progress, after it was encoded: the state that its attempts share, whatever call it
/// is.
pub(super) struct Exchange<'c> {
    pub(super) span: OperationSpan,
    endpoint_kind: EndpointKind,
    endpoint: &'c Endpoint<'c>,
    #[cfg(feature = "alloc")]
    options: Option<&'c CallOptions<'c>>,
    replay: Replay,
    attempt: u32,
    /// The uptime when the call must end, without the wait time of a long poll.
    end: Duration,
    /// Whether an earlier attempt may have been acted on.
    replayed: bool,
    reach: Reach,
    /// Whether the body is the outline of a batch that did not fit.
    is_outline: bool,
    /// Whether the credential was renewed after a 401.
    renewed: bool,
    traits: Traits,
    /// Why the body of a receive's response broke off.
    interrupted: Option<TransportErrorKind>,
    /// The uptime when the call began.
    #[cfg(feature = "metrics")]
    began: Duration,
    /// The uptime when the last attempt began.
    attempt_began: Duration,
    /// The result of the last attempt.
    pub(super) received: ReceivedResponse,
}

/// Whether there is a service at the address.
#[derive(Debug, Clone, Copy)]
enum Reach {
    /// No attempt had a connection yet.
    Unknown,
    /// An attempt had a connection: the address is right, and a service that refuses another one
    /// may be restarting.
    Known,
}

/// The properties of a call that its attempts depend on.
#[derive(Clone, Copy)]
struct Traits {
    locks_events: bool,
    is_divisible: bool,
}

/// The buffer of a call in progress. The credential in it is overwritten when the call ends in any
/// way.
pub(super) struct Authorized<'t, 'b> {
    tx: &'t mut Buf<'b>,
    encoded: Encoded,
}

impl Drop for Authorized<'_, '_> {
    fn drop(&mut self) {
        self.encoded.erase_credential(self.tx);
    }
}

/// Why a call got no response.
pub(super) enum NoResponse<X> {
    /// There is no credential for the next attempt.
    Credential(CredentialError),
    /// The last attempt failed.
    Transport(X),
}

/// A call that was made in buffers of the client: its state, the body of the response, and whether
/// it came completely.
#[cfg(feature = "alloc")]
pub(super) type Owned<'c, X> = (Exchange<'c>, alloc::vec::Vec<u8>, Result<(), NoResponse<X>>);

impl<X> From<CredentialError> for NoResponse<X> {
    fn from(error: CredentialError) -> Self {
        Self::Credential(error)
    }
}

/// Keeps the headers of the last response, or ignores them.
pub(super) trait HeaderLog: Send {
    /// Removes the headers of the last attempt.
    fn clear(&mut self);

    fn push(&mut self, name: &str, value: &[u8]);
}

impl HeaderLog for () {
    fn clear(&mut self) {}

    fn push(&mut self, _name: &str, _value: &[u8]) {}
}

impl HeaderLog for RetainedMetadata {
    fn clear(&mut self) {
        *self = Self::default();
    }

    fn push(&mut self, name: &str, value: &[u8]) {
        self.header(name, value);
    }
}

impl<T, E: Environment, C: Credential> Client<T, E, C> {
    /// Checks the call and encodes it.
    pub(super) fn begin<'t, 'b>(
        &self,
        call: &impl Call,
        tx: &'t mut Buf<'b>,
    ) -> Result<(OperationSpan, Authorized<'t, 'b>), RequestError> {
        let span = OperationSpan::new(call);
        let begun = span.in_scope(|| self.encode(call, tx));
        let encoded = begun.inspect_err(|_| span.failed(format_args!("Request")))?;
        Ok((span, Authorized { tx, encoded }))
    }

    /// An encoded call before its first attempt.
    pub(super) fn under_way<'c, K: Call>(
        &self,
        call: &'c K,
        span: OperationSpan,
        tx: &Authorized<'_, '_>,
    ) -> Exchange<'c> {
        let traits = Traits { locks_events: K::LOCKS_EVENTS, is_divisible: call.is_divisible() };
        #[cfg(not(feature = "alloc"))]
        let total = self.retry.total;
        #[cfg(feature = "alloc")]
        let total = self.retry_of(call.options()).total;
        let total = call.max_time().map_or(total, |time| time.min(total));
        let exchange = self.exchange_of(call.endpoint_kind(), call.endpoint(), traits, total, span, tx);
        #[cfg(feature = "alloc")]
        let exchange = Exchange { options: call.options(), ..exchange };
        exchange
    }

    /// This function, and all that follows, does not depend on the type of the call, so a device
    /// has the code only once.
    fn exchange_of<'c>(
        &self,
        endpoint_kind: EndpointKind,
        endpoint: &'c Endpoint<'c>,
        traits: Traits,
        total: Duration,
        span: OperationSpan,
        tx: &Authorized<'_, '_>,
    ) -> Exchange<'c> {
        Exchange {
            span,
            endpoint_kind,
            endpoint,
            #[cfg(feature = "alloc")]
            options: None,
            replay: tx.encoded.replay(),
            attempt: 0,
            end: self.environment.uptime().saturating_add(total),
            replayed: false,
            reach: Reach::Unknown,
            is_outline: false,
            renewed: false,
            traits,
            interrupted: None,
            #[cfg(feature = "metrics")]
            began: self.environment.uptime(),
            attempt_began: Duration::ZERO,
            received: ReceivedResponse::default(),
        }
    }

    #[cfg(feature = "alloc")]
    fn retry_of(&self, options: Option<&CallOptions<'_>>) -> RetryPolicy {
        options.and_then(|options| options.retry).unwrap_or(self.retry)
    }

    fn encode(&self, call: &impl Call, tx: &mut Buf<'_>) -> Result<Encoded, RequestError> {
        self.check_endpoint(call.endpoint())?;
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

    fn check_endpoint(&self, endpoint: &Endpoint<'_>) -> Result<(), RequestError> {
        if endpoint.is_https() || endpoint.is_loopback() || self.plain_http {
            Ok(())
        } else {
            Err(RequestError::PlainHttp)
        }
    }

    /// The request for a credential for this call.
    pub(super) fn credential_request<'c>(&self, exchange: &Exchange<'c>) -> CredentialRequest<'c> {
        CredentialRequest::new(exchange.endpoint_kind, exchange.endpoint, self.environment.unix_time())
    }

    /// The request of the next attempt, with the current credential.
    pub(super) fn next_try<'t>(
        &self,
        exchange: &mut Exchange<'_>,
        Authorized { tx, encoded }: &'t mut Authorized<'_, '_>,
    ) -> Result<(Request<'t>, AttemptSpan), CredentialError> {
        exchange.attempt += 1;
        exchange.attempt_began = self.environment.uptime();
        let credential_request = self.credential_request(exchange);
        exchange.span.in_scope(|| encoded.authorize(tx, &self.credential, &credential_request))?;
        let request = encoded.request(tx);
        let request = request.with_limits(self.limits_of(exchange, request.wait()));
        Ok((request, exchange.span.next_try(exchange.endpoint, &request)))
    }

    /// The limits of the next attempt. It ends with the total of the retry policy, and a long poll
    /// later by its wait time.
    fn limits_of(&self, exchange: &Exchange<'_>, wait: Duration) -> Limits {
        // It is calculated in milliseconds, because compilers cannot see that subtracting durations
        // does not panic here.
        let left = milliseconds(exchange.end).saturating_sub(milliseconds(self.environment.uptime()));
        let left = Duration::from_millis(left).saturating_add(wait);
        let limits = self.limits;
        #[cfg(feature = "alloc")]
        let limits = match exchange.options.and_then(|options| options.limits) {
            Some(own) => own.or(limits),
            None => limits,
        };
        limits.with_total(limits.total.map_or(left, |total| total.min(left)))
    }

    /// How long to wait before another attempt; `None` if the outcome must be reported.
    pub(super) fn delay<R, X: TransportError>(
        &self,
        exchange: &mut Exchange<'_>,
        request: &Request<'_>,
        sent: &Result<R, X>,
    ) -> Option<Duration> {
        let head = &exchange.received.head;
        if sent.is_ok() && head.is_success() {
            return None;
        }
        if sent.is_ok() && head.status() == 401 && !exchange.renewed && self.credential.renew(request) {
            // The service did not act on the request, so this does not count as a retry: it is the
            // first attempt with a valid credential.
            exchange.renewed = true;
            exchange.attempt -= 1;
            return Some(Duration::ZERO);
        }
        let repeats_at_once = match sent {
            Err(error) if exchange.may_not_repeat(error.kind()) => return None,
            // No byte was sent, so there is no reason to wait before the first retry.
            Err(error) => {
                exchange.traits.locks_events && exchange.attempt == 1 && !error.may_have_been_sent()
            }
            Ok(_) => false,
        };
        let head = &exchange.received.head;
        let outcome = match sent {
            Ok(_) => AttemptOutcome::Status {
                status: head.status(),
                retry_after: head.retry_after(self.environment.unix_time()),
            },
            Err(error) => {
                AttemptOutcome::Failure { kind: error.kind(), may_have_been_sent: error.may_have_been_sent() }
            }
        };
        let random_value = self.environment.random();
        #[cfg(not(feature = "alloc"))]
        let retry = self.retry;
        #[cfg(feature = "alloc")]
        let retry = self.retry_of(exchange.options);
        if !outcome.is_without_connection() {
            exchange.reach = Reach::Known;
        }
        let retry = match exchange.reach {
            Reach::Known => retry.with_max_retries(retry.max_retries),
            Reach::Unknown => retry,
        };
        let delay = retry.delay(exchange.attempt, &outcome, exchange.replay, random_value)?;
        let delay = if repeats_at_once { Duration::ZERO } else { delay };
        // Times are added, because compilers cannot see that subtracting them does not panic.
        if self.environment.uptime().saturating_add(delay) > exchange.end {
            return None;
        }
        exchange.replayed |= outcome.may_have_been_acted_on();
        Some(delay)
    }

    /// Reads a response, if one came, and ends the operation.
    pub(super) fn finish<'b, K: Call, X: TransportError>(
        &self,
        call: &K,
        exchange: &Exchange<'_>,
        exchanged: Result<(), NoResponse<X>>,
        body: Bytes<'b>,
    ) -> Result<K::Output<'b>, Error<'b, X>> {
        let result = self.result(call, exchange, exchanged, body);
        let received = || result.as_ref().ok().and_then(K::received);
        self.measure(call, exchange, received, result.as_ref().err());
        result
    }

    fn result<'b, K: Call, X: TransportError>(
        &self,
        call: &K,
        exchange: &Exchange<'_>,
        exchanged: Result<(), NoResponse<X>>,
        mut body: Bytes<'b>,
    ) -> Result<K::Output<'b>, Error<'b, X>> {
        let Exchange { span, replayed, is_outline, .. } = exchange;
        if K::LOCKS_EVENTS && *is_outline {
            span.failed(format_args!("TooLarge"));
            let mut batch = Batch::outlined(body);
            batch.set_arrived(exchange.arrived());
            return Err(Error::BatchTooLarge(batch));
        }
        if let (true, Some(by)) = (K::LOCKS_EVENTS, exchange.interrupted) {
            let whole = call.decode_interrupted(core::mem::take(&mut body), by);
            if let Some(mut output) = whole {
                span.failed(format_args!("{by:?}"));
                K::arrived(&mut output, exchange.arrived());
                return Ok(output);
            }
        }
        let body = self.success(exchange, exchanged, body, K::READS_BODY)?;
        let output = call.decode(body, *replayed);
        let mut output = output.inspect_err(|_| span.failed(format_args!("Decode")))?;
        K::arrived(&mut output, exchange.arrived());
        if let Some(events) = K::received(&output) {
            span.received(events);
        }
        Ok(output)
    }

    /// The body of a success.
    fn success<'b, X: TransportError>(
        &self,
        exchange: &Exchange<'_>,
        exchanged: Result<(), NoResponse<X>>,
        body: Bytes<'b>,
        is_read: bool,
    ) -> Result<Bytes<'b>, Error<'b, X>> {
        let Exchange { span, endpoint_kind, received, replayed, .. } = exchange;
        exchanged.map_err(|why| exchange.failed(why))?;
        if received.head.is_success() {
            if received.is_full && is_read {
                span.failed(format_args!("TooLarge"));
                return Err(Error::ResponseTooLarge);
            }
            return Ok(body);
        }
        span.failed(format_args!("{}", received.head.status()));
        let error = ServiceError::new(*endpoint_kind, received, self.environment.unix_time(), body);
        Err(Error::Service(error.with_replayed(*replayed)))
    }
}

impl Exchange<'_> {
    /// Whether the caller, and not the client, decides what to do after an attempt has failed.
    ///
    /// A receive whose body broke off has locked its events. The same request would lock others, or
    /// break off at the same place, and each time costs the events a delivery.
    fn may_not_repeat(&mut self, kind: TransportErrorKind) -> bool {
        let ReceivedResponse { head, progress, .. } = &self.received;
        if self.traits.locks_events && head.is_success() {
            self.interrupted = Some(kind);
            return true;
        }
        self.traits.is_divisible && kind == TransportErrorKind::Timeout && progress.sent > 0
    }

    pub(super) fn failed<X: TransportError>(&self, why: NoResponse<X>) -> Error<'static, X> {
        let replayed = self.replayed;
        match why {
            NoResponse::Credential(error) => {
                self.span.failed(format_args!("Credential"));
                Error::Credential { error, replayed }
            }
            NoResponse::Transport(error) => {
                self.span.failed(format_args!("{:?}", error.kind()));
                Error::Transport { error, replayed, progress: self.received.progress }
            }
        }
    }

    /// The uptime when the call began.
    #[cfg(feature = "metrics")]
    pub(super) fn began(&self) -> Duration {
        self.began
    }

    /// Why the body of a receive's response broke off, if it did.
    #[cfg(feature = "metrics")]
    pub(super) fn interrupted(&self) -> Option<TransportErrorKind> {
        self.interrupted
    }

    /// The span, the result of the last attempt, and whether an earlier one may have been acted on.
    #[cfg(feature = "alloc")]
    pub(super) fn into_parts(self) -> (OperationSpan, ReceivedResponse, bool) {
        (self.span, self.received, self.replayed)
    }

    /// Reports an attempt that has ended.
    #[cfg(feature = "alloc")]
    pub(super) fn tell<R, X: TransportError>(
        &self,
        request: &Request<'_>,
        received: &ReceivedResponse,
        sent: &Result<R, X>,
    ) {
        if let Some(tell) = self.options.and_then(|options| options.on_attempt) {
            tell(&Attempt {
                number: self.attempt,
                request,
                head: &received.head,
                failure: sent.as_ref().err().map(TransportError::kind),
                progress: received.progress,
            });
        }
    }

    /// The uptime when the first byte of the last response came.
    fn arrived(&self) -> Option<Duration> {
        Some(self.attempt_began.saturating_add(self.received.progress.first_byte?))
    }

    /// Takes the result of an attempt, and returns whether `rx` has the outline of a batch that did
    /// not fit. In that case there is no retry, even if the connection broke later: the same batch
    /// would come again, and cost a delivery.
    pub(super) fn take(
        &mut self,
        received: ReceivedResponse,
        outline: Option<&mut dyn Condensing>,
        rx: &mut Buf<'_>,
    ) -> bool {
        rx.clear();
        rx.advance(received.len);
        let is_too_large = received.is_full && received.head.is_success();
        self.received = received;
        self.is_outline = outline.is_some_and(|outline| outline.finish(is_too_large, rx));
        self.is_outline
    }
}

fn milliseconds(time: Duration) -> u64 {
    time.as_secs().saturating_mul(1000).saturating_add(time.subsec_millis().into())
}

/// The handler for a response that does not fit, for calls that can need one. A device that never
/// receives has no code for it.
pub(super) fn outline<K: Call>(outline: &mut Outline) -> Option<&mut dyn Condensing> {
    if K::LOCKS_EVENTS { Some(outline) } else { None }
}

/// An [`Outline`] as a trait object, so that calls which do not need one do not link its code.
pub(super) trait Condensing: Send {
    fn overflow(&mut self) -> &mut dyn Overflow;

    fn finish(&mut self, is_too_large: bool, body: &mut Buf<'_>) -> bool;
}

impl Condensing for Outline {
    fn overflow(&mut self) -> &mut dyn Overflow {
        self
    }

    fn finish(&mut self, is_too_large: bool, body: &mut Buf<'_>) -> bool {
        Self::finish(self, is_too_large, body)
    }
}

/// The same handler, lent for a shorter time.
pub(super) fn shorter<'s>(outline: &'s mut Option<&mut dyn Condensing>) -> Option<&'s mut dyn Condensing> {
    match outline {
        Some(outline) => Some(&mut **outline),
        None => None,
    }
}

/// The response to an attempt, whose body is stored in `rx`.
pub(super) fn response<'r>(
    rx: &'r mut Buf<'_>,
    headers: &'r mut HeaderSink<'r>,
    outline: Option<&'r mut dyn Condensing>,
) -> Response<'r> {
    rx.clear();
    let response = Response::new(rx.reborrow()).with_headers(headers);
    match outline {
        Some(outline) => response.with_overflow(outline.overflow()),
        None => response,
    }
}
