//! The broker: topics, event subscriptions, locks. No I/O, no clock, no randomness of its own.
//!
//! Time is the `now` of each call; the random part of lock tokens comes from a generator seeded by
//! whoever creates the broker. The same calls give the same results.

mod dead_letters;
mod directory;
mod entry;
mod filters;
mod moment;
mod operate;
mod pushes;
mod queued_event;
#[cfg(feature = "data")]
mod save;
mod segments;
mod settings;
mod snapshot;
mod stats;
mod stored;
mod subscription;
mod token;
#[cfg(feature = "data")]
mod tracked;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use eventgrid_filters::{CompiledFilter, FilterSet};
use rand::{SeedableRng, rngs::StdRng};
use slotmap::{DefaultKey, SlotMap};

#[cfg(feature = "data")]
pub(crate) use self::dead_letters::KeptDeadLetter;
pub use self::dead_letters::{
    DeadLetter, DeadLetterDestination, DeadLetterReason, DeadLettering, DeadLetters, UnknownDeadLetter,
};
pub(crate) use self::dead_letters::{DueDeadLetter, basic_form, namespace_form};
#[cfg(feature = "data")]
pub(crate) use self::entry::{Entry, State};
pub(crate) use self::filters::compile_options;
#[cfg(not(feature = "data"))]
use self::moment::Moment;
#[cfg(feature = "data")]
pub(crate) use self::moment::Moment;
pub use self::pushes::{InvalidPushUrl, PushEndpoint};
pub(crate) use self::pushes::{PushDestination, PushStep, TakenEvent, shown_url};
#[cfg(feature = "data")]
pub(crate) use self::pushes::{outcome_number, outcome_of_number};
pub use self::queued_event::{EventState, QueuedEvent, QueuedEvents, UnknownEvent};
#[cfg(feature = "data")]
pub(crate) use self::segments::SEGMENT;
use self::segments::Segments;
pub(crate) use self::segments::Sequence;
pub use self::settings::SubscriptionSettings;
pub(crate) use self::snapshot::{ReadTopics, TopicSnapshot};
pub use self::stats::SubscriptionStats;
#[cfg(feature = "data")]
pub(crate) use self::stored::{
    BrokerChanges, EntrySource, OptionChange, QueueChanges, QueueHead, QueueNumber, SegmentLists,
    SegmentPlaces, StoredBroker, StoredQueue, StoredSegment, StoredSubscription,
};
use self::subscription::{Due, Subscription};
#[cfg(feature = "data")]
use self::tracked::Tracked;
pub use crate::event::Event;
use crate::time::UnixTime;

/// Topics and their event subscriptions.
///
/// Names are compared without case, as the service does. What an id names can be removed; from then
/// on it is without events and takes none.
///
/// Locks, delays and times to live end at their moment, whether or not [`advance`](Self::advance)
/// is called. It does the work that this leaves: it makes events available again, removes those
/// that expired, and counts them. Moments after the year 2554 do not come.
///
/// ```
/// use std::time::Duration;
/// use eventgrid_emulator::UnixTime;
/// use eventgrid_emulator::broker::{Broker, Event, SubscriptionSettings, TokenError};
///
/// let mut broker = Broker::new(1);
/// let orders = broker.create_topic("orders");
/// let billing = broker.create_subscription(orders, "billing", SubscriptionSettings::default()).unwrap();
///
/// let noon = UnixTime::from_secs(12 * 60 * 60);
/// broker.publish(noon, orders, &[Event::from_json("{}".to_owned())?]);
/// let deliveries = broker.receive(noon, billing, 10);
/// assert_eq!(deliveries[0].delivery_count, 1);
///
/// let too_late = noon + Duration::from_secs(60);
/// let lost = broker.acknowledge(too_late, billing, &deliveries[0].lock_token);
/// assert_eq!(lost, Err(TokenError::TokenLost));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug)]
pub struct Broker {
    random: StdRng,
    topics: SlotMap<DefaultKey, Topic>,
    /// By their names in lower case.
    topic_names: HashMap<String, TopicId>,
    subscriptions: SlotMap<DefaultKey, Listed>,
    /// When events next become available by themselves, for each subscription where that is so.
    returns: BTreeSet<(Moment, SubscriptionId)>,
    /// When events next expire, for each subscription with events that can and whose dead letters
    /// are dropped.
    expiries: BTreeSet<(Moment, SubscriptionId)>,
    /// When events next expire or dead letters next leave, for each subscription with a dead-letter
    /// destination.
    deaths: BTreeSet<(Moment, SubscriptionId)>,
    /// Dead letters that are due to be written to folders, until somebody takes them.
    due_dead_letters: VecDeque<(SubscriptionId, Sequence)>,
    /// The subscriptions with a URL as their endpoint of which events are available.
    due_pushes: BTreeSet<SubscriptionId>,
    /// The same with a topic of the namespace as their endpoint.
    due_feeds: BTreeSet<SubscriptionId>,
    /// What removed subscriptions held. Dropping a million events takes a while, so it is done in
    /// steps.
    discarded: Vec<Segments>,
    /// What changed since it was saved; `None` if it is never saved.
    #[cfg(feature = "data")]
    tracked: Option<Box<Tracked>>,
}

#[derive(Debug)]
struct Topic {
    name: String,
    subscriptions: Vec<SubscriptionId>,
    /// By their names in lower case.
    subscription_names: HashMap<String, SubscriptionId>,
    /// Of those subscriptions that have one.
    filters: FilterSet<SubscriptionId>,
}

#[derive(Debug)]
struct Listed {
    topic: TopicId,
    name: String,
    queue: Subscription,
    /// Which events it takes; all, if there is none.
    filter: Option<CompiledFilter>,
}

/// The id of a topic of one [`Broker`]. After the topic was removed, its id is never used for
/// another topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicId(DefaultKey);

/// The id of an event subscription of one [`Broker`]. After the subscription was removed, its id is
/// never used for another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriptionId(DefaultKey);

/// What [`Broker::advance`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Advanced {
    /// The subscriptions in which events became available, each once.
    pub returned: Vec<SubscriptionId>,
    /// How many steps it took. A step ends one lock, one delay or one time to live.
    pub steps: usize,
    /// Whether more work is due, since the maximum number of steps was reached.
    pub is_more_due: bool,
}

/// An event on its way to a receiver, locked for it.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The token with which the receiver settles the event. Each delivery has a new one.
    pub lock_token: String,
    /// How often the event was delivered, this time included.
    pub delivery_count: u32,
    /// The event.
    pub event: Event,
}

/// Why a lock token does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// No broker can have issued such a token.
    #[error("the lock token cannot be decoded")]
    BadToken,
    /// The token locks nothing: its lock ended, its event was settled, it belongs to another
    /// subscription, or its lock can no longer be renewed.
    #[error("the lock token has expired")]
    TokenLost,
}

impl Broker {
    /// A broker without topics, whose lock tokens follow from `seed`.
    pub fn new(seed: u64) -> Self {
        Self {
            random: StdRng::seed_from_u64(seed),
            topics: SlotMap::new(),
            topic_names: HashMap::new(),
            subscriptions: SlotMap::new(),
            returns: BTreeSet::new(),
            expiries: BTreeSet::new(),
            deaths: BTreeSet::new(),
            due_dead_letters: VecDeque::new(),
            due_pushes: BTreeSet::new(),
            due_feeds: BTreeSet::new(),
            discarded: Vec::new(),
            #[cfg(feature = "data")]
            tracked: None,
        }
    }

    /// What lock tokens follow from, to be restored after what is not to change them.
    pub(crate) fn random_state(&self) -> StdRng {
        self.random.clone()
    }

    pub(crate) fn set_random_state(&mut self, random: StdRng) {
        self.random = random;
    }

    /// Puts each event into the queue of each subscription of the topic whose filter it matches.
    /// They reach nobody if the topic was removed.
    pub fn publish(&mut self, now: UnixTime, topic: TopicId, events: &[Event]) {
        for index in 0..self.subscriptions(topic).len() {
            let id = self.subscriptions(topic)[index];
            if self.filter(id).is_some() {
                continue;
            }
            self.with(id, |subscription, _| {
                for event in events {
                    subscription.publish(now.into(), event.clone());
                }
            });
        }
        for of_one in self.matching(topic, events).chunk_by(|(first, _), (second, _)| first == second) {
            let Some((id, _)) = of_one.first() else { continue };
            self.with(*id, |subscription, _| {
                for (_, index) in of_one {
                    subscription.publish(now.into(), events[*index].clone());
                }
            });
        }
    }

    /// Locks up to `max_events` of the events that are available, in the order of their
    /// publication; none of them if the event subscription has a [`PushEndpoint`].
    ///
    /// If thousands of locks end at the same moment, it does not wait until all of these events are
    /// available; [`advance`](Self::advance) makes them available.
    pub fn receive(&mut self, now: UnixTime, from: SubscriptionId, max_events: usize) -> Vec<Delivery> {
        let receive = |subscription: &mut Subscription, random: &mut StdRng| {
            subscription.receive(now.into(), max_events, random)
        };
        self.with(from, receive).unwrap_or_default()
    }

    /// Settles an event: it was handled.
    ///
    /// # Errors
    /// [`TokenError`], if the token locks no event of the subscription.
    pub fn acknowledge(
        &mut self,
        now: UnixTime,
        of: SubscriptionId,
        lock_token: &str,
    ) -> Result<(), TokenError> {
        self.settle(of, |subscription| subscription.acknowledge(now.into(), lock_token))
    }

    /// Gives an event back, to be delivered again after `delay`, at its place in the order of
    /// publication.
    ///
    /// # Errors
    /// [`TokenError`], if the token locks no event of the subscription.
    pub fn release(
        &mut self,
        now: UnixTime,
        of: SubscriptionId,
        lock_token: &str,
        delay: Duration,
    ) -> Result<(), TokenError> {
        self.settle(of, |subscription| subscription.release(now.into(), lock_token, delay))
    }

    /// Takes back a delivery that did not reach its receiver, as if it had not been made.
    ///
    /// # Errors
    /// [`TokenError`], if the token locks no event of the subscription.
    pub fn give_back(
        &mut self,
        now: UnixTime,
        of: SubscriptionId,
        lock_token: &str,
    ) -> Result<(), TokenError> {
        self.settle(of, |subscription| subscription.give_back(now.into(), lock_token))
    }

    /// Adds a copy of a locked event at the end of the queue of its subscription, as if it had been
    /// published twice.
    ///
    /// # Errors
    /// [`TokenError`], if the token locks no event of the subscription.
    pub fn duplicate(
        &mut self,
        now: UnixTime,
        of: SubscriptionId,
        lock_token: &str,
    ) -> Result<(), TokenError> {
        self.settle(of, |subscription| subscription.duplicate(now.into(), lock_token))
    }

    /// Settles an event: it can never be handled.
    ///
    /// # Errors
    /// [`TokenError`], if the token locks no event of the subscription.
    pub fn reject(&mut self, now: UnixTime, of: SubscriptionId, lock_token: &str) -> Result<(), TokenError> {
        self.settle(of, |subscription| subscription.reject(now.into(), lock_token))
    }

    /// Renews the lock of an event, for one lock duration from `now`. The token stays the same.
    ///
    /// # Errors
    /// [`TokenError`], if the token locks no event of the subscription, or was first given more
    /// than an hour ago.
    pub fn renew_lock(
        &mut self,
        now: UnixTime,
        of: SubscriptionId,
        lock_token: &str,
    ) -> Result<(), TokenError> {
        self.settle(of, |subscription| subscription.renew_lock(now.into(), lock_token))
    }

    /// When the lock of a token ends; `None` if the token locks nothing, or the lock has no end.
    pub fn locked_until(&self, now: UnixTime, of: SubscriptionId, lock_token: &str) -> Option<UnixTime> {
        let queue = &self.subscriptions.get(of.0)?.queue;
        queue.locked_until(now.into(), lock_token).ok()?.to_unix_time()
    }

    /// When the next lock, delay or time to live ends. In the past if [`advance`](Self::advance)
    /// did not do all the work that is due.
    pub fn next_deadline(&self) -> Option<UnixTime> {
        if !self.discarded.is_empty() {
            return Some(UnixTime::default());
        }
        let expiry = self.expiries.first().and_then(|(moment, _)| moment.to_unix_time());
        [self.next_change(), expiry].into_iter().flatten().min()
    }

    /// When something next happens by itself that may make events available, or of which the moment
    /// is kept: a lock or a delay ends, an event becomes a dead letter, a dead letter leaves.
    pub(crate) fn next_change(&self) -> Option<UnixTime> {
        let first = [&self.returns, &self.deaths].into_iter().filter_map(|moments| moments.first());
        first.map(|(moment, _)| *moment).min().and_then(Moment::to_unix_time)
    }

    /// Does the work that is due by `now`, but at most `max_steps` steps. Each step takes at most
    /// O(log n).
    pub fn advance(&mut self, now: UnixTime, max_steps: usize) -> Advanced {
        let now = Moment::from(now);
        let mut returned = BTreeSet::new();
        let mut steps = 0;
        while let Some(id) = first_due(&self.returns, now).filter(|_| steps < max_steps) {
            let work = |subscription: &mut Subscription, _: &mut StdRng| {
                subscription.end_due(now, max_steps - steps)
            };
            steps += self.with(id, work).unwrap_or_default();
            returned.insert(id);
        }
        while let Some(id) = first_due(&self.deaths, now).filter(|_| steps < max_steps) {
            let work =
                |subscription: &mut Subscription, _: &mut StdRng| subscription.sweep(now, max_steps - steps);
            steps += self.with(id, work).unwrap_or_default();
            steps += self.send_dead_letters(id, now, max_steps - steps, &mut returned);
        }
        while let Some(id) = first_due(&self.expiries, now).filter(|_| steps < max_steps) {
            let work =
                |subscription: &mut Subscription, _: &mut StdRng| subscription.sweep(now, max_steps - steps);
            steps += self.with(id, work).unwrap_or_default();
        }
        while let Some(entries) = self.discarded.last_mut().filter(|_| steps < max_steps) {
            match entries.discard_segment() {
                Some(count) => steps += count.max(1),
                None => drop(self.discarded.pop()),
            }
        }
        let is_due = |moments: &BTreeSet<_>| first_due(moments, now).is_some();
        let is_any_due = [&self.returns, &self.expiries, &self.deaths].into_iter().any(is_due);
        let is_more_due = is_any_due || !self.discarded.is_empty();
        Advanced { returned: returned.into_iter().collect(), steps, is_more_due }
    }

    /// What became of the events of a subscription, as of the last call; `None` if it was removed.
    /// Events whose time to live is over are `queued` until [`advance`](Self::advance) removes
    /// them.
    pub fn stats(&self, of: SubscriptionId) -> Option<SubscriptionStats> {
        self.subscriptions.get(of.0).map(|listed| listed.queue.stats())
    }

    fn settle(
        &mut self,
        of: SubscriptionId,
        work: impl FnOnce(&mut Subscription) -> Result<(), TokenError>,
    ) -> Result<(), TokenError> {
        // Without a subscription there is nothing that a token could lock.
        self.with(of, |subscription, _| work(subscription)).unwrap_or(Err(TokenError::TokenLost))
    }

    /// Works on a subscription and keeps `returns`, `expiries`, `deaths`, `due_pushes` and
    /// `due_feeds` true. `None` if it was removed.
    fn with<T>(
        &mut self,
        id: SubscriptionId,
        work: impl FnOnce(&mut Subscription, &mut StdRng) -> T,
    ) -> Option<T> {
        let subscription = &mut self.subscriptions.get_mut(id.0)?.queue;
        let before = Moments::of(subscription);
        let result = work(subscription, &mut self.random);
        let after = Moments::of(subscription);
        self.replace(id, &before, &after);
        #[cfg(feature = "data")]
        if let Some(tracked) = &mut self.tracked {
            tracked.note_change(id);
        }
        Some(result)
    }

    fn replace(&mut self, id: SubscriptionId, before: &Moments, after: &Moments) {
        replace(&mut self.returns, id, before.returning, after.returning);
        replace(&mut self.expiries, id, before.expiry, after.expiry);
        replace(&mut self.deaths, id, before.death, after.death);
        note(&mut self.due_pushes, id, before.due == Some(Due::Push), after.due == Some(Due::Push));
        note(&mut self.due_feeds, id, before.due == Some(Due::Feed), after.due == Some(Due::Feed));
    }
}

/// Notes whether a subscription is one of those.
fn note(ids: &mut BTreeSet<SubscriptionId>, id: SubscriptionId, was: bool, is: bool) {
    if is {
        ids.insert(id);
    } else if was {
        ids.remove(&id);
    }
}

/// When a subscription next has work to do.
#[derive(Default)]
struct Moments {
    returning: Option<Moment>,
    /// `None` if it has a dead-letter destination.
    expiry: Option<Moment>,
    death: Option<Moment>,
    due: Option<Due>,
}

impl Moments {
    fn of(subscription: &Subscription) -> Self {
        let (returning, due) = (subscription.next_return(), subscription.due());
        if subscription.dead_lettering().is_some() {
            Self { returning, expiry: None, death: subscription.next_death(), due }
        } else {
            Self { returning, expiry: subscription.next_expiry(), death: None, due }
        }
    }
}

/// Replaces the moment of a subscription.
fn replace(
    moments: &mut BTreeSet<(Moment, SubscriptionId)>,
    id: SubscriptionId,
    before: Option<Moment>,
    after: Option<Moment>,
) {
    if before != after {
        before.map(|moment| moments.remove(&(moment, id)));
        after.map(|moment| moments.insert((moment, id)));
    }
}

fn first_due(moments: &BTreeSet<(Moment, SubscriptionId)>, now: Moment) -> Option<SubscriptionId> {
    moments.first().filter(|(moment, _)| *moment <= now).map(|(_, id)| *id)
}
