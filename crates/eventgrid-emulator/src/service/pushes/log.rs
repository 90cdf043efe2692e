//! The log of deliveries to endpoints.

use std::time::Duration;

use super::super::Emulator;
use super::due_push::{DueEvent, SentPush};
use super::form::PushForm;
use super::handshake::DueHandshake;
use crate::broker::PushStep;
use crate::observe::{DeliveredEvents, DeliveryCriteria, DeliveryKind, LoggedDelivery, NextDelivery};
use crate::time::UnixTime;

impl Emulator {
    /// The deliveries to endpoints that meet the criteria, the oldest first: each attempt to push
    /// events, and each handshake, once it has ended. Kept are the last thousand, and no more than
    /// 8 MiB of them; the last one is always kept.
    ///
    /// ```
    /// use eventgrid::{CloudEvent, NamespaceTopic, blocking::Publisher};
    /// use eventgrid_emulator::broker::PushEndpoint;
    /// use eventgrid_emulator::eventgrid_push::AttemptResult;
    /// use eventgrid_emulator::{DeliveryCriteria, Emulator, InProcess, NextDelivery};
    ///
    /// let endpoint = PushEndpoint::new("http://localhost/events?code=s3cret")?;
    /// let builder = Emulator::builder().subscription("orders", "billing");
    /// let namespace = builder.subscription_push_endpoint("orders", "billing", endpoint).in_process()?;
    /// let topic = NamespaceTopic::new(InProcess::ENDPOINT, "orders")?;
    /// Publisher::new(namespace.client(), topic).send(&CloudEvent::new("17", "/shop", "Ordered"))?;
    /// namespace.respond_to_pushes(|_| AttemptResult::Status(503));
    ///
    /// let criteria = DeliveryCriteria::new().topic("orders").subscription("billing");
    /// let delivery = namespace.with(|emulator| emulator.deliveries(&criteria)).remove(0);
    /// assert_eq!((delivery.status, &*delivery.endpoint), (Some(503), "http://localhost/events"));
    /// assert_eq!(delivery.events[0].id.as_deref(), Some("17"));
    /// assert!(matches!(delivery.events[0].next, NextDelivery::Retry(_)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn deliveries(&self, criteria: &DeliveryCriteria) -> Vec<LoggedDelivery> {
        self.observations.deliveries.find(criteria)
    }

    /// How many deliveries were forgotten since the log was cleared, because it keeps no more of
    /// them.
    pub fn forgotten_deliveries(&self) -> u64 {
        self.observations.deliveries.forgotten()
    }

    /// Forgets the deliveries that were made. The events stay where they are.
    pub fn clear_deliveries(&mut self) {
        self.observations.deliveries.clear();
    }

    /// Adds a push that has ended, with what becomes of its events.
    pub(super) fn log_push(
        &mut self,
        push: &SentPush,
        steps: &[PushStep],
        response: Result<u16, String>,
        duration: Duration,
    ) {
        let steps = steps.iter().copied().chain(std::iter::repeat(PushStep::Unchanged));
        let mut events = DeliveredEvents::with_capacity(push.events.len());
        push.events.iter().zip(steps).for_each(|(event, step)| add_event(&mut events, event, step));
        let delivery = delivery(DeliveryKind::Events, &push.form, push.began, response, duration);
        self.observations.add_delivery(LoggedDelivery { attempt: push.attempt(), ..delivery }, events);
    }

    /// Adds events that were published to a topic of the namespace, or why they were not.
    pub(super) fn log_feed(
        &mut self,
        form: &PushForm,
        fed: impl IntoIterator<Item = (DueEvent, PushStep)>,
        status: u16,
        failure: Option<String>,
    ) {
        let mut events = DeliveredEvents::default();
        fed.into_iter().for_each(|(event, step)| add_event(&mut events, &event, step));
        let attempt = events.attempt();
        let now = self.namespace.now();
        let delivery = delivery(DeliveryKind::Events, form, now, Ok(status), Duration::ZERO);
        self.observations.add_delivery(LoggedDelivery { attempt, failure, ..delivery }, events);
    }

    /// Adds a handshake that has ended, with what comes after it.
    pub(super) fn log_handshake(
        &mut self,
        handshake: &DueHandshake,
        status: Option<u16>,
        failure: Option<String>,
        duration: Duration,
        next: NextDelivery,
    ) {
        let DueHandshake { form, began, attempt, .. } = handshake;
        let response = status.ok_or_else(String::new);
        let delivery = delivery(DeliveryKind::Handshake, form, *began, response, duration);
        let next = Some(next);
        let delivery = LoggedDelivery { attempt: *attempt, failure, next, ..delivery };
        self.observations.add_delivery(delivery, DeliveredEvents::default());
    }
}

fn delivery(
    kind: DeliveryKind,
    form: &PushForm,
    time: UnixTime,
    response: Result<u16, String>,
    duration: Duration,
) -> LoggedDelivery {
    let (status, failure) = match response {
        Ok(status) => (Some(status), None),
        Err(failure) => (None, Some(failure)),
    };
    LoggedDelivery {
        number: 0,
        time,
        kind,
        topic: form.topic_id.clone(),
        subscription: form.subscription.clone(),
        endpoint: form.destination.shown(),
        attempt: 1,
        status,
        failure,
        duration: Duration::from_micros(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)),
        events: Vec::new(),
        next: None,
    }
}

fn add_event(events: &mut DeliveredEvents, event: &DueEvent, step: PushStep) {
    let next = match step {
        PushStep::Delivered => NextDelivery::Done,
        PushStep::Retry(at) => NextDelivery::Retry(at),
        PushStep::Dead(reason) => NextDelivery::Dead(reason),
        PushStep::Unchanged => NextDelivery::Unchanged,
    };
    events.push(event.event.raw_id(), event.sequence_number, event.attempt, next);
}
