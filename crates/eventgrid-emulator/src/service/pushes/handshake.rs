//! The handshakes of endpoints: how each stands.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use eventgrid_push::{CloudEventsHandshake, HandshakeResult, PushRequest, ValidationHandshake};
use http::{HeaderMap, Uri};

use super::form::PushForm;
use crate::broker::SubscriptionId;
use crate::time::UnixTime;

/// The most handshakes that are made at once.
pub(super) const AT_ONCE: usize = 256;

/// How many handshakes are made with the wait that the service has between two of them, before it
/// becomes longer.
const QUICK: u32 = 12;

/// The wait between two handshakes after those.
const LONG_WAIT: Duration = Duration::from_secs(60);

/// Whether an endpoint has consented to get the events of an event subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HandshakeState {
    /// The handshake is still to be made, is under way, or waits for a call of its URL. Events are
    /// kept.
    Waiting,
    /// The endpoint has consented, or no handshake is needed. Events are pushed.
    Active,
    /// The latest handshake has failed. Events are kept, and the handshake is made again.
    Failed,
}

/// The state of the handshake with the endpoint of an event subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HandshakeStatus {
    /// Whether the endpoint has consented.
    pub state: HandshakeState,
    /// Why the latest handshake failed, and what the endpoint must do.
    pub failure: Option<String>,
    /// How many handshakes were made.
    pub attempts: u32,
    /// When the next one is made, by the emulator's clock; `None` if none is planned.
    pub next: Option<UnixTime>,
}

/// Shows `waiting`, `active` or `failed`.
impl fmt::Display for HandshakeState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Waiting => "waiting",
            Self::Active => "active",
            Self::Failed => "failed",
        })
    }
}

/// A handshake that is due. What comes of it is told by
/// [`handshake_ended`](Emulator::handshake_ended).
#[derive(Clone)]
pub(crate) struct DueHandshake {
    pub(super) of: SubscriptionId,
    /// Tells it apart from those before, and from those of another endpoint.
    pub(super) number: u64,
    pub(super) form: Arc<PushForm>,
    pub(super) url: Uri,
    pub(super) kind: Kind,
    /// Which attempt it is, from 1.
    pub(super) attempt: u32,
    /// When it was taken.
    pub(super) began: UnixTime,
}

/// A handshake of either schema.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    Validation(ValidationHandshake),
    CloudEvents(CloudEventsHandshake),
}

/// The response of an endpoint to a handshake.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HandshakeResponse<'r> {
    pub(crate) status: u16,
    pub(crate) headers: &'r HeaderMap,
    pub(crate) body: &'r [u8],
}

/// The handshakes of all endpoints. `Debug` does not show the codes of their URLs.
#[derive(Default)]
pub(in crate::service) struct Handshakes {
    /// The address that endpoints can reach, as `http://HOST:PORT`; `None` if no handshakes are
    /// made.
    pub(super) callback: Option<String>,
    pub(super) of: HashMap<SubscriptionId, Handshake>,
    /// When each next has something to do.
    pub(super) due: BTreeSet<(UnixTime, SubscriptionId)>,
    /// By the codes in their URLs.
    pub(super) by_code: HashMap<String, SubscriptionId>,
    pub(super) next_number: u64,
    /// How many are being made.
    pub(super) under_way: usize,
}

pub(super) struct Handshake {
    pub(super) number: u64,
    pub(super) state: HandshakeState,
    pub(super) failure: Option<String>,
    pub(super) attempts: u32,
    /// What it waits for by itself.
    pub(super) until: Option<Until>,
    /// What its URL calls for, from when it is sent.
    pub(super) pending: Option<Pending>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Until {
    /// It is to be made.
    Made(UnixTime),
    /// Its URL is no longer valid.
    Late(UnixTime),
}

pub(super) struct Pending {
    pub(super) code: String,
    /// When the endpoint responded to it.
    pub(super) responded: Option<UnixTime>,
}

impl fmt::Debug for Handshakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let states: HashMap<_, _> = self.of.iter().map(|(id, handshake)| (id, handshake.state)).collect();
        f.debug_struct("Handshakes")
            .field("callback", &self.callback)
            .field("states", &states)
            .finish_non_exhaustive()
    }
}

impl Until {
    fn moment(self) -> UnixTime {
        match self {
            Self::Made(moment) | Self::Late(moment) => moment,
        }
    }
}

impl DueHandshake {
    /// What is sent.
    pub(crate) fn request(&self) -> PushRequest {
        match &self.kind {
            Kind::Validation(handshake) => handshake.request(&self.form.settings),
            Kind::CloudEvents(handshake) => handshake.request(),
        }
    }

    pub(crate) fn url(&self) -> &Uri {
        &self.url
    }

    pub(super) fn result(&self, response: HandshakeResponse<'_>) -> HandshakeResult {
        match &self.kind {
            Kind::Validation(handshake) => handshake.result(response.status, response.body),
            Kind::CloudEvents(handshake) => handshake.result(response.status, response.headers),
        }
    }
}

impl Handshakes {
    /// When the next one has something to do, unless those that are being made have to end first.
    pub(in crate::service) fn next_deadline(&self) -> Option<UnixTime> {
        self.due.first().filter(|_| self.under_way < AT_ONCE).map(|(moment, _)| *moment)
    }

    pub(super) fn wait(&mut self, id: SubscriptionId, until: Option<Until>) {
        let Some(handshake) = self.of.get_mut(&id) else { return };
        if let Some(before) = handshake.until {
            self.due.remove(&(before.moment(), id));
        }
        handshake.until = until;
        self.due.extend(until.map(|until| (until.moment(), id)));
    }

    /// Its URL is good for nothing any more.
    pub(super) fn end_pending(&mut self, id: SubscriptionId) -> Option<Pending> {
        let pending = self.of.get_mut(&id)?.pending.take()?;
        self.by_code.remove(&pending.code);
        Some(pending)
    }

    pub(super) fn remove(&mut self, id: SubscriptionId) {
        self.wait(id, None);
        self.end_pending(id);
        self.of.remove(&id);
    }

    /// It has failed, and is made again later.
    pub(super) fn fail(&mut self, now: UnixTime, id: SubscriptionId, failure: String) {
        self.end_pending(id);
        let Some(handshake) = self.of.get_mut(&id) else { return };
        handshake.state = HandshakeState::Failed;
        handshake.failure = Some(failure);
        let wait = if handshake.attempts < QUICK { ValidationHandshake::RETRY_WAIT } else { LONG_WAIT };
        self.wait(id, Some(Until::Made(now + wait)));
    }
}
