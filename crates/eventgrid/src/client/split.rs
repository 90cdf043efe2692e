//! Publishing any number of events: they are split into requests that the service accepts, and each
//! event has an outcome in the report.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;
use core::time::Duration;

use eventgrid_transport::{Buf, TransportError};

use crate::calls::event::WriteContext;
use crate::calls::publish::publish_headers;
use crate::calls::{Call, Operation, OutgoingEvent};
use crate::endpoint::{Endpoint, EndpointKind};
use crate::error::Error;
use crate::http::{Encoded, RequestContext, RequestError};
use crate::json::JsonWriter;
use crate::received::DecodeError;
use crate::target::Target;
use crate::target::sealed::Schema as _;
use crate::text::Bytes;

/// The limits of one request.
// It is exhaustive: the service limits a request by its bytes and by its events, and there is no
// third number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendLimits {
    /// The largest body, in bytes.
    pub max_bytes: usize,
    /// The largest number of events.
    pub max_events: usize,
}

impl SendLimits {
    /// The documented limits of this kind of endpoint: 1,000,000 bytes, and 1,000 events for a
    /// namespace or 5,000 for others. An MQTT broker takes one message in a request, of up to 512
    /// KiB.
    pub const fn of(endpoint_kind: EndpointKind) -> Self {
        match endpoint_kind {
            EndpointKind::Namespace => Self { max_bytes: 1_000_000, max_events: 1000 },
            EndpointKind::BasicTopic | EndpointKind::Domain | EndpointKind::PartnerNamespace => {
                Self { max_bytes: 1_000_000, max_events: 5000 }
            }
            EndpointKind::MqttBroker => Self { max_bytes: 512 << 10, max_events: 1 },
        }
    }
}

/// The outcome of each event of a [`send_all`](crate::Publisher::send_all).
#[derive(Debug)]
#[must_use = "some events may not have been published"]
pub struct SendReport<T> {
    events: usize,
    /// The failures, in the order of their events, without overlaps.
    failures: Vec<SendFailure<T>>,
}

/// Events that were not published, and why.
#[derive(Debug)]
pub struct SendFailure<T> {
    events: Range<usize>,
    reason: SendFailureReason<T>,
}

/// Why events were not published.
#[derive(Debug)]
#[non_exhaustive]
pub enum SendFailureReason<T> {
    /// The event is larger than a request may be, so it was not sent. The number is its size in
    /// bytes.
    TooLarge(usize),
    /// The service would refuse the event, so it was not sent.
    Invalid(RequestError),
    /// The request with the events failed.
    Failed(Error<'static, T>),
    /// The events were not sent, because an earlier request failed for a reason that also applies
    /// to them: the request is not valid, the credential was not accepted, or there is no such
    /// topic.
    NotAttempted,
}

impl<T> SendReport<T> {
    /// How many events the service has accepted.
    pub fn accepted(&self) -> usize {
        self.events - self.failures.iter().map(|failure| failure.events.len()).sum::<usize>()
    }

    /// Whether the service has accepted all events.
    pub fn is_complete(&self) -> bool {
        self.failures.is_empty()
    }

    /// The failures, in the order of their events.
    pub fn failures(&self) -> &[SendFailure<T>] {
        &self.failures
    }

    /// The failures, taken out of the report.
    pub fn into_failures(self) -> Vec<SendFailure<T>> {
        self.failures
    }

    /// Returns `Ok` if all events were accepted, for programs that do not need the outcome of each
    /// event.
    ///
    /// # Errors
    /// The reason of the first failure.
    pub fn into_result(self) -> Result<(), SendFailureReason<T>> {
        match self.failures.into_iter().next() {
            Some(failure) => Err(failure.reason),
            None => Ok(()),
        }
    }

    /// The outcome of the event at this position, from 0.
    ///
    /// # Errors
    /// The reason why it was not published.
    pub fn outcome(&self, index: usize) -> Result<(), &SendFailureReason<T>> {
        match self.failures.iter().find(|failure| failure.events.contains(&index)) {
            Some(failure) => Err(&failure.reason),
            None => Ok(()),
        }
    }
}

impl<T> SendFailure<T> {
    /// The positions of the events, from 0.
    pub fn events(&self) -> Range<usize> {
        self.events.clone()
    }

    /// Why they were not published.
    pub fn reason(&self) -> &SendFailureReason<T> {
        &self.reason
    }

    /// Why they were not published, as an error to pass on.
    pub fn into_reason(self) -> SendFailureReason<T> {
        self.reason
    }
}

impl<T: TransportError> SendFailureReason<T> {
    /// Whether publishing the same events again may succeed without any change.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Failed(error) if error.is_retryable())
    }
}

impl<T> fmt::Display for SendFailureReason<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(bytes) => write!(f, "the event has {bytes} bytes, more than any request may have"),
            Self::Invalid(error) => error.fmt(f),
            Self::Failed(error) => error.fmt(f),
            Self::NotAttempted => {
                f.write_str("an earlier request failed for a reason that applies to this one, too")
            }
        }
    }
}

impl<T: core::error::Error + 'static> core::error::Error for SendFailureReason<T> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Invalid(error) => error.source(),
            Self::Failed(error) => error.source(),
            Self::TooLarge(_) | Self::NotAttempted => None,
        }
    }
}

/// Splits events into requests. Each event is serialized once, or not at all if it was encoded
/// before. A request that is too large for the service is halved by copying text that is already
/// serialized.
pub(super) struct Splitter<'e, E, T> {
    events: &'e [E],
    limits: SendLimits,
    context: WriteContext<'e>,
    /// The position of the first event of `text`.
    first: usize,
    /// Events as JSON, one after the other: those of the current request, and perhaps one that did
    /// not fit into it. Events that were encoded before are not here.
    text: Vec<u8>,
    /// How many bytes of `text` belong to the current request.
    text_len: usize,
    /// Where each event of the current request ends in `text`, or would end if it were in there.
    ends: Vec<usize>,
    /// The parts of the current request that must still be sent, as ranges of `ends`. The next one
    /// is the last.
    parts: Vec<Range<usize>>,
    /// Whether a request that may have been acted on may be sent again.
    replays: bool,
    /// The largest body to send, in bytes. After a time-out it is less than the limit.
    in_time: usize,
    /// How many requests in a row have timed out.
    timeouts: u32,
    report: SendReport<T>,
}

/// The room for the URL and the headers of a request, in bytes. It is more than they usually need.
const HEAD_LEN: usize = 1024;

/// How many times in a row a request may be halved after time-outs: down to a sixteenth.
const MOST_TIMEOUTS: u32 = 4;

impl<'e, E: OutgoingEvent, T: TransportError> Splitter<'e, E, T> {
    pub(super) fn new(events: &'e [E], limits: SendLimits, context: WriteContext<'e>, replays: bool) -> Self {
        Self {
            events,
            limits,
            context,
            first: 0,
            text: Vec::new(),
            text_len: 0,
            ends: Vec::new(),
            parts: Vec::new(),
            replays,
            in_time: limits.max_bytes,
            timeouts: 0,
            report: SendReport { events: events.len(), failures: Vec::new() },
        }
    }

    /// The next request, or `None` when everything was sent.
    pub(super) fn next_part<'s, K>(&'s mut self, target: &'s K) -> Option<Part<'s, E, K>> {
        if self.parts.is_empty() {
            self.fill();
        }
        while let Some(part) = self.parts.last().filter(|part| self.is_too_slow(part)).cloned() {
            self.parts.pop();
            self.halve(&part);
        }
        let part = self.parts.last()?.clone();
        let is_divisible = part.len() > 1;
        Some(Part {
            target,
            events: self.events.get(self.first + part.start..self.first + part.end).unwrap_or_default(),
            text: &self.text,
            start: self.end_of(part.start),
            ends: self.ends.get(part).unwrap_or_default(),
            context: self.context,
            is_divisible,
        })
    }

    /// Records how the last request ended.
    pub(super) fn done(&mut self, result: Result<(), Error<'static, T>>) {
        let Some(part) = self.parts.pop() else { return };
        let Err(error) = result else {
            self.timeouts = 0;
            self.in_time = self.in_time.max(self.body_of(&part).saturating_mul(2));
            return;
        };
        let too_large = error.is_too_large();
        let is_halved = too_large || self.is_halved_for_time(&part, &error);
        if part.len() > 1 && is_halved {
            self.halve(&part);
            return;
        }
        let hopeless = error.is_unauthorized()
            || error.is_not_found()
            || (matches!(error, Error::Request(_) | Error::Credential { .. }) && !too_large);
        let end = self.first + part.end;
        self.fail(self.first + part.start..end, SendFailureReason::Failed(error));
        if hopeless && end < self.events.len() {
            self.fail(end..self.events.len(), SendFailureReason::NotAttempted);
            self.parts.clear();
            self.ends.clear();
            self.first = self.events.len();
        }
    }

    /// Whether to halve a request that has timed out. If the network is down, smaller requests
    /// fail, too, so halving ends after some requests in a row.
    fn is_halved_for_time(&mut self, part: &Range<usize>, error: &Error<'static, T>) -> bool {
        if !error.ran_out_of_time(self.body_of(part), self.replays) {
            return false;
        }
        self.timeouts = self.timeouts.saturating_add(1);
        if self.timeouts > MOST_TIMEOUTS {
            return false;
        }
        let middle = part.start + part.len() / 2;
        self.in_time = self.body_of(&(part.start..middle)).max(self.body_of(&(middle..part.end)));
        true
    }

    /// Whether a request with these events is larger than those that arrive in time.
    fn is_too_slow(&self, part: &Range<usize>) -> bool {
        part.len() > 1 && self.timeouts <= MOST_TIMEOUTS && self.body_of(part) > self.in_time
    }

    fn halve(&mut self, part: &Range<usize>) {
        let middle = part.start + part.len() / 2;
        self.parts.extend([middle..part.end, part.start..middle]);
    }

    pub(super) fn into_report(self) -> SendReport<T> {
        self.report
    }

    fn fail(&mut self, events: Range<usize>, reason: SendFailureReason<T>) {
        self.report.failures.push(SendFailure { events, reason });
    }

    /// The size of a request with these events, in bytes.
    fn body_of(&self, part: &Range<usize>) -> usize {
        // With the brackets around the events and the commas between them.
        self.end_of(part.end) - self.end_of(part.start) + part.len() + 1
    }

    /// Where the first `events` of the request end in `text`.
    fn end_of(&self, events: usize) -> usize {
        events.checked_sub(1).and_then(|last| self.ends.get(last)).copied().unwrap_or(0)
    }

    /// Serializes events until a request is full. An event that cannot be sent ends the request,
    /// too, so that the events of a request follow each other.
    fn fill(&mut self) {
        let sent = self.end_of(self.ends.len()).min(self.text_len);
        self.text.copy_within(sent..self.text_len, 0);
        self.text_len -= sent;
        self.first += self.ends.len();
        self.ends.clear();
        while let Some(event) = self.events.get(self.first + self.ends.len()) {
            if self.ends.len() >= self.limits.max_events.max(1) {
                break;
            }
            let end = match self.end_of_next(event) {
                Ok(end) => end,
                Err(_) if !self.ends.is_empty() => break,
                Err(error) => {
                    self.skip(SendFailureReason::Invalid(error));
                    continue;
                }
            };
            let size = end + self.ends.len() + 2;
            if !self.ends.is_empty() && size > self.limits.max_bytes.min(self.in_time) {
                break;
            }
            if size > self.limits.max_bytes {
                self.skip(SendFailureReason::TooLarge(end));
                continue;
            }
            self.ends.push(end);
        }
        if !self.ends.is_empty() {
            self.parts.push(0..self.ends.len());
        }
    }

    /// Removes the first event without sending it.
    fn skip(&mut self, reason: SendFailureReason<T>) {
        self.fail(self.first..self.first + 1, reason);
        self.first += 1;
        self.text_len = 0;
    }

    /// The end of the event after those of the current request. It is serialized if that was not
    /// done before.
    fn end_of_next(&mut self, event: &E) -> Result<usize, RequestError> {
        let start = self.end_of(self.ends.len());
        if let Some(json) = event.written(self.context) {
            return Ok(start + json.as_str().len());
        }
        if self.text_len == start {
            let mut buf = Buf::growable(&mut self.text, usize::MAX);
            buf.advance(self.text_len);
            let position = self.first + self.ends.len();
            event.write_checked(position, self.context, &mut JsonWriter::new(&mut buf))?;
            self.text_len = buf.len();
        }
        Ok(self.text_len)
    }
}

/// One request of a [`Splitter`].
pub(super) struct Part<'s, E, K> {
    target: &'s K,
    events: &'s [E],
    /// The events that were not encoded before.
    text: &'s [u8],
    start: usize,
    ends: &'s [usize],
    context: WriteContext<'s>,
    is_divisible: bool,
}

impl<E: OutgoingEvent, K: Target> Call for Part<'_, E, K> {
    type Output<'b> = ();

    const READS_BODY: bool = false;

    fn is_divisible(&self) -> bool {
        self.is_divisible
    }

    fn endpoint(&self) -> &Endpoint<'_> {
        self.target.endpoint()
    }

    fn endpoint_kind(&self) -> EndpointKind {
        self.target.endpoint_kind()
    }

    fn operation(&self) -> Operation<'_> {
        Operation::sending(self.target.name(), self.ends.len())
    }

    fn encode(&self, context: &RequestContext<'_>, tx: &mut Buf<'_>) -> Result<Encoded, RequestError> {
        let context = RequestContext { trace: self.context.trace, ..*context };
        // All memory is reserved at once, because a buffer that grows by doubling may become too
        // large to be kept for the next request.
        let body_len = self.ends.last().map_or(0, |end| end - self.start) + self.ends.len() + 1;
        tx.reserve(HEAD_LEN + body_len);
        let mut headers = publish_headers(self.target, &context, tx)?;
        headers.text("content-type", E::Schema::BATCH)?;
        let mut body = headers.body();
        let mut start = self.start;
        for (index, (event, end)) in self.events.iter().zip(self.ends).enumerate() {
            body.bytes(if index == 0 { b"[" } else { b"," })?;
            body.bytes(match event.written(self.context) {
                Some(json) => json.as_str().as_bytes(),
                None => self.text.get(start..*end).unwrap_or_default(),
            })?;
            start = *end;
        }
        body.bytes(b"]")?;
        Ok(body.end(Duration::ZERO, context.replay_of_publish()))
    }

    fn decode(&self, _body: Bytes<'_>, _replayed: bool) -> Result<(), DecodeError> {
        Ok(())
    }
}
