//! What a response to a receive carries, unseen by its receiver: which events are in it.

use std::sync::Arc;

use crate::broker::{Delivery, SubscriptionId};

/// The deliveries in a response. An extension of it, so that they can be taken back if it does not
/// arrive.
#[derive(Debug, Clone)]
pub(crate) struct Receipt {
    pub(super) subscription: SubscriptionId,
    lock_tokens: Arc<[String]>,
}

impl Receipt {
    pub(super) fn new(subscription: SubscriptionId, deliveries: Vec<Delivery>) -> Self {
        let lock_tokens = deliveries.into_iter().map(|delivery| delivery.lock_token).collect();
        Self { subscription, lock_tokens }
    }

    pub(crate) fn lock_tokens(&self) -> &[String] {
        &self.lock_tokens
    }
}
