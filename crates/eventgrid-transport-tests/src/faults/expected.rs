//! What a client reports, as the table states it.

use std::time::Duration;

use eventgrid::{Error, TransportErrorKind, with_causes};

use super::call::Call;
use super::{BACKOFF, ONCE, ONCE_AT_ONCE};
use crate::subject::Failure;

/// The result of a call, if the same fault happens at every attempt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Expected {
    pub(super) report: Report,
    /// Whether any byte of the request may have left.
    pub(super) may_have_been_sent: bool,
    /// Whether the service may have done what was asked.
    pub(super) may_have_been_acted_on: bool,
    /// The wait before each further attempt.
    pub(super) waits: &'static [Duration],
    /// The same for a publish that must not happen twice.
    pub(super) waits_at_most_once: &'static [Duration],
}

/// How a call ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Report {
    /// It is done.
    Done,
    /// `Error::Transport` of that kind.
    Transport(TransportErrorKind),
    /// The same, and the details contain that word.
    TransportNaming(TransportErrorKind, &'static str),
    /// `Error::Service` with that status, and how its text begins.
    Service(u16, &'static str),
    /// `Error::BatchTooLarge`.
    BatchTooLarge,
    /// `Error::ResponseTooLarge`.
    ResponseTooLarge,
    /// `Error::Decode`.
    Decode,
}

impl Expected {
    /// The call is done at its first attempt.
    pub(super) const DONE: Self = Self::certain(Report::Done, true).acted_on(true);

    /// There was no connection: nothing was sent, and another attempt may succeed.
    pub(super) const fn unconnected(kind: TransportErrorKind) -> Self {
        Self::certain(Report::Transport(kind), false).retried(ONCE, ONCE)
    }

    /// Nothing was sent, and another attempt cannot succeed. The details contain that word.
    pub(super) const fn untrusted(word: &'static str) -> Self {
        Self::certain(Report::TransportNaming(TransportErrorKind::Tls, word), false)
    }

    /// It is unknown whether the service has acted, and another attempt may succeed.
    pub(super) const fn lost(kind: TransportErrorKind) -> Self {
        Self::certain(Report::Transport(kind), true).acted_on(true).retried(BACKOFF, &[])
    }

    /// It is unknown whether the service has acted, and another attempt cannot succeed.
    pub(super) const fn unreadable(report: Report) -> Self {
        Self::certain(report, true).acted_on(true)
    }

    /// The service did nothing, and asks for another attempt later.
    pub(super) const fn busy(status: u16, says: &'static str, waits: &'static [Duration]) -> Self {
        Self::certain(Report::Service(status, says), true).retried(waits, waits)
    }

    /// The service failed, and may have done what was asked.
    pub(super) const fn failed(status: u16, says: &'static str) -> Self {
        Self::certain(Report::Service(status, says), true).acted_on(true).retried(BACKOFF, &[])
    }

    /// The service did nothing, and will not.
    pub(super) const fn refused(status: u16, says: &'static str) -> Self {
        Self::certain(Report::Service(status, says), true)
    }

    const fn certain(report: Report, may_have_been_sent: bool) -> Self {
        Self {
            report,
            may_have_been_sent,
            may_have_been_acted_on: false,
            waits: &[],
            waits_at_most_once: &[],
        }
    }

    /// The same for a receive.
    pub(super) const fn of_receive(self) -> Self {
        let is_at_once = !self.may_have_been_sent && !self.waits.is_empty();
        if is_at_once { self.retried(ONCE_AT_ONCE, self.waits_at_most_once) } else { self }
    }

    const fn acted_on(self, may_have_been_acted_on: bool) -> Self {
        Self { may_have_been_acted_on, ..self }
    }

    const fn retried(self, waits: &'static [Duration], waits_at_most_once: &'static [Duration]) -> Self {
        Self { waits, waits_at_most_once, ..self }
    }

    pub(super) const fn waits(&self, call: Call) -> &'static [Duration] {
        match call {
            Call::PublishAtMostOnce => self.waits_at_most_once,
            Call::Publish | Call::Receive | Call::Settle => self.waits,
        }
    }

    pub(super) const fn attempts(&self, call: Call) -> usize {
        self.waits(call).len() + 1
    }

    /// Panics if a call has reported something else.
    pub(super) fn assert(&self, result: &Result<(), Error<'static, Failure>>) {
        let text = text(result);
        let sent = match result {
            Err(Error::Transport { error, .. }) => eventgrid::TransportError::may_have_been_sent(error),
            Ok(()) | Err(_) => true,
        };
        let acted_on = result.as_ref().map_or_else(Error::may_have_been_acted_on, |()| true);
        assert_eq!(self.report.variant(), variant(result), "{text}");
        assert!(text.starts_with(&self.report.text()), "`{text}` does not begin as the table says");
        if let Report::TransportNaming(_, word) = self.report {
            assert!(text.to_lowercase().contains(word), "`{text}` does not have the word `{word}`");
        }
        assert_eq!(
            (sent, acted_on),
            (self.may_have_been_sent, self.may_have_been_acted_on),
            "whether it may have been sent and acted on: {text}"
        );
    }
}

impl Report {
    /// What to match on.
    pub(super) fn variant(self) -> String {
        match self {
            Self::Done => "Ok".to_owned(),
            Self::Transport(kind) | Self::TransportNaming(kind, _) => format!("Error::Transport, {kind:?}"),
            Self::Service(status, _) => format!("Error::Service, {status}"),
            Self::BatchTooLarge => "Error::BatchTooLarge".to_owned(),
            Self::ResponseTooLarge => "Error::ResponseTooLarge".to_owned(),
            Self::Decode => "Error::Decode".to_owned(),
        }
    }

    /// How its text begins.
    pub(super) fn text(self) -> String {
        match self {
            Self::Done => String::new(),
            Self::Transport(kind) | Self::TransportNaming(kind, _) => {
                format!("no complete response came from the service: {kind}")
            }
            Self::Service(_, says) => says.to_owned(),
            Self::BatchTooLarge => "the events that were received do not fit into the buffer".to_owned(),
            Self::ResponseTooLarge => "the service's response does not fit into the buffer".to_owned(),
            Self::Decode => "the service's response cannot be understood: the body is not what the service \
                             promises"
                .to_owned(),
        }
    }
}

/// What a call has reported, in the words of [`Report::variant`].
fn variant(result: &Result<(), Error<'static, Failure>>) -> String {
    match result {
        Ok(()) => "Ok".to_owned(),
        Err(Error::Transport { error, .. }) => {
            format!("Error::Transport, {:?}", eventgrid::TransportError::kind(error))
        }
        Err(Error::Service(error)) => format!("Error::Service, {}", error.status()),
        Err(Error::BatchTooLarge(_)) => "Error::BatchTooLarge".to_owned(),
        Err(Error::ResponseTooLarge) => "Error::ResponseTooLarge".to_owned(),
        Err(Error::Decode(_)) => "Error::Decode".to_owned(),
        Err(other) => format!("{other:?}"),
    }
}

/// What an application would print: the error and its causes.
pub(super) fn text(result: &Result<(), Error<'static, Failure>>) -> String {
    result.as_ref().err().map(|error| with_causes(error).to_string()).unwrap_or_default()
}
