//! The requests that are sent.
//!
//! This module covers the form of a pushed request, what goes into one, and the delivery
//! properties, which are headers that a subscription adds. Handshakes are requests, too, but have a
//! module of their own; when a request is sent, and what its response means, is in the module
//! `schedule`.

mod batching;
mod event;
mod header_text;
mod property;
mod push_request;
mod settings;
mod wire;

pub use batching::{Batching, BatchingError};
pub use event::{InvalidPushedEvent, PushedEvent};
pub use property::{DeliveryProperties, DeliveryProperty, DeliveryPropertyError};
pub(crate) use push_request::EVENT_GRID_ORIGIN;
pub use push_request::PushRequest;
pub(crate) use settings::Purpose;
pub use settings::{PushError, PushSettings};
