//! What a program sees of the requests that came: the journal of them, and counts.

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde_json::json;

use super::Emulator;
use super::namespace::{HealthError, ServiceError, json_reply};
use crate::observe::{HeaderNotKept, JournaledRequest, Readings, RequestCriteria};
use crate::topic_id::TopicId;

impl Emulator {
    /// The requests of the data plane that meet the criteria, the oldest first, including those
    /// that wait. Kept are the last thousand, and no more than 8 MiB of them, bodies and headers
    /// included; the last one is always kept.
    ///
    /// ```
    /// use eventgrid_emulator::{Emulator, InProcess, Operation, RequestCriteria};
    /// use eventgrid::{CloudEvent, NamespaceTopic, blocking::Publisher};
    ///
    /// let namespace = Emulator::builder().topic("orders").in_process()?;
    /// let topic = NamespaceTopic::new(InProcess::ENDPOINT, "orders")?;
    /// Publisher::new(namespace.client(), topic).send(&CloudEvent::new("17", "/shop", "Ordered"))?;
    ///
    /// let publishes = RequestCriteria::new().operation(Operation::Publish).topic("orders");
    /// let request = namespace.with(|emulator| emulator.requests(&publishes))?.remove(0);
    /// assert_eq!(request.status, Some(200));
    /// assert_eq!(namespace.with(|emulator| emulator.count_requests(&publishes.body_contains("\"17\"")))?, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`HeaderNotKept`], if a header is asked for that is left out since it may hold a secret.
    pub fn requests(&self, criteria: &RequestCriteria) -> Result<Vec<JournaledRequest>, HeaderNotKept> {
        criteria.check()?;
        Ok(self.observations.journal.find(criteria).cloned().collect())
    }

    /// How many of the requests that are kept meet the criteria.
    ///
    /// # Errors
    /// [`HeaderNotKept`], if a header is asked for that is left out since it may hold a secret.
    pub fn count_requests(&self, criteria: &RequestCriteria) -> Result<usize, HeaderNotKept> {
        criteria.check()?;
        Ok(self.observations.journal.find(criteria).count())
    }

    /// How many requests were forgotten since the journal was cleared, because it keeps no more of
    /// them. If it is not zero, a count of requests may be too low.
    pub fn forgotten_requests(&self) -> u64 {
        self.observations.journal.forgotten()
    }

    /// Clears the journal. The events stay where they are.
    pub fn clear_requests(&mut self) {
        self.observations.journal.clear();
    }

    /// Counts of requests, events, deliveries and faults, in the text format of Prometheus (version
    /// 0.0.4).
    ///
    /// ```
    /// use eventgrid_emulator::Emulator;
    ///
    /// let emulator = Emulator::builder().subscription("orders", "billing").build()?;
    /// let line = r#"eventgrid_emulator_events{topic="orders",subscription="billing",state="queued"} 0"#;
    /// assert!(emulator.metrics().lines().any(|other| other == line));
    /// # Ok::<(), eventgrid_emulator::ConfigurationError>(())
    /// ```
    pub fn metrics(&self) -> String {
        let readings = Readings {
            broker: self.namespace.broker(),
            ids: self.basic.targets().map(|it| (it.topic_name().into_owned(), TopicId::text(it))).collect(),
            waiting: self.waiting(),
            faults: self.faults.counts(),
            endpoints: self.count_handshakes(),
        };
        self.observations.metrics.to_text(&readings)
    }

    /// Publishes an event to a topic that exists only for this, receives it and acknowledges it, as
    /// requests do. It affects nothing else: no count changes, and lock tokens are the same as
    /// without it.
    ///
    /// # Errors
    /// [`HealthError`], which says what failed.
    pub fn check_health(&mut self) -> Result<(), HealthError> {
        self.namespace.check_health()
    }

    /// Not of the service: says whether it works, without a credential.
    pub(super) fn tell_health(&mut self, request: &Request<Bytes>) -> Result<Response<Bytes>, ServiceError> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Err(ServiceError::method_not_allowed(request.method(), "GET, HEAD"));
        }
        Ok(match self.check_health() {
            Ok(()) => json_reply("application/json", &json!({ "status": "healthy" })),
            Err(error) => {
                let detail = json!({ "code": "Unhealthy", "message": error.to_string() });
                let mut response = json_reply("application/json", &json!({ "error": detail }));
                *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
                response
            }
        })
    }
}
