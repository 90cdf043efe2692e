//! Faults that are injected into requests.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use rand::Rng;

use super::Emulator;
use super::basic::BasicError;
use super::namespace::ServiceError;
use super::place::Place;
use super::receipt::Receipt;
use crate::fault::{Fault, FaultEffect, FaultError, FaultState, Injected};
use crate::observe::FaultInjected;

impl Emulator {
    /// Injects these faults from now on, in place of the earlier ones. The first one whose
    /// condition a request meets is injected. For faults with a probability, the choice is derived
    /// from `seed`, or without it from the emulator's seed.
    ///
    /// ```
    /// use eventgrid::{CloudEvent, NamespaceTopic, blocking::Publisher};
    /// use eventgrid_emulator::{Emulator, Fault, FaultCondition, FaultEffect, InProcess, Operation};
    ///
    /// let namespace = Emulator::builder().topic("orders").in_process()?;
    /// let once = FaultCondition::new().operation(Operation::Publish).count(1);
    /// let busy = Fault::new(once, FaultEffect::new().status(503));
    /// namespace.with(|emulator| emulator.set_faults(vec![busy], Some(1)))?;
    ///
    /// // The client makes a second attempt, which the fault does not meet.
    /// let topic = NamespaceTopic::new(InProcess::ENDPOINT, "orders")?;
    /// Publisher::new(namespace.client(), topic).send(&CloudEvent::new("1", "/shop", "Ordered"))?;
    /// let state = namespace.with(|emulator| emulator.faults()).remove(0);
    /// assert_eq!((state.matched, state.injected), (2, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`FaultError`], if one of them is not valid. Then the earlier faults stay.
    pub fn set_faults(&mut self, faults: Vec<Fault>, seed: Option<u64>) -> Result<(), FaultError> {
        let seed = seed.unwrap_or_else(|| self.random.random());
        self.faults.set(seed, faults)
    }

    /// The faults, each with how often it was injected.
    pub fn faults(&self) -> Vec<FaultState> {
        self.faults.states().collect()
    }

    /// Stops injecting faults.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// The response to a request that is not done because of a fault; `None` if it is to be done.
    pub(super) fn instead(&mut self, effect: &FaultEffect, place: &Place<'_>) -> Option<Response<Bytes>> {
        if effect.does_request() {
            return None;
        }
        let Some(status) = effect.status.and_then(|status| StatusCode::from_u16(status).ok()) else {
            // The transport lets nobody see it.
            return Some(Response::new(Bytes::new()));
        };
        let mut response = if status.as_u16() < 400 {
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = status;
            response
        } else if matches!(place, Place::Basic(_) | Place::NothingBasic) {
            BasicError::injected(status).into_reply(self.namespace.now(), self.guid())
        } else {
            self.refuse(ServiceError::injected(status))
        };
        if let Some(body) = &effect.body {
            *response.body_mut() = body.clone().into();
        }
        for (name, value) in &effect.headers {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
                response.headers_mut().insert(name, value);
            }
        }
        Some(response)
    }

    /// Does to a response what a fault does.
    pub(super) fn inject(&mut self, effect: &Injected, response: &mut Response<Bytes>) {
        if let Some(receipt) = response.extensions().get::<Receipt>().cloned() {
            if effect.duplicate_delivery {
                self.namespace.duplicate(&receipt);
            }
            if effect.lose_lock {
                self.namespace.lose_locks(receipt.subscription, receipt.lock_tokens());
            }
        }
        response.extensions_mut().insert(FaultInjected);
        if let Some(fault) = effect.transport_fault() {
            if fault.breaks(response.body().len()) {
                // The events were delivered as far as the service knows, so nobody gives them back.
                response.extensions_mut().remove::<Receipt>();
            }
            response.extensions_mut().insert(fault);
        }
    }

    /// Ends the locks of the events that a request is about to settle.
    pub(super) fn lose_locks_of(&mut self, place: &Place<'_>, request: &Request<Bytes>) {
        if let Place::Namespace(route) = place {
            self.namespace.lose_locks_of(route, request);
        }
    }
}
