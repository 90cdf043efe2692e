//! The data plane of a namespace (Event Grid "Standard"): publish, receive with long polls, settle.

mod binary_mode;
mod body;
mod error;
mod event;
mod faults;
mod health;
mod publish;
mod query;
mod receive;
mod route;
mod settle;
mod waiters;

use std::time::Duration;

use bytes::Bytes;
use eventgrid_push::DeliveryTier;
use http::{HeaderValue, Method, Request, Response, header};
use serde::Serialize;

pub(super) use self::error::ServiceError;
pub use self::health::HealthError;
use self::query::Query;
use self::route::{Operation, Settlement};
pub(super) use self::route::{Route, route};
use self::settle::LockTokens;
use self::waiters::{Waiter, Waiters};
use super::receipt::Receipt;
use super::{Outcome, WaiterId};
use crate::accepted::{Accepted, AcceptedLog, InputSchema, TargetKind};
#[cfg(feature = "data")]
use crate::broker::BrokerChanges;
use crate::broker::{Broker, Delivery, Event, PushEndpoint, SubscriptionId, TokenError, TopicId};
use crate::event::EventWriter;
use crate::limits::Limits;
use crate::time::UnixTime;

/// A namespace: a broker, and the receives that wait for it.
#[derive(Debug)]
pub(super) struct Namespace {
    broker: Broker,
    waiters: Waiters,
    finished: Vec<(WaiterId, Result<Response<Bytes>, ServiceError>)>,
    now: UnixTime,
    writer: EventWriter,
    limits: Limits,
}

impl Namespace {
    pub(super) fn new(broker: Broker, writer: EventWriter, limits: Limits) -> Self {
        let (waiters, now) = (Waiters::default(), UnixTime::default());
        Self { broker, waiters, finished: Vec::new(), now, writer, limits }
    }

    #[cfg(feature = "configuration")]
    pub(super) fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    #[cfg(feature = "configuration")]
    pub(super) fn set_writer(&mut self, writer: EventWriter) {
        self.writer = writer;
    }

    /// Which limits it enforces.
    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// The largest body that it accepts.
    pub(super) fn max_body(&self) -> usize {
        body::max_body(self.limits)
    }

    /// What time it is: the latest that it was told.
    pub(super) fn now(&self) -> UnixTime {
        self.now
    }

    /// Sets the time to any moment, as part of a whole state.
    pub(super) fn set_time(&mut self, now: UnixTime) {
        self.now = now;
    }

    /// Ends locks, delays, times to live and waits, each at its own moment, but does no more than
    /// `max_steps` steps. Returns whether more is due.
    ///
    /// Until all locks, delays and waits have ended, time has come to the moment of the last of
    /// them only. So what a request sees never depends on how much was left to do.
    ///
    /// Time stops at each moment at which events are available that feed a topic: then more is due.
    ///
    /// With `for_pushes` time also stops at each moment at which events are to be pushed again, so
    /// that somebody can push them at that moment: then more is due.
    pub(super) fn advance(&mut self, now: UnixTime, max_steps: usize, for_pushes: bool) -> bool {
        let mut steps = 0;
        while let Some(moment) = self.next_change().filter(|moment| *moment <= now) {
            if steps >= max_steps {
                return true;
            }
            self.now = self.now.max(moment);
            let advanced = self.broker.advance(self.now, max_steps - steps);
            steps += advanced.steps;
            let is_pushed = |id: &SubscriptionId| self.broker.push_endpoint(*id).is_some();
            let has_pushes = for_pushes && advanced.returned.iter().any(is_pushed);
            for subscription in advanced.returned {
                self.serve_waiters(subscription);
            }
            // An event that becomes available at the end of a wait comes before that end.
            if advanced.is_more_due {
                continue;
            }
            while let Some(waiter) = self.waiters.take_ended(self.now) {
                steps += 1;
                self.finished.push((waiter, Ok(receive::reply(&[], &mut self.writer))));
            }
            if has_pushes || self.broker.has_due_feeds() {
                return true;
            }
        }
        self.now = self.now.max(now);
        self.broker.advance(self.now, max_steps.saturating_sub(steps)).is_more_due
    }

    /// When an event may next become available or become a dead letter by itself, or a wait ends.
    fn next_change(&self) -> Option<UnixTime> {
        [self.broker.next_change(), self.waiters.next_end()].into_iter().flatten().min()
    }

    pub(super) fn next_deadline(&self) -> Option<UnixTime> {
        [self.broker.next_deadline(), self.waiters.next_end()].into_iter().flatten().min()
    }

    pub(super) fn take_finished(&mut self) -> Vec<(WaiterId, Result<Response<Bytes>, ServiceError>)> {
        std::mem::take(&mut self.finished)
    }

    pub(super) fn cancel(&mut self, waiter: WaiterId) {
        self.waiters.remove(waiter);
    }

    pub(super) fn finish_waiting(&mut self) {
        for waiter in self.waiters.take_all() {
            self.finished.push((waiter, Ok(receive::reply(&[], &mut self.writer))));
        }
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiters.len()
    }

    pub(super) fn broker(&self) -> &Broker {
        &self.broker
    }

    /// What changed in the broker since it was saved.
    #[cfg(feature = "data")]
    pub(super) fn take_changes(&mut self) -> BrokerChanges {
        self.broker.take_changes()
    }

    /// Does something with the broker that makes no event available.
    pub(super) fn with_broker<T>(&mut self, work: impl FnOnce(&mut Broker, UnixTime) -> T) -> T {
        work(&mut self.broker, self.now)
    }

    /// Does something with an event subscription that may make events available, and serves who
    /// waits for them.
    pub(super) fn change<T>(
        &mut self,
        id: SubscriptionId,
        work: impl FnOnce(&mut Broker, UnixTime) -> T,
    ) -> T {
        let result = work(&mut self.broker, self.now);
        self.serve_waiters(id);
        result
    }

    /// Removes an event subscription. Who waits for its events is told that it is not there.
    pub(super) fn remove_subscription(&mut self, id: SubscriptionId) -> bool {
        let name = self.broker.subscription_name(id).unwrap_or_default().to_owned();
        let is_there = self.broker.remove_subscription(id);
        self.refuse_waiters(id, || ServiceError::subscription_not_found(&name));
        is_there
    }

    /// Gives an event subscription an endpoint, or takes it away. Who waits for its events is told
    /// that they are pushed from now on.
    pub(super) fn set_push_endpoint(
        &mut self,
        id: SubscriptionId,
        tier: DeliveryTier,
        endpoint: Option<PushEndpoint>,
    ) {
        let (name, is_pushed) = (self.broker.subscription_name(id).unwrap_or_default(), endpoint.is_some());
        let name = name.to_owned();
        self.change(id, |broker, _| broker.set_push_endpoint(id, tier, endpoint));
        if is_pushed {
            self.refuse_waiters(id, || ServiceError::subscription_is_pushed(&name));
        }
    }

    /// Removes a topic with its event subscriptions. Who waits for their events is told that it is
    /// not there.
    pub(super) fn remove_topic(&mut self, id: TopicId) {
        let name = self.broker.topic_name(id).unwrap_or_default().to_owned();
        for subscription in self.broker.remove_topic(id) {
            self.refuse_waiters(subscription, || ServiceError::topic_not_found(&name));
        }
    }

    /// Gives an event back, and serves who waits for it.
    pub(super) fn release(
        &mut self,
        of: SubscriptionId,
        lock_token: &str,
        delay: Duration,
    ) -> Result<(), TokenError> {
        let result = self.broker.release(self.now, of, lock_token, delay);
        self.serve_waiters(of);
        result
    }

    /// Takes back what a response brought that did not arrive. Events that were settled all the
    /// same stay settled.
    pub(super) fn give_back(&mut self, receipt: &Receipt) {
        for token in receipt.lock_tokens() {
            let _ = self.broker.give_back(self.now, receipt.subscription, token);
        }
        self.serve_waiters(receipt.subscription);
    }

    fn refuse_waiters(&mut self, of: SubscriptionId, error: impl Fn() -> ServiceError) {
        for waiter in self.waiters.take_of(of) {
            self.finished.push((waiter, Err(error())));
        }
    }

    /// One event that no request brought, as a topic of the namespace has it.
    pub(super) fn event(&self, json: &str) -> Result<Event, ServiceError> {
        event::event(&body::parse(json.as_bytes())?, self.limits)
    }

    /// Puts events into the queues of a topic, and serves who waits for them.
    pub(super) fn publish(&mut self, topic: TopicId, events: &[Event]) {
        self.broker.publish(self.now, topic, events);
        for index in 0..self.broker.subscriptions(topic).len() {
            let subscription = self.broker.subscriptions(topic)[index];
            self.serve_waiters(subscription);
        }
    }

    /// Does what a request asks for, if its credential is good. Checks in the order of the service:
    /// of what, with which arguments, with which body. (That the topic comes before the body is
    /// recorded; the rest is unconfirmed.)
    pub(super) fn handle(
        &mut self,
        route: Route<'_>,
        request: &Request<Bytes>,
        accepted: &mut AcceptedLog,
    ) -> Result<Outcome, ServiceError> {
        if request.method() != Method::POST {
            return Err(ServiceError::method_not_allowed(request.method(), "POST"));
        }
        let topic = self.topic_of(&route).ok_or_else(|| ServiceError::topic_not_found(&route.topic))?;
        let query = || Query::parse(request.uri().query());
        match route.operation {
            Operation::Publish => {
                let query = query()?;
                body::check_size(request.body(), self.limits)?;
                let events = publish::events(request.headers(), request.body(), self.limits)?;
                self.publish(topic, &events);
                accepted.push(Accepted {
                    target: TargetKind::NamespaceTopic,
                    name: self.broker.topic_name(topic).unwrap_or_default().to_owned(),
                    channel: None,
                    schema: InputSchema::CloudEvents,
                    api_version: Some(query.version().to_owned()),
                    headers: Accepted::headers_of(request.headers()),
                    events,
                });
                Ok(Outcome::Done(json_reply("application/json", &Empty {})))
            }
            Operation::Receive(name) => {
                let subscription = self.subscription(topic, &name)?;
                self.receive(subscription, &query()?)
            }
            Operation::Settle(name, settlement) => {
                let subscription = self.subscription(topic, &name)?;
                let query = query()?;
                if settlement == Settlement::RenewLock && !query.has_renew_lock() {
                    return Err(ServiceError::resource_not_found(request.uri().path()));
                }
                self.settle(subscription, settlement, &query, request).map(Outcome::Done)
            }
        }
    }

    /// The topic that a request is for. The topics of the broker that begin with a slash are those
    /// of basic topics, domains and channels, which have paths and keys of their own.
    fn topic_of(&self, route: &Route<'_>) -> Option<TopicId> {
        Some(&route.topic).filter(|name| !name.starts_with('/')).and_then(|name| self.broker.topic(name))
    }

    /// An event subscription that events can be received from.
    fn subscription(&self, topic: TopicId, name: &str) -> Result<SubscriptionId, ServiceError> {
        let id = self.broker.subscription(topic, name);
        let id = id.ok_or_else(|| ServiceError::subscription_not_found(name))?;
        match self.broker.push_endpoint(id) {
            Some(_) => Err(ServiceError::subscription_is_pushed(name)),
            None => Ok(id),
        }
    }

    fn receive(&mut self, subscription: SubscriptionId, query: &Query<'_>) -> Result<Outcome, ServiceError> {
        let max_events = query.max_events()?;
        let until = self.now + query.max_wait_time()?;
        let deliveries = self.broker.receive(self.now, subscription, max_events);
        Ok(if deliveries.is_empty() {
            Outcome::Waiting(self.waiters.add(Waiter { subscription, max_events, until }))
        } else {
            // Taking what is due may have left events for others.
            self.serve_waiters(subscription);
            Outcome::Done(delivered(subscription, deliveries, &mut self.writer))
        })
    }

    fn settle(
        &mut self,
        subscription: SubscriptionId,
        settlement: Settlement,
        query: &Query<'_>,
        request: &Request<Bytes>,
    ) -> Result<Response<Bytes>, ServiceError> {
        let delay = if settlement == Settlement::Release { query.release_delay()? } else { Duration::ZERO };
        body::check_size(request.body(), self.limits)?;
        let tokens = LockTokens::parse(request.headers(), request.body())?;
        let (broker, now) = (&mut self.broker, self.now);
        let reply = tokens.settle(query.has_flat_failures(), |token| match settlement {
            Settlement::Acknowledge => broker.acknowledge(now, subscription, token),
            Settlement::Release => broker.release(now, subscription, token, delay),
            Settlement::Reject => broker.reject(now, subscription, token),
            Settlement::RenewLock => broker.renew_lock(now, subscription, token),
        });
        self.serve_waiters(subscription);
        Ok(reply)
    }

    /// Responds to the waiting receives of a subscription as long as it has events for them. None
    /// of them waits to be filled.
    fn serve_waiters(&mut self, subscription: SubscriptionId) {
        while let Some((waiter, max_events)) = self.waiters.first(subscription) {
            let deliveries = self.broker.receive(self.now, subscription, max_events);
            if deliveries.is_empty() {
                break;
            }
            self.waiters.remove(waiter);
            self.finished.push((waiter, Ok(delivered(subscription, deliveries, &mut self.writer))));
        }
    }
}

/// A response with events, and with a receipt for them.
fn delivered(
    subscription: SubscriptionId,
    deliveries: Vec<Delivery>,
    writer: &mut EventWriter,
) -> Response<Bytes> {
    let mut response = receive::reply(&deliveries, writer);
    response.extensions_mut().insert(Receipt::new(subscription, deliveries));
    response
}

/// Refuses an API version that a namespace does not speak.
pub(super) fn check_version(query: Option<&str>) -> Result<(), ServiceError> {
    Query::parse(query).map(drop)
}

/// A response with status 200.
pub(super) fn json_reply(content_type: &'static str, body: &impl Serialize) -> Response<Bytes> {
    reply(content_type, serde_json::to_vec(body).expect("all keys are text").into())
}

/// A response with status 200.
fn reply(content_type: &'static str, body: Bytes) -> Response<Bytes> {
    let mut reply = Response::new(body);
    reply.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply
}

#[derive(Serialize)]
struct Empty {}
