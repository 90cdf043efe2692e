//! The data plane as the service speaks it, without I/O: requests in, replies out.
//!
//! `namespace` is Event Grid "Standard", `basic` is Event Grid "Basic": they differ in nearly
//! everything, their errors included. What they share stands beside them.

mod authentication;
mod basic;
mod clock;
mod cloud_event;
mod condition;
mod dead_letters;
mod failure;
mod faults;
mod filters;
mod injected_error;
mod members;
mod mqtt;
mod namespace;
mod observation;
mod options;
mod overview;
mod place;
mod publish;
mod pushes;
mod query;
mod receipt;
#[cfg(feature = "data")]
mod save;
mod snapshot;
mod subscriptions;
mod system_events;

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use rand::{Rng, rngs::StdRng};
use uuid::{Builder, Uuid};

use self::authentication::Access;
pub(crate) use self::authentication::{AccessKeys, Credentials};
use self::basic::{BasicError, Resource};
pub(crate) use self::basic::{BasicResources, MAX_BODY};
use self::clock::Clock;
pub use self::clock::ClockState;
pub use self::condition::{Condition, WaitError};
pub(crate) use self::dead_letters::check_dead_lettering;
pub use self::dead_letters::{DeadLetterFile, DeadLetteringError};
#[cfg(feature = "data")]
pub(crate) use self::failure::{DATA_FAILED, basic_failed, namespace_failed};
use self::mqtt::MqttBroker;
pub use self::namespace::HealthError;
use self::namespace::{Namespace, Route, ServiceError};
pub(crate) use self::options::EventSubscriptionError;
pub use self::options::EventSubscriptionOptions;
pub use self::overview::{SubscriptionOverview, TopicOverview};
pub(crate) use self::place::PathSettings;
use self::place::{Place, place};
pub use self::publish::PublishError;
use self::pushes::FEED_AT_ONCE;
pub(crate) use self::pushes::{DueHandshake, HandshakeResponse, SentPush, TakenPush, check_push_endpoint};
pub use self::pushes::{DuePush, HandshakeState, HandshakeStatus, PushEndpointError};
use self::pushes::{Handshakes, PushForms};
pub(crate) use self::receipt::Receipt;
#[cfg(feature = "data")]
pub(crate) use self::save::{EmulatorChanges, StoredClock, StoredEmulator};
pub(crate) use self::snapshot::SnapshotContent;
#[cfg(feature = "data")]
pub(crate) use self::snapshot::read_resources;
pub use self::snapshot::{Snapshot, SnapshotError};
pub use self::system_events::SystemEventError;
pub(crate) use self::system_events::nearest_types;
use crate::accepted::{Accepted, AcceptedLog};
use crate::broker::Broker;
#[cfg(feature = "configuration")]
use crate::event::AttributeOrder;
use crate::event::EventWriter;
use crate::fault::{FaultInjector, Injected};
use crate::limits::Limits;
use crate::observe::{Observations, Observed, Operation};
use crate::push_targets::PushTargets;
use crate::target::Target;
use crate::time::UnixTime;

/// A local Event Grid without I/O and without a clock.
///
/// Requests begin by [`begin`](Self::begin). Most get their response at once. A receive that finds
/// no event waits; its response comes out of [`take_finished`](Self::take_finished) after whichever
/// later call finished it. Time passes by [`advance`](Self::advance) and by the `now` of every
/// request; it never goes back.
///
/// ```
/// use eventgrid_emulator::{Emulator, Outcome, UnixTime};
/// use http::Request;
///
/// let mut emulator = Emulator::builder().key("c2VjcmV0").subscription("orders", "billing").build()?;
/// let request = |path: &str, content_type: &str, body: &'static str| {
///     Request::post(format!("{path}?api-version=2024-06-01"))
///         .header("authorization", "SharedAccessKey c2VjcmV0")
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
    credentials: Credentials,
    namespace: Namespace,
    basic: Arc<BasicResources>,
    paths: PathSettings,
    accepted: AcceptedLog,
    pub(crate) observations: Observations,
    faults: FaultInjector,
    push_forms: PushForms,
    handshakes: Handshakes,
    /// Where a server pushes events; `None` without a server.
    push_targets: Option<PushTargets>,
    mqtt: MqttBroker,
    /// The receives that wait, each with the fault that it has met.
    under_way: HashMap<WaiterId, (Observed, Option<Injected>)>,
    random: StdRng,
    clock: Clock,
    /// `None` if it is not saved.
    #[cfg(feature = "data")]
    saved: Option<Box<save::Saved>>,
}

/// The outcome of a request.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// The response is ready.
    Done(Response<Bytes>),
    /// It is a receive that waits for an event.
    Waiting(WaiterId),
}

/// The id of a waiting receive of one [`Emulator`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WaiterId(u64);

impl Emulator {
    pub(crate) fn new(
        credentials: Credentials,
        mut broker: Broker,
        basic: BasicResources,
        paths: PathSettings,
        writer: EventWriter,
        limits: Limits,
        random: StdRng,
    ) -> Self {
        for target in basic.targets() {
            broker.create_topic(&target.topic_name());
        }
        let (namespace, basic) = (Namespace::new(broker, writer, limits), Arc::new(basic));
        Self {
            credentials,
            namespace,
            basic,
            paths,
            accepted: AcceptedLog::default(),
            observations: Observations::default(),
            faults: FaultInjector::default(),
            push_forms: PushForms::default(),
            handshakes: Handshakes::default(),
            push_targets: None,
            mqtt: MqttBroker::default(),
            under_way: HashMap::new(),
            random,
            clock: Clock::default(),
            #[cfg(feature = "data")]
            saved: None,
        }
    }

    /// The next number of its dice.
    pub(crate) fn random(&mut self) -> u64 {
        self.random.random()
    }

    /// The access key for requests; the first one of several.
    pub fn key(&self) -> &str {
        self.credentials.primary_key()
    }

    /// Takes other credentials, and changes basic topics, domains and partner namespaces from those
    /// of one configuration to those of the next. What is at the same target as before keeps its
    /// event subscriptions, and what no configuration named stays.
    #[cfg(feature = "configuration")]
    pub(crate) fn reconfigure(
        &mut self,
        credentials: Credentials,
        before: &BasicResources,
        mut basic: BasicResources,
    ) {
        basic.add_missing(self.basic.without(before));
        let before = std::mem::replace(&mut self.basic, Arc::new(basic));
        self.credentials = credentials;
        let [before, after] = [&before, &self.basic]
            .map(|basic| basic.targets().map(|target| target.topic_name().into_owned()).collect::<Vec<_>>());
        for name in before.iter().filter(|name| !after.iter().any(|other| other.eq_ignore_ascii_case(name))) {
            if let Some(topic) = self.namespace.broker().topic(name) {
                self.namespace.remove_topic(topic);
            }
        }
        for name in &after {
            self.namespace.with_broker(|broker, _| broker.create_topic(name));
        }
        self.follow_schemas();
    }

    /// Which limits it enforces.
    pub(crate) fn limits(&self) -> Limits {
        self.namespace.limits()
    }

    /// Takes other limits, and the paths that go with them.
    #[cfg(feature = "configuration")]
    pub(crate) fn set_limits(&mut self, limits: Limits, paths: PathSettings) {
        self.namespace.set_limits(limits);
        self.paths = paths;
    }

    /// Sends attributes in another order.
    #[cfg(feature = "configuration")]
    pub(crate) fn set_attribute_order(&mut self, order: AttributeOrder) {
        self.namespace.set_writer(EventWriter::new(order, &mut self.random));
    }

    /// Takes a request and responds to it, or lets it wait.
    ///
    /// A request over TLS has a URI with scheme and authority, `https://localhost/topics/…`; one
    /// with only a path was sent over plain http. This matters only for shared access signatures.
    pub fn begin(&mut self, now: UnixTime, request: &Request<Bytes>) -> Outcome {
        self.advance(now);
        self.handle(request)
    }

    /// Takes a request at the time to which time has come.
    pub(crate) fn handle(&mut self, request: &Request<Bytes>) -> Outcome {
        let basic = Arc::clone(&self.basic);
        let place = place(request.uri().path(), request.uri().query(), self.paths, &basic);
        let Some(subject) = place.subject(request.headers()) else { return self.execute(place, request) };
        let observed = self.observations.begin(self.namespace.now(), &subject, request, true);
        let fault = self.faults.meet(&subject);
        let mut outcome = match &fault {
            Some(effect) => self.execute_with(effect, subject.operation, place, request),
            None => self.execute(place, request),
        };
        match (&mut outcome, fault) {
            (Outcome::Done(response), fault) => {
                if let Some(effect) = fault {
                    self.inject(&effect, response);
                }
                self.observations.end(observed, response);
            }
            (Outcome::Waiting(waiter), fault) => {
                self.under_way.insert(*waiter, (observed, fault));
            }
        }
        outcome
    }

    /// Executes a request that has met a fault, as far as that lets it.
    fn execute_with(
        &mut self,
        effect: &Injected,
        operation: Operation,
        place: Place<'_>,
        request: &Request<Bytes>,
    ) -> Outcome {
        if let Some(response) = self.instead(effect, &place) {
            return Outcome::Done(response);
        }
        if effect.lose_lock {
            self.lose_locks_of(&place, request);
        }
        let is_publish = matches!(operation, Operation::Publish | Operation::PublishMessage);
        if effect.duplicate_delivery && is_publish {
            let _ = self.execute(place.clone(), request);
        }
        self.execute(place, request)
    }

    fn execute(&mut self, place: Place<'_>, request: &Request<Bytes>) -> Outcome {
        let outcome = match place {
            Place::Health => self.tell_health(request).map(Outcome::Done),
            Place::Handshake => self.end_handshake_by_url(request).map(Outcome::Done),
            Place::Mqtt(route) => self.handle_mqtt(&route, request).map(Outcome::Done),
            Place::Namespace(route) => self.handle_namespace(route, request),
            Place::NoBasicHost => self.refuse_basic(request),
            Place::Nothing => self.handle_nothing(request),
            Place::Basic(resource) => Ok(Outcome::Done(self.handle_basic(Some(resource), request))),
            Place::NothingBasic => Ok(Outcome::Done(self.handle_basic(None, request))),
        };
        outcome.unwrap_or_else(|error| Outcome::Done(self.refuse(error)))
    }

    /// Looks at a request whose body was not read yet, of that length if it is known. Returns a
    /// response if the request is refused whatever its body: for its credential, or for what it
    /// asks for if its body is too large.
    pub(crate) fn admit(&mut self, request: &Request<Bytes>, length: Option<u64>) -> Option<Response<Bytes>> {
        let basic = Arc::clone(&self.basic);
        let place = place(request.uri().path(), request.uri().query(), self.paths, &basic);
        // These need no credential and read no body, and a handshake can be ended only once.
        if matches!(place, Place::Health | Place::Handshake) {
            return None;
        }
        let (limit, access) = match &place {
            Place::Basic(resource) => (MAX_BODY, Access::to_basic(Some(resource))),
            Place::Mqtt(route) if route.has_body() => {
                (mqtt::max_message(self.limits()), Access::to_mqtt(route))
            }
            Place::Mqtt(route) => (usize::MAX, Access::to_mqtt(route)),
            Place::Namespace(route) if route.has_body() => {
                (self.namespace.max_body(), Access::to_namespace(Some(route)))
            }
            // What reads no body is not executed before it is there.
            Place::Namespace(route) => (usize::MAX, Access::to_namespace(Some(route))),
            _ => (0, Access::to_namespace(None)),
        };
        let now = self.namespace.now().as_duration();
        let has_access = self.credentials.check(request, access, now).is_ok();
        let is_too_large = length.is_some_and(|length| length > limit as u64);
        if has_access && !is_too_large {
            return None;
        }
        // One byte too many is as good as the body itself to learn which refusal comes first.
        let size = if has_access { limit + 1 } else { 0 };
        let (head, _) = request.clone().into_parts();
        let subject = place.subject(request.headers());
        let outcome = self.execute(place, &Request::from_parts(head, vec![0; size].into()));
        let Outcome::Done(response) = outcome else { return None };
        if !response.status().is_client_error() {
            return None;
        }
        if let Some(subject) = subject {
            let observed = self.observations.begin(self.namespace.now(), &subject, request, false);
            self.observations.end(observed, &response);
        }
        Some(response)
    }

    /// When the lock of an event ends that a response brought; `None` if it has ended.
    pub(crate) fn locked_until(&self, receipt: &Receipt, lock_token: &str) -> Option<UnixTime> {
        self.namespace.broker().locked_until(self.namespace.now(), receipt.subscription, lock_token)
    }

    /// Takes back the events of a response that did not arrive.
    pub(crate) fn give_back(&mut self, receipt: &Receipt) {
        self.namespace.give_back(receipt);
    }

    /// Moves the time to `now`: ends locks, delays, times to live and waits, each at its own
    /// moment, so that many small steps and one large one have the same result.
    pub fn advance(&mut self, now: UnixTime) {
        while self.advance_by(now, usize::MAX) {}
    }

    /// Moves the time like [`advance`](Self::advance), but makes at most `max_steps` steps. Each
    /// ends one lock, delay, time to live or wait. Returns whether more is due.
    pub fn advance_by(&mut self, now: UnixTime, max_steps: usize) -> bool {
        let now = self.tell_time(now);
        self.pass_time(now, max_steps, false)
    }

    /// Lets time pass, and feeds topics of the namespace at each moment at which that is due. With
    /// `for_pushes` time also stops where events are to be pushed again. Returns whether more is
    /// due.
    fn pass_time(&mut self, now: UnixTime, max_steps: usize, for_pushes: bool) -> bool {
        // What is due is published at its own moment, before any time passes.
        if self.feed_topics(max_steps) {
            return true;
        }
        let is_more_due = self.namespace.advance(now, max_steps, for_pushes);
        self.feed_topics(max_steps) || is_more_due
    }

    /// When [`advance`](Self::advance) next has something to do; `None` if nothing will end.
    pub fn next_deadline(&self) -> Option<UnixTime> {
        let feed = self.namespace.broker().has_due_feeds().then(|| self.namespace.now());
        let deadlines = [self.namespace.next_deadline(), self.handshakes.next_deadline(), feed];
        deadlines.into_iter().flatten().min().and_then(|moment| self.outside_time(moment))
    }

    /// The responses to waiting receives since the last call, in the order in which they were
    /// finished.
    pub fn take_finished(&mut self) -> Vec<(WaiterId, Response<Bytes>)> {
        let finished = self.namespace.take_finished().into_iter();
        let finish = |(waiter, result): (WaiterId, Result<_, _>)| {
            let mut response = result.unwrap_or_else(|error| self.refuse(error));
            if let Some((observed, fault)) = self.under_way.remove(&waiter) {
                if let Some(effect) = fault {
                    self.inject(&effect, &mut response);
                }
                self.observations.end(observed, &response);
            }
            (waiter, response)
        };
        finished.map(finish).collect()
    }

    /// Cancels a waiting receive, because nobody waits for its response any more. It gets no
    /// events. Does nothing if it is finished already.
    pub fn cancel(&mut self, waiter: WaiterId) {
        self.namespace.cancel(waiter);
        if let Some((observed, _)) = self.under_way.remove(&waiter) {
            self.observations.cancel(observed);
        }
    }

    /// Responds to all waiting receives without events, for a clean shutdown.
    pub fn finish_waiting(&mut self) {
        self.namespace.finish_waiting();
    }

    /// How many receives wait for an event.
    pub fn waiting(&self) -> usize {
        self.namespace.waiting()
    }

    /// The publishes that were accepted, the oldest first; see [`Accepted`] for how many are kept.
    pub fn accepted(&self) -> Vec<Accepted> {
        self.accepted.iter().cloned().collect()
    }

    /// Forgets what was accepted. The events stay where they are.
    pub fn clear_accepted(&mut self) {
        self.accepted.clear();
    }

    fn handle_namespace(
        &mut self,
        route: Route<'_>,
        request: &Request<Bytes>,
    ) -> Result<Outcome, ServiceError> {
        self.authenticate(request, Some(&route))?;
        self.namespace.handle(route, request, &mut self.accepted)
    }

    /// In the namespace there is no such path, but the version comes first.
    fn refuse_basic(&self, request: &Request<Bytes>) -> Result<Outcome, ServiceError> {
        self.authenticate(request, None)?;
        namespace::check_version(request.uri().query())?;
        Err(ServiceError::resource_not_found(request.uri().path()))
    }

    fn handle_nothing(&self, request: &Request<Bytes>) -> Result<Outcome, ServiceError> {
        self.authenticate(request, None)?;
        Err(ServiceError::resource_not_found(request.uri().path()))
    }

    fn handle_basic(&mut self, resource: Option<&Resource>, request: &Request<Bytes>) -> Response<Bytes> {
        let now = self.namespace.now();
        let check = || self.credentials.check(request, Access::to_basic(resource), now.as_duration());
        let result = match resource {
            Some(resource) => check()
                .map_err(|denial| BasicError::denied(denial, request))
                .and_then(|()| resource.publish(request)),
            None => Err(BasicError::not_found(request)),
        };
        let request_id = self.guid();
        match result {
            Ok(accepted) => {
                self.accept(accepted);
                basic::success(request_id)
            }
            Err(error) => error.into_reply(now, request_id),
        }
    }

    /// Puts the events of a publish outside the namespace into the queues of their topic.
    fn accept(&mut self, accepted: Accepted) {
        if let Some(topic) = self.namespace.broker().topic(&Target::of(&accepted).topic_name()) {
            self.namespace.publish(topic, &accepted.events);
            self.feed_topics(FEED_AT_ONCE);
        }
        self.accepted.push(accepted);
    }

    fn authenticate(&self, request: &Request<Bytes>, route: Option<&Route<'_>>) -> Result<(), ServiceError> {
        let now = self.namespace.now().as_duration();
        self.credentials.check(request, Access::to_namespace(route), now).map_err(ServiceError::unauthorized)
    }

    fn refuse(&mut self, error: ServiceError) -> Response<Bytes> {
        let tracking_id = self.guid();
        error.into_reply(self.namespace.now(), tracking_id)
    }

    fn guid(&mut self) -> Uuid {
        Builder::from_random_bytes(self.random.random()).into_uuid()
    }
}
