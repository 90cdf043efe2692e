//! Waits for a state of an event subscription. They end when it has come, which is looked for after
//! each change and never in between, or when their time is over, which is real time.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Response;
use tokio::sync::oneshot;

use super::engine::Key;
use super::outgoing::{Addressed, ErrorStyle, Outgoing};
use crate::admin::Wait;
use crate::broker::SubscriptionStats;
use crate::service::{Emulator, WaitError};

/// The most that wait at once, since each is looked at after each change.
const MAX_WAITS: usize = 256;

/// How a wait ended.
pub(super) type WaitResult = Result<SubscriptionStats, WaitError>;

/// Who is told how a wait ended.
pub(super) enum Waiting {
    /// A client of the admin API.
    Client(oneshot::Sender<Response<Bytes>>),
    /// A program with the emulator in it.
    Program(std::sync::mpsc::SyncSender<WaitResult>),
}

#[derive(Default)]
pub(super) struct Barriers(Vec<Barrier>);

struct Barrier {
    key: Key,
    wait: Wait,
    end: Instant,
    waiting: Waiting,
}

impl Barriers {
    /// Adds a wait. One that there is no room for ends at once.
    pub(super) fn add(&mut self, key: Key, wait: Wait, waiting: Waiting, outgoing: &mut Outgoing) {
        if self.0.len() >= MAX_WAITS {
            return waiting.tell(&wait, Err(WaitError::Refused), outgoing);
        }
        let end = Instant::now() + wait.timeout;
        self.0.push(Barrier { key, wait, end, waiting });
    }

    /// Nobody waits any more.
    pub(super) fn cancel(&mut self, key: Key) {
        self.0.retain(|barrier| barrier.key != key);
    }

    /// Ends those whose state has come.
    pub(super) fn check(&mut self, emulator: &Emulator, outgoing: &mut Outgoing) {
        if !self.0.is_empty() {
            self.end_if(outgoing, |wait, _| wait.result(emulator));
        }
    }

    /// Ends those whose time is over.
    pub(super) fn end_late(&mut self, emulator: &Emulator, outgoing: &mut Outgoing) {
        if !self.0.is_empty() {
            let now = Instant::now();
            self.end_if(outgoing, |wait, end| (end <= now).then(|| wait.end(emulator)));
        }
    }

    /// Ends all of them.
    pub(super) fn end_all(&mut self, emulator: &Emulator, outgoing: &mut Outgoing) {
        self.end_if(outgoing, |wait, _| Some(wait.end(emulator)));
    }

    /// How long until the time of one is over.
    pub(super) fn next_end(&self) -> Option<Duration> {
        let next = self.0.iter().map(|barrier| barrier.end).min()?;
        Some(next.saturating_duration_since(Instant::now()))
    }

    fn end_if(&mut self, outgoing: &mut Outgoing, result: impl Fn(&Wait, Instant) -> Option<WaitResult>) {
        let mut index = 0;
        while let Some(barrier) = self.0.get(index) {
            match result(&barrier.wait, barrier.end) {
                Some(result) => {
                    let Barrier { wait, waiting, .. } = self.0.remove(index);
                    waiting.tell(&wait, result, outgoing);
                }
                None => index += 1,
            }
        }
    }
}

impl Waiting {
    fn tell(self, wait: &Wait, result: WaitResult, outgoing: &mut Outgoing) {
        match self {
            Self::Client(reply) => {
                outgoing.respond(Addressed::new(reply, wait.response(result), ErrorStyle::Admin));
            }
            Self::Program(sender) => outgoing.tell(Box::new(move || {
                // It fails only if nobody waits any more.
                let _ = sender.send(result);
            })),
        }
    }
}

#[cfg(all(test, feature = "data"))]
mod tests {
    use super::*;
    use crate::admin::AdminError;
    use crate::service::Condition;
    use crate::target::Target;

    #[test]
    fn a_client_is_told_if_what_it_waited_for_cannot_be_kept() {
        let wait = Wait::new(Target::NamespaceTopic("orders"), "billing", Condition::Drained, Duration::ZERO);
        let (reply, response) = oneshot::channel();
        let mut outgoing = Outgoing::default();
        Waiting::Client(reply).tell(&wait, Err(WaitError::UnknownSubscription), &mut outgoing);
        outgoing.fail(|style| {
            assert_eq!(style, ErrorStyle::Admin);
            AdminError::data_failed().into_response()
        });
        assert_eq!(response.blocking_recv().unwrap().status(), 500);
    }
}
