//! How an endpoint proves that it wants the events of a subscription.
//!
//! This module covers both handshakes, which are made before the first delivery, and the message
//! that a subscription is deleted, which has the same form as one of them. If a handshake has a
//! URL, the caller serves it.

mod cloud_events;
mod deletion;
mod result;
mod validation;

pub use cloud_events::CloudEventsHandshake;
pub use deletion::DeletedSubscription;
pub use result::{AllowedRate, HandshakeFailure, HandshakeResult};
pub use validation::ValidationHandshake;
