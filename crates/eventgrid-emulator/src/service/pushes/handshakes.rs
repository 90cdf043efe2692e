//! Which handshakes are due, and what comes of them.
//!
//! They are made by a server. Without one there are none, and events are pushed at once.

use std::time::Duration;

use bytes::Bytes;
use eventgrid_push::{
    CloudEventsHandshake, DeliverySchema, DeliveryTier, HandshakeFailure, HandshakeResult,
    ValidationHandshake,
};
use http::{Method, Request, Response, StatusCode};
use serde_json::json;

use super::super::Emulator;
use super::super::namespace::{ServiceError, json_reply};
use super::super::query::parameter;
use super::handshake::{
    AT_ONCE, DueHandshake, Handshake, HandshakeResponse, HandshakeState, HandshakeStatus, Handshakes, Kind,
    Pending, Until,
};
use crate::broker::{PushEndpoint, SubscriptionId};
use crate::observe::NextDelivery;
use crate::target::Target;

/// Where an endpoint consents later, on the data address. Nothing of the service begins like that.
pub(in crate::service) const HANDSHAKE: &str = "/emulator/handshake";

impl Emulator {
    /// The state of the handshake with the endpoint of an event subscription; `None` if it has no
    /// endpoint, or does not exist. Only a server makes handshakes: without one, and for an
    /// endpoint [without](crate::broker::PushEndpoint::without_handshake) one, the state is
    /// [`HandshakeState::Active`].
    pub fn handshake(&self, target: Target<'_>, subscription: &str) -> Option<HandshakeStatus> {
        let id = self.subscription(target, subscription)?;
        self.namespace.broker().push_endpoint(id)?;
        Some(match self.handshakes.of.get(&id) {
            Some(handshake) => HandshakeStatus {
                state: handshake.state,
                failure: handshake.failure.clone(),
                attempts: handshake.attempts,
                next: match handshake.until {
                    Some(Until::Made(moment)) => Some(moment),
                    _ => None,
                },
            },
            None => HandshakeStatus { state: HandshakeState::Active, failure: None, attempts: 0, next: None },
        })
    }

    /// From now on handshakes are made, with the endpoints that are there, too. `callback` is where
    /// endpoints reach the emulator, as `http://HOST:PORT`.
    pub(crate) fn make_handshakes(&mut self, callback: String) {
        self.handshakes.callback = Some(callback);
        self.begin_all_handshakes();
    }

    /// Begins the handshakes of all endpoints anew: those of event subscriptions that were restored
    /// have other ids.
    pub(in crate::service) fn begin_all_handshakes(&mut self) {
        for id in self.handshakes.of.keys().copied().collect::<Vec<_>>() {
            self.handshakes.remove(id);
        }
        let broker = self.namespace.broker();
        let all = broker.topics().flat_map(|topic| broker.subscriptions(topic).to_vec());
        for id in all.collect::<Vec<_>>() {
            self.begin_handshake(id);
        }
    }

    /// Begins the handshake of an event subscription whose endpoint is another one.
    pub(super) fn begin_handshake(&mut self, id: SubscriptionId) {
        self.handshakes.remove(id);
        let endpoint = self.namespace.broker().push_endpoint(id);
        if self.handshakes.callback.is_none() || !endpoint.is_some_and(PushEndpoint::needs_handshake) {
            return;
        }
        let now = self.namespace.now();
        let number = self.handshakes.next_number;
        self.handshakes.next_number += 1;
        let state = HandshakeState::Waiting;
        let handshake = Handshake { number, state, failure: None, attempts: 0, until: None, pending: None };
        self.handshakes.of.insert(id, handshake);
        self.handshakes.wait(id, Some(Until::Made(now)));
        self.namespace.with_broker(|broker, _| broker.hold_pushes(id, true));
    }

    /// Takes the handshakes that are due, as far as there is room for more to be made at once.
    pub(crate) fn take_due_handshakes(&mut self) -> Vec<DueHandshake> {
        let now = self.namespace.now();
        let mut taken = Vec::new();
        while self.handshakes.under_way < AT_ONCE {
            let Some(id) = self.handshakes.due.first().filter(|it| it.0 <= now).map(|it| it.1) else { break };
            match self.handshakes.of.get(&id).and_then(|handshake| handshake.until) {
                Some(Until::Late(_)) => {
                    self.handshakes.fail(now, id, HandshakeFailure::TooLate.to_string());
                }
                _ => match self.form_handshake(id) {
                    Some(due) => {
                        self.handshakes.wait(id, None);
                        self.handshakes.under_way += 1;
                        taken.push(due);
                    }
                    // The event subscription is gone.
                    None => self.handshakes.remove(id),
                },
            }
        }
        taken
    }

    fn form_handshake(&mut self, id: SubscriptionId) -> Option<DueHandshake> {
        let form = self.push_form(id)?;
        let endpoint = form.url()?.clone();
        let (tier, began) = (self.namespace.broker().push_tier(id)?, self.namespace.now());
        let (code, event_id) = (self.guid().to_string(), self.guid().to_string());
        let url = format!("{}{HANDSHAKE}?code={code}", self.handshakes.callback.as_deref()?);
        let (kind, has_url) = match form.settings.schema() {
            // Namespaces have no callback.
            DeliverySchema::CloudEvents if tier == DeliveryTier::Namespace => {
                (Kind::CloudEvents(CloudEventsHandshake::new()), false)
            }
            DeliverySchema::CloudEvents => {
                (Kind::CloudEvents(CloudEventsHandshake::new().with_callback(&url)), true)
            }
            _ => {
                let handshake =
                    ValidationHandshake::new(event_id, form.resource(), began.to_string(), &*code);
                (Kind::Validation(handshake.with_url(url)), true)
            }
        };
        let handshake = self.handshakes.of.get_mut(&id)?;
        handshake.attempts = handshake.attempts.saturating_add(1);
        let (number, attempt) = (handshake.number, handshake.attempts);
        if has_url {
            handshake.pending = Some(Pending { code: code.clone(), responded: None });
            self.handshakes.by_code.insert(code, id);
        }
        Some(DueHandshake { of: id, number, form, url: endpoint, kind, attempt, began })
    }

    /// Says what came of a handshake: the response, or why there is none. That of an endpoint which
    /// is another one by now, or has consented meanwhile, changes nothing.
    pub(crate) fn handshake_ended(
        &mut self,
        due: &DueHandshake,
        response: Result<HandshakeResponse<'_>, String>,
        duration: Duration,
    ) {
        self.handshakes.under_way -= 1;
        let status = response.as_ref().ok().map(|response| response.status);
        self.settle_handshake(due, response);
        let handshake = self.handshakes.of.get(&due.of).filter(|it| it.number == due.number);
        let next = match handshake.map(|handshake| (handshake.state, handshake.until)) {
            Some((HandshakeState::Active, _)) => NextDelivery::Done,
            Some((_, Some(Until::Made(moment)))) => NextDelivery::Retry(moment),
            Some((_, Some(Until::Late(moment)))) => NextDelivery::Wait(moment),
            _ => NextDelivery::Unchanged,
        };
        let failure = handshake.and_then(|handshake| handshake.failure.clone());
        self.log_handshake(due, status, failure, duration, next);
    }

    fn settle_handshake(&mut self, due: &DueHandshake, response: Result<HandshakeResponse<'_>, String>) {
        let (id, now) = (due.of, self.namespace.now());
        let known = self.handshakes.of.get_mut(&id).filter(|handshake| handshake.number == due.number);
        let Some(handshake) = known.filter(|it| it.state != HandshakeState::Active) else { return };
        match response.map(|response| due.result(response)) {
            Ok(HandshakeResult::Consented { .. }) => self.consent(id),
            Ok(HandshakeResult::Pending { within }) => {
                handshake.state = HandshakeState::Waiting;
                handshake.failure = None;
                if let Some(pending) = &mut handshake.pending {
                    pending.responded = Some(now);
                }
                self.handshakes.wait(id, Some(Until::Late(now + within)));
            }
            Ok(HandshakeResult::Refused(failure)) => self.handshakes.fail(now, id, failure.to_string()),
            Ok(_) => self.handshakes.fail(now, id, "the response is not understood".to_owned()),
            Err(failure) => self.handshakes.fail(now, id, failure),
        }
    }

    /// Not of the namespace: somebody calls the URL that a handshake had.
    pub(in crate::service) fn end_handshake_by_url(
        &mut self,
        request: &Request<Bytes>,
    ) -> Result<Response<Bytes>, ServiceError> {
        // CloudEvents allow both, and the URL of the other handshake is opened in a browser.
        if !matches!(*request.method(), Method::GET | Method::POST) {
            return Err(ServiceError::method_not_allowed(request.method(), "GET, POST"));
        }
        let code = parameter(request.uri().query().unwrap_or_default(), "code").unwrap_or_default();
        Ok(match self.consent_by_url(&code) {
            Ok(()) => json_reply("application/json", &json!({ "status": "active" })),
            Err(failure) => {
                let detail = json!({ "code": "HandshakeFailed", "message": failure });
                let mut response = json_reply("application/json", &json!({ "error": detail }));
                *response.status_mut() = StatusCode::BAD_REQUEST;
                response
            }
        })
    }

    fn consent_by_url(&mut self, code: &str) -> Result<(), &'static str> {
        const UNKNOWN: &str = "no handshake waits for this code: it is another code, the endpoint has \
                               consented already, or the code has expired; a handshake that failed is \
                               repeated";
        let id = *self.handshakes.by_code.get(code).ok_or(UNKNOWN)?;
        let pending = self.handshakes.of.get(&id).and_then(|handshake| handshake.pending.as_ref());
        let responded = pending.and_then(|pending| pending.responded);
        let since = responded.map_or(Duration::ZERO, |moment| self.namespace.now().saturating_since(moment));
        if since > ValidationHandshake::URL_VALID {
            return Err(UNKNOWN);
        }
        self.consent(id);
        Ok(())
    }

    /// How many endpoints there are, by the state of their handshakes.
    pub(in crate::service) fn count_handshakes(&self) -> Vec<(String, usize)> {
        let broker = self.namespace.broker();
        let all = broker.topics().flat_map(|topic| broker.subscriptions(topic).iter());
        let states: Vec<_> = all
            .filter(|id| broker.push_endpoint(**id).is_some())
            .map(|id| self.handshakes.of.get(id).map_or(HandshakeState::Active, |it| it.state))
            .collect();
        let count = |state| (state, states.iter().filter(|other| **other == state).count());
        let all = [HandshakeState::Waiting, HandshakeState::Active, HandshakeState::Failed];
        all.map(count).into_iter().map(|(state, count)| (state.to_string(), count)).collect()
    }

    /// Makes no more handshakes.
    pub(crate) fn end_handshakes(&mut self) {
        self.handshakes = Handshakes { under_way: self.handshakes.under_way, ..Handshakes::default() };
    }

    fn consent(&mut self, id: SubscriptionId) {
        self.handshakes.wait(id, None);
        self.handshakes.end_pending(id);
        if let Some(handshake) = self.handshakes.of.get_mut(&id) {
            handshake.state = HandshakeState::Active;
            handshake.failure = None;
        }
        self.namespace.with_broker(|broker, _| broker.hold_pushes(id, false));
    }
}
