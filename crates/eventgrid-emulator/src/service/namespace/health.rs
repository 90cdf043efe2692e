//! Whether a namespace works: by doing what its users do.

use bytes::Bytes;
use http::{Request, Response, header};

use super::route::{Operation, Route};
use super::{Namespace, Outcome, ServiceError};
use crate::accepted::AcceptedLog;
use crate::broker::SubscriptionSettings;
use crate::service::receipt::Receipt;

const EVENT: &str = r#"{"specversion":"1.0","id":"health-check","source":"/emulator","type":"HealthCheck"}"#;
const SUBSCRIPTION: &str = "health";

/// Why an emulator does not work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{step} an event failed: {reason}")]
pub struct HealthError {
    step: &'static str,
    reason: String,
}

impl Namespace {
    /// Publishes, receives and acknowledges an event at a topic of its own.
    pub(in crate::service) fn check_health(&mut self) -> Result<(), HealthError> {
        // Nobody can have a topic of this name but by asking for it in a program.
        let mut topic = "emulator/health".to_owned();
        while self.broker.topic(&topic).is_some() {
            topic.push('\'');
        }
        // What follows from a seed does not depend on who looks whether it works.
        let random = (self.broker.random_state(), self.writer.clone());
        let id = self.broker.create_topic(&topic);
        let settings = SubscriptionSettings::default();
        let subscription = self.broker.create_subscription(id, SUBSCRIPTION, settings);
        let result = self.publish_and_receive(&topic).and_then(|token| {
            let acknowledged = subscription.map(|id| self.broker.acknowledge(self.now, id, &token));
            match acknowledged {
                Some(Ok(())) => Ok(()),
                Some(Err(error)) => Err(failed("acknowledging", error.to_string())),
                None => Err(failed("acknowledging", "its event subscription is not there")),
            }
        });
        self.remove_topic(id);
        self.broker.set_random_state(random.0);
        self.writer = random.1;
        result
    }

    /// Returns the lock token.
    fn publish_and_receive(&mut self, topic: &str) -> Result<String, HealthError> {
        let publishing = self.request("publishing", topic, Operation::Publish, EVENT)?;
        if !publishing.status().is_success() {
            return Err(failed("publishing", publishing.status().to_string()));
        }
        let received = self.request("receiving", topic, Operation::Receive(SUBSCRIPTION.into()), "")?;
        let token = received.extensions().get::<Receipt>().and_then(|receipt| receipt.lock_tokens().first());
        let is_there = received.body().windows(12).any(|part| part == b"health-check");
        match token {
            Some(token) if is_there => Ok(token.clone()),
            _ => Err(failed("receiving", "the response does not contain it")),
        }
    }

    fn request(
        &mut self,
        step: &'static str,
        topic: &str,
        operation: Operation<'_>,
        body: &'static str,
    ) -> Result<Response<Bytes>, HealthError> {
        let request = Request::post("/?api-version=2024-06-01")
            .header(header::CONTENT_TYPE, "application/cloudevents+json; charset=utf-8")
            .body(Bytes::from_static(body.as_bytes()))
            .map_err(|error| failed(step, error.to_string()))?;
        let route = Route { topic: topic.into(), operation };
        match self.handle(route, &request, &mut AcceptedLog::default()) {
            Ok(Outcome::Done(response)) => Ok(response),
            Ok(Outcome::Waiting(waiter)) => {
                self.cancel(waiter);
                Err(failed(step, "no event came, although one was published"))
            }
            Err(error) => Err(failed(step, ServiceError::message(&error))),
        }
    }
}

fn failed(step: &'static str, reason: impl Into<String>) -> HealthError {
    HealthError { step, reason: reason.into() }
}
