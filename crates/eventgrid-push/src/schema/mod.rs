//! The schemas that events are published and delivered in.
//!
//! This module covers the schemas by their names, the mapping of custom schemas, and how an event
//! of one becomes one of another. How an event is sent does not belong here.

mod attributes;
mod converter;
mod delivery_schema;
mod input_schema;
mod mapping;

pub(crate) use attributes::Attributes;
pub use converter::{ConversionError, EventConverter, Publication, UnsupportedConversion};
pub use delivery_schema::DeliverySchema;
pub use input_schema::InputSchema;
pub use mapping::{InputSchemaMapping, MappedField};
