//! The server's pushes: which are under way, how they are sent, and where they may go.
//!
//! The engine takes what is due at the end of a turn. When the turn is committed, each push becomes
//! a task of its own, which comes back with its result as a request does. What is sent and what a
//! result means does not belong here.

mod attempt;
mod client;
mod connections;
mod failure;
mod resolve;
#[cfg(feature = "tls")]
mod tls;
mod under_way;

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::Uri;
use tokio::runtime::Handle;

pub(super) use self::attempt::EndedPush;
use self::attempt::{OnEnded, PushUnderWay, Sent};
use self::client::attempt_of;
pub(super) use self::client::{PushClient, PushClientSettings};
use self::under_way::PushesUnderWay;
use super::outgoing::Tell;
use crate::broker::SubscriptionId;
use crate::service::{Emulator, HandshakeResponse, TakenPush};

/// How long a turn may have taken when it takes another push.
const TURN: Duration = Duration::from_millis(1);

/// The most events that die of age while one push is taken.
const DEATHS: usize = 1024;

/// Takes pushes that are due, and has them sent.
pub(super) struct Pusher {
    client: Arc<PushClient>,
    runtime: Handle,
    on_ended: OnEnded,
    /// An endpoint is one of an event subscription: those of another one do not wait for it.
    under_way: PushesUnderWay<(SubscriptionId, Uri)>,
}

/// What was taken at the end of a turn.
#[derive(Default)]
pub(super) struct DuePushes {
    /// Has them sent, when it is time.
    pub(super) send: Option<Tell>,
    /// Whether more are due that could be taken at once.
    pub(super) is_more_due: bool,
}

impl Pusher {
    /// `on_ended` is called with each push that has ended.
    pub(super) fn new(
        client: PushClient,
        runtime: Handle,
        on_ended: impl Fn(EndedPush) + Send + Sync + 'static,
    ) -> Self {
        Self {
            client: Arc::new(client),
            runtime,
            on_ended: Arc::new(on_ended),
            under_way: PushesUnderWay::new(),
        }
    }

    /// Takes what is due and has room, in turn from each event subscription. `turn` is when the
    /// turn began.
    pub(super) fn take_due(&mut self, emulator: &mut Emulator, turn: Instant) -> DuePushes {
        let handshakes = emulator.take_due_handshakes().into_iter();
        let on_ended = || Arc::clone(&self.on_ended);
        let mut taken: Vec<_> =
            handshakes.map(|handshake| PushUnderWay::of_handshake(handshake, on_ended())).collect();
        let mut waiting = emulator.with_due_pushes();
        let mut is_more_due = false;
        while !waiting.is_empty() && !is_more_due {
            waiting.retain(|id| {
                let endpoint = emulator.push_url(*id).map(|url| (*id, url.clone()));
                let has_room = endpoint.is_some_and(|endpoint| self.under_way.has_room(&endpoint));
                if is_more_due || !has_room {
                    return false;
                }
                let is_left = self.take_one(emulator, *id, &mut taken);
                is_more_due = is_left && turn.elapsed() > TURN;
                is_left
            });
        }
        DuePushes { send: self.send(taken), is_more_due }
    }

    /// Takes a push of an event subscription. Returns whether there may be more.
    fn take_one(
        &mut self,
        emulator: &mut Emulator,
        id: SubscriptionId,
        taken: &mut Vec<PushUnderWay>,
    ) -> bool {
        match emulator.take_push(id, DEATHS) {
            TakenPush::Push(push) => {
                let endpoint = (id, push.url().clone());
                let push = PushUnderWay::of_events(*push, Arc::clone(&self.on_ended));
                self.under_way.begin(endpoint, push.body_size());
                taken.push(push);
                true
            }
            TakenPush::Deaths => true,
            TakenPush::None => false,
        }
    }

    /// What hands pushes to their tasks; `None` if there are none.
    fn send(&self, pushes: Vec<PushUnderWay>) -> Option<Tell> {
        if pushes.is_empty() {
            return None;
        }
        let (client, runtime) = (Arc::clone(&self.client), self.runtime.clone());
        Some(Box::new(move || {
            for push in pushes {
                let client = Arc::clone(&client);
                runtime.spawn(async move { push.send(&client).await });
            }
        }))
    }

    /// Whether no push is under way to an endpoint that its event subscription still has.
    pub(super) fn is_idle(&self, emulator: &Emulator) -> bool {
        !self.under_way.endpoints().any(|(id, url)| emulator.push_url(*id) == Some(url))
    }

    /// Takes note of a push or a handshake that has ended.
    pub(super) fn ended(&mut self, emulator: &mut Emulator, ended: EndedPush) {
        let EndedPush { sent, body_size, result, duration } = ended;
        match sent {
            Sent::Events(push) => {
                self.under_way.end(&(push.of(), push.url().clone()), body_size);
                if let Some(result) = result {
                    let attempt = attempt_of(&result);
                    let response = result.map(|response| response.status).map_err(|error| error.to_string());
                    emulator.sent_push_ended(&push, attempt, response, duration);
                }
            }
            Sent::Handshake(handshake) => {
                let response = match &result {
                    Some(Ok(response)) => Ok(HandshakeResponse {
                        status: response.status,
                        headers: &response.headers,
                        body: &response.body,
                    }),
                    Some(Err(failure)) => Err(failure.to_string()),
                    None => Err("the handshake was given up".to_owned()),
                };
                emulator.handshake_ended(&handshake, response, duration);
            }
        }
    }
}
