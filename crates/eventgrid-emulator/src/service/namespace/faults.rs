//! What faults do to the events of a namespace.

use std::time::Duration;

use bytes::Bytes;
use http::Request;

use super::Namespace;
use super::route::{Operation, Route};
use super::settle::LockTokens;
use crate::broker::SubscriptionId;
use crate::service::receipt::Receipt;

impl Namespace {
    /// Puts the events of a response into their queue once more.
    pub(in crate::service) fn duplicate(&mut self, receipt: &Receipt) {
        for token in receipt.lock_tokens() {
            // It fails only if the lock has ended meanwhile.
            let _ = self.broker.duplicate(self.now, receipt.subscription, token);
        }
        self.serve_waiters(receipt.subscription);
    }

    /// Ends locks early.
    pub(in crate::service) fn lose_locks(&mut self, of: SubscriptionId, lock_tokens: &[String]) {
        for token in lock_tokens {
            // It fails if the token locks nothing, so there is nothing to lose.
            let _ = self.broker.release(self.now, of, token, Duration::ZERO);
        }
        self.serve_waiters(of);
    }

    /// Ends the locks of the events that a request is about to settle, if it is one that does so.
    pub(in crate::service) fn lose_locks_of(&mut self, route: &Route<'_>, request: &Request<Bytes>) {
        let Operation::Settle(name, _) = &route.operation else { return };
        let topic = self.topic_of(route);
        let subscription = topic.and_then(|topic| self.broker.subscription(topic, name));
        let tokens = LockTokens::parse(request.headers(), request.body());
        if let (Some(subscription), Ok(tokens)) = (subscription, tokens) {
            self.lose_locks(subscription, &tokens.lock_tokens);
        }
    }
}
