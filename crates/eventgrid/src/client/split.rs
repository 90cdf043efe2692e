//! Publishing any number of events: split into requests that the service takes, with a report of each event.

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
use crate::trace::TraceContext;

/// How large one request may be.
// The service limits a request by its bytes and by its events: there is nothing else to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendLimits {
    /// The largest body, in bytes.
    pub max_bytes: usize,
    /// The most events in it.
    pub max_events: usize,
}

impl SendLimits {
    /// What that part of the service documents: 1,000,000 bytes, and 1,000 events to a namespace or 5,000 elsewhere.
    pub const fn of(endpoint_kind: EndpointKind) -> Self {
        match endpoint_kind {
            EndpointKind::Namespace => Self { max_bytes: 1_000_000, max_events: 1000 },
            EndpointKind::BasicTopic | EndpointKind::Domain | EndpointKind::PartnerNamespace => {
                Self { max_bytes: 1_000_000, max_events: 5000 }
            }
        }
    }
}

/// What became of each event of a [`send_all`](crate::Publisher::send_all).
#[derive(Debug)]
#[must_use = "some events may not have been published"]
pub struct SendReport<T> {
    events: usize,
    /// In the order of their events, without overlaps.
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
    /// The event is larger than any request may be, so it was never sent. With its size in bytes.
    TooLarge(usize),
    /// The event would be refused by the service, so it was never sent.
    Invalid(RequestError),
    /// The request that held the events failed.
    Failed(Error<'static, T>),
    /// An earlier request failed in a way in which this one would have failed too: the request cannot be
    /// sent as it is, the credential was not accepted, or there is no such topic.
    NotAttempted,
}

impl<T> SendReport<T> {
    /// How many events were accepted by the service.
    pub fn accepted(&self) -> usize {
        self.events - self.failures.iter().map(|failure| failure.events.len()).sum::<usize>()
    }

    /// Whether all of them were.
    pub fn is_complete(&self) -> bool {
        self.failures.is_empty()
    }

    /// Those that were not, in the order of the events.
    pub fn failures(&self) -> &[SendFailure<T>] {
        &self.failures
    }

    /// Those that were not, taken out of the report.
    pub fn into_failures(self) -> Vec<SendFailure<T>> {
        self.failures
    }

    /// Nothing if all of them were; for who needs to know no more of the others.
    ///
    /// # Errors
    /// Why the first of the others was not accepted.
    pub fn into_result(self) -> Result<(), SendFailureReason<T>> {
        match self.failures.into_iter().next() {
            Some(failure) => Err(failure.reason),
            None => Ok(()),
        }
    }

    /// What became of the event at that position, from 0.
    ///
    /// # Errors
    /// Why it was not published.
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
    /// Whether the same events may be published later, with nothing changed.
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
                f.write_str("an earlier request failed in a way in which this one would have too")
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

/// Cuts events into requests. Each event is serialized once; a request that turns out to be too large for the service is
/// halved by copying what is already text.
pub(super) struct Splitter<'e, E, T> {
    events: &'e [E],
    limits: SendLimits,
    context: WriteContext<'e>,
    /// The position of the first event of `text`.
    first: usize,
    /// Events as JSON, one behind the other: those of the current request, and perhaps one that did not fit into it.
    text: Vec<u8>,
    /// Where each event of the current request ends in `text`.
    ends: Vec<usize>,
    /// Which events of `ends` are still to be sent, the next part last.
    parts: Vec<Range<usize>>,
    /// Where one event is serialized.
    scratch: Vec<u8>,
    /// Whether a request may be sent again that may have been acted on.
    replays: bool,
    /// The largest body that is tried, in bytes: less than the limit after time ran out on one.
    in_time: usize,
    /// How often in a row time ran out on a request.
    timeouts: u32,
    report: SendReport<T>,
}

/// How often in a row a request is halved because time ran out: to a sixteenth.
const MOST_TIMEOUTS: u32 = 4;

impl<'e, E: OutgoingEvent, T: TransportError> Splitter<'e, E, T> {
    pub(super) fn new(events: &'e [E], limits: SendLimits, context: WriteContext<'e>, replays: bool) -> Self {
        Self {
            events,
            limits,
            context,
            first: 0,
            text: Vec::new(),
            ends: Vec::new(),
            parts: Vec::new(),
            scratch: Vec::new(),
            replays,
            in_time: limits.max_bytes,
            timeouts: 0,
            report: SendReport { events: events.len(), failures: Vec::new() },
        }
    }

    /// The next request; none when all is done.
    pub(super) fn next_part<'s, K>(&'s mut self, target: &'s K) -> Option<Part<'s, K>> {
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
            content_type: E::Schema::BATCH,
            text: &self.text,
            start: self.end_of(part.start),
            ends: self.ends.get(part).unwrap_or_default(),
            trace: self.context.trace,
            is_divisible,
        })
    }

    /// Takes what became of the last part that was given out.
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

    /// Whether fewer events at once may come through before time runs out. Where the network is
    /// down they do not either, so there is an end to it.
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

    /// Whether a request with those events is larger than what comes through in time.
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

    /// The size of a request with those events, in bytes.
    fn body_of(&self, part: &Range<usize>) -> usize {
        // With the brackets around the events and the commas between them.
        self.end_of(part.end) - self.end_of(part.start) + part.len() + 1
    }

    /// Where the first so many events end in `text`.
    fn end_of(&self, events: usize) -> usize {
        events.checked_sub(1).and_then(|last| self.ends.get(last)).copied().unwrap_or(0)
    }

    /// Serializes events until a request is full. An event that cannot be sent ends it too, so that each holds neighbours.
    fn fill(&mut self) {
        self.text.drain(..self.end_of(self.ends.len()));
        self.first += self.ends.len();
        self.ends.clear();
        while let Some(event) = self.events.get(self.first + self.ends.len()) {
            let start = self.end_of(self.ends.len());
            if self.ends.len() >= self.limits.max_events.max(1) {
                break;
            }
            if self.text.len() == start {
                if let Err(error) = self.serialize(event) {
                    if !self.ends.is_empty() {
                        break;
                    }
                    self.skip(SendFailureReason::Invalid(error));
                    continue;
                }
            }
            let size = self.text.len() + self.ends.len() + 2;
            if !self.ends.is_empty() && size > self.limits.max_bytes.min(self.in_time) {
                break;
            }
            if size > self.limits.max_bytes {
                self.skip(SendFailureReason::TooLarge(self.text.len()));
                self.text.clear();
                continue;
            }
            self.ends.push(self.text.len());
        }
        if !self.ends.is_empty() {
            self.parts.push(0..self.ends.len());
        }
    }

    /// Leaves the first event out.
    fn skip(&mut self, reason: SendFailureReason<T>) {
        self.fail(self.first..self.first + 1, reason);
        self.first += 1;
    }

    fn serialize(&mut self, event: &E) -> Result<(), RequestError> {
        let mut buf = Buf::growable(&mut self.scratch, usize::MAX);
        let position = self.first + self.ends.len();
        event.write_checked(position, self.context, &mut JsonWriter::new(&mut buf))?;
        self.text.extend_from_slice(buf.filled());
        Ok(())
    }
}

/// One request of a [`Splitter`].
pub(super) struct Part<'s, K> {
    target: &'s K,
    content_type: &'static str,
    text: &'s [u8],
    start: usize,
    ends: &'s [usize],
    trace: Option<&'s TraceContext<'s>>,
    is_divisible: bool,
}

impl<K: Target> Call for Part<'_, K> {
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
        let context = RequestContext { trace: self.trace, ..*context };
        let mut headers = publish_headers(self.target, &context, tx)?;
        headers.text("content-type", self.content_type)?;
        let mut body = headers.body();
        let mut start = self.start;
        for (index, end) in self.ends.iter().enumerate() {
            body.bytes(if index == 0 { b"[" } else { b"," })?;
            body.bytes(self.text.get(start..*end).unwrap_or_default())?;
            start = *end;
        }
        body.bytes(b"]")?;
        Ok(body.end(Duration::ZERO, context.replay_of_publish()))
    }

    fn decode(&self, _body: Bytes<'_>, _replayed: bool) -> Result<(), DecodeError> {
        Ok(())
    }
}
