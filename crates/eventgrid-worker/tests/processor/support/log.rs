//! What a run reported.

use std::sync::{Arc, Mutex};

use eventgrid::OwnedReceivedEvent;
use eventgrid_worker::ProcessorNotice;

use super::Cut;

/// The notices of a run, each in a line.
#[derive(Clone, Default)]
pub(crate) struct Log {
    lines: Arc<Mutex<Vec<String>>>,
    /// The notices as they show themselves, each with whether it is a problem.
    shown: Arc<Mutex<Vec<(bool, String)>>>,
}

impl Log {
    /// For [`Processor::on_notice`](eventgrid_worker::Processor::on_notice).
    pub(crate) fn hook(&self) -> impl Fn(&ProcessorNotice<'_, Cut>) + Send + Sync + 'static {
        let (lines, shown) = (Arc::clone(&self.lines), Arc::clone(&self.shown));
        move |notice| {
            lines.lock().unwrap().push(line(notice));
            shown.lock().unwrap().push((notice.is_problem(), notice.to_string()));
        }
    }

    /// The lines that begin so.
    pub(crate) fn lines(&self, beginning: &str) -> Vec<String> {
        let lines = self.lines.lock().unwrap();
        lines.iter().filter(|line| line.starts_with(beginning)).cloned().collect()
    }

    /// The notices as they show themselves, those that are a problem or the others.
    pub(crate) fn shown(&self, problems: bool) -> Vec<String> {
        let shown = self.shown.lock().unwrap();
        shown.iter().filter(|(is_problem, _)| *is_problem == problems).map(|(_, line)| line.clone()).collect()
    }
}

fn line(notice: &ProcessorNotice<'_, Cut>) -> String {
    match notice {
        ProcessorNotice::Received { events, without_lock_token, .. } => {
            format!("received {events}, without lock token {without_lock_token}")
        }
        ProcessorNotice::Handled { event, verdict, cause, took } => {
            let cause = cause.map(|cause| format!(", {cause}")).unwrap_or_default();
            format!("handled {}: {verdict:?} after {} s{cause}", event.id(), took.as_secs())
        }
        ProcessorNotice::Withheld { event, cause, verdict } => {
            format!("withheld {}: {verdict:?}, {cause}", id(event))
        }
        ProcessorNotice::LockLost { event, loss } => format!("lost {}: {loss:?}", id(event)),
        ProcessorNotice::SettledOrLost { event } => format!("settled or lost {}", id(event)),
        ProcessorNotice::ReceiveFailed { error, retry_in, .. } => {
            format!("receive failed: {error}; retry: {}", retry_in.is_some())
        }
        ProcessorNotice::ReceiveInterrupted { events, asked, by, .. } => {
            format!("interrupted after {events} of {asked}: {by:?}")
        }
        ProcessorNotice::SettleFailed { action, events, error, .. } => {
            format!("{action:?} of {events} failed: {error}")
        }
        other => panic!("unknown: {other:?}"),
    }
}

fn id(event: &OwnedReceivedEvent) -> String {
    event.event().map_or_else(|_| "?".to_owned(), |event| event.id().to_string())
}
