//! Event subscriptions that feed a topic of the namespace: what is due is published to it at once,
//! without a request.

use std::sync::Arc;

use eventgrid_push::{AttemptResult, Batching};

use super::super::Emulator;
use super::due_push::DueEvent;
use super::form::PushForm;
use crate::broker::{Broker, Event, PushDestination, PushStep, SubscriptionId, TakenEvent, TopicId};
use crate::time::UnixTime;

/// The most events that are published at the end of a call that made them available. What is left
/// is published as time passes, so that no call takes long.
pub(in crate::service) const FEED_AT_ONCE: usize = 4096;

/// The status of a publish that worked, as the namespace responds to one.
const PUBLISHED: u16 = 200;

/// Why a topic did not take an event: the status that a publish would get, which the retry policy
/// goes by, and words for the delivery log.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Refusal {
    status: u16,
    message: String,
}

impl Emulator {
    /// Publishes events that are available to the topics of the namespace that they feed, in turn
    /// from each event subscription, and no more than about `max_events` of them. Returns whether
    /// more are due.
    pub(in crate::service) fn feed_topics(&mut self, max_events: usize) -> bool {
        let mut fed = 0;
        while self.namespace.broker().has_due_feeds() {
            for id in self.namespace.broker().with_due_feeds() {
                if fed >= max_events {
                    return true;
                }
                fed += self.feed_one(id).max(1);
            }
        }
        false
    }

    /// Does something with an event subscription that may make events available, and serves who
    /// waits for them.
    pub(in crate::service) fn change<T>(
        &mut self,
        id: SubscriptionId,
        work: impl FnOnce(&mut Broker, UnixTime) -> T,
    ) -> T {
        let result = self.namespace.change(id, work);
        self.feed_topics(FEED_AT_ONCE);
        result
    }

    /// Publishes the next events of an event subscription. Returns how many there were, those that
    /// were too old included.
    fn feed_one(&mut self, id: SubscriptionId) -> usize {
        let Some(form) = self.push_form(id) else {
            // It cannot be named in a request by now: its events wait for another endpoint.
            self.namespace.with_broker(|broker, _| broker.hold_pushes(id, true));
            return 0;
        };
        let settings = form.settings.clone().with_batching(Batching::new());
        let mut texts = Vec::new();
        let taken = self.namespace.with_broker(|broker, now| {
            broker.take_push(now, id, &settings, FEED_AT_ONCE, |event| {
                let text = form.published_text(event).map(str::to_owned);
                texts.push(text.or_else(|| form.converted_text(event)));
                texts.last().and_then(Option::as_deref).map_or(0, str::len)
            })
        });
        let (count, endpoint) = (taken.events.len() + taken.deaths, taken.endpoint);
        let mut published = Vec::new();
        let mut refused: Vec<(Refusal, Vec<TakenEvent>)> = Vec::new();
        for (event, text) in taken.events.into_iter().zip(texts) {
            match self.publish_fed(&form, text.as_deref()) {
                Ok(()) => published.push(event),
                Err(refusal) => match refused.last_mut().filter(|(other, _)| *other == refusal) {
                    Some((_, events)) => events.push(event),
                    None => refused.push((refusal, vec![event])),
                },
            }
        }
        if !published.is_empty() {
            self.feed_ended((id, endpoint), &form, published, PUBLISHED, None);
        }
        for (Refusal { status, message }, events) in refused {
            self.feed_ended((id, endpoint), &form, events, status, Some(message));
        }
        count
    }

    /// Publishes an event to the topic that it feeds.
    fn publish_fed(&mut self, form: &PushForm, text: Option<&str>) -> Result<(), Refusal> {
        let PushDestination::NamespaceTopic(name) = &form.destination else { return Ok(()) };
        let topic = self.topic_to_feed(name).ok_or_else(|| {
            let shown: String = name.chars().take(64).collect();
            Refusal::new(404, format!("the topic {shown:?} of the namespace does not exist: create it"))
        })?;
        let event = self.fed_event(text)?;
        self.namespace.publish(topic, &[event]);
        Ok(())
    }

    /// A topic of the namespace. The topics of the broker that begin with a slash are those of
    /// basic topics and such: to feed one of these could have no end.
    pub(in crate::service) fn topic_to_feed(&self, name: &str) -> Option<TopicId> {
        Some(name).filter(|name| !name.starts_with('/')).and_then(|name| self.namespace.broker().topic(name))
    }

    /// The event as a topic of the namespace has it.
    fn fed_event(&self, text: Option<&str>) -> Result<Event, Refusal> {
        let text = text.ok_or_else(|| {
            Refusal::new(400, "the event cannot be written as a CloudEvent: publish what its topic takes")
        })?;
        let (size, max) = (text.len(), self.namespace.max_body());
        if size > max {
            let message =
                format!("the event has {size} bytes as a CloudEvent, and the namespace takes {max}");
            return Err(Refusal::new(413, message));
        }
        self.namespace.event(text).map_err(|error| Refusal::new(400, error.into_message()))
    }

    fn feed_ended(
        &mut self,
        (id, endpoint): (SubscriptionId, u64),
        form: &Arc<PushForm>,
        events: Vec<TakenEvent>,
        status: u16,
        failure: Option<String>,
    ) {
        let numbers: Vec<_> = events.iter().map(|event| (event.sequence_number, event.attempt)).collect();
        let result = AttemptResult::Status(status);
        let steps =
            self.namespace.with_broker(|broker, now| broker.push_ended(now, id, endpoint, numbers, result));
        let steps = steps.into_iter().chain(std::iter::repeat(PushStep::Unchanged));
        let events = events.into_iter().map(|TakenEvent { sequence_number, attempt, event, .. }| DueEvent {
            sequence_number,
            attempt,
            event,
        });
        self.log_feed(form, events.zip(steps), status, failure);
    }
}

impl Refusal {
    fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }
}
