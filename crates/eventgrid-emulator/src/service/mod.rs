//! The namespace's data plane as the service speaks it, without I/O: requests in, replies out.

mod authentication;
mod body;
mod cloud_event;
mod error;
mod publish;
mod query;
mod receive;
mod route;
mod settle;
mod waiters;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use rand::{Rng, rngs::StdRng};
use serde::Serialize;
use uuid::Builder;

pub(crate) use self::authentication::AccessKeys;
pub(crate) use self::body::MAX_BODY;
use self::error::ServiceError;
use self::query::Query;
use self::route::{Operation, Settlement, route};
use self::settle::LockTokens;
use self::waiters::{Waiter, Waiters};
use crate::UnixTime;
use crate::broker::{Broker, SubscriptionId, SubscriptionStats, TopicId};

/// A local Event Grid namespace without I/O and without a clock.
///
/// Requests begin by [`begin`](Self::begin). Most are answered at once. A receive that finds no event waits;
/// its answer comes out of [`take_finished`](Self::take_finished) after whichever later call finished it. Time
/// passes by [`advance`](Self::advance) and by the `now` of every request; it never goes back.
///
/// ```
/// use eventgrid_emulator::{Emulator, Outcome, UnixTime};
/// use http::Request;
///
/// let mut emulator = Emulator::builder().key("secret").subscription("orders", "billing").build()?;
/// let request = |path: &str, content_type: &str, body: &'static str| {
///     Request::post(format!("{path}?api-version=2024-06-01"))
///         .header("authorization", "SharedAccessKey secret")
///         .header("content-type", content_type)
///         .body(body.into())
/// };
/// let receive = request("/topics/orders/eventsubscriptions/billing:receive", "", "")?;
/// let publish = request(
///     "/topics/orders:publish",
///     "application/cloudevents+json",
///     r#"{"specversion":"1.0","id":"1","source":"/shop","type":"Ordered"}"#,
/// )?;
///
/// let noon = UnixTime::from_secs(12 * 60 * 60);
/// let Outcome::Waiting(waiter) = emulator.begin(noon, &receive) else { panic!("nothing to receive yet") };
/// assert!(matches!(emulator.begin(noon, &publish), Outcome::Done(_)));
/// let (finished, reply) = emulator.take_finished().remove(0);
/// assert_eq!(finished, waiter);
/// assert!(reply.body().starts_with(br#"{"value":[{"brokerProperties":{"lockToken":""#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Emulator {
    keys: AccessKeys,
    broker: Broker,
    waiters: Waiters,
    finished: Vec<(WaiterId, Response<Bytes>)>,
    now: UnixTime,
    random: StdRng,
}

/// What became of a request.
#[derive(Debug)]
pub enum Outcome {
    /// It is answered.
    Done(Response<Bytes>),
    /// It is a receive that waits for an event.
    Waiting(WaiterId),
}

/// Names a waiting receive of one [`Emulator`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WaiterId(u64);

impl Emulator {
    pub(crate) fn new(keys: AccessKeys, broker: Broker, random: StdRng) -> Self {
        Self {
            keys,
            broker,
            waiters: Waiters::default(),
            finished: Vec::new(),
            now: UnixTime::default(),
            random,
        }
    }

    /// The next number of its dice.
    pub(crate) fn random(&mut self) -> u64 {
        self.random.random()
    }

    /// The access key that requests must carry; the first one, if there are more.
    pub fn key(&self) -> &str {
        self.keys.primary()
    }

    /// Takes a request and answers it, or lets it wait.
    pub fn begin(&mut self, now: UnixTime, request: &Request<Bytes>) -> Outcome {
        self.advance(now);
        self.handle(request).unwrap_or_else(|error| {
            let tracking_id = Builder::from_random_bytes(self.random.random()).into_uuid();
            Outcome::Done(error.into_reply(self.now, tracking_id))
        })
    }

    /// Lets time pass up to `now`: ends locks, delays, times to live and waits, each at its own moment, so that
    /// many small steps and one large one come to the same.
    pub fn advance(&mut self, now: UnixTime) {
        while let Some(moment) = self.next_deadline().filter(|moment| *moment <= now) {
            self.now = self.now.max(moment);
            for subscription in self.broker.advance(self.now) {
                self.serve_waiters(subscription);
            }
            while let Some(waiter) = self.waiters.take_ended(self.now) {
                self.finished.push((waiter, receive::reply(&[])));
            }
        }
        self.now = self.now.max(now);
    }

    /// When [`advance`](Self::advance) next has something to do.
    pub fn next_deadline(&self) -> Option<UnixTime> {
        [self.broker.next_deadline(), self.waiters.next_end()].into_iter().flatten().min()
    }

    /// The answers to waiting receives since the last call, in the order in which they were finished.
    pub fn take_finished(&mut self) -> Vec<(WaiterId, Response<Bytes>)> {
        std::mem::take(&mut self.finished)
    }

    /// Forgets a waiting receive, because nobody waits for its answer any more. It takes no events from then on.
    /// Does nothing if it is finished already.
    pub fn cancel(&mut self, waiter: WaiterId) {
        self.waiters.remove(waiter);
    }

    /// Answers all the waiting receives without events, to end in good order.
    pub fn finish_waiting(&mut self) {
        for waiter in self.waiters.take_all() {
            self.finished.push((waiter, receive::reply(&[])));
        }
    }

    /// How many receives wait for an event.
    pub fn waiting(&self) -> usize {
        self.waiters.len()
    }

    /// What became of the events of a subscription; nothing, if there is no such subscription.
    pub fn stats(&self, topic: &str, subscription: &str) -> Option<SubscriptionStats> {
        let topic = self.broker.topic(topic)?;
        Some(self.broker.stats(self.broker.subscription(topic, subscription)?))
    }

    /// Checks in the order of the service: who asks, of what, with which arguments, with which body. (That the
    /// topic comes before the body is recorded; the rest is unconfirmed.)
    fn handle(&mut self, request: &Request<Bytes>) -> Result<Outcome, ServiceError> {
        self.keys.check(request.headers())?;
        let route = route(request.method(), request.uri().path())?;
        let topic =
            self.broker.topic(&route.topic).ok_or_else(|| ServiceError::topic_not_found(&route.topic))?;
        match route.operation {
            Operation::Publish => {
                Query::parse(request.uri().query())?;
                self.publish(topic, request).map(Outcome::Done)
            }
            Operation::Receive(name) => {
                let subscription = self.subscription(topic, &name)?;
                self.receive(subscription, &Query::parse(request.uri().query())?)
            }
            Operation::Settle(name, settlement) => {
                let subscription = self.subscription(topic, &name)?;
                self.settle(subscription, settlement, request).map(Outcome::Done)
            }
        }
    }

    fn subscription(&self, topic: TopicId, name: &str) -> Result<SubscriptionId, ServiceError> {
        self.broker.subscription(topic, name).ok_or_else(|| ServiceError::subscription_not_found(name))
    }

    fn publish(&mut self, topic: TopicId, request: &Request<Bytes>) -> Result<Response<Bytes>, ServiceError> {
        body::check_size(request.body())?;
        let events = publish::events(request.headers(), request.body())?;
        self.broker.publish(self.now, topic, &events);
        for subscription in self.broker.subscriptions(topic).to_vec() {
            self.serve_waiters(subscription);
        }
        Ok(json_reply("application/json", &Empty {}))
    }

    fn receive(&mut self, subscription: SubscriptionId, query: &Query<'_>) -> Result<Outcome, ServiceError> {
        let max_events = query.max_events()?;
        let until = self.now + query.max_wait_time()?;
        let deliveries = self.broker.receive(self.now, subscription, max_events);
        Ok(if deliveries.is_empty() {
            Outcome::Waiting(self.waiters.add(Waiter { subscription, max_events, until }))
        } else {
            Outcome::Done(receive::reply(&deliveries))
        })
    }

    fn settle(
        &mut self,
        subscription: SubscriptionId,
        settlement: Settlement,
        request: &Request<Bytes>,
    ) -> Result<Response<Bytes>, ServiceError> {
        let delay = Query::parse(request.uri().query())?.release_delay()?;
        body::check_size(request.body())?;
        let tokens = LockTokens::parse(request.headers(), request.body())?;
        let (broker, now) = (&mut self.broker, self.now);
        let reply = tokens.settle(|token| match settlement {
            Settlement::Acknowledge => broker.acknowledge(now, subscription, token),
            Settlement::Release => broker.release(now, subscription, token, delay),
            Settlement::Reject => broker.reject(now, subscription, token),
            Settlement::RenewLock => broker.renew_lock(now, subscription, token),
        });
        self.serve_waiters(subscription);
        Ok(reply)
    }

    /// Answers the waiting receives of a subscription as long as it has events for them. None of them waits to be
    /// filled.
    fn serve_waiters(&mut self, subscription: SubscriptionId) {
        while let Some((waiter, max_events)) = self.waiters.first(subscription) {
            let deliveries = self.broker.receive(self.now, subscription, max_events);
            if deliveries.is_empty() {
                break;
            }
            self.waiters.remove(waiter);
            self.finished.push((waiter, receive::reply(&deliveries)));
        }
    }
}

/// An answer with status 200.
fn json_reply(content_type: &'static str, body: &impl Serialize) -> Response<Bytes> {
    let body = serde_json::to_vec(body).expect("all keys are text");
    let mut reply = Response::new(body.into());
    reply.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply
}

#[derive(Serialize)]
struct Empty {}
