//! The schemas that events are published and delivered in.
//!
//! Here belong the schemas by their names, and how an event of one becomes one of another. How an
//! event is sent does not belong here.

mod delivery_schema;

pub use delivery_schema::DeliverySchema;
